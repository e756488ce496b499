"""The app under measure: its environment, a caller without a network, and somebody signed in."""

from __future__ import annotations

import io
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from bench import data
from bench.shapes import SHAPES

ISSUER = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_bench"
_AUDIENCE = "bench-client"
_ALIASES = f"""
staff_groups = ["staff"]
superuser_groups = ["staff"]

[{data.ALIAS}]
table = "{data.TABLE}"
list_display = ["id", "name", "status", "total", "price", "address.city", "tags", "created"]

[{data.KEPT_ALIAS}]
table = "{data.TABLE}"
history = true
{"".join(shape.section for shape in SHAPES)}
"""


class Issuer:
    """Signs the ID token that the app then really verifies."""

    def __init__(self) -> None:
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def key_set(self) -> dict[str, Any]:
        """The JSON Web Key Set, as a user pool publishes it."""
        public = json.loads(RSAAlgorithm.to_jwk(self._key.public_key()))
        return {"keys": [{**public, "kid": "bench", "alg": "RS256", "use": "sig"}]}

    def token(self) -> str:
        """A token of a person in the staff group, good for a day."""
        now = int(time.time())
        claims = {
            "sub": "bench-person",
            "iss": ISSUER,
            "aud": _AUDIENCE,
            "token_use": "id",
            "iat": now,
            "exp": now + 86_400,
            "cognito:username": "bench",
            "custom:username": "bench.person",
            "cognito:groups": ["staff"],
        }
        return jwt.encode(claims, self._key, "RS256", headers={"kid": "bench"})


def environment(engine: str, keys_url: str, folder: Path) -> dict[str, str]:
    """The variables that the app starts with: production's, the limits off, loopback allowed."""
    (folder / "tables.toml").write_text(_ALIASES)
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {
        **kept,
        "ENV_FILE": os.devnull,
        "DJANGO_SETTINGS_MODULE": "project.settings",
        "SECRET_KEY": "bench-bench-bench-bench-bench-bench-bench-bench-bench",
        "ALLOWED_HOSTS": "127.0.0.1",
        "SECURE_SSL_REDIRECT": "false",
        "SECURE_HSTS_SECONDS": "0",
        "DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3",
        "HISTORY_TABLE": data.HISTORY_TABLE,
        "JOB_FILES": str(folder / "jobs"),
        "TABLES_FILE": str(folder / "tables.toml"),
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL_DYNAMODB": engine,
        "COGNITO_USER_POOL_ID": "us-east-1_bench",
        "COGNITO_CLIENT_ID": _AUDIENCE,
        "COGNITO_DOMAIN": "https://sign-in.example.com",
        "COGNITO_JWKS_URL": keys_url,
        "THROTTLE_READ": "",
        "THROTTLE_WRITE": "",
        "THROTTLE_SCAN": "",
        "THROTTLE_EXPORT": "",
        "THROTTLE_ANONYMOUS": "",
    }


class Caller:
    """Calls a WSGI application in this process and reads the whole answer."""

    def __init__(self, application: Callable[..., Any], headers: dict[str, str]) -> None:
        self._application = application
        self._headers = {f"HTTP_{n.upper().replace('-', '_')}": v for n, v in headers.items()}

    def __call__(self, method: str, url: str, body: bytes = b"") -> bytes:
        """The body of the answer. Raises RuntimeError unless it is a 200."""
        path, _, query = url.partition("?")
        status: list[str] = []
        environ = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "127.0.0.1",
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
            **self._headers,
        }
        answer = self._application(environ, lambda line, *_: status.append(line))
        size = bytearray()
        try:
            for chunk in answer:
                size += chunk
        finally:
            if hasattr(answer, "close"):
                answer.close()
        if not status[0].startswith("200"):
            raise RuntimeError(f"{method} {url} answered {status[0]}: {bytes(size[:300])!r}")
        return bytes(size)
