"""Tables under the headings that the alias map gives them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.utils.translation import gettext as _

from tables.core.registry import Table

# Headings, and the tables under each.
Groups = Sequence[tuple[str, Sequence[Table]]]


def grouped(tables: Iterable[Table]) -> Groups:
    """Heading and tables, in the order of the alias map; tables of no group come last.

    The entities of a table stand right after it.
    """
    groups: dict[str, list[Table]] = {}
    for table in _with_kinds(list(tables)):
        groups.setdefault(table.group, []).append(table)
    rest = groups.pop("", [])
    named = list(groups.items())
    if rest:
        named.append((_("Other tables") if named else _("Tables"), rest))
    return named


def _with_kinds(tables: Sequence[Table]) -> Iterator[Table]:
    kinds: dict[str, list[Table]] = {}
    for table in tables:
        kinds.setdefault(table.of, []).append(table)
    shown = {table.alias for table in tables}
    for table in tables:
        if table.of not in shown:
            yield table
            yield from kinds.get(table.alias, ())
