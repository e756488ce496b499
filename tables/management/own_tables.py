"""What the commands that create a table of this site's own have in common."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from tables.core.errors import TablesError
from tables.dynamodb.own_tables import Shape, create_table, enable_expiry


class CreateTable(BaseCommand):
    """Creates the table that a setting names when it is absent; again it does no harm."""

    shape: ClassVar[Shape]

    def handle(self, *_args: Any, **_options: Any) -> None:
        name = getattr(settings, self.shape.setting)
        try:
            was_absent = create_table(name, self.shape)
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
