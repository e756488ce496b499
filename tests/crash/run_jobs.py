"""`python -m tests.crash.run_jobs`: `manage.py run_jobs`, with small chunks and short leases."""

import django
import pytest
from django.core.management import call_command


def main() -> None:
    """Be a worker until told to end."""
    django.setup()
    from tests.crash.conftest import hasten  # noqa: PLC0415 - after Django is set up

    hasten(pytest.MonkeyPatch())
    call_command("run_jobs")


if __name__ == "__main__":
    main()
