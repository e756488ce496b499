"""Small tables, each with a rule of its own in the alias map: natural keys, server keys, versions."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from demo.data.tables import DemoTable, Item, item

_TOPICS = ("Opening hours", "Fire drill", "Parking", "Canteen", "First aid kits")
_SETTINGS = {
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


def no_students() -> Iterator[Item]:
    """Nobody yet: a student's key is made of its natural key, by the API that adds it."""
    return iter(())


TABLES = (
    DemoTable("ttd-Students", ("id",), {"id": "S"}, no_students),
    DemoTable("ttd-Notes", ("id",), {"id": "S"}, notes),
    DemoTable("ttd-Settings", ("scope", "version"), {"scope": "S", "version": "N"}, settings),
)
