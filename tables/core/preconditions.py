"""ETags, and the conditions that pin a write to the state that was read (RFC 9110, section 13)."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

import orjson

from tables.core.audit import UPDATED
from tables.core.descriptions import TableDescription
from tables.core.errors import Conflict, InvalidExpression, InvalidRequest
from tables.core.expressions import (
    Path,
    Placeholders,
    format_path,
    require_within_limits,
    value_at,
)
from tables.core.operations import Delete, Put, Update
from tables.core.sight import Seen
from tables.core.updates import (
    Change,
    canonical_value,
    compile_update,
    diff,
    require_changes,
)
from tables.core.values import Item

Representation = Literal["plain", "typed"]
# Sets of attributes of which every writer that comes through here changes one at least.
Marks = Sequence[Sequence[str]]
STAMPS: Marks = (UPDATED,)

# An element of a list of tags, with the comma after it: etagc of RFC 9110 section 8.8.3 in quotes,
# or our own tags' characters without. Section 5.6.1.2 asks to pass over empty elements.
_ELEMENT = re.compile(
    r'\s*(?:(?P<weak>W/)?(?:"(?P<quoted>[\x21\x23-\x7e\x80-\xff]*)"|(?P<bare>[A-Za-z0-9._~-]+))\s*)?'
    r"(?:,|\Z)"
)


def etag(item: Seen, representation: Representation = "plain", fields: Iterable[Path] = ()) -> str:
    """A strong, quoted tag: the state's hash, then a suffix for the representation."""
    suffix = representation[0]
    shown = ",".join(format_path(path) for path in fields)
    if shown:
        suffix += hashlib.sha256(shown.encode()).hexdigest()[:8]
    return f'"{state_of(item)}.{suffix}"'


