"""What an index takes and holds, and an index to take instead of a scan, in words."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from tables.admin.item_list.address import Address
from tables.core.descriptions import Index, TableDescription
from tables.core.plans import Advice, Plan, advise
from tables.core.queries import CollectionQuery


@dataclass(frozen=True, slots=True)
class IndexAdvice:
    """An index that would answer by a Query: why it wasn't taken, and the link that takes it."""

    words: str
    link_words: str
    url: str


def index_words(index: Index, description: TableDescription) -> str:
    """An index, its keys and what it holds: `open (status, placedAt; holds customerId, total)`."""
    names = [attribute.name for attribute in index.key_attributes]
    keys = {*names, *description.key_names}
    return _("%(index)s (%(keys)s; %(held)s)") % {
        "index": index.name,
        "keys": ", ".join(names),
        "held": _held_words(index, keys),
    }


def index_advice(
    plan: Plan, query: CollectionQuery, description: TableDescription, address: Address
) -> IndexAdvice | None:
    """What to say of a scan that nobody asked for, though an index would do."""
    if plan.operation != "Scan" or query.index or query.scan_only or not query.filter:
        return None
    advice = advise(query.filter, description)
    if advice is None:
        return None
    return IndexAdvice(
        _advice_words(advice),
        _("Query the index %(index)s") % {"index": advice.index},
        address.changed(index=advice.index, plan=None).url,
    )


def _held_words(index: Index, keys: set[str]) -> str:
    if index.projected is None:
        return _("holds everything")
    others = sorted(index.projected - keys)
    return _("holds %(names)s") % {"names": ", ".join(others)} if others else _("holds keys only")


def _advice_words(advice: Advice) -> str:
    index = {"index": advice.index, "names": ", ".join(advice.unproven)}
    if not advice.unproven:
        words = _(
            "The index %(index)s answers this. It holds but a part of each item: the rest is read "
            "for the rows of each page."
        )
        return words % index
    words = _(
        "The index %(index)s would answer this, but for items whose %(names)s is missing, empty, "
        "too long for a key or of another type: those are not in it."
    )
    return words % index
