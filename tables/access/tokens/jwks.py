"""The public keys that sign our tokens, fetched seldom and kept through an outage."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Any

import requests
import structlog
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import RSAAlgorithm
from jwt.exceptions import InvalidKeyError
from urllib3.exceptions import HTTPError

Keys = Mapping[str, RSAPublicKey]

FRESH_SECONDS = 60 * 60
STALE_SECONDS = 24 * 60 * 60
COOL_DOWN_SECONDS = 30  # between two attempts, failed ones included
TIMEOUT_SECONDS = 3  # to connect, between two reads, and for the whole body
WHOLE_SECONDS = 6  # for all of it: headers may come in drops, each in time
MAX_BYTES = 128 * 1024
MIN_KEY_BITS = 2048

log = structlog.get_logger(__name__)


class KeysUnavailable(Exception):
    """No key set: the endpoint has not answered, and nothing usable is left of before."""


class KeyCache:
    """The keys of one endpoint by kid. One thread fetches; the others use what there is."""

    def __init__(
        self,
        url: str,
        *,
        fetch: Callable[[str], Keys] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url = url
        self._fetch = fetch or fetch_keys
        self._clock = clock
        self._fetching = threading.Lock()
        self._keys: Keys = {}
        self._fetched_at = -float("inf")
        self._attempted_at = -float("inf")

    def get(self, kid: str) -> RSAPublicKey | None:
        """The key of that kid, or None when the endpoint has none. Raises KeysUnavailable."""
        key = self._keys.get(kid)
        if key is not None and self._age() < FRESH_SECONDS:
            return key
        self._refresh()
        if self._age() >= STALE_SECONDS:
            raise KeysUnavailable("The key endpoint has not answered.")
        return self._keys.get(kid)

    def _age(self) -> float:
        return self._clock() - self._fetched_at

    def _refresh(self) -> None:
        # With nothing to fall back on, wait for the thread that is fetching already.
        wait = WHOLE_SECONDS if self._age() >= STALE_SECONDS else -1
        if not self._fetching.acquire(blocking=wait > 0, timeout=wait):
            return
        try:
            if self._clock() - self._attempted_at >= COOL_DOWN_SECONDS:
                self._attempted_at = self._clock()
                self._keys = self._fetch(self._url)
                self._fetched_at = self._clock()
        except KeysUnavailable as error:
            log.warning("keys_not_fetched", reason=str(error))
        finally:
            self._fetching.release()


def fetch_keys(url: str) -> Keys:
    """Ask the endpoint once, and give up on one that takes too long. Raises KeysUnavailable."""
    fetched: Future[Keys] = Future()
    threading.Thread(target=_fetch_into, args=(fetched, url), daemon=True).start()
    try:
        return fetched.result(WHOLE_SECONDS)
    except TimeoutError as error:
        raise KeysUnavailable("no answer in time") from error


def _fetch_into(fetched: Future[Keys], url: str) -> None:
    try:
        fetched.set_result(_fetch(url))
    except KeysUnavailable as error:
        fetched.set_exception(error)


def _fetch(url: str) -> Keys:
    """The keys at that address, no redirect followed. Raises KeysUnavailable."""
    try:
        with requests.get(
            url,
            headers={"Accept": "application/json", "Accept-Encoding": "identity"},
            timeout=TIMEOUT_SECONDS,
            allow_redirects=False,
            stream=True,
        ) as response:
            if response.status_code != 200:
                raise KeysUnavailable(f"status {response.status_code}")
            document = json.loads(_body(response))
    except (requests.RequestException, HTTPError, OSError, ValueError, RecursionError) as error:
        raise KeysUnavailable(type(error).__name__) from error
    keys = _rsa_keys(document)
    if not keys:
        raise KeysUnavailable("no usable key in the answer")
    return keys


def _body(response: requests.Response) -> bytes:
    """Read as it arrives, so that neither a huge nor a dripping answer holds a thread."""
    deadline = time.monotonic() + TIMEOUT_SECONDS
    body = b""
    while chunk := response.raw.read1(MAX_BYTES):
        body += chunk
        if len(body) > MAX_BYTES or time.monotonic() > deadline:
            raise KeysUnavailable("the answer is too large or too slow")
    return body


def _rsa_keys(document: Any) -> Keys:
    entries = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(entries, list):
        return {}
    found = {}
    for entry in entries:
        key = _rsa_key(entry) if isinstance(entry, dict) else None
        if key is not None:
            found[entry["kid"]] = key
    return found


def _rsa_key(entry: dict[str, Any]) -> RSAPublicKey | None:
    """The key of one JWK (RFC 7517), or None where it is not one for RS256 signatures."""
    if entry.get("kty") != "RSA" or not isinstance(entry.get("kid"), str):
        return None
    if entry.get("use", "sig") != "sig" or entry.get("alg", "RS256") != "RS256":
        return None
    try:
        key = RSAAlgorithm.from_jwk({name: entry[name] for name in ("kty", "n", "e")})
    except (InvalidKeyError, KeyError, TypeError, ValueError):
        return None
    if not isinstance(key, RSAPublicKey) or key.key_size < MIN_KEY_BITS:
        return None
    return key
