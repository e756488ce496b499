"""A proxy in front of an engine that spoils the answers to writes of one table."""

import json
import threading
import zlib

from tests.proxies import forward, say, serving

WRITES = {"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"}
HTML = b"<html>a proxy</html>"


def error(name):
    return json.dumps({"__type": f"com.amazonaws.dynamodb.v20120810#{name}"}).encode()


class Proxy:
    """Spoils the next `times` writes to `table` by the fault of that name."""

    def __init__(self, engine):
        self.engine = engine
        self.url = ""
        self.fault, self.table, self.times = "", "", 0
        self._lock = threading.Lock()

    def spoil(self, fault, table, *, times):
        self.fault, self.table, self.times = fault, table, times

    def rest(self):
        self.times = 0

    def answer(self, handler, operation, body):
        is_write = operation in WRITES and self.table in tables_of(json.loads(body))
        with self._lock:
            fault = self.fault if is_write and self.times > 0 else ""
            self.times -= bool(fault)
        FAULTS[fault](self, handler, body)

    def forward(self, handler, body):
        """The engine's status, checksum and body."""
        return forward(self.engine, handler.headers, body)


def tables_of(members):
    """The tables that a request is about."""
    writes = [write for entry in members.get("TransactItems", ()) for write in entry.values()]
    names = [write["TableName"] for write in [members, *writes] if "TableName" in write]
    return {*names, *members.get("RequestItems", ())}


def passed_on(proxy, handler, body):
    say(handler, *proxy.forward(handler, body))


def answer_lost(proxy, handler, body):
    proxy.forward(handler, body)
    handler.close_connection = True


def cut_before(_proxy, handler, _body):
    handler.close_connection = True


def cut_within(proxy, handler, body):
    say(handler, *proxy.forward(handler, body), most=1)


def checksum_wrong(proxy, handler, body):
    status, _, answer = proxy.forward(handler, body)
    say(handler, status, zlib.crc32(answer) ^ 1, answer)


def no_json(proxy, handler, body):
    proxy.forward(handler, body)
    say(handler, 200, None, HTML)


def failed_after(proxy, handler, body):
    proxy.forward(handler, body)
    say(handler, 500, None, error("InternalServerError"))


def failed_before(_proxy, handler, _body):
    say(handler, 500, None, error("InternalServerError"))


def throttled(_proxy, handler, _body):
    say(handler, 400, None, error("ProvisionedThroughputExceededException"))


FAULTS = {
    "": passed_on,
    "answer lost": answer_lost,
    "cut before": cut_before,
    "cut within": cut_within,
    "checksum wrong": checksum_wrong,
    "no JSON": no_json,
    "500, made": failed_after,
    "500, not made": failed_before,
    "throttled": throttled,
}


def in_front_of(engine):
    """A running proxy in front of the engine at this URL."""
    return serving(Proxy(engine))
