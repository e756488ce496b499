"""What a list may be read from: the plan decides, or a person says the table or an index."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _

from tables.admin.item_list.index_choices import index_words
from tables.admin.texts.sentences import cost_words, items_words
from tables.core.descriptions import Index, TableDescription
from tables.core.filters import Term
from tables.core.plans import scan_plan
from tables.core.queries import CollectionQuery
from tables.core.sight import Sight

# Values of the form's `reads`.
AUTOMATIC = ""
SCAN = "scan"
_INDEX = "index:"


@dataclass(frozen=True, slots=True)
class ReadChoice:
    """One way to read: its value in the form, its name, and what it needs or takes."""

    value: str
    label: str
    help: str = ""
    is_chosen: bool = False


def reads_of(query: CollectionQuery) -> str:
    """The form's value for what the address of a list says."""
    if query.index:
        return f"{_INDEX}{query.index}"
    return SCAN if query.scan_only else AUTOMATIC


def parameters_of(form: QueryDict) -> dict[str, str | None]:
    """What the form's value is in the address of a list."""
    reads = form.get("reads", AUTOMATIC)
    return {
        "index": reads.removeprefix(_INDEX) if reads.startswith(_INDEX) else None,
        "plan": SCAN if reads == SCAN else None,
    }


def read_choices(
    query: CollectionQuery, description: TableDescription, sight: Sight
) -> tuple[ReadChoice, ...]:
    """Every way there is, the present one chosen."""
    return tuple(_choices(query, description, sight, reads_of(query)))


def _choices(
    query: CollectionQuery, description: TableDescription, sight: Sight, present: str
) -> Iterator[ReadChoice]:
    automatic = _("The table’s key or an index where one answers, else the whole table.")
    yield ReadChoice(AUTOMATIC, _("Cheapest that can answer"), automatic, present == AUTOMATIC)
    for index in description.indexes:
        value = f"{_INDEX}{index.name}"
        label = _("index %(index)s") % {"index": index_words(index, description)}
        yield ReadChoice(value, label, _index_help(index, query), present == value)
    yield ReadChoice(
        SCAN, _("The whole table"), _table_words(query, description, sight), present == SCAN
    )


def _index_help(index: Index, query: CollectionQuery) -> str:
    if not index.is_ready:
        return _("Not ready yet.")
    names = [attribute.name for attribute in index.partition_keys]
    asked = {
        part.path
        for part in query.filter.parts
        if isinstance(part, Term) and part.operator.suffix == "eq"
    }
    missing = [name for name in names if (name,) not in asked]
    if not missing:
        return _("Reads the items of one %(key)s.") % {"key": ", ".join(names)}
    return _("Reads the whole index: nothing says which %(key)s.") % {"key": ", ".join(missing)}


def _table_words(query: CollectionQuery, description: TableDescription, sight: Sight) -> str:
    if description.item_count is None:
        return ""
    words = _("About %(items)s") % {"items": items_words(description.item_count)}
    cost = cost_words(scan_plan(sight.ask(query.filter)), description)
    return f"{words}, {cost}." if cost else f"{words}."
