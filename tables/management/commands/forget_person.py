"""Erase a person's name from the history of every item."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tables.core.errors import TablesError
from tables.jobs.forgetting import forget_person_in_jobs
from tables.records.history.forgetting import forget_person


class Command(BaseCommand):
    """`manage.py forget_person SUB`."""

    help = "Replaces a person's name by “erased” in every entry that they made."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("sub", help="the person's `sub`, as rights and logs know them")

    def handle(self, *_args: Any, sub: str, **_options: Any) -> None:
        try:
            count = forget_person(sub)
            jobs = forget_person_in_jobs(sub)
        except TablesError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"{count} entries changed.")
        if jobs:
            self.stdout.write(f"{jobs} jobs changed.")
