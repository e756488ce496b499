"""What an item must be before it may be written: keys, sizes, schema and audit stamps."""

from __future__ import annotations

from datetime import datetime

from tables.core.audit import AUDIT_ATTRIBUTES, stamped_change, stamped_new
from tables.core.descriptions import TableDescription
from tables.core.errors import InvalidValue, Problem, Sentence
from tables.core.expressions import Path
from tables.core.keys import key_of, require_index_keys, start_key_attributes
from tables.core.registry import Table
from tables.core.schemas import require_valid
from tables.core.sizes import require_item_fits
from tables.core.values import Item, join_pointer


def admit_new(
    item: Item, table: Table, description: TableDescription, identity: str, now: datetime
) -> Item:
    """The item as it will be created: checked, and stamped where the table keeps audit stamps.

    Raises InvalidValue for keys, index keys and schema, TooLarge over 400 KB.
    """
    # A sort key may be called `created`: with another value it would be another item.
    key = {name: item[name] for name in description.key_names if name in item}
    stamped = {**stamped_new(item, identity, now), **key} if table.audit_attributes else item
    require_admissible(stamped, table, description)
    return stamped


def admit_change(
    new: Item,
    stored: Item,
    table: Table,
    description: TableDescription,
    identity: str,
    now: datetime,
) -> Item:
    """The item as it will replace `stored`: same key, checked, stamped.

    Raises InvalidValue for another key, index keys and schema, TooLarge over 400 KB.
    """
    _require_same_key(key_of(new, description), key_of(stored, description))
    stamped = stamped_change(new, stored, identity, now) if table.audit_attributes else new
    require_admissible(stamped, table, description)
    return stamped


def _require_same_key(new: Item, stored: Item) -> None:
    detail = Sentence("The key of an item can't be changed.")
    changed = [name for name in stored if new[name] != stored[name]]
    if changed:
        problems = [Problem(join_pointer("", name), detail) for name in changed]
        raise InvalidValue(detail, problems=problems)


def require_admissible(item: Item, table: Table, description: TableDescription) -> None:
    """Raise InvalidValue or TooLarge unless DynamoDB and the schema would take the item."""
    key_of(item, description)
    require_index_keys(item, description)
    require_item_fits(item)
    require_valid(_judged(item, table), table.schema)


def _judged(item: Item, table: Table) -> Item:
    """What the schema judges: not the attributes of ours that it doesn't know."""
    if table.schema is None:
        return item
    ours = {table.version, *(AUDIT_ATTRIBUTES if table.audit_attributes else ())}
    known = table.schema.get("properties") or {}
    return {name: value for name, value in item.items() if name not in ours or name in known}


def needed_fields(
    fields: tuple[Path, ...], description: TableDescription, index: str | None
) -> tuple[Path, ...]:
    """The projection to ask for: `fields`, and the keys that cursors and links are made of."""
    if not fields:
        return ()
    keys = [attribute.name for attribute in start_key_attributes(description, index)]
    whole = {path for path in fields if len(path) == 1}
    nested_keys = {(name,) for name in keys} - whole
    wanted = [path for path in fields if (path[0],) not in nested_keys]
    return tuple(dict.fromkeys([*wanted, *((name,) for name in keys)]))
