"""DynamoDB as it counts: in front of moto, which counts wrong or not at all.

Units follow from each request and from what is stored on both sides of it, by AWS's rules ("Read
and write operations", "Using Global Secondary Indexes", "Local Secondary Indexes", "How it works:
transactions"), and are told in the answers as they were asked for.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict

from django.conf import settings
from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType

from tables.core.sizes import item_size
from tables.dynamodb import client

_WRITES = {"PutItem": "Put", "UpdateItem": "Update", "DeleteItem": "Delete"}
_NAME = re.compile(r"#\w+")
_VALUE = re.compile(r":\w+")


class Counting:
    """Stands in for the function that sends a call; `read` and `written` are units by table."""

    def __init__(self, monkeypatch):
        self.send = client._send
        self.read, self.written = defaultdict(float), defaultdict(float)
        self.tables = {}
        monkeypatch.setattr(client, "_send", self._counted)

    def reset(self):
        """Count from here on."""
        self.read.clear()
        self.written.clear()

    def _counted(self, operation, members, **how):
        count = {
            "GetItem": self._get,
            "BatchGetItem": self._batch_get,
            "Query": self._pages,
            "Scan": self._pages,
            "BatchWriteItem": self._batch_write,
            "TransactWriteItems": self._transaction,
        }.get(operation, self._write if operation in _WRITES else None)
        if count is None:
            return self.send(operation, members, **how)
        return count(operation, members, lambda: self.send(operation, members, **how))

    # ------------------------------------------------------------ reads

    def _get(self, _operation, members, send):
        answer = send()
        whole = self._stored(members["TableName"], members["Key"])
        units = _read_units(item_size(whole or {}), members)
        return self._told(answer, members, {members["TableName"]: units}, self.read)

    def _batch_get(self, _operation, members, send):
        answer = send()
        units = {}
        for table, asked in members["RequestItems"].items():
            left = (answer.get("UnprocessedKeys") or {}).get(table, {}).get("Keys", [])
            found = [self._stored(table, key) for key in asked["Keys"] if key not in left]
            units[table] = sum(_read_units(item_size(item or {}), asked) for item in found)
        return self._told(answer, members, units, self.read, is_list=True)

    def _pages(self, operation, members, send):
        """Every item that is looked at counts, whole, whether the filter lets it through or not."""
        answer = send()
        plain = {
            name: value
            for name, value in members.items()
            if name not in ("FilterExpression", "ProjectionExpression", "Select")
        }
        condition = plain.get("KeyConditionExpression", "")
        for member, pattern in (
            ("ExpressionAttributeNames", _NAME),
            ("ExpressionAttributeValues", _VALUE),
        ):
            used = set(pattern.findall(condition))
            kept = {name: value for name, value in plain.pop(member, {}).items() if name in used}
            plain |= {member: kept} if kept else {}
        seen = self.send(operation, {**plain, "Limit": answer["ScannedCount"] or 1})["Items"]
        assert len(seen) == answer["ScannedCount"]
        units = _read_units(sum(map(item_size, seen)), members)
        return self._told(answer, members, {members["TableName"]: units}, self.read)

    # ------------------------------------------------------------ writes

    def _write(self, operation, members, send):
        table = members["TableName"]
        key = self._key(table, members.get("Key") or members["Item"])
        before = self._stored(table, key)
        try:
            answer = send()
        except Exception:
            # A condition that does not hold takes what the larger of both states would.
            size = max(item_size(before or {}), item_size(members.get("Item", {})))
            self.written[table] += _kilobytes(size)
            raise
        told = self.of_write(table, before, self._stored(table, key))
        return self._told(answer, members, {table: told}, self.written)

    def _batch_write(self, _operation, members, send):
        requests = [
            (
                table,
                self._key(
                    table, next(iter(entry.values())).get("Key") or entry["PutRequest"]["Item"]
                ),
            )
            for table, entries in members["RequestItems"].items()
            for entry in entries
        ]
        before = [self._stored(*each) for each in requests]
        answer = send()
        units = defaultdict(float)
        for (table, key), old in zip(requests, before, strict=True):
            own, indexes = self.of_write(table, old, self._stored(table, key))
            units[table] += own + sum(indexes.values())
        return self._told(answer, members, units, self.written, is_list=True)

    def _transaction(self, _operation, members, send):
        """Twice for the table, because each write is prepared and committed; indexes follow once.

        A check takes what a write of its item would.
        """
        entries = [next(iter(entry.items())) for entry in members["TransactItems"]]
        places = [
            (each["TableName"], self._key(each["TableName"], each.get("Key") or each["Item"]))
            for _kind, each in entries
        ]
        before = [self._stored(*place) for place in places]
        answer = send()
        units = {}
        for (kind, _each), (table, key), old in zip(entries, places, before, strict=True):
            own, indexes = self.of_write(table, old, self._stored(table, key))
            if kind == "ConditionCheck":
                own, indexes = _kilobytes(item_size(old or {})), {}
            known, known_indexes = units.get(table, (0, {}))
            names = {*indexes, *known_indexes}
            both = {name: indexes.get(name, 0) + known_indexes.get(name, 0) for name in names}
            units[table] = (known + 2 * own, both)
        return self._told(answer, members, units, self.written, is_list=True)

    def of_write(self, table, before, after):
        """Units of the table, and of each index by its name."""
        own = _kilobytes(max(item_size(before or {}), item_size(after or {})))
        indexes = {
            index["IndexName"]: _index_units(
                self._entry(table, index, before), self._entry(table, index, after), _names(index)
            )
            for index in self._indexes(table)
        }
        return own, indexes

    def _entry(self, table, index, item):
        if item is None or any(name not in item for name in _names(index)):
            return None
        projection = index["Projection"]
        if projection["ProjectionType"] == "ALL":
            return item
        held = {*_names(index), *_names(self._described(table))}
        held |= {*projection.get("NonKeyAttributes", ())}
        return {name: value for name, value in item.items() if name in held}

    # ------------------------------------------------------------ what is told

    def _told(self, answer, members, units, counted, *, is_list=False):
        wanted = members.get("ReturnConsumedCapacity", "NONE")
        consumed = []
        for table, found in units.items():
            own, indexes = found if isinstance(found, tuple) else (found, {})
            total = own + sum(indexes.values())
            counted[table] += total
            entry = {"TableName": table, "CapacityUnits": total}
            if wanted == "INDEXES":
                entry["Table"] = {"CapacityUnits": own}
            consumed.append(entry)
        answer.pop("ConsumedCapacity", None)
        if wanted == "NONE":
            return answer
        return {**answer, "ConsumedCapacity": consumed if is_list else consumed[0]}

    # ------------------------------------------------------------ what is stored

    def _stored(self, table, key):
        """The item as moto holds it: asking it as a client does takes ten times as long."""
        held = dynamodb_backends[DEFAULT_ACCOUNT_ID][settings.AWS_REGION].tables[table]
        found = held.get_item(*(DynamoType(key[name]) for name in _names(self._described(table))))
        if found is None:
            return None
        held = found.attrs.items()  # of binaries, only one of the two gives text
        return {
            name: value.to_json() if value.is_binary() else value.to_regular_json()
            for name, value in held
        }

    def _key(self, table, item):
        return {name: item[name] for name in _names(self._described(table))}

    def _described(self, table):
        if table not in self.tables:
            self.tables[table] = self.send("DescribeTable", {"TableName": table})["Table"]
        return self.tables[table]

    def _indexes(self, table):
        described = self._described(table)
        return [
            *described.get("GlobalSecondaryIndexes", ()),
            *described.get("LocalSecondaryIndexes", ()),
        ]


def _names(described):
    return [key["AttributeName"] for key in described["KeySchema"]]


def _kilobytes(size):
    return max(math.ceil(size / 1024), 1)


def _read_units(size, members):
    units = max(math.ceil(size / 4096), 1)
    return units if members.get("ConsistentRead") else units / 2


def _index_units(old, new, key):
    if old == new:
        return 0
    if old is None or new is None:
        return _kilobytes(item_size(old or new))
    if any(old[name] != new[name] for name in key):
        return _kilobytes(item_size(old)) + _kilobytes(item_size(new))
    return _kilobytes(max(item_size(old), item_size(new)))
