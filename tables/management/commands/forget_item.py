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
            rows, jobs = forget_item_in_jobs(about.name, key)
        except TablesError as error:
            raise CommandError(error.message) from error
        self.stdout.write(
            f"{count} entries forgotten. Idempotency records keep answers for 24 hours, backups "
            "and logs as long as they are kept."
        )
        self.stdout.write(f"{rows} rows and orders of jobs no longer name it.")
        if jobs:
            self.stdout.write(f"Files of these jobs may hold it, until they go: {', '.join(jobs)}")
