"""Check an ID token, whichever way it came: the same verifier for browsers and for programs."""

from __future__ import annotations

import functools
import hashlib
import threading
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from django.conf import settings
from django.core.signals import setting_changed
from django.dispatch import receiver
from jwt.exceptions import PyJWTError

from tables.access.callers import Caller
from tables.access.tokens.claims import TokenError, caller_of_claims
from tables.access.tokens.jwks import KeyCache

__all__ = ["TokenError", "VerifiedToken", "Verifier", "verifier"]

ALGORITHM = "RS256"
LEEWAY_SECONDS = 30
MAX_REMEMBERED = 2000
_REQUIRED = ["exp", "iat", "iss", "aud", "sub"]
_TIMES = ("exp", "iat", "nbf")
_SIGNATURES = jwt.PyJWS(algorithms=[ALGORITHM])


@dataclass(frozen=True, slots=True)
class VerifiedToken:
    """A token that held. `expires` is its `exp`, in seconds since 1970."""

    claims: Mapping[str, Any]
    caller: Caller
    expires: float
    kid: str
    key: RSAPublicKey


class Verifier:
    """Verifies tokens of one issuer for a set of audiences, and remembers those that held."""

    def __init__(self, issuer: str, audiences: Collection[str], keys: KeyCache) -> None:
        self._issuer = issuer
        self._audiences = frozenset(audiences)
        self._keys = keys
        self._remembering = threading.Lock()
        self._remembered: dict[bytes, VerifiedToken] = {}

    def verify(self, token: str) -> VerifiedToken:
        """The token's claims and caller. Raises TokenError, or KeysUnavailable: nobody knows."""
        if not token.isascii():
            raise TokenError("not ASCII")
        if len(token) > settings.MAX_TOKEN_CHARACTERS:
            raise TokenError("longer than MAX_TOKEN_CHARACTERS")
        digest = hashlib.sha256(token.encode()).digest()
        known = self._remembered.get(digest)
        if known is not None and self._still_holds(known):
            return known
        verified = self._check(token)
        self._remember(digest, verified)
        return verified

    def _still_holds(self, known: VerifiedToken) -> bool:
        """Time passes, and keys are withdrawn; nothing else about a token can change."""
        return time.time() < known.expires + LEEWAY_SECONDS and (
            self._keys.get(known.kid) is known.key
        )

    def _check(self, token: str) -> VerifiedToken:
        """Look at everything that costs nothing before asking for a key."""
        if not self._issuer or not self._audiences:
            raise TokenError("no sign-in service is configured")
        header, claims = self._read(token)
        kid = _require_header(header)
        self._require_claims(claims)
        caller = caller_of_claims(claims)
        key = self._keys.get(kid)
        if key is None:
            raise TokenError("signed with a key that is not in the key set")
        try:
            _SIGNATURES.decode(token, key, algorithms=[ALGORITHM])
        except PyJWTError as error:
            raise TokenError(type(error).__name__) from error
        return VerifiedToken(claims, caller, float(claims["exp"]), kid, key)

    def _read(self, token: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """Header and claims: shapes and times are right, the signature is not looked at yet."""
        try:
            read = jwt.decode_complete(
                token,
                options={
                    "verify_signature": False,
                    "verify_exp": True,
                    "verify_nbf": True,
                    "verify_iat": True,
                    "verify_aud": True,
                    "verify_iss": True,
                    "verify_sub": True,
                    "require": _REQUIRED,
                },
                audience=self._audiences,
                issuer=self._issuer,
                leeway=LEEWAY_SECONDS,
            )
        except PyJWTError as error:
            raise TokenError(type(error).__name__) from error
        return read["header"], read["payload"]

    def _require_claims(self, claims: dict[str, Any]) -> None:
        for name in _TIMES:
            if name in claims and not _is_time(claims[name]):
                raise TokenError(f"{name} is not a time")
        named = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
        if not self._audiences.issuperset(named):  # OpenID Connect Core 3.1.3.7, rule 3
            raise TokenError("aud names a client that is not ours")
        if claims.get("token_use") != "id":
            raise TokenError("token_use is not id")

    def _remember(self, digest: bytes, verified: VerifiedToken) -> None:
        with self._remembering:
            self._remembered.pop(digest, None)
            self._remembered[digest] = verified
            if len(self._remembered) > MAX_REMEMBERED:
                self._remembered.pop(next(iter(self._remembered)))


def _is_time(value: Any) -> bool:
    """A number of seconds since 1970 that a float can hold; PyJWT also takes text for one."""
    return type(value) in (int, float) and 0 <= value < 2**53


def _require_header(header: dict[str, Any]) -> str:
    """The kid. `jku`, `x5u`, `x5c` and `jwk` are never looked at."""
    if header.get("alg") != ALGORITHM:
        raise TokenError("alg is not RS256")
    if "crit" in header or "b64" in header:  # RFC 7515, 4.1.11: we understand no extension
        raise TokenError("crit names an extension")
    kid = header.get("kid")
    if not isinstance(kid, str) or not kid:
        raise TokenError("no kid")
    return kid


@functools.cache
def verifier() -> Verifier:
    """The verifier of the configured user pool, made at first use."""
    return Verifier(
        settings.COGNITO_ISSUER, settings.COGNITO_CLIENT_ID, KeyCache(settings.COGNITO_JWKS_URL)
    )


@receiver(setting_changed)
def _forget(*, setting: str, **_: Any) -> None:
    """Tests change settings; what was derived from them goes."""
    if setting.startswith("COGNITO_") or setting in ("GROUPS_CLAIM", "IDENTITY_CLAIMS"):
        verifier.cache_clear()
