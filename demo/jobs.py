"""Run a worker of jobs so that it ends with the demo that started it."""

import django
from django.core.management import call_command

from demo.processes import end_with_parent

if __name__ == "__main__":
    end_with_parent()
    django.setup()
    call_command("run_jobs")
