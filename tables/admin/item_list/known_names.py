"""Attributes that a table is known to have: declared ones, and those of a few of its items."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from itertools import chain

from tables.admin.item_list.columns import parse_paths
from tables.admin.texts.meter import NOTHING, Tally, tally_of
from tables.core.descriptions import TableDescription
from tables.core.errors import TablesError
from tables.core.filters import EVERYTHING
from tables.core.plans import scan_plan
from tables.core.registry import Table
from tables.core.sight import Sight
from tables.dynamodb.reads import read_page

# How many items are looked at for the names of their attributes.
SAMPLE_ITEMS = 100


class KnownNames:
    """The names of one list's table; `took` is what was read for them."""

    def __init__(
        self, table: Table, types: Mapping[str, str], description: TableDescription, sight: Sight
    ) -> None:
        texts = chain(types, table.list_display, table.list_filter, table.search_fields)
        self.declared = frozenset(str(path[0]) for path in parse_paths(texts))
        self.took: Tally = NOTHING
        self._description = description
        self._sight = sight
        self._sample = scan_plan(sight.ask(EVERYTHING))

    def with_sample(self) -> frozenset[str]:
        """Those declared, and those of a few items, which are read once."""
        with suppress(TablesError):  # nice to know, and not worth a page
            page = read_page(self._description, self._sample, limit=SAMPLE_ITEMS)
            self.took = tally_of(page)
            return self.declared.union(*map(self._sight.see, page.items))
        return self.declared
