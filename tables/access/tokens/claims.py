"""What the claims of an ID token say about its holder."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

from django.conf import settings

from tables.access.callers import Caller

MAX_NAME_CHARACTERS = 128
# Django keeps a user's name in this many characters; OpenID Connect Core 2 wants ASCII.
MAX_SUB_CHARACTERS = 150
# The claim that we turn round: "family, given". No other may look as if we had.
_TURNED = "custom:username"
_JOIN = ", "
# Control characters, lone surrogates, line and paragraph separators.
_UNFIT = frozenset({"Cc", "Cs", "Zl", "Zp"})
# What is not seen, and makes two names look alike, or one be read backwards.
_UNSEEN = "Cf"


class TokenError(Exception):
    """A token that proves nothing. The reason is for the log, never for the client."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def caller_of_claims(claims: Mapping[str, Any]) -> Caller:
    """The caller whom verified claims describe. Raises TokenError."""
    return Caller(_sub(claims), identity_of(claims), _groups(claims))


def identity_of(claims: Mapping[str, Any]) -> str:
    """What the first of `IDENTITY_CLAIMS` that is there says, without its format characters.

    `jane.doe` in `custom:username` is "doe, jane". Another claim's text stands as it is, unless it
    could be taken for such a name: then the `sub` stands. Raises TokenError.
    """
    wanted = settings.IDENTITY_CLAIMS
    claim = next((claim for claim in wanted if claim in claims), wanted[-1])
    name = _name(claims, claim)
    if claim == _TURNED:
        return turned_round(name)
    return _sub(claims) if _JOIN in name else name


def turned_round(name: str) -> str:
    """Family name first: the parts between dots in reverse order."""
    return _JOIN.join(reversed(name.split(".")))


def marked(text: str) -> str:
    """The text with its format characters, which nobody sees, as `<U+202E>`."""
    return "".join(
        f"<U+{ord(character):04X}>" if unicodedata.category(character) == _UNSEEN else character
        for character in text
    )


def _name(claims: Mapping[str, Any], claim: str) -> str:
    given = claims.get(claim)
    name = _seen(given) if isinstance(given, str) and len(given) <= MAX_NAME_CHARACTERS else ""
    if not name.strip():
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
    """The groups of `GROUPS_CLAIM`: a list of names, or one name as a text."""
    claim = settings.GROUPS_CLAIM
    groups = claims.get(claim, [])
    groups = [groups] if isinstance(groups, str) else groups
    if not isinstance(groups, list):
        raise TokenError(f"{claim} is not a list")
    if not all(isinstance(group, str) and _is_group_name(group) for group in groups):
        raise TokenError(f"{claim} holds something that is no group name")
    return frozenset(groups)


def _seen(text: str) -> str:
    return "".join(char for char in text if unicodedata.category(char) != _UNSEEN)


def _is_group_name(text: str) -> bool:
    return 0 < len(text) <= MAX_NAME_CHARACTERS and _is_fit(text)  # Cognito: 128 characters


def _is_fit(text: str) -> bool:
    return all(unicodedata.category(character) not in _UNFIT for character in text)
