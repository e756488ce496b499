"""Prove that no entry of history was removed, altered or exchanged."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tables.configuration import registry
from tables.core.errors import TablesError
from tables.core.history_chain import Finding
from tables.records.history.verifying import missing_from, verify

_WORDS = {
    "removed": "was removed",
    "altered": "was altered, or signed with another key",
    "body": "tells nothing: what it changed was lost or altered",
}


class Command(BaseCommand):
    """`manage.py verify_history [ALIAS] [--log FILE]`; status 1 where something does not fit."""

    help = "Walks the history table and names every entry that was removed, altered or exchanged."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("alias", nargs="?", default="", help="only the items of this alias")
        parser.add_argument(
            "--log", type=Path, help="the site's log in JSON: shows entries cut off at the end"
        )

    def handle(self, *_args: Any, alias: str, log: Path | None, **_options: Any) -> None:
        try:
            table = registry().get(alias).table if alias else ""
            found = verify(table)
            findings = found.findings + (list(missing_from(_logged(log))) if log else [])
        except (TablesError, OSError) as error:
            raise CommandError(str(error)) from error
        for finding in findings:
            self.stdout.write(_line(finding))
        self.stdout.write(
            f"{found.entries} entries of {found.items} items; {found.announced} only announced; "
            f"{len(findings)} that do not fit."
        )
        if findings:
            raise CommandError("The history is not as it was written.", returncode=1)


def _line(finding: Finding) -> str:
    return f"{finding.item} version {finding.n} {_WORDS[finding.kind]}."


def _logged(file: Path) -> Iterator[tuple[str, int, str]]:
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            if '"history"' not in line:
                continue
            try:
                event = json.loads(line)
            except ValueError:
                continue  # a line that is none of ours
            if event.get("event") == "history":
                yield event["item"], event["version"], event["hash"]
