"""Forget the history of one item: what it held, and who changed it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tables.configuration import description, registry
from tables.core.errors import TablesError
from tables.core.history import Author
from tables.core.keys import decode_token
from tables.jobs.forgetting import forget_item_in_jobs
from tables.records.history.forgetting import forget_item


class Command(BaseCommand):
    """`manage.py forget_item ALIAS KEY`, KEY as it stands in the item's URL."""

    help = "Removes the history of an item. The item itself stays; delete it first."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("alias")
        parser.add_argument("key", help="the key as it stands in the item's URL")

    def handle(self, *_args: Any, alias: str, key: str, **_options: Any) -> None:
        try:
            about = description(registry().get(alias))
            author = Author("", "manage.py forget_item", "command")
            count = forget_item(about, decode_token(key, about), author)
            told = forget_item_in_jobs(about, key)
        except TablesError as error:
            raise CommandError(error.message) from error
        self.stdout.write(
            f"{count} entries forgotten. Idempotency records keep answers for 24 hours, backups "
            "and logs as long as they are kept."
        )
        self.stdout.write(f"{told.rows} rows and orders of jobs no longer name it.")
        if told.files:
            ids = ", ".join(told.files)
            self.stdout.write(f"Files of these jobs may hold it, until they go: {ids}")
        if told.busy:
            ids = ", ".join(told.busy)
            self.stdout.write(f"These jobs are at it: end them, then do this again: {ids}")
        if told.uploads:
            self.stdout.write(
                f"{told.uploads} files were sent and not imported; they go within two days."
            )
        self.stdout.write("A filter that somebody has ordered a job by stays as they typed it.")
