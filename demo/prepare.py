"""Bring the app's database up to date, and make the tables of requests and of history."""

import io

import django
from django.core.management import call_command

if __name__ == "__main__":
    django.setup()
    call_command("migrate", verbosity=0, skip_checks=False)
    # What fails is told on stderr.
    for command in ("create_state_table", "create_history_table"):
        call_command(command, stdout=io.StringIO())
