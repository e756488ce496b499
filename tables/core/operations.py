"""Write operations as values: compiled, limits checked, not yet sent.

`may_repeat` is true of one whose condition fails once it was made: it can be sent twice.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from tables.core.errors import TablesError
from tables.core.expressions import Placeholders
from tables.core.values import Item

ReturnValues = Literal["NONE", "ALL_OLD", "UPDATED_OLD", "ALL_NEW", "UPDATED_NEW"]
# An entry of a BatchWriteItem: put this item, or delete the item of this key.
BatchEntry = tuple[Literal["PutRequest", "DeleteRequest"], Item]
# AWS: most entries of a BatchWriteItem.
MAX_BATCH_WRITE = 25


@dataclass(frozen=True, slots=True)
class Put:
    """PutItem, or the Put of a transaction.

    With `key_names` the item can be looked up, when it is not known whether the put was made.
    """

    table: str
    item: Item
    condition: str = ""
    pool: Placeholders = field(default_factory=Placeholders)
    may_repeat: bool = False
    key_names: tuple[str, ...] = ()

    def request(self) -> dict[str, Any]:
        """The members that PutItem and a transaction's Put share."""
        return {"TableName": self.table, "Item": self.item, **_expressions(self)}


@dataclass(frozen=True, slots=True)
class Update:
    """UpdateItem, or the Update of a transaction."""

    table: str
    key: Item
    expression: str
    condition: str = ""
    pool: Placeholders = field(default_factory=Placeholders)
    may_repeat: bool = False

    def request(self) -> dict[str, Any]:
        """The members that UpdateItem and a transaction's Update share."""
        members = {"TableName": self.table, "Key": self.key, **_expressions(self)}
        # An update with no expression creates an empty item, or does nothing.
        return {**members, "UpdateExpression": self.expression} if self.expression else members


@dataclass(frozen=True, slots=True)
class Delete:
    """DeleteItem, or the Delete of a transaction."""

    table: str
    key: Item
    condition: str = ""
    pool: Placeholders = field(default_factory=Placeholders)
    may_repeat: bool = False

    def request(self) -> dict[str, Any]:
        """The members that DeleteItem and a transaction's Delete share."""
        return {"TableName": self.table, "Key": self.key, **_expressions(self)}


@dataclass(frozen=True, slots=True)
class ConditionCheck:
    """The ConditionCheck of a transaction: what must be true of an item that is not written, and
    what the whole is refused with where it is not.
    """

    table: str
    key: Item
    condition: str
    pool: Placeholders
    refusal: TablesError

    def request(self) -> dict[str, Any]:
        """The members of a transaction's ConditionCheck."""
        return {"TableName": self.table, "Key": self.key, **_expressions(self)}


Operation = Put | Update | Delete
# What may stand or fall with a write.
Companion = Operation | ConditionCheck


def key_in(operation: Operation, key_names: tuple[str, ...]) -> Item:
    """The key of the item that an operation writes."""
    source = operation.item if isinstance(operation, Put) else operation.key
    return {name: source[name] for name in key_names}


@dataclass(frozen=True, slots=True)
class Written:
    """What a write gave: the attributes that were asked back, and the capacity units it took."""

    attributes: Item | None = None
    capacity: float = 0.0


def _expressions(operation: Companion) -> dict[str, Any]:
    members = operation.pool.request()
    if operation.condition:
        members["ConditionExpression"] = operation.condition
    return members
