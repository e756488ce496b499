"""Which attributes a list shows: the key, then what the person, the table or the page suggests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from tables.core.descriptions import TableDescription
from tables.core.errors import InvalidExpression
from tables.core.expressions import Path, format_path, parse_path
from tables.core.queries import CollectionQuery
from tables.core.registry import Table
from tables.core.values import Item

# How many of the commonest attributes a list shows where nobody chose: so many at most, and of
# those that fewer than one item in five has, only what it takes to have the least.
COMMONEST = 6
LEAST = 3
# Most columns that one person may choose, and that the chooser offers.
MAX_COLUMNS = 40


@dataclass(frozen=True, slots=True)
class Column:
    """One attribute of the list, by document path; `text` is the path as people write it."""

    path: Path
    text: str
    is_key: bool = False


def columns_of(
    items: Sequence[Item],
    table: Table,
    description: TableDescription,
    *,
    query: CollectionQuery,
    chosen: Iterable[str] = (),
) -> list[Column]:
    """The key attributes, then `fields` of the URL, else the person's choice, else the table's,
    else the commonest attributes of the page.
    """
    keys: list[Path] = [(name,) for name in description.key_names]
    wanted = query.fields or parse_paths(chosen or table.list_display) or _commonest(items, keys)
    others = [path for path in dict.fromkeys(wanted) if path not in keys]
    return [
        *(Column(path, format_path(path), is_key=True) for path in keys),
        *(Column(path, format_path(path)) for path in others[:MAX_COLUMNS]),
    ]


def offered_columns(items: Sequence[Item], shown: Sequence[Column], table: Table) -> list[str]:
    """Paths that the chooser offers besides those shown: the table's own, then the page's."""
    seen: Collection[str] = set[str]().union(*items)
    if len(seen) > MAX_COLUMNS:
        seen = dict(Counter(chain.from_iterable(items)).most_common(MAX_COLUMNS))
    names = [format_path((name,)) for name in seen]
    ours = {column.text for column in shown}
    return [
        text for text in dict.fromkeys([*table.list_display, *sorted(names)]) if text not in ours
    ]


def parse_paths(texts: Iterable[str]) -> tuple[Path, ...]:
    """The document paths that can be read; a stored choice never breaks a page."""
    paths = []
    for text in texts:
        try:
            paths.append(parse_path(text))
        except InvalidExpression:
            continue
    return tuple(paths)


def _commonest(items: Sequence[Item], keys: Sequence[Path]) -> tuple[Path, ...]:
    """The attributes that most items of the page have, in the order in which they appear."""
    counts = Counter(chain.from_iterable(items))
    for (name,) in keys:
        del counts[str(name)]
    names = {
        name
        for position, (name, count) in enumerate(counts.most_common(COMMONEST))
        if position < LEAST or count * 5 >= len(items)
    }
    return tuple((name,) for name in counts if name in names)
