"""The list of a table's items: an object that knows its page, its filter and its links."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.utils.safestring import SafeString

from tables.admin.item_list.address import OWN, RUN_SCAN, TRAIL, Address
from tables.admin.item_list.columns import Column, columns_of, offered_columns
from tables.admin.item_list.index_choices import IndexAdvice, index_advice
from tables.admin.item_list.known_names import KnownNames
from tables.admin.item_list.linked_cells import linked_cells
from tables.admin.item_list.previous_pages import (
    Trail,
    read_trail,
    start_key_of,
    visited,
    write_trail,
)
from tables.admin.item_list.read_choices import read_choices
from tables.admin.item_list.table_body import Grid, write_grid
from tables.admin.item_list.type_notes import TypeNote, type_notes
from tables.admin.texts import sentences as words
from tables.admin.texts.meter import Tally, believable, meter_words, tally_of
from tables.admin.values.hidden_characters import marked
from tables.admin.visit import Visit
from tables.core.descriptions import TableDescription
from tables.core.expressions import Path
from tables.core.filters import terms_of
from tables.core.operand_types import filter_types
from tables.core.plans import Plan
from tables.core.queries import CollectionQuery, parse_query
from tables.core.registry import Table
from tables.core.values import Item
from tables.items.links import links_named
from tables.items.lists import CollectionPage, plan_query, read_collection
from tables.items.told import told_all
from tables.records.people.preferences import preference
from tables.speed import fragment

PAGE_SIZES = (25, 100, 250, 1000)


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's head: its attribute, what people call it, what the key schema says of it, and a
    link that turns the order round where there is an order.
    """

    text: str
    role: str = ""
    is_numeric: bool = False
    order_url: str = ""
    order: str = ""
    label: str = ""

    @property
    def name(self) -> SafeString:
        """The attribute's label or name, what can't be seen in it marked."""
        return marked(self.label or self.text)


