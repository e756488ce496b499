"""Create the DynamoDB table that holds what is remembered about requests, when it is absent."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from tables.core.errors import TablesError
from tables.dynamodb.state_table import create_state_table, enable_expiry


class Command(BaseCommand):
    """`manage.py create_state_table`; running it again does no harm."""

    help = "Creates the table named by STATE_TABLE when it is absent."

    def handle(self, *_args: Any, **_options: Any) -> None:
        name = settings.STATE_TABLE
        try:
            was_absent = create_state_table(name)
        except TablesError as error:
            raise CommandError(_worded(error)) from error
        try:
            enable_expiry(name)
        except TablesError as error:
            # Expired records are never used, but they stay and take space.
            self.stderr.write(f"Expired records will not be removed from {name}: {_worded(error)}")
        self.stdout.write(f"{name} {'created' if was_absent else 'is there'}.")


def _worded(error: TablesError) -> str:
    return f"{error.message} ({error.aws_code})" if error.aws_code else error.message
