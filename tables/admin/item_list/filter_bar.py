"""The filter bar above a list: its rows, and everything that its inputs choose from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tables.admin.fragments import fragment
from tables.admin.item_list.address import Address
from tables.admin.item_list.columns import parse_paths
from tables.admin.item_list.filter_choices import kind_options, operator_options, type_options
from tables.admin.item_list.filter_rows import Row, pairs_of_rows, row_of_term, rows_of_form
from tables.admin.item_list.index_choices import index_words
from tables.admin.visit import Visit
from tables.core.expressions import format_path
from tables.core.filters import Term
from tables.core.operand_types import filter_types
from tables.core.queries import SEARCH, CollectionQuery
from tables.core.registry import Table
from tables.core.schemas import subschema
from tables.core.values import Item

# Choices of what is read: the plan decides, the whole table, or an index by name.
_AUTOMATIC = ""
_SCAN = "scan"
_INDEX = "index:"
MAX_KNOWN_PATHS = 200


@dataclass(frozen=True, slots=True)
class FilterBar:
    """The bar of one list; `address` is the list's, without what was typed since."""

    visit: Visit
    address: Address
    rows: Sequence[Row] = ()
    reads: str = _AUTOMATIC
    search: str = ""
    items: Sequence[Item] = ()

    @property
    def conditions(self) -> list[SafeString]:
        """The partition key, what else was asked, a spare one; where nothing was, what the table
        is often filtered by.
        """
        table = self.visit.table
        key = format_path((self.visit.description.partition_key.name,))
        on_key = [row for row in self.rows if row.path == key] or [Row(key)]
        others = [row for row in self.rows if row.path != key]
        if not self.is_filtering:
            others = [Row(path) for path in table.list_filter if path != key]
        shown = [*on_key, *others, Row()]
        return [
            _condition(row, table, number, is_last=number == len(shown))
            for number, row in enumerate(shown, 1)
        ]

    @property
    def has_errors(self) -> bool:
        """Whether a row can't be understood."""
        return any(row.error for row in self.rows)

    @property
    def is_filtering(self) -> bool:
        """Whether anything is asked for."""
        return bool(self.rows or self.search)

    @property
    def read_choices(self) -> list[tuple[str, str]]:
        """What may be read."""
        return [
            (_AUTOMATIC, _("whatever reads least")),
            (_SCAN, _("the whole table (Scan)")),
            *(
                (f"{_INDEX}{index.name}", _("index %(index)s") % {"index": words})
                for index in self.visit.description.indexes
                for words in [index_words(index, self.visit.description)]
            ),
        ]

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What the form sends along unseen."""
        ours = (SEARCH, "index", "plan")
        return [pair for pair in self.address.kept_pairs if pair[0] not in ours]

    @property
    def known_paths(self) -> SafeString:
        """Paths to offer, with the type that each is declared to have."""
        table = self.visit.table
        types = filter_types(table, self.visit.description)
        seen = [format_path((name,)) for item in self.items for name in item]
        texts = dict.fromkeys([*types, *table.list_filter, *table.list_display, *seen])
        paths = tuple((text, types.get(text, "")) for text in texts)
        return fragment("admin/tables/known_paths.html", paths=paths[:MAX_KNOWN_PATHS])


def bar_of_query(
    visit: Visit, address: Address, query: CollectionQuery, items: Sequence[Item]
) -> FilterBar:
    """The bar as it stands above the list of a query."""
    terms = [part for part in query.filter.parts if isinstance(part, Term)]
    reads = _SCAN if query.scan_only else _AUTOMATIC
    if query.index:
        reads = f"{_INDEX}{query.index}"
    types = filter_types(visit.table, visit.description)
    rows = [row_of_term(term, types) for term in terms]
    return FilterBar(visit, address, rows, reads, query.search or "", items)


def bar_of_form(visit: Visit, form: QueryDict, address: Address) -> tuple[FilterBar, Address]:
    """The submitted bar with its errors, and the address that it asks for."""
    pairs, rows = pairs_of_rows(rows_of_form(form), filter_types(visit.table, visit.description))
    reads = form.get("reads", _AUTOMATIC)
    search = form.get(SEARCH, "")
    wanted = address.with_filter(pairs).changed(
        **{
            SEARCH: search or None,
            "index": reads.removeprefix(_INDEX) if reads.startswith(_INDEX) else None,
            "plan": _SCAN if reads == _SCAN else None,
        }
    )
    return FilterBar(visit, address, rows, reads, search), wanted


def _condition(row: Row, table: Table, number: int, *, is_last: bool) -> SafeString:
    return fragment(
        "admin/tables/condition.html",
        row=row,
        number=number,
        is_last=is_last,
        suggestions=_suggestions(table, row.path),
        operators=operator_options(row.operator),
        types=type_options(row.type),
        kinds=kind_options(row.kind),
    )


def _suggestions(table: Table, path: str) -> tuple[str, ...]:
    for known in parse_paths([path]):
        schema = subschema(table.schema, known)
        if schema.get("type") == "boolean":
            return ("true", "false")
        return tuple(value for value in schema.get("enum", ()) if isinstance(value, str))
    return ()
