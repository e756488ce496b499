"""A stub of DynamoDB in its own process: canned pages, so that it is never the bottleneck.

It also serves the key set that the bench's tokens are checked with.
"""

from __future__ import annotations

import functools
import json
import multiprocessing
import socket
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any

import orjson

from bench import data
from bench.shapes import BY_TABLE, KEPT_FRESH, THINGS, Shape

KEYS_PATH = "/jwks.json"
_WAIT_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Stub:
    """A running stub; `slow_url` answers each call after five milliseconds."""

    url: str
    slow_url: str


@contextmanager
def running(key_set: dict[str, Any]) -> Iterator[Stub]:
    """The stub, until the block ends."""
    context = multiprocessing.get_context("fork")
    listeners = [_listener(), _listener()]
    served = [
        context.Process(target=_serve, args=(listener, delay, key_set), daemon=True)
        for listener, delay in zip(listeners, (0.0, 0.005), strict=True)
    ]
    for process in served:
        process.start()
    try:
        urls = [f"http://127.0.0.1:{listener.getsockname()[1]}" for listener in listeners]
        yield Stub(*urls)
    finally:
        for process in served:
            process.terminate()
            process.join(_WAIT_SECONDS)
        for listener in listeners:
            listener.close()


def _listener() -> socket.socket:
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    listener.listen(128)
    return listener


class _Server(ThreadingTCPServer):
    daemon_threads = True

    def __init__(self, listener: socket.socket, delay: float, key_set: dict[str, Any]) -> None:
        super().__init__(listener.getsockname(), _Connection, bind_and_activate=False)
        self.socket.close()
        self.socket = listener
        self.delay = delay
        self.key_set = _response(json.dumps(key_set).encode())


def _serve(listener: socket.socket, delay: float, key_set: dict[str, Any]) -> None:
    for start in range(0, 10_000, data.PAGE_ITEMS):
        _page(THINGS, start, data.PAGE_ITEMS, is_filtered=False)
    _Server(listener, delay, key_set).serve_forever()


class _Connection(StreamRequestHandler):
    """One keep-alive connection."""

    server: _Server
    disable_nagle_algorithm = True

    def handle(self) -> None:
        while line := self.rfile.readline():
            headers = self._headers()
            body = self.rfile.read(int(headers.get("content-length", "0")))
            if KEYS_PATH in line.decode():
                self.wfile.write(self.server.key_set)
                continue
            if self.server.delay:
                time.sleep(self.server.delay)
            operation = headers.get("x-amz-target", ".").rpartition(".")[2]
            self.wfile.write(_answer(operation, orjson.loads(body or b"{}")))

    def _headers(self) -> dict[str, str]:
        headers = {}
        while (line := self.rfile.readline().decode().strip()) != "":
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        return headers


def _answer(operation: str, members: dict[str, Any]) -> bytes:
    if operation == "Query" and members["TableName"] == data.HISTORY_TABLE:
        return _no_entry() if KEPT_FRESH.table in str(members) else _last_entry()
    if operation in ("Scan", "Query"):
        return _page_of(members)
    if operation == "GetItem":
        return _one(_shape(members["TableName"]))
    if operation == "BatchGetItem":
        return _none_of(*members["RequestItems"])
    if operation == "DescribeTable":
        return _response(orjson.dumps({"Table": _described(members["TableName"])}))
    if operation == "ListTables":
        return _response(orjson.dumps({"TableNames": [data.TABLE, data.HISTORY_TABLE]}))
    if operation == "TransactWriteItems":
        return _transacted(len(members["TransactItems"]))
    return _written(members["TableName"])


def _shape(table: str) -> Shape:
    return BY_TABLE.get(table, THINGS)


def _page_of(members: dict[str, Any]) -> bytes:
    """The page that a Scan or Query asks for, as much of each item as its projection names."""
    start_key = members.get("ExclusiveStartKey")
    start = int(start_key["id"]["S"].rpartition("-")[2]) + 1 if start_key else 0
    names = members.get("ExpressionAttributeNames", {})
    wanted = members.get("ProjectionExpression", "").replace(" ", "")
    return _page(
        shape := _shape(members["TableName"]),
        start,
        min(members.get("Limit", shape.page_items), shape.page_items),
        is_filtered="FilterExpression" in members,
        only=tuple(names.get(part, part) for part in wanted.split(",") if part),
    )


def _described(table: str) -> dict[str, Any]:
    if table == data.HISTORY_TABLE:
        return data.history_description()
    return {**data.description(), "TableName": table}


@functools.cache
def _last_entry() -> bytes:
    return _response(orjson.dumps({"Items": [data.last_entry(7)], "Count": 1}))


@functools.cache
def _no_entry() -> bytes:
    return _response(orjson.dumps({"Items": [], "Count": 0}))


@functools.cache
def _none_of(table: str) -> bytes:
    """Keys that are asked for in a batch are of items that are not there yet."""
    return _response(orjson.dumps({"Responses": {table: []}, "UnprocessedKeys": {}}))


@functools.cache
def _written(table: str) -> bytes:
    return _response(orjson.dumps({"ConsumedCapacity": _capacity(1.0, table)}))


@functools.cache
def _transacted(count: int) -> bytes:
    return _response(orjson.dumps({"ConsumedCapacity": [_capacity(2.0 * count)]}))


@functools.cache
def _one(shape: Shape) -> bytes:
    answer = {"Item": shape.item(7), "ConsumedCapacity": _capacity(0.5)}
    return _response(orjson.dumps(answer))


@functools.lru_cache(maxsize=512)
def _page(
    shape: Shape, start: int, limit: int, *, is_filtered: bool, only: tuple[str, ...] = ()
) -> bytes:
    """Items from `start`, of those in `only` alone where it names any; every second one passes a
    filter.
    """
    end = min(start + limit, shape.items)
    numbers = range(start, end, 2 if is_filtered else 1)
    answer: dict[str, Any] = {
        "Items": [_projected(shape.item(number), only) for number in numbers],
        "Count": len(numbers),
        "ScannedCount": end - start,
        "ConsumedCapacity": _capacity(128.0),
    }
    if end < shape.items:
        answer["LastEvaluatedKey"] = {"id": shape.item(end - 1)["id"]}
    return _response(orjson.dumps(answer))


def _projected(item: dict[str, Any], only: tuple[str, ...]) -> dict[str, Any]:
    return {name: item[name] for name in only if name in item} if only else item


def _capacity(units: float, table: str = data.TABLE) -> dict[str, Any]:
    return {"TableName": table, "CapacityUnits": units}


def _response(body: bytes) -> bytes:
    head = (
        "HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.0\r\n"
        f"Content-Length: {len(body)}\r\nx-amz-crc32: {zlib.crc32(body)}\r\n"
        "x-amzn-RequestId: BENCH\r\n\r\n"
    )
    return head.encode() + body
