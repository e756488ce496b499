"""The filter line above a list: a chip for each condition, and everything that they choose from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from django.http import QueryDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tables.admin.item_list.address import OWN, Address
from tables.admin.item_list.filter_choices import kind_options, operator_options, type_options
from tables.admin.item_list.filter_dates import Unit, spans_of, unit_of, with_dates
from tables.admin.item_list.filter_rows import (
    EMPTY_TEXT,
    FilterRow,
    pairs_of_rows,
    row_of_term,
    rows_of_form,
)
from tables.admin.item_list.known_values import Choice, choices_of
from tables.admin.item_list.read_choices import AUTOMATIC, parameters_of, reads_of
from tables.admin.texts.core_messages import told
from tables.admin.texts.kinds import kind_words
from tables.admin.values.hidden_characters import marked, visible
from tables.admin.values.moments import moment_of
from tables.admin.visit import Visit
from tables.core.errors import InvalidRequest
from tables.core.expressions import format_path
from tables.core.filters import BY_SUFFIX, Term, terms_of
from tables.core.operand_types import filter_types
from tables.core.queries import (
    PARAMETERS,
    SEARCH,
    TYPE_SUFFIXES,
    CollectionQuery,
    format_term,
    parse_query,
)
from tables.core.values import Item
from tables.speed import fragment

MAX_KNOWN_PATHS = 200

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class FilterBar:
    """The line of one list; `address` is the list's, without what was typed since.

    `pairs` are what each of `rows` means in the address, None where it can't be understood.
    """

    visit: Visit
    address: Address
    rows: Sequence[FilterRow] = ()
    reads: str = AUTOMATIC
    search: str = ""
    items: Sequence[Item] = ()
    pairs: Sequence[Pair | None] = ()

    @property
    def types(self) -> dict[str, str]:
        """Declared type tags by path text."""
        return filter_types(self.visit.table, self.visit.description)

    @property
    def spare(self) -> SafeString:
        """The box of a condition that is still to come."""
        return self._box(FilterRow(), 0)

    @property
    def chips(self) -> Iterator[SafeString]:
        """What is asked for; then what the table is often filtered by and is not asked for yet."""
        for number, row in enumerate(self.rows, 1):
            yield self._chip(row, number, remove_url=self._address_without(number).url)
        for number, path in enumerate(self._often, len(self.rows) + 1):
            yield self._chip(FilterRow(path), number)

    @property
    def has_errors(self) -> bool:
        """Whether a row can't be understood."""
        return any(row.error for row in self.rows)

    @property
    def is_filtering(self) -> bool:
        """Whether anything is asked for."""
        return bool(self.rows or self.search)

    @property
    def search_hint(self) -> str:
        """What the search box looks in, and whether it minds capitals."""
        table = self.visit.table
        fields = ", ".join(map(self._name, table.search_fields))
        exact = set(table.search_fields) - set(table.search_lowercase)
        words = _("Search %(fields)s, exact case") if exact else _("Search %(fields)s")
        return words % {"fields": fields}

    @property
    def search_help(self) -> str:
        """The same as a sentence."""
        table = self.visit.table
        if set(table.search_fields) <= set(table.search_lowercase):
            return _("Capitals and small letters are the same here.")
        if table.search_lowercase:
            return _("Capitals count, except in %(fields)s.") % {
                "fields": ", ".join(map(self._name, table.search_lowercase))
            }
        return _("Capitals count: “london” doesn’t find “London”.")

    @property
    def kept(self) -> list[Pair]:
        """What the form sends along unseen."""
        ours = (SEARCH, "index", "plan")
        return [pair for pair in self.address.kept_pairs if pair[0] not in ours]

    @property
    def known_paths(self) -> SafeString:
        """Paths to offer, with the type that each is declared to have."""
        table = self.visit.table
        types = self.types
        # Most items of a page have the same names in the same order.
        seen = dict.fromkeys(chain.from_iterable(dict.fromkeys(map(tuple, self.items))))
        shown = [format_path((name,)) for name in seen]
        texts = dict.fromkeys([*types, *table.list_filter, *table.list_display, *shown])
        paths = tuple((text, types.get(text, "")) for text in texts)
        return fragment("admin/tables/known_paths.html", paths=paths[:MAX_KNOWN_PATHS])

    @property
    def _often(self) -> list[str]:
        """The key, the table's own filters and the time to live, where nothing is asked of them."""
        key = format_path((self.visit.description.partition_key.name,))
        paths = dict.fromkeys([key, *self.visit.table.list_filter, *filter(None, [self._ttl])])
        asked = {row.path for row in self.rows}
        return [path for path in paths if path not in asked]

    @property
    def _ttl(self) -> str:
        name = self.visit.description.ttl_attribute
        return format_path((name,)) if name else ""

    def _unit(self, path: str) -> Unit | None:
        ttl_attribute = self.visit.description.ttl_attribute
        return unit_of(path, self.visit.table, ttl_attribute, self.items)

    def _name(self, path: str) -> str:
        """What people call what stands at a path."""
        return self.visit.table.labels.get(path, path)

    def _choices(self, row: FilterRow, number: int) -> tuple[Choice, ...]:
        if not row.path or row.operator != "eq":
            return ()
        address = self._address_without(number)
        if row.path == self._ttl:
            return spans_of(row.path, address, self.types)
        return choices_of(row.path, self.visit.table, self.items, self.types, address)

    def _address_without(self, number: int) -> Address:
        pairs = [pair for at, pair in enumerate(self.pairs, 1) if pair and at != number]
        return self.address.with_filter(pairs)

    def _chip(self, row: FilterRow, number: int, remove_url: str = "") -> SafeString:
        name = self._name(row.path)
        condition, value = _said(row, name, self._unit(row.path)) if remove_url else (name, "")
        return fragment(
            "admin/tables/chip.html",
            row=row,
            condition=marked(condition),
            value=marked(value),
            said=visible(f"{condition} {value}"),
            remove_url=remove_url,
            box=self._box(row, number),
        )

    def _box(self, row: FilterRow, number: int) -> SafeString:
        choices = self._choices(row, number)
        return fragment(
            "admin/tables/condition.html",
            row=row,
            number=number,
            choices=choices,
            is_counted=any(choice.count for choice in choices),
            unit=self._unit(row.path) if row.path else None,
            plan_url=f"{self.address.path}plan/",
            cancel_url=self.address.url,
            operators=operator_options(row.operator),
            types=type_options(row.type, self.types.get(row.path), is_known=bool(row.path)),
            kinds=kind_options(row.kind),
        )


