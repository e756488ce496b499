"""A web server on loopback that answers as it is told, and a sign-in service made of it."""

import base64
import contextlib
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm


def make_key(bits=2048):
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def jwk_of(key, kid):
    public = json.loads(RSAAlgorithm.to_jwk(key.public_key()))
    return {**public, "kid": kid, "alg": "RS256", "use": "sig"}


class WebServer:
    """`answers` maps a path to (status, headers, body), to a JSON value, to a function of the
    form that was sent, or to HANG. `asked` lists what was asked for.
    """

    HANG = object()

    def __init__(self):
        self.answers = {}
        self.asked = []
        self.closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    @contextlib.contextmanager
    def running(self) -> Iterator["WebServer"]:
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield self
        finally:
            self.stop()
            thread.join()

    def stop(self):
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()

    def _handler(self):
        server = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self):
                path = urlsplit(self.path).path
                server.asked.append(f"{self.command} {path}")
                form = parse_qs(self.rfile.read(int(self.headers.get("Content-Length", 0))))
                told = server.answers.get(path, (404, {}, b""))
                if callable(told):
                    told = told({name.decode(): value[0].decode() for name, value in form.items()})
                if told is server.HANG:
                    server.closing.wait(30)
                    return
                status, headers, body = told if isinstance(told, tuple) else as_json(told)
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    self.wfile.write(body)

            do_GET = do_POST = do_HEAD = answer  # noqa: N815 - http.server names them

            def log_message(self, *_):
                """Say nothing."""

        return Handler


def as_json(value):
    return 200, {"Content-Type": "application/json"}, json.dumps(value).encode()


class Provider(WebServer):
    """A sign-in service: codes that were given out buy ID tokens, once and with their verifier."""

    client_id = "web-client"

    def __init__(self):
        super().__init__()
        self.key = make_key()
        self.kid = "provider key"
        self.codes = {}
        self.changes = {}
        self.answers |= {
            "/jwks": {"keys": [jwk_of(self.key, self.kid)]},
            "/oauth2/token": self._exchange,
        }

    def sign(self, **claims):
        return jwt.encode(claims, self.key, "RS256", headers={"kid": self.kid})

    def authorize(self, location, *groups, **claims):
        """What the hosted page does with the address it was called by: a code and the way back."""
        asked = {name: value[0] for name, value in parse_qs(urlsplit(location).query).items()}
        code = secrets.token_urlsafe(16)
        self.codes[code] = (asked, groups, claims)
        return code, asked["state"]

    def _exchange(self, form):
        if form.get("code") not in self.codes:
            return 400, {"Content-Type": "application/json"}, b'{"error":"invalid_grant"}'
        asked, groups, claims = self.codes.pop(form["code"])
        challenge = hashlib.sha256(form["code_verifier"].encode()).digest()
        if base64.urlsafe_b64encode(challenge).rstrip(b"=").decode() != asked["code_challenge"]:
            return 400, {}, b'{"error":"invalid_grant"}'
        now = int(time.time())
        told = {
            "sub": "sub-of-jane",
            "iss": self.url,
            "aud": self.client_id,
            "token_use": "id",
            "iat": now,
            "exp": now + 3600,
            "nonce": asked["nonce"],
            "custom:username": "jane.doe",
            "cognito:groups": list(groups),
            "email": "jane.doe@example.com",
        }
        return as_json({"id_token": self.sign(**told | claims), "access_token": "not a JWT"})

    def rotate(self, kid):
        """Sign with a new key, and forget the old one."""
        self.key, self.kid = make_key(), kid
        self.answers["/jwks"] = {"keys": [jwk_of(self.key, kid)]}
