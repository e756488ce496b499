"""AWS Signature Version 4, checked from the server's side (AWS: Signature Version 4 reference)."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import quote

ALGORITHM = "AWS4-HMAC-SHA256"
# How far a client's clock may be off.
CLOCK_SKEW = timedelta(minutes=5)
MAX_HEADER_CHARACTERS = 4096
_SIGNATURE = re.compile(r"[0-9a-f]{64}")
_SPACES = re.compile(r" +")


class SignatureError(Exception):
    """The signature can't be read, is too old, or is not made with the caller's secret."""


@dataclass(frozen=True, slots=True)
class Signature:
    """What an Authorization header claims. `scope` is date, region, service and terminator."""

    access_key_id: str
    scope: tuple[str, str, str, str]
    signed_headers: tuple[str, ...]
    signature: str


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A request as the client sent it; header names in lower case, `query` decoded pairs.

    `hosts` are the spellings of the host that the client may have signed.
    """

    method: str
    path: str
    query: Sequence[tuple[str, str]]
    headers: Mapping[str, str]
    body: bytes
    hosts: tuple[str, ...]


def parse_authorization(header: str) -> Signature:
    """Read `AWS4-HMAC-SHA256 Credential=…,SignedHeaders=…,Signature=…`. Raises SignatureError."""
    algorithm, _, rest = header.partition(" ")
    if algorithm != ALGORITHM or len(header) > MAX_HEADER_CHARACTERS:
        raise SignatureError(f"The Authorization header must begin with {ALGORITHM}.")
    pairs = (part.strip().partition("=") for part in rest.split(","))
    members = {name: value for name, _, value in pairs}
    credential = members.get("Credential", "").split("/")
    signed_headers = tuple(members.get("SignedHeaders", "").split(";"))
    signature = members.get("Signature", "")
    if len(credential) != 5 or not _SIGNATURE.fullmatch(signature):
        raise SignatureError("The Authorization header needs Credential, SignedHeaders, Signature.")
    key_id, date, region, service, terminator = credential
    if "host" not in signed_headers or terminator != "aws4_request":
        raise SignatureError("The host must be signed, and the scope end in aws4_request.")
    return Signature(key_id, (date, region, service, terminator), signed_headers, signature)


def require_fresh(signature: Signature, headers: Mapping[str, str], now: datetime) -> str:
    """The request's time as signed. Raises SignatureError outside the window of five minutes."""
    signed = _signed_time(signature, headers)
    if abs(now - signed) > CLOCK_SKEW:
        raise SignatureError(
            f"The signature's date {signed:%Y%m%dT%H%M%SZ} is too far from the server's "
            f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}."
        )
    stamp = f"{signed:%Y%m%dT%H%M%SZ}"
    if not stamp.startswith(signature.scope[0]) or len(signature.scope[0]) != 8:
        raise SignatureError("The credential's date is not the request's date.")
    return stamp


def require_signature(
    signature: Signature, request: SignedRequest, secret: str, stamp: str
) -> None:
    """Raise SignatureError unless the request was signed with this secret.

    Method, path, query, the signed headers and the body all count; region and service are taken
    from the scope as the client wrote them, because old clients write many. An `x-amz-` header
    that is there must be signed, as AWS demands.
    """
    unsigned = {name for name in request.headers if name.startswith("x-amz-")}.difference(
        signature.signed_headers
    )
    if unsigned:
        raise SignatureError(f"The header {min(unsigned)} is there but was not signed.")
    key = _signing_key(secret, signature.scope)
    for host in request.hosts:
        canonical = _canonical_request(signature, request, host)
        expected = hmac.new(key, _string_to_sign(signature, stamp, canonical), hashlib.sha256)
        if hmac.compare_digest(expected.hexdigest(), signature.signature):
            return
    raise SignatureError(
        "The request signature we calculated does not match the signature you provided. "
        "Check your secret access key and signing method."
    )


def _signed_time(signature: Signature, headers: Mapping[str, str]) -> datetime:
    """The time that the signature covers: `x-amz-date`, or `date` where that is what is signed."""
    try:
        if "x-amz-date" in headers:
            return datetime.strptime(headers["x-amz-date"] + "+0000", "%Y%m%dT%H%M%SZ%z")
        if "date" in signature.signed_headers:
            return parsedate_to_datetime(headers["date"]).astimezone(UTC)
    except (ValueError, KeyError) as error:
        raise SignatureError("The signature's date can't be read.") from error
    raise SignatureError("The request carries no signed date.")


def _canonical_request(signature: Signature, request: SignedRequest, host: str) -> bytes:
    headers = {**request.headers, "host": host}
    lines = [
        request.method,
        quote(request.path, safe="/~"),
        "&".join(f"{name}={value}" for name, value in _encoded(request.query)),
        *(f"{name}:{_trimmed(headers.get(name, ''))}" for name in signature.signed_headers),
        "",
        ";".join(signature.signed_headers),
        hashlib.sha256(request.body).hexdigest(),
    ]
    return "\n".join(lines).encode()


def _encoded(query: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted((quote(name, safe="~"), quote(value, safe="~")) for name, value in query)


def _trimmed(value: str) -> str:
    return _SPACES.sub(" ", value.strip())


def _string_to_sign(signature: Signature, stamp: str, canonical: bytes) -> bytes:
    scope = "/".join(signature.scope)
    digest = hashlib.sha256(canonical).hexdigest()
    return f"{ALGORITHM}\n{stamp}\n{scope}\n{digest}".encode()


def _signing_key(secret: str, scope: tuple[str, ...]) -> bytes:
    key = b"AWS4" + secret.encode()
    for part in scope:
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key
