"""Suggest the kinds of items of a table for the alias map, from what is stored in it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tables.configuration import description, registry
from tables.core.descriptions import TableDescription
from tables.core.errors import TablesError
from tables.core.filters import EVERYTHING
from tables.core.onetable import suggest_from_onetable
from tables.core.plans import scan_plan
from tables.core.sight import UNLIMITED
from tables.core.suggestions import Suggestion, suggest
from tables.core.workbench import suggest_from_workbench
from tables.dynamodb.reads import read_page

# Most items that are looked at, in one call.
SAMPLE = 1000
Reader = Callable[[Any, TableDescription], list[Suggestion]]
# By the option: what its file is, and who reads it.
FILES: dict[str, tuple[str, Reader]] = {
    "onetable": ("a OneTable schema", suggest_from_onetable),
    "workbench": ("a NoSQL Workbench model", suggest_from_workbench),
}


class Command(BaseCommand):
    """`manage.py suggest_entities ALIAS`: sections to look through, then to copy."""

    help = "Prints sections of the alias map for the kinds of items in a table's first page."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("alias")
        files = parser.add_mutually_exclusive_group()
        files.add_argument("--onetable", type=Path, help="a OneTable schema, as JSON, instead")
        files.add_argument("--workbench", type=Path, help="a NoSQL Workbench model instead")

    def handle(self, *_args: Any, alias: str, **options: Any) -> None:
        for option, (name, read) in FILES.items():
            if options.get(option) is not None:
                self._from_file(alias, options[option], name, read)
                return
        try:
            table = registry().get(alias)
            about = description(table)
            page = read_page(about, scan_plan(UNLIMITED.ask(EVERYTHING)), limit=SAMPLE)
        except TablesError as error:
            raise CommandError(error.message) from error
        found = suggest(page.items, about)
        looked = f"# {len(page.items)} items were looked at"
        rest = ", the table holds more." if page.last_evaluated_key else ": all of them."
        self.stdout.write(looked + rest)
        if not found:
            self.stdout.write("# No attribute marks what kind an item is.")
        for kind in found:
            self.stdout.write(f"\n# {kind.count} items\n{kind.toml(alias)}", ending="")

    def _from_file(self, alias: str, path: Path, name: str, read: Reader) -> None:
        try:
            about = description(registry().get(alias))
            found = read(json.loads(path.read_text(encoding="utf-8")), about)
        except TablesError as error:
            raise CommandError(error.message) from error
        except (OSError, ValueError) as error:
            raise CommandError(f"{path} can't be read as {name}: {error}") from error
        if not found:
            self.stdout.write(
                "# The file tells no kinds: neither models nor facets, nor samples with a mark."
            )
        self.stdout.write("\n".join(kind.toml(alias) for kind in found), ending="")
