"""The items that were ticked in a list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from tables.core.descriptions import TableDescription
from tables.core.errors import InvalidRequest
from tables.core.keys import decode_token, encode_token
from tables.core.queries import MAX_LIMIT
from tables.core.values import Item
from tables.dynamodb.reads import MAX_BATCH_GET, get_items
from tables.items.target import Target


def chosen_keys(tokens: Sequence[str], description: TableDescription) -> list[Item]:
    """The keys of the ticked items. Raises ItemNotFound for what is no key of this table."""
    if len(tokens) > MAX_LIMIT:
        words = _("At most %(most)s items can be chosen at once.")
        raise InvalidRequest(words % {"most": MAX_LIMIT})
    return [decode_token(token, description) for token in dict.fromkeys(tokens)]


def read_chosen(keys: Sequence[Item], target: Target) -> Iterator[list[Item]]:
    """The items of these keys that the caller has, in their order, up to a hundred at a time."""
    description = target.description
    for start in range(0, len(keys), MAX_BATCH_GET):
        wanted = list(keys[start : start + MAX_BATCH_GET])
        read = get_items(description, wanted, consistent=True)
        found = {
            encode_token(item, description): item for item in filter(target.sight.holds, read.items)
        }
        tokens = (encode_token(key, description) for key in wanted)
        yield [found[token] for token in tokens if token in found]
