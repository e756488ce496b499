"""Creating an item from a form: once, however often the form is sent."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from django.core import signing

from tables.admin.item_form.saving import read_only_names
from tables.admin.visit import Visit
from tables.core.admission import admit_new
from tables.core.errors import PreconditionFailed
from tables.core.keys import coerce_binary_keys, key_of
from tables.core.natural_keys import natural_partition_key
from tables.core.preconditions import compile_create
from tables.core.updates import same_value
from tables.core.values import Item
from tables.dynamodb.reads import get_item
from tables.dynamodb.writes import write

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


def create_item(visit: Visit, item: Item, new_key: str) -> Item:
    """Create an item; an existing key is refused. Raises PreconditionFailed with what is stored.

    `new_key` is the partition key where the server chooses it.
    """
    keyed = _with_partition_key(coerce_binary_keys(item, visit.description), visit, new_key)
    admitted = admit_new(
        keyed, visit.table, visit.description, visit.caller.identity, datetime.now(UTC)
    )
    try:
        write(compile_create(admitted, visit.description))
    except PreconditionFailed as error:
        error.current = error.current or _stored_or_key(admitted, visit)
        raise
    return admitted


def is_as_written(stored: Item, written: Item, visit: Visit) -> bool:
    """Whether an item with the key of `written` holds just that: then the form came twice."""
    ours = {*visit.description.key_names, *read_only_names(visit)}
    left, right = (
        {name: value for name, value in item.items() if name not in ours}
        for item in (stored, written)
    )
    return same_value({"M": left}, {"M": right})


def makes_key(visit: Visit) -> bool:
    """Whether the server alone makes the partition keys of new items."""
    is_made = visit.table.natural_key or not visit.table.client_keys
    return bool(is_made) and visit.description.partition_key.type == "S"


def _stored_or_key(item: Item, visit: Visit) -> Item:
    """What has this item's key, for an engine that does not say it; at least the key."""
    key = key_of(item, visit.description)
    return get_item(visit.table.table, key, consistent=True).item or key


def _with_partition_key(item: Item, visit: Visit, new_key: str) -> Item:
    """The item with the key that the server makes, where it makes one."""
    name = visit.description.partition_key.name
    if not makes_key(visit):
        return item
    natural = visit.table.natural_key
    made = natural_partition_key(item, visit.table) if natural else new_key
    rest = {other: value for other, value in item.items() if other != name}
    return {name: {"S": made}, **rest}
