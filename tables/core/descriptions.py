"""What DescribeTable says of a table: its key schema, indexes, and the counts AWS keeps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

KeyType = Literal["S", "N", "B"]
# An index whose throughput is being changed goes on answering.
_READY = ("ACTIVE", "UPDATING")
# ScyllaDB Alternator tells how large a table is, and not how many items it has.
_LIKELY_ITEM_BYTES = 1024


@dataclass(frozen=True, slots=True)
class KeyAttribute:
    """A key attribute and its declared type."""

    name: str
    type: KeyType


@dataclass(frozen=True, slots=True)
class Index:
    """A secondary index; `projected` is None when it holds every attribute.

    A key may have up to four partition and four sort attributes: `more_partition_keys` and
    `more_sort_keys` are those after the first.
    """

    name: str
    partition_key: KeyAttribute
    sort_key: KeyAttribute | None
    projected: frozenset[str] | None
    is_global: bool
    is_ready: bool = True
    more_partition_keys: tuple[KeyAttribute, ...] = ()
    more_sort_keys: tuple[KeyAttribute, ...] = ()

    def holds(self, name: str) -> bool:
        """Whether the index has an attribute where its item has it."""
        return self.projected is None or name in self.projected

    @property
    def is_part(self) -> bool:
        """Whether reading it gives but parts of items; those of a local one DynamoDB completes."""
        return self.is_global and self.projected is not None

    @property
    def partition_keys(self) -> tuple[KeyAttribute, ...]:
        """Every attribute of the partition key, in order."""
        return (self.partition_key, *self.more_partition_keys)

    @property
    def sort_keys(self) -> tuple[KeyAttribute, ...]:
        """Every attribute of the sort key, in order; empty where there is none."""
        return () if self.sort_key is None else (self.sort_key, *self.more_sort_keys)

    @property
    def key_attributes(self) -> tuple[KeyAttribute, ...]:
        """The attributes of the partition key, then those of the sort key."""
        return (*self.partition_keys, *self.sort_keys)


@dataclass(frozen=True, slots=True)
class TableDescription:
    """A table as DynamoDB describes it. `item_count` is refreshed by AWS about every six hours.

    `read_units` and `write_units` are provisioned throughput: 0 when billed per request.
    """

    name: str
    partition_key: KeyAttribute
    sort_key: KeyAttribute | None = None
    indexes: tuple[Index, ...] = ()
    item_count: int | None = None
    size_bytes: int | None = None
    status: str = "ACTIVE"
    read_at: datetime | None = None
    ttl_attribute: str | None = None
    created_at: datetime | None = None
    read_units: int = 0
    write_units: int = 0

    @property
    def key_attributes(self) -> tuple[KeyAttribute, ...]:
        """The partition key, then the sort key if there is one."""
        return _present(self.partition_key, self.sort_key)

    @property
    def key_names(self) -> tuple[str, ...]:
        """The names of the key attributes, partition key first."""
        return tuple(attribute.name for attribute in self.key_attributes)

    @property
    def likely_items(self) -> int | None:
        """How many items it holds: as counted or, where nobody counts, a kilobyte to each."""
        if self.item_count is not None or self.size_bytes is None:
            return self.item_count
        return self.size_bytes // _LIKELY_ITEM_BYTES

    def index(self, name: str) -> Index | None:
        """The index of that name."""
        return next((index for index in self.indexes if index.name == name), None)

    def without_counts(self) -> TableDescription:
        """The same, where the counts are of other items as well."""
        return replace(self, item_count=None, size_bytes=None)

    def declared_types(self) -> dict[str, KeyType]:
        """Type by attribute name, for the key attributes of the table and of its indexes."""
        return {attribute.name: attribute.type for attribute in self._all_keys()}

    def _all_keys(self) -> Iterator[KeyAttribute]:
        for index in self.indexes:
            yield from index.key_attributes
        yield from self.key_attributes


def describe(
    table: Mapping[str, Any], *, read_at: datetime | None = None, ttl_attribute: str | None = None
) -> TableDescription:
    """A `TableDescription` from the `Table` member of a DescribeTable answer."""
    types: dict[str, KeyType] = {
        entry["AttributeName"]: entry["AttributeType"] for entry in table["AttributeDefinitions"]
    }
    (partition_key, *_), sort_keys = _key_schema(table["KeySchema"], types)
    throughput = table.get("ProvisionedThroughput") or {}
    return TableDescription(
        name=table["TableName"],
        partition_key=partition_key,
        sort_key=next(iter(sort_keys), None),
        indexes=tuple(_indexes(table, types)),
        item_count=table.get("ItemCount"),
        size_bytes=table.get("TableSizeBytes"),
        status=table.get("TableStatus", "ACTIVE"),
        read_at=read_at,
        ttl_attribute=ttl_attribute,
        created_at=table.get("CreationDateTime"),
        read_units=throughput.get("ReadCapacityUnits", 0),
        write_units=throughput.get("WriteCapacityUnits", 0),
    )


def _indexes(table: Mapping[str, Any], types: Mapping[str, KeyType]) -> Iterator[Index]:
    table_keys = frozenset(entry["AttributeName"] for entry in table["KeySchema"])
    for member, is_global in (("GlobalSecondaryIndexes", True), ("LocalSecondaryIndexes", False)):
        for entry in table.get(member) or ():
            partition_keys, sort_keys = _key_schema(entry["KeySchema"], types)
            keys = table_keys | {key["AttributeName"] for key in entry["KeySchema"]}
            yield Index(
                name=entry["IndexName"],
                partition_key=partition_keys[0],
                sort_key=next(iter(sort_keys), None),
                projected=_projected(entry.get("Projection") or {}, keys),
                is_global=is_global,
                is_ready=entry.get("IndexStatus", "ACTIVE") in _READY,
                more_partition_keys=tuple(partition_keys[1:]),
                more_sort_keys=tuple(sort_keys[1:]),
            )


def _projected(projection: Mapping[str, Any], keys: frozenset[str]) -> frozenset[str] | None:
    if projection.get("ProjectionType", "ALL") == "ALL":
        return None
    return keys | frozenset(projection.get("NonKeyAttributes") or ())


def _key_schema(
    schema: list[Mapping[str, str]], types: Mapping[str, KeyType]
) -> tuple[list[KeyAttribute], list[KeyAttribute]]:
    """The attributes of the partition key, and those of the sort key, each in order."""
    partition: list[KeyAttribute] = []
    sort: list[KeyAttribute] = []
    for entry in schema:
        name = entry["AttributeName"]
        role = partition if entry["KeyType"] == "HASH" else sort
        role.append(KeyAttribute(name, types[name]))
    return partition, sort


def _present(
    partition_key: KeyAttribute, sort_key: KeyAttribute | None
) -> tuple[KeyAttribute, ...]:
    return (partition_key,) if sort_key is None else (partition_key, sort_key)
