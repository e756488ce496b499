"""Cursors: a start key that only we can have made, bound to the request it continues."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac

import orjson

from tables.core.errors import InvalidCursor
from tables.core.values import Item

_MAC_BYTES = 16
# A start key holds at most ten key attributes: two of the table, four and four of an index, of 2 KB
# and 1 KB. JSON may make six of each byte, base64 four of three.
MAX_CURSOR_CHARACTERS = 160_000


def sign_cursor(start_key: Item, *, bound_to: str, secret: str) -> str:
    """The cursor of a last evaluated key. `bound_to` spells alias, filter and plan."""
    payload = orjson.dumps(start_key)
    return _text(_mac(payload, bound_to, secret) + payload)


def read_cursor(cursor: str, *, bound_to: str, secret: str) -> Item:
    """The start key. Raises InvalidCursor when altered, or made for another request."""
    if len(cursor) > MAX_CURSOR_CHARACTERS:
        raise InvalidCursor("The cursor is too long.")
    try:
        data = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidCursor("The cursor can't be read.") from error
    # Base64 has several spellings of the same bytes; only the one that was given counts.
    if _text(data) != cursor:
        raise InvalidCursor("The cursor was altered, or belongs to another request.")
    mac, payload = data[:_MAC_BYTES], data[_MAC_BYTES:]
    if not hmac.compare_digest(mac, _mac(payload, bound_to, secret)):
        raise InvalidCursor("The cursor was altered, or belongs to another request.")
    start_key: Item = orjson.loads(payload)
    return start_key


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _mac(payload: bytes, bound_to: str, secret: str) -> bytes:
    key = hashlib.sha256(b"dynadmin.cursor\0" + secret.encode()).digest()
    message = len(bound_to).to_bytes(4, "big") + bound_to.encode() + payload
    return hmac.new(key, message, hashlib.sha256).digest()[:_MAC_BYTES]