class ItemList:
    """One page of a table's items, for the template to print.

    Raises TablesError where the address can't be read, at once; what DynamoDB says comes when
    `page` is first asked for. `starts_over` where a cursor could not be followed, `denied_index` is
    one that AWS does not let this site read.
    """

    def __init__(
        self,
        visit: Visit,
        address: Address | None = None,
        *,
        starts_over: bool = False,
        denied_index: str = "",
    ) -> None:
        self.visit = visit
        self.starts_over = starts_over
        self.denied_index = denied_index
        self.table: Table = visit.table
        self.description = visit.description
        self.address = address or Address.of(visit.request, visit.table.alias)
        self.types = filter_types(self.table, self.description)
        self.query: CollectionQuery = parse_query(
            self.address.pairs,
            types=self.types,
            search_fields=self.table.search_fields,
            search_lowercase=self.table.search_lowercase,
            ignore=OWN,
        )
        # The pages show links anyway; a name that is none was meant as a filter.
        links_named(self.query.expand, visit.target)
        self.planned = plan_query(self.query, visit.target, completes=True)
        self.plan: Plan = self.planned.plan
        self.preference = preference(visit.request, self.table.alias)
        self.limit = self.query.limit or self.preference.page_size or self.table.list_per_page
        self.trail = self._trail()
        self.names = KnownNames(self.table, self.types, self.description, visit.target.sight)

    @property
    def is_whole_scan(self) -> bool:
        """Whether a whole table or index is read for the items that match what was asked."""
        return self.plan.operation == "Scan" and bool(self.query.filter)

    @property
    def is_waiting(self) -> bool:
        """Whether a scan of a large table has not been agreed to yet."""
        items = self.description.likely_items
        return (
            self.is_whole_scan
            and (items is None or items > settings.SCAN_BUDGET_ITEMS)
            and self.query.cursor is None
            and not self.address.own(RUN_SCAN)
        )

    @cached_property
    def collection(self) -> CollectionPage:
        """The page as it was read."""
        return read_collection(self.planned, limit=self.limit, narrowed=self._needed_of)

    @cached_property
    def columns(self) -> list[Column]:
        """The key attributes first, then what was chosen."""
        return self.columns_for(self.collection.page.items)

    def columns_for(self, items: Sequence[Item], shown: Sequence[str] = ()) -> list[Column]:
        """The columns of a page with these items, or those that somebody has before them."""
        return columns_of(
            items,
            self.table,
            self.description,
            query=self.query,
            chosen=shown or self.preference.columns,
        )

    def _needed_of(self, items: Sequence[Item]) -> tuple[Path, ...]:
        """What the rows of further items show, lead to and are filtered by.

        Of items that are whole, other attributes are but offered, as columns and in filters.
        """
        columns = self.columns_for(items)
        paths = [column.path for column in columns]
        paths += [path for link in self.table.links for path in link.paths()]
        paths += [term.path for term in terms_of(self.plan.local)] if self.plan.local else []
        return tuple(dict.fromkeys((path[0],) for path in paths))

    @property
    def tools(self) -> SafeString:
        """The menus beside the rows: column chooser and exports."""
        offered = offered_columns(self._told, self.columns, self.table)
        return fragment(
            "admin/tables/tools.html",
            list_url=self.address.path,
            columns=tuple(self.columns),
            offered=tuple(offered),
            limit=self.limit,
            can_export=self.visit.can("export"),
            exports=words.export_words(len(self.columns)),
            later=words.later_words(),
            is_filtered=bool(self.query.filter),
        )

    @property
    def reads(self) -> SafeString:
        """What DynamoDB does for this list, and the menu of what else it could read."""
        return fragment(
            "admin/tables/reads.html",
            words=self.plan_words,
            kind=self.plan_kind,
            choices=read_choices(self.query, self.description, self.visit.target.sight),
        )

    @cached_property
    def grid(self) -> Grid:
        """The table's body."""
        sight = self.visit.target.sight
        return write_grid(
            [sight.see(item) for item in self._told],
            self.columns,
            self.description,
            list_url=self.address.path,
            can_select=self.can_select,
            states=self.collection.states,
            held=self._held,
            links=linked_cells(self.visit.target),
        )

    @cached_property
    def _told(self) -> list[Item]:
        """The page's items, with what their keys alone say."""
        return told_all(self.collection.page.items, self.table)

    @property
    def head(self) -> SafeString:
        """The heads of the columns; those of the key are one."""
        keys = tuple(self._heading(column) for column in self.columns if column.is_key)
        others = tuple(self._heading(column) for column in self.columns if not column.is_key)
        return fragment(
            "admin/tables/head.html", keys=keys, headings=others, can_select=self.can_select
        )

    @property
    def can_select(self) -> bool:
        """Whether there is anything this caller could do with chosen items."""
        return any(map(self.visit.can, ("change", "delete", "export")))

    # ------------------------------------------------------------ links

    @cached_property
    def next_url(self) -> str | None:
        """The page after this one, or where a scan goes on that stopped at its budget."""
        collection = self.collection
        if collection.next_cursor is None:
            return None
        left = visited(
            len(collection.page.items),
            collection.start_key,
            self.plan,
            self.description,
            tally_of(collection.page) if self.plan.is_filtered else None,
        )
        trail = write_trail(self.trail.after(left), self._bound_to)
        return self.address.at(collection.next_cursor, trail).url

    @cached_property
    def previous_url(self) -> str | None:
        """The page before this one, with the very rows it had."""
        if not self.trail.pages:
            return None
        start_key = start_key_of(self.trail.pages[-1], self.plan, self.description)
        if start_key is None:
            return self.address.at(None, None).url
        trail = write_trail(self.trail.back(), self._bound_to)
        return self.address.at(self.planned.cursor_at(start_key), trail).url

    @property
    def first_url(self) -> str | None:
        """The first page, for whoever is not on it."""
        return self.address.at(None, None).url if self.query.cursor else None

    @property
    def pages_above(self) -> SafeString:
        """The links to other pages; where a scan stopped, its meter has the one to go on."""
        return self._pages("top", next=None if self.is_part else self.next_url, sizes=())

    @property
    def pages_below(self) -> SafeString:
        """The links to other pages, and page sizes; the present size has no link."""
        sizes = tuple(
            (size, None if size == self.limit else self.address.changed(limit=str(size)).url)
            for size in sorted({*PAGE_SIZES, self.limit})
        )
        return self._pages("bottom", next=self.next_url, sizes=sizes)

    @property
    def is_part(self) -> bool:
        """Whether reading stopped at the budget, before the page was full."""
        return self.collection.page.stopped == "budget"

    @property
    def run_url(self) -> str:
        """This list, with its scan agreed to."""
        return self.address.running().url

    # ------------------------------------------------------------ words

    @property
    def plan_words(self) -> str:
        """What DynamoDB does for this list."""
        return words.plan_words(self.plan, self._described)

    @property
    def plan_kind(self) -> str:
        """The plan's colour: reading a whole table for a few items is what people should notice."""
        return "whole-scan" if self.is_whole_scan else "modest"

    @property
    def cost_words(self) -> str:
        """What that takes, where it can be said."""
        return words.cost_words(self.plan, self.description)

    @property
    def filter_words(self) -> str:
        """The whole filter as a sentence."""
        return words.filter_words(self.query.filter)

    @property
    def type_notes(self) -> list[TypeNote]:
        """How values are compared whose type nobody declared."""
        return type_notes(self.query.filter, self.address, self.types)

    @property
    def advice(self) -> IndexAdvice | None:
        """An index that would answer what is scanned."""
        return index_advice(self.plan, self.query, self.description, self.address)

    @property
    def meter_words(self) -> str:
        """What reading the page took."""
        page = self.collection.page
        return meter_words(page, self._took_before, self.trail.shown or 0, self.names.took)

    @cached_property
    def position_words(self) -> str:
        """Where this page stands, as far as that can be known."""
        return words.position_words(len(self.collection.page.items), self.trail.shown)

    # ------------------------------------------------------------

    def _pages(self, place: str, **links: Hashable) -> SafeString:
        return fragment(
            "admin/tables/pages.html",
            place=place,
            position=self.position_words,
            first=self.first_url,
            previous=self.previous_url,
            is_part=self.is_part,
            **links,
        )

    @property
    def about_words(self) -> str:
        """How many items the table is said to hold, unless this page shows that it is not so, or
        they are of other kinds as well.
        """
        is_so = self._described is self.description and self.table.entity is None
        return words.about_words(self.description) if is_so else ""

    @property
    def _described(self) -> TableDescription:
        """The description, without a count that what was read contradicts: AWS counts every six
        hours.
        """
        if "collection" not in self.__dict__:
            return self.description
        is_from_first_on = self.query.cursor is None or self._took_before is not None
        return believable(
            self.description, self.plan, self.collection.page, self._took_before, is_from_first_on
        )

    @property
    def _took_before(self) -> Tally | None:
        """What the pages before this one took; None on the first, or where that is not known."""
        return self.trail.took if self.trail.pages else None

    @property
    def _bound_to(self) -> str:
        return f"{self.table.alias} {self.plan.operation} {self.plan.index or ''}"

    @property
    def _held(self) -> frozenset[str] | None:
        """What the index that is read has of each item; None for whole items."""
        index = self.planned.index
        return index.projected if index else None

    def _trail(self) -> Trail:
        text = self.address.own(TRAIL)
        if self.query.cursor is None:
            return Trail()
        return read_trail(text, self._bound_to) if text else Trail(before=None)

    def _heading(self, column: Column) -> Heading:
        role = words.role_words(column.path, self.description, self.plan)
        is_numeric = column in self.grid.numeric
        label = self.table.labels.get(column.text, "")
        if self.plan.operation != "Query" or column.path != self._sort_path:
            return Heading(column.text, role, is_numeric, label=label)
        order = "desc" if self.plan.descending else "asc"
        other = "asc" if self.plan.descending else "desc"
        turned = self.address.changed(order=other).url
        return Heading(column.text, role, is_numeric, turned, order, label)

    @property
    def _sort_path(self) -> tuple[str] | None:
        """The attribute that a Query's answer is ordered by."""
        name = self.plan.ordered_by(self.description)
        return (name,) if name else None
