"""Tables of items that are wide or heavy: how the stub makes them, and the alias of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from bench import data


@dataclass(frozen=True, slots=True)
class Shape:
    """A table of items that one function makes from their numbers, so many to a call and in all."""

    alias: str
    item: Callable[[int], dict[str, Any]]
    page_items: int
    items: int = 10_000
    settings: str = ""

    @property
    def table(self) -> str:
        """The table's name."""
        return f"bench-{self.alias}"

    @property
    def section(self) -> str:
        """What the alias map says of it."""
        return f'\n[{self.alias}]\ntable = "{self.table}"\n{self.settings}'


def _wide(number: int, attributes: int = 300) -> dict[str, Any]:
    """An item of so many small attributes of five types."""
    values: tuple[Callable[[int], dict[str, Any]], ...] = (
        lambda place: {"S": f"text {number} {place}"},
        lambda place: {"N": str(number * place)},
        lambda place: {"BOOL": place % 2 == 0},
        lambda _place: {"S": "2026-01-31"},
        lambda place: {"SS": [f"tag-{place}", "another"]},
    )
    many = {f"attribute_{place:04}": values[place % 5](place) for place in range(1, attributes)}
    return {"id": {"S": f"thing-{number:06}"}, **many}


def _broad(number: int) -> dict[str, Any]:
    return _wide(number, 2000)


def _heavy(number: int) -> dict[str, Any]:
    """An item of 100 KB, most of it one text that looks like what people write."""
    return {
        "id": {"S": f"thing-{number:06}"},
        "name": {"S": f"Thing number {number}"},
        "status": {"S": ("new", "open", "done")[number % 3]},
        "letter": {"S": "A line of text that somebody wrote.  " * 2700},
    }


WIDE = Shape("Wide", _wide, page_items=100, items=1000)
BROAD = Shape("Broad", _broad, page_items=20, items=100)
HEAVY = Shape("Heavy", _heavy, page_items=10, items=1000)
# The same, of which a list shows all but the text.
LISTED = Shape(
    "Listed", _heavy, page_items=10, items=1000, settings='list_display = ["name", "status"]\n'
)
# What jobs go through: without history, with an entry of each item, and with none as yet.
FEW = Shape("Few", data.item, data.PAGE_ITEMS, items=1000)
KEPT_FEW = replace(FEW, alias="KeptFew", settings="history = true\n")
KEPT_FRESH = replace(FEW, alias="KeptFresh", settings="history = true\n")
SHAPES = (WIDE, BROAD, HEAVY, LISTED, FEW, KEPT_FEW, KEPT_FRESH)
THINGS = Shape(data.ALIAS, data.item, data.PAGE_ITEMS)
BY_TABLE = {shape.table: shape for shape in (THINGS, *SHAPES)}