def bar_of_query(
    visit: Visit, address: Address, query: CollectionQuery, items: Sequence[Item]
) -> FilterBar:
    """The line as it stands above the list of a query."""
    terms = [part for part in query.filter.parts if isinstance(part, Term)]
    types = filter_types(visit.table, visit.description)
    pairs = [format_term(term, types) for term in terms]
    rows = [row_of_term(term, types) for term in terms]
    return FilterBar(visit, address, rows, reads_of(query), query.search or "", items, pairs)


def bar_of_address(visit: Visit, address: Address) -> FilterBar:
    """The line above an address that can't be read: each condition stays, with its mistake."""
    types = filter_types(visit.table, visit.description)
    conditions = [pair for pair in address.pairs if pair[0] not in PARAMETERS | OWN | {SEARCH}]
    read = [_row_of_pair(pair, types) for pair in conditions]
    pairs = [None if row.error else pair for row, pair in zip(read, conditions, strict=True)]
    return FilterBar(visit, address, read, search=address.own(SEARCH), pairs=pairs)


def bar_of_form(visit: Visit, form: QueryDict, address: Address) -> tuple[FilterBar, Address]:
    """The submitted line with its errors, and the address that it asks for."""
    types = filter_types(visit.table, visit.description)
    rows = with_dates(rows_of_form(form), form, visit.description.ttl_attribute)
    if "spare" in form:  # it stands first, and asks for one more
        rows = [*rows[1:], *rows[:1]]
    pairs, rows = pairs_of_rows(rows, types)
    understood = iter(pairs)
    aligned = [None if row.error else next(understood) for row in rows]
    reads = form.get("reads", AUTOMATIC)
    search = form.get(SEARCH, "")
    wanted = address.with_filter(pairs).changed(**{SEARCH: search or None}, **parameters_of(form))
    return FilterBar(visit, wanted, rows, reads, search, pairs=aligned), wanted


def _row_of_pair(pair: Pair, types: dict[str, str]) -> FilterRow:
    try:
        (term,) = terms_of(parse_query([pair], types=types).filter)
        return row_of_term(term, types)
    except InvalidRequest as mistake:
        path, *further = pair[0].split("__")
        operator = next((word for word in further if word in BY_SUFFIX), "eq")
        tag = TYPE_SUFFIXES.get(further[-1], "") if further else ""
        return FilterRow(path, operator, tag, pair[1], error=told(mistake.message))


def _said(row: FilterRow, name: str, unit: Unit | None) -> tuple[str, str]:
    """A condition as its chip says it: attribute and comparison, then what it compares with."""
    operator = BY_SUFFIX.get(row.operator)
    if operator is None:
        return name, row.value
    condition = f"{name} {_(operator.label)}"
    if operator.operands == 0:
        return condition, ""
    if operator.suffix == "type":
        return condition, kind_words(row.kind)
    value, upper = (_as_date(text, unit) for text in (row.value, row.upper))
    if operator.operands == 2:
        return condition, _("%(low)s and %(high)s") % {"low": value, "high": upper}
    fixed = {"BOOL": row.flag, "NULL": _("null"), EMPTY_TEXT: _("empty text")}
    return condition, fixed.get(row.type, value) if operator.operands else value


def _as_date(text: str, unit: Unit | None) -> str:
    """The digits of a time as a date; anything else as it is."""
    moment = moment_of(text) if unit in ("s", "ms") else None
    return moment.short if moment and moment.unit == unit else text
