"""A field of a form for one of some tables: chosen from all, or named where there are very many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest

from tables.admin.recent_items import used_tables
from tables.admin.table_search import MOST
from tables.core.registry import Table


@dataclass(frozen=True, slots=True)
class TableChoice:
    """What the field offers, and what it holds: an alias, or whatever was typed.

    Where it is typed, `offered` are the tables that the person used last.
    """

    offered: Sequence[Table]
    chosen: str
    is_typed: bool = False


def table_choice(request: HttpRequest, tables: Sequence[Table], chosen: str) -> TableChoice:
    """The field for one of these tables: no page grows with their number beyond a hundred."""
    if len(tables) <= MOST:
        return TableChoice(tables, chosen)
    by_alias = {table.alias: table for table in tables}
    used = [by_alias[alias] for alias in used_tables(request) if alias in by_alias]
    return TableChoice(used, chosen, is_typed=True)


def named_table(tables: Sequence[Table], text: str) -> Table | None:
    """The table of that alias, or the only one of that label, in whatever case; None for none."""
    for table in tables:
        if table.alias == text:
            return table
    label = text.strip().casefold()
    found = [table for table in tables if str(table.label).casefold() == label]
    return found[0] if len(found) == 1 else None
