"""A DynamoDB that answers from a script, for what no engine does on demand."""

import http.server
import json
import threading
import zlib
from dataclasses import dataclass, field


@dataclass
class Answer:
    """One answer: JSON body (or raw bytes), status, and whether its checksum is right."""

    body: object
    status: int = 200
    has_right_checksum: bool = True

    def encoded(self):
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


def refusal(code, *, status=400, **members):
    """An error answer as DynamoDB writes it."""
    return Answer({"__type": f"com.amazonaws.dynamodb.v20120810#{code}", **members}, status)


@dataclass
class Script:
    """What will be answered, the last answer again and again, and what was asked."""

    url: str = ""
    answers: list = field(default_factory=list)
    requests: list = field(default_factory=list)
    seconds: float = 0.0  # that each answer takes

    def will_answer(self, *answers):
        self.answers = [a if isinstance(a, Answer) else Answer(a) for a in answers]

    def answer(self, operation, members):
        self.requests.append((operation, members))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def serve(script):
    """Start a server for the script; returns what stops it."""
    gone = threading.Event()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            data = self.rfile.read(int(self.headers["Content-Length"]))
            operation = self.headers["X-Amz-Target"].partition(".")[2]
            answer = script.answer(operation, json.loads(data))
            gone.wait(script.seconds)
            body = answer.encoded()
            checksum = zlib.crc32(body) + (0 if answer.has_right_checksum else 1)
            self.send_response(answer.status)
            self.send_header("Content-Type", "application/x-amz-json-1.0")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("x-amz-crc32", str(checksum))
            self.send_header("x-amzn-RequestId", "REQUEST-1")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
    script.url = f"http://127.0.0.1:{server.server_port}"

    def stop():
        gone.set()
        server.shutdown()
        server.server_close()

    return stop
