"""Lists and scans: one page with its cursor, or every item as a stream."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace
from typing import Any

import structlog
from django.conf import settings

from tables.api.adminapi.envelopes import adminapi_item
from tables.core.descriptions import TableDescription
from tables.core.errors import InvalidCursor, InvalidRequest, TablesError
from tables.core.expressions import Path
from tables.core.filters import EVERYTHING
from tables.core.keys import start_key_attributes, start_key_from_plain
from tables.core.plans import Plan, require_start_key, scan_plan
from tables.core.sight import Asked, Sight
from tables.core.values import Item, dumps
from tables.dynamodb.reads import Budget, Page, iterate, read_page, read_until
from tables.speed import with_room

log = structlog.get_logger(__name__)


class CutOff(Exception):
    """A stream that can't go on. Ends the connection before the answer is whole."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What is asked for: a table by a plan, whole items or some paths, from a key on.

    `limit` is the most items to answer with.
    """

    description: TableDescription
    sight: Sight
    plan: Plan
    fields: tuple[Path, ...] = ()
    start_key: Item | None = None
    limit: int | None = None

    def shown(self, items: list[Item]) -> list[dict[str, object]]:
        """The items as this door shows them, without keys that were read for the cursor only."""
        if self.fields:
            asked = {path[0] for path in self.fields if len(path) == 1}
            keys = start_key_attributes(self.description, self.plan.index)
            hidden = {key.name for key in keys} - asked
            items = [
                {name: value for name, value in item.items() if name not in hidden}
                for item in items
            ]
        return [adminapi_item(self.sight.see(item)) for item in items]


def go_on(plan: Plan, asked: Asked, plain: Any, description: TableDescription) -> tuple[Plan, Item]:
    """The plan and the start key with which a LastEvaluatedKey, in plain JSON, is followed.

    To clients every read is a scan, and any key of the table a place in it: one that the plan
    doesn't lead to is followed by a scan. Raises InvalidCursor for what is no key.
    """
    try:
        start_key = start_key_from_plain(plain, description, plan.index)
        require_start_key(start_key, plan)
    except InvalidCursor:
        return scan_plan(asked), start_key_from_plain(plain, description)
    return plan, start_key


@with_room
def one_page(reading: Reading) -> bytes:
    """The body of a paginated answer, read under the scan budget.

    Without a limit it is what one call gives, as much as DynamoDB reads in one (1 MB).
    """
    budget = Budget(settings.SCAN_BUDGET_ITEMS, settings.SCAN_BUDGET_SECONDS)
    if reading.limit is None:
        page = read_page(
            reading.description,
            reading.plan,
            limit=budget.items,
            start_key=reading.start_key,
            fields=reading.fields,
        )
    else:
        page = read_until(
            reading.description,
            reading.plan,
            limit=min(reading.limit, budget.items),
            budget=budget,
            start_key=reading.start_key,
            fields=reading.fields,
        )
    body: dict[str, object] = {
        "Items": reading.shown(page.items),
        "Count": len(page.items),
        "ScannedCount": page.scanned_count,
    }
    if page.last_evaluated_key is not None:
        body["LastEvaluatedKey"] = adminapi_item(reading.sight.see(page.last_evaluated_key))
    return dumps(body)


class ItemStream:
    """The array of every item, page by page; the first page is read when this is made.

    `on_page` is called before each further page is read, `on_close` when the stream is closed,
    whether or not it was ever read. `goes_on` is false where the first page is all of it.
    """

    def __init__(self, reading: Reading) -> None:
        self.on_page: Callable[[], object] = lambda: None
        self.on_close: Callable[[], object] = lambda: None
        self._reading = reading
        self._most = settings.ADMINAPI_LIST_LIMIT
        self._require_short_table()
        self._pages = _pages(reading)
        first = next(self._pages)
        if self._is_over(len(first.items)):
            raise _too_many(self._most)
        self.goes_on = first.last_evaluated_key is not None
        self._chunks = self._written([first])

    def __iter__(self) -> Iterator[bytes]:
        return self._chunks

    def close(self) -> None:
        """End the reading; the WSGI server calls this at the end, whatever happened."""
        self._chunks.close()
        self._pages.close()
        self.on_close()

    def _written(self, pages: list[Page]) -> Generator[bytes]:
        """The chunks, beginning with the page in `pages`; each is let go before its chunk is sent.

        A slow client would keep it in memory.
        """
        separator, count = b"[", 0
        while pages:
            page = pages.pop()
            count += len(page.items)
            is_empty, is_last = not page.items, page.last_evaluated_key is None
            chunk = b"" if is_empty else separator + dumps(self._reading.shown(page.items))[1:-1]
            del page
            if not is_empty:
                separator = b","
                yield chunk
            elif not is_last:
                # A page without a match: JSON's white space shows whether anyone still listens.
                yield b" "
            del chunk
            self.on_page()
            pages += self._next_page(count)
        yield b"[]" if separator == b"[" else b"]"

    def _next_page(self, count: int) -> list[Page]:
        """The next page alone; nothing at the end."""
        try:
            page = next(self._pages, None)
        except TablesError as error:
            raise self._cut_off(error.code, count) from None
        if page is not None and self._is_over(count + len(page.items)):
            raise self._cut_off("list_limit", count)
        return [] if page is None else [page]

    def _require_short_table(self) -> None:
        """An unfiltered list has as many items as its table, as far as that is known."""
        reading = self._reading
        is_whole = (
            reading.plan == scan_plan(reading.sight.ask(EVERYTHING))
            and reading.limit is None
            and not reading.sight.rule
        )
        if is_whole and self._is_over(reading.description.item_count or 0):
            raise _too_many(self._most)

    def _is_over(self, count: int) -> bool:
        return 0 < self._most < count

    def _cut_off(self, reason: str, count: int) -> CutOff:
        # The server logs this exception with its text: no item, no key, no DynamoDB message.
        log.error("answer_cut_off", reason=reason, items=count)
        return CutOff("The answer was cut off; the connection ends before it is whole.")


def _pages(reading: Reading) -> Generator[Page]:
    pages = iterate(
        reading.description, reading.plan, fields=reading.fields, start_key=reading.start_key
    )
    left = reading.limit
    if left is None:
        yield from pages
        return
    for page in pages:
        yield replace(page, items=page.items[:left])
        left -= len(page.items)
        if left <= 0:
            return


def _too_many(most: int) -> InvalidRequest:
    return InvalidRequest(
        f"The answer would hold more than {most} items: ask for pages with paginate=true."
    )
