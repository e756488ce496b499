"""Three small tables, each with a rule of its own in the alias map."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from demo.data.tables import DemoTable, Item, item
from tables.core.alias_map import load_registry
from tables.core.natural_keys import natural_partition_key

_ALIAS_MAP = Path(__file__).parent.parent / "tables.toml"
_TOPICS = ("Opening hours", "Fire drill", "Parking", "Canteen", "First aid kits")
_STUDENTS = (("Ada", "Brooks"), ("Mateo", "Cruz"), ("Noor", "Aziz"), ("Wanda", "Nowak"))
_SETTINGS: dict[str, list[Any]] = {
    "mail.sender": ["training@example.com", "learning@example.com"],
    "reminder.days": [14, 10, 7],
    "theme": [{"color": "blue", "dark": False}],
}


def notes() -> Iterator[Item]:
    for number, topic in enumerate(_TOPICS):
        yield item(
            {
                "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"https://example.com/notes/{number}")),
                "topic": topic,
                "text": f"{topic}: please read the notice at the entrance.",
                "pinned": number == 0,
                "priority": 1 + number % 3,
            }
        )


def settings() -> Iterator[Item]:
    for scope, versions in _SETTINGS.items():
        for version, value in enumerate(versions, start=1):
            yield item({"scope": scope, "version": version, "value": value})


def students() -> Iterator[Item]:
    registry, _ = load_registry(_ALIAS_MAP)
    for number, (first, last) in enumerate(_STUDENTS):
        student = item(
            {
                "studentUniqueId": f"{604823 + number * 311}",
                "firstName": first,
                "lastSurname": last,
                "birthDate": f"2013-{1 + number * 2:02}-{9 + number:02}",
                "gradeLevel": 6 + number % 3,
                "languages": ["en", "es"] if number % 2 else ["en"],
            }
        )
        key = natural_partition_key(student, registry.get("Students"))
        yield {**item({"id": key}), **student}


TABLES = (
    DemoTable("ttd-Students", ("id",), {"id": "S"}, students),
    DemoTable("ttd-Notes", ("id",), {"id": "S"}, notes),
    DemoTable("ttd-Settings", ("scope", "version"), {"scope": "S", "version": "N"}, settings),
)