def state_of(item: Item) -> str:
    """The hash of an item's state, the same for every spelling of the same item."""
    _tag, content = canonical_value({"M": item})
    canonical = orjson.dumps(content, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(canonical).hexdigest()[:32]


def parse_etags(header: str) -> tuple[str, ...] | Literal["*"]:
    """The opaque tags of an If-Match or If-None-Match; weak ones keep their `W/`.

    A tag without quotes is understood. Raises InvalidRequest for anything else, because a
    precondition that is ignored becomes an unconditional write.
    """
    if header.strip() == "*":
        return "*"
    tags: list[str] = []
    position = 0
    while position < len(header):
        match = _ELEMENT.match(header, position)
        if match is None:
            raise InvalidRequest(
                'An entity tag looks like "0123abcd.p"; this header can\'t be read.'
            )
        tag = match["quoted"] if match["quoted"] is not None else match["bare"]
        if tag is not None:
            tags.append((match["weak"] or "") + tag)
        position = match.end()
    if not tags:
        raise InvalidRequest("The precondition names no entity tag.")
    return tuple(tags)


def matches_state(header: str, item: Item | None) -> bool:
    """If-Match: whether a tag of any representation of this state is named (strong comparison)."""
    tags = parse_etags(header)
    if item is None:
        return False
    return tags == "*" or state_of(item) in {tag.split(".")[0] for tag in tags}


def matches_tag(header: str, tag: str) -> bool:
    """If-None-Match on a read: whether this very representation is named (weak comparison)."""
    tags = parse_etags(header)
    return tags == "*" or tag.strip('"') in {named.removeprefix("W/") for named in tags}


def matches_strongly(header: str, tag: str) -> bool:
    """If-Match: whether this very representation is named (RFC 9110, section 13.1.1).

    Every tag of ours is strong: one that is sent as weak is none of them (section 8.8.3.2).
    """
    tags = parse_etags(header)
    return tags == "*" or tag.strip('"') in tags


def absent(description: TableDescription, pool: Placeholders) -> str:
    """The condition that no item has this key."""
    return f"attribute_not_exists({pool.name(description.partition_key.name)})"


def present(description: TableDescription, pool: Placeholders) -> str:
    """The condition that an item has this key."""
    return f"attribute_exists({pool.name(description.partition_key.name)})"


def pin(
    item: Item,
    description: TableDescription,
    pool: Placeholders,
    *,
    new_paths: Iterable[Path] = (),
    marks: Marks = STAMPS,
) -> str:
    """The condition that every attribute still is as it was read, and `new_paths` still are free.

    What is too much for that (300 operators, 4 KB) is pinned on the first marks that the item has
    whole, and on what of `new_paths` is there already; without marks `new_paths` are left out.
    Raises Conflict where an item without marks is too wide.
    """
    # What lies inside an attribute is pinned with it.
    names: list[Path] = list(dict.fromkeys((path[0],) for path in new_paths))
    free = [path for path in names if path[0] not in item]
    whole = [*_attributes(item, description)]
    attempts = [[*whole, *free]]
    held = [marked for marked in marks if all(name in item for name in marked)]
    for marked in held:
        pinned: list[Path] = [(name,) for name in marked]
        # Two stamps may be of one millisecond: the write itself must break the pin.
        pinned += [path for path in names if path[0] in item and path not in pinned]
        attempts += [[*pinned, *free], pinned]
    if not held:
        attempts.append(whole)
    for paths in attempts:
        trial = pool.copy()
        with contextlib.suppress(InvalidExpression):
            condition = pin_paths(item, paths, description, trial)
            pool.become(trial)
            return condition
    raise Conflict(
        "The item has too many attributes to compare in one condition and carries no "
        "audit stamps, so it can't be changed safely. Change single attributes instead."
    )


def pin_paths(
    item: Item, paths: Iterable[Path], description: TableDescription, pool: Placeholders
) -> str:
    """The condition that the item is there and these paths still hold what was read."""
    conditions = [present(description, pool)]
    for path in paths:
        stored = value_at(item, path)
        if stored is None:
            conditions.append(f"attribute_not_exists({pool.path(path)})")
        else:
            conditions.append(f"{pool.path(path)} = {pool.value(stored)}")
    return require_within_limits(" AND ".join(conditions))


def compile_create(item: Item, description: TableDescription) -> Put:
    """A put that refuses an existing key."""
    pool = Placeholders()
    condition = absent(description, pool)
    return Put(
        description.name, item, condition, pool, may_repeat=True, key_names=description.key_names
    )


def compile_created(changes: Sequence[Change], new: Item, description: TableDescription) -> Update:
    """An update that makes the item that these changes come to, and refuses an existing key."""
    pool = Placeholders()
    expression, guard = compile_update(changes, pool)
    condition = " AND ".join(part for part in (absent(description, pool), guard) if part)
    key = {name: new[name] for name in description.key_names}
    return Update(
        description.name, key, expression, require_within_limits(condition), pool, may_repeat=True
    )


def compile_replace(
    stored: Item, new: Item, description: TableDescription, *, marks: Marks = STAMPS
) -> Update | Put:
    """The write that turns `stored`, as it was read, into `new`, or fails its condition.

    An UpdateItem, so that an attribute another system adds in between survives; a PutItem where
    the update would be over DynamoDB's limits. Raises InvalidExpression for another key.
    """
    changes = diff(stored, new) or _same_again(stored, description)
    require_changes(changes, description.key_names)
    try:
        return compile_changes(changes, stored, description, marks=marks)
    except InvalidExpression:
        pool = Placeholders()
        condition = pin(stored, description, pool, marks=marks)
        return Put(description.name, new, condition, pool, may_repeat=True)


def compile_overwrite(
    stored: Item, new: Item, description: TableDescription, *, marks: Marks = STAMPS
) -> Update | Put:
    """As `compile_replace`, for a request without conditions: it writes any item in the end.

    One too wide to be pinned is pinned as far as a condition reaches, what changes first.
    """
    try:
        return compile_replace(stored, new, description, marks=marks)
    except Conflict:
        changes = diff(stored, new)
    # What every writer changes tells most: it comes first.
    touched = sorted((change.path for change in changes), key=lambda path: path[0] not in marks[0])
    paths = _as_many_as_fit([*touched, *_attributes(stored, description)], stored, description)
    try:
        return compile_changes(changes, stored, description, pinned=paths)
    except InvalidExpression:
        pool = Placeholders()
        condition = pin_paths(stored, paths, description, pool)
        return Put(description.name, new, condition, pool, may_repeat=True)


def _as_many_as_fit(
    paths: Iterable[Path], stored: Item, description: TableDescription
) -> list[Path]:
    """The first of these paths, as many as one condition takes."""
    fitting = list(dict.fromkeys(paths))
    while True:
        try:
            pin_paths(stored, fitting, description, Placeholders())
        except InvalidExpression:
            fitting = fitting[: len(fitting) * 9 // 10]
        else:
            return fitting


def _same_again(stored: Item, description: TableDescription) -> list[Change]:
    """A change to what is stored already: not every engine takes an update without any."""
    paths = itertools.islice(_attributes(stored, description), 1)
    return [Change("set", path, value_at(stored, path)) for path in paths]


def _attributes(item: Item, description: TableDescription) -> Iterator[Path]:
    keys = description.key_names
    return ((name,) for name in item if name not in keys)


def compile_changes(
    changes: list[Change],
    stored: Item,
    description: TableDescription,
    *,
    pinned: Sequence[Path] | None = None,
    marks: Marks = STAMPS,
) -> Update:
    """An update by these changes, pinned to the item as read, or to some of its paths only.

    Raises InvalidExpression for changes to the key or to overlapping paths, and over the limits.
    """
    require_changes(changes, description.key_names)
    pool = Placeholders()
    expression, guard = compile_update(changes, pool)
    condition = (
        pin(stored, description, pool, new_paths=[c.path for c in changes], marks=marks)
        if pinned is None
        else pin_paths(stored, pinned, description, pool)
    )
    return Update(
        description.name,
        {name: stored[name] for name in description.key_names},
        expression,
        require_within_limits(" AND ".join(part for part in (condition, guard) if part)),
        pool,
        may_repeat=pinned is None or bool(pinned),
    )


def compile_delete(stored: Item, description: TableDescription, *, marks: Marks = STAMPS) -> Delete:
    """A delete of the item as it was read."""
    pool = Placeholders()
    condition = pin(stored, description, pool, marks=marks)
    key = {name: stored[name] for name in description.key_names}
    return Delete(description.name, key, condition, pool, may_repeat=True)


def compile_removal(
    stored: Item, description: TableDescription, *, marks: Marks = STAMPS
) -> Delete:
    """As `compile_delete`; one too wide to be pinned is pinned as far as a condition reaches."""
    try:
        return compile_delete(stored, description, marks=marks)
    except Conflict:
        pool = Placeholders()
        paths = _as_many_as_fit(_attributes(stored, description), stored, description)
        condition = pin_paths(stored, paths, description, pool)
    key = {name: stored[name] for name in description.key_names}
    return Delete(description.name, key, condition, pool, may_repeat=True)
