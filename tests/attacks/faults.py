"""A proxy in front of an engine that spoils the answers to writes of one table."""

import contextlib
import http.client
import http.server
import json
import threading
import zlib
from urllib.parse import urlsplit

WRITES = {"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"}
HTML = b"<html>a proxy</html>"
JSON = "application/x-amz-json-1.0"


def error(name):
    return json.dumps({"__type": f"com.amazonaws.dynamodb.v20120810#{name}"}).encode()


class Proxy:
    """Spoils the next `times` writes to `table` by the fault of that name."""

    def __init__(self, engine):
        self.engine = urlsplit(engine)
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
        """The engine's status, headers and body."""
        connection = http.client.HTTPConnection(self.engine.netloc, timeout=20)
        with contextlib.closing(connection):
            headers = {name: value for name, value in handler.headers.items() if name != "Host"}
            connection.request("POST", "/", body, headers)
            response = connection.getresponse()
            return response.status, response.headers.get("x-amz-crc32"), response.read()


def tables_of(members):
    """The tables that a request is about."""
    writes = [write for entry in members.get("TransactItems", ()) for write in entry.values()]
    names = [write["TableName"] for write in [members, *writes] if "TableName" in write]
    return {*names, *members.get("RequestItems", ())}


def say(handler, status, checksum, body, *, most=None):
    handler.send_response(status)
    handler.send_header("Content-Type", JSON)
    handler.send_header("Content-Length", str(len(body)))
    if checksum is not None:
        handler.send_header("x-amz-crc32", str(checksum))
    handler.end_headers()
    handler.wfile.write(body[:most])
    handler.close_connection = most is not None


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


@contextlib.contextmanager
def in_front_of(engine):
    """A running proxy in front of the engine at this URL."""
    proxy = Proxy(engine)

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 65536  # an answer in one piece: Nagle would wait 40 ms between two

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            operation = self.headers["X-Amz-Target"].partition(".")[2]
            proxy.answer(self, operation, body)

        def log_message(self, format, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    proxy.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield proxy
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
