"""Bring the app's database up to date, and make the table where requests are remembered."""

import io

import django
from django.core.management import call_command

if __name__ == "__main__":
    django.setup()
    call_command("migrate", verbosity=0, skip_checks=False)
    call_command("create_state_table", stdout=io.StringIO())  # what fails is told on stderr
