"""Exports: items as JSON lines or CSV, streamed page by page so that memory stays flat."""

from __future__ import annotations

import codecs
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain

from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from tables.access.callers import Caller
from tables.access.limits.streams import stream_to
from tables.admin.item_list.columns import Column
from tables.core.descriptions import TableDescription
from tables.core.expressions import format_path, plain_path, value_at
from tables.core.sheet_cells import defused, shown_cell
from tables.core.sheets import Head, csv_lines, exact_heads, exact_row, head_line
from tables.core.values import Item, dumps, plain_item

# How many items a file of every attribute looks at for its columns.
LOOKED_AT = 1000
# Longer than any attribute's name may be (64 KB), so never the name of one.
OTHERS = " " * 2**16

Chunks = Iterator[bytes]
Pages = Iterable[Sequence[Item]]


@dataclass(frozen=True, slots=True)
class Format:
    """A file format: what follows the dot in the file's name, its media type, its writer."""

    extension: str
    media_type: str
    write: Callable[[Pages, Sequence[Column]], Chunks]


def export(
    pages: Pages, columns: Sequence[Column], format: Format, alias: str, caller: Caller
) -> StreamingHttpResponse:
    """A download. A page that fails ends it abruptly, so that nobody takes a part for the whole.

    What stops the first page still becomes a page of words, not half a file. Raises DRF's Throttled
    where the caller, or the site, has as many long answers as it may.
    """
    day = timezone.localdate().isoformat()
    return StreamingHttpResponse(
        stream_to(caller, format.write(pages, columns)),
        content_type=format.media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{alias}-{day}.{format.extension}"',
            "X-Accel-Buffering": "no",
        },
    )


# By `map` each page is let go before its chunk is sent: a slow client would keep it in memory.


def every_column(
    pages: Iterator[Sequence[Item]], description: TableDescription
) -> tuple[list[Column], Iterator[Sequence[Item]]]:
    """A column for each attribute of the first items, key first, and the pages to write.

    Where there are more items than can be looked at before the first line is written, a last
    column has what else an item holds, as one JSON object: nothing is left out.
    """
    looked = _looked_at(pages)
    names = dict.fromkeys([*description.key_names, *chain.from_iterable(chain(*looked))])
    columns = [Column((name,), format_path((name,))) for name in names]
    following = next(pages, None)
    if following is None:
        return columns, _emptied(looked)
    looked.append(following)
    others = map(partial(_with_others, frozenset(names)), chain(_emptied(looked), pages))
    return [*columns, Column((OTHERS,), _("other attributes"))], others


def _looked_at(pages: Iterator[Sequence[Item]]) -> deque[Sequence[Item]]:
    """The first pages, with as many items as are looked at for columns."""
    looked: deque[Sequence[Item]] = deque()
    while sum(map(len, looked)) < LOOKED_AT and (page := next(pages, None)) is not None:
        looked.append(page)
    return looked


def _emptied(pages: deque[Sequence[Item]]) -> Iterator[Sequence[Item]]:
    """The pages, each let go as it is given."""
    while pages:
        yield pages.popleft()


def _with_others(names: frozenset[str], page: Sequence[Item]) -> Sequence[Item]:
    """The items, each with what no column has in one map."""
    return [_with_other(item, sorted(item.keys() - names)) for item in page]


def _with_other(item: Item, others: Sequence[str]) -> Item:
    return {**item, OTHERS: {"M": {name: item[name] for name in others}}} if others else item


def _json_lines(pages: Pages, _columns: Sequence[Column]) -> Chunks:
    return map(_lines_of_page, pages)


def _lines_of_page(page: Sequence[Item]) -> bytes:
    return b"".join(dumps(plain_item(item)) + b"\n" for item in page)


def _typed_lines(pages: Pages, _columns: Sequence[Column]) -> Chunks:
    return map(_typed_lines_of_page, pages)


def _typed_lines_of_page(page: Sequence[Item]) -> bytes:
    return b"".join(dumps(item) + b"\n" for item in page)


def _csv_for_excel(pages: Pages, columns: Sequence[Column]) -> Chunks:
    """Excel takes a file for UTF-8 only by its mark, which other readers take for text."""
    return chain((codecs.BOM_UTF8,), _csv(pages, columns))


def _csv(pages: Pages, columns: Sequence[Column]) -> Chunks:
    head = csv_lines([[defused(name) for name in _heads(columns)]])
    return chain((head,), map(partial(_csv_lines_of_page, columns), pages))


def _csv_lines_of_page(columns: Sequence[Column], page: Sequence[Item]) -> bytes:
    return csv_lines(
        [shown_cell(value_at(item, column.path)) for column in columns] for item in page
    )


def _heads(columns: Sequence[Column]) -> list[str]:
    """Names as they are, without a filter's backslashes, but where two would read alike."""
    names = [
        column.text if column.path == (OTHERS,) else plain_path(column.path) for column in columns
    ]
    return [
        name if names.count(name) == 1 else column.text
        for name, column in zip(names, columns, strict=True)
    ]


def exact_csv(description: TableDescription) -> Format:
    """CSV of every attribute with the type in each head, which an import reads back as it was."""
    return Format("csv", "text/csv; charset=utf-8", partial(_exact, description))


def _exact(description: TableDescription, pages: Pages, _columns: Sequence[Column]) -> Chunks:
    coming = iter(pages)
    looked = _looked_at(coming)
    heads = exact_heads(chain(*looked), description)
    lines = map(partial(_exact_lines_of_page, heads), chain(_emptied(looked), coming))
    return chain((codecs.BOM_UTF8 + head_line(heads),), lines)


def _exact_lines_of_page(heads: Sequence[Head], page: Sequence[Item]) -> bytes:
    return csv_lines(exact_row(item, heads) for item in page)


CSV = Format("csv", "text/csv; charset=utf-8", _csv)
CSV_FOR_EXCEL = Format("csv", "text/csv; charset=utf-8", _csv_for_excel)
JSON_LINES = Format("jsonl", "application/jsonl", _json_lines)
TYPED_LINES = Format("dynamodb.jsonl", "application/jsonl", _typed_lines)
