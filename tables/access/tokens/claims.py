"""What the claims of an ID token say about its holder."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

from tables.access.callers import Caller

MAX_NAME_CHARACTERS = 128
# Django keeps a user's name in this many characters; OpenID Connect Core 2 wants ASCII.
MAX_SUB_CHARACTERS = 150
# Control characters, lone surrogates, line and paragraph separators.
_UNFIT = frozenset({"Cc", "Cs", "Zl", "Zp"})


class TokenError(Exception):
    """A token that proves nothing. The reason is for the log, never for the client."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def caller_of_claims(claims: Mapping[str, Any]) -> Caller:
    """The caller whom verified claims describe. Raises TokenError."""
    return Caller(_sub(claims), identity_of(claims), _groups(claims))


def identity_of(claims: Mapping[str, Any]) -> str:
    """`jane.doe` in `custom:username` is "doe, jane"; without it `cognito:username` stands.

    Raises TokenError.
    """
    if "custom:username" in claims:
        return turned_round(_name(claims, "custom:username"))
    return _name(claims, "cognito:username")


def turned_round(name: str) -> str:
    """Family name first: the parts between dots in reverse order."""
    return ", ".join(reversed(name.split(".")))


def _name(claims: Mapping[str, Any], claim: str) -> str:
    name = claims.get(claim)
    if not isinstance(name, str) or not name.strip() or len(name) > MAX_NAME_CHARACTERS:
        raise TokenError(f"{claim} is missing, blank or too long")
    if not _is_fit(name):
        raise TokenError(f"{claim} holds control characters")
    return name


def _sub(claims: Mapping[str, Any]) -> str:
    sub = claims.get("sub")
    if not isinstance(sub, str) or not sub.strip() or len(sub) > MAX_SUB_CHARACTERS:
        raise TokenError("sub is missing, blank or too long")
    if not (sub.isascii() and sub.isprintable()):
        raise TokenError("sub is not printable ASCII")
    return sub


def _groups(claims: Mapping[str, Any]) -> frozenset[str]:
    groups = claims.get("cognito:groups", [])
    if not isinstance(groups, list):
        raise TokenError("cognito:groups is not a list")
    if not all(isinstance(group, str) and _is_group_name(group) for group in groups):
        raise TokenError("cognito:groups holds something that is no group name")
    return frozenset(groups)


def _is_group_name(text: str) -> bool:
    return 0 < len(text) <= MAX_NAME_CHARACTERS and _is_fit(text)  # Cognito: 128 characters


def _is_fit(text: str) -> bool:
    return all(unicodedata.category(character) not in _UNFIT for character in text)
