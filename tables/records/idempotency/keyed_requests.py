"""Requests that carry an Idempotency-Key: whose they are, and what they ask for."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from tables.core.errors import InvalidRequest

HEADER = "Idempotency-Key"
# What decides the answer besides method, URL and body. Encodings are undone before.
_DECISIVE_HEADERS = ("Accept", "Content-Type", "If-Match", "If-None-Match", "Prefer")
# Without a comma: a proxy may join two headers of a name by one (RFC 9110, section 5.3).
_VISIBLE = re.compile(r"[\x21-\x2b\x2d-\x7e]{1,255}")
# A String of RFC 9651: what draft-ietf-httpapi-idempotency-key-header asks clients to send.
_QUOTED = re.compile(r'"((?:[\x20\x21\x23-\x5b\x5d-\x7e]++|\\["\\])*+)"')


@dataclass(frozen=True, slots=True)
class KeyedRequest:
    """A request with a key. `record_id` names its record: caller, method, path, query and key.

    `fingerprint` tells whether another request of that scope and key is the same request.
    `former_id` is how the record was named by versions that took the whole URL for the scope.
    """

    record_id: str
    fingerprint: str
    former_id: str = ""


def keyed_request(
    caller: str, method: str, url: str, headers: Mapping[str, str], body: bytes
) -> KeyedRequest | None:
    """The keyed request, or None without an Idempotency-Key. `headers` ignore case.

    `caller` is the `sub`, `url` is absolute with its query string, `body` is what the client
    sent, decoded. Raises InvalidRequest for a key that isn't one.
    """
    header = headers.get(HEADER)
    if header is None:
        return None
    key, address = parse_key(header), urlsplit(url)
    scope = _digest(caller, method, address.path.removesuffix("/"), address.query, key)
    former = _digest(caller, method, url, key)
    decisive = [headers.get(name, "") for name in _DECISIVE_HEADERS]
    fingerprint = _digest(*decisive, hashlib.sha256(body).hexdigest())
    return KeyedRequest(f"idempotency#{scope}", fingerprint, f"idempotency#{former}")


def parse_key(header: str) -> str:
    """The key: 1 to 255 visible ASCII characters but commas, with or without quotes around."""
    text = header.strip()
    if text.startswith('"'):
        quoted = _QUOTED.fullmatch(text)
        text = re.sub(r"\\(.)", r"\1", quoted[1]) if quoted else ""
    if not _VISIBLE.fullmatch(text):
        raise InvalidRequest(
            "An Idempotency-Key is 1 to 255 visible ASCII characters, none of them a comma, such as"
            " a UUID."
        )
    return text


def _digest(*parts: str) -> str:
    # JSON keeps the parts apart: ("ab", "c") and ("a", "bc") must differ.
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
