"""Programs that stand between the site and an engine, and answer in its place."""

import contextlib
import http.client
import http.server
import threading
from urllib.parse import urlsplit

JSON = "application/x-amz-json-1.0"


def forward(engine, headers, body):
    """What the engine at this URL answers: status, checksum and body."""
    connection = http.client.HTTPConnection(urlsplit(engine).netloc, timeout=20)
    with contextlib.closing(connection):
        passed = {name: value for name, value in headers.items() if name != "Host"}
        connection.request("POST", "/", body, passed)
        response = connection.getresponse()
        return response.status, response.headers.get("x-amz-crc32"), response.read()


def say(handler, status, checksum, body, *, most=None):
    """Answer with this; `most` cuts the body short, and the connection."""
    handler.send_response(status)
    handler.send_header("Content-Type", JSON)
    handler.send_header("Content-Length", str(len(body)))
    if checksum is not None:
        handler.send_header("x-amz-crc32", str(checksum))
    handler.end_headers()
    handler.wfile.write(body[:most])
    handler.close_connection = most is not None


@contextlib.contextmanager
def serving(proxy):
    """Let `proxy.answer(handler, operation, body)` answer at `proxy.url` until the block ends."""

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
