"""Creating an item from a form: once, however often the form is sent."""

from __future__ import annotations

import uuid

from django.core import signing

from tables.admin.item_form.saving import read_only_names
from tables.admin.visit import Visit
from tables.core.errors import ItemExists
from tables.core.keys import coerce_binary_keys
from tables.core.updates import same_value
from tables.core.values import Item
from tables.items.new_keys import completed_new, made_key, makes_key
from tables.items.puts import create
from tables.items.reads import stored
from tables.items.wanted import Outcome, itself
from tables.items.writes import perform

_SALT = "dynadmin.new-key"


def seal_new_key(alias: str) -> str:
    """A partition key for one new item, sealed: the same form sent twice makes one item."""
    return signing.dumps(str(uuid.uuid4()), salt=f"{_SALT}.{alias}")


def unseal_new_key(sealed: str, alias: str) -> str:
    """The key that was sealed, or another one where nothing or something else was."""
    try:
        key: str = signing.loads(sealed, salt=f"{_SALT}.{alias}")
    except signing.BadSignature:
        return str(uuid.uuid4())
    return key


def create_item(visit: Visit, item: Item, new_key: str) -> Outcome:
    """Create an item; an existing key is refused. Raises ItemExists with what is stored.

    `new_key` is the partition key where the server chooses it.
    """
    new = completed_new(coerce_binary_keys(item, visit.description), visit.target)
    keyed = _with_partition_key(new, visit, new_key)
    write = create(visit.target, keyed)
    try:
        return perform(write, itself)
    except ItemExists as error:
        error.current = error.current or _stored_or_key(write.outcome.key, visit)
        raise


def is_as_written(stored: Item, written: Item, visit: Visit) -> bool:
    """Whether an item with the key of `written` holds just that: then the form came twice."""
    ours = {*visit.description.key_names, *read_only_names(visit)}
    left, right = (
        {name: value for name, value in item.items() if name not in ours}
        for item in (stored, written)
    )
    return same_value({"M": left}, {"M": right})


def _stored_or_key(key: Item, visit: Visit) -> Item:
    """What has this key, for an engine that does not say it; at least the key."""
    return stored(visit.target, key) or key


def _with_partition_key(item: Item, visit: Visit, new_key: str) -> Item:
    """The item with the key that the server makes, where it makes one."""
    if not makes_key(visit.target):
        return item
    name = visit.description.partition_key.name
    rest = {other: value for other, value in item.items() if other != name}
    return {name: made_key(item, visit.target, new_key), **rest}
