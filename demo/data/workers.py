"""Workers in training, in the shape that the AdminAPI's reference examples presume."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from demo.data.tables import DemoTable, Item, item

COUNT = 120
# Keys that the reference names: an item to update, and two places in a list.
_REFERENCE_IDS = {0: "1", 40: "110741", 80: "352846"}
_FAMILIES = ("Okafor", "Lindqvist", "Rossi", "Nguyen", "Haddad", "Kowalska", "Silva", "Tanaka")
_GIVEN = ("Amara", "Björn", "Chiara", "Duc", "Elias", "Freya", "Gaël", "Hana", "Iker", "Jana")
_SITES = ("Leeds", "Porto", "Gdańsk", "Osaka", "Boston")
_GROUPS = ("-989357139129.0", "-988766726027.0", "-987651122334.0")
_STATUSES = ("completed", "timelimitmet", "inprogress", "notstarted")
_COURSES = ("Forklift", "First aid", "Cold chain")


def workers() -> Iterator[Item]:
    for number in range(COUNT):
        yield item(_worker(number))


def _worker(number: int) -> dict[str, Any]:
    family = _FAMILIES[number % len(_FAMILIES)]
    given = _GIVEN[(number + number // 40) % len(_GIVEN)]
    stamp = f"2026-0{1 + number % 9}-{1 + number % 28:02}T08:{number % 60:02}:00.000Z"
    return {
        "empId": _REFERENCE_IDS.get(number, str(100000 + number * 3167)),
        "worker": {
            "name": f"{family}, {given}",
            "site": _SITES[_roll(number, "site", len(_SITES))],
            "empGroupIds": [group for group in _GROUPS if _roll(number, group, 3)],
        },
        "training": _training(number, stamp),
        # A text of two digits, as the reference compares it: then its order is that of numbers.
        "dueDays": f"{_roll(number, 'due', 45):02}",
        "created": stamp,
        "createdBy": "admin, ada",
        "lastUpdatedBy": "admin, ada",
        "lastUpdatedDateTime": stamp,
    }


def _training(number: int, stamp: str) -> dict[str, Any]:
    status = _STATUSES[_roll(number, "status", len(_STATUSES))]
    minutes = 0 if status == "notstarted" else _roll(number, "minutes", 90)
    tasks = _roll(number, "tasks", 4)
    training: dict[str, Any] = {
        "course": _COURSES[number % len(_COURSES)],
        "status": status,
        "isActive": "1" if _roll(number, "active", 5) else "0",
        "timeInTraining": minutes * 60_000,  # milliseconds
        "taskSids": [f"WT{_digest(number, f'task {task}')[:32]}" for task in range(tasks)],
    }
    if status == "completed" and _roll(number, "recorded", 3):
        training["timeOfCompletion"] = stamp
    return training


def _roll(number: int, what: str, sides: int) -> int:
    """From 0 to sides - 1, unlike that of another `what`, and the same at every start."""
    return int(_digest(number, what), 16) % sides


def _digest(number: int, what: str) -> str:
    return hashlib.sha256(f"{number} {what}".encode()).hexdigest()


TABLES = (DemoTable("ttd-Workers", ("empId",), {"empId": "S"}, workers),)
