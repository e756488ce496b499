"""The Django users of people who signed in: one per `sub`, with the groups of the last time."""

from __future__ import annotations

from typing import Any

from tables.access.callers import NOBODY, Caller


def caller_of_user(user: Any) -> Caller:
    """The caller that a user acts as: by session, or by an access key of theirs.

    One query, remembered on the user object. Nobody signed in is NOBODY.
    """
    if not user.is_authenticated:
        return NOBODY
    known = getattr(user, "_caller", None)
    if not isinstance(known, Caller):
        groups = frozenset(user.groups.values_list("name", flat=True))
        known = Caller(user.get_username(), user.first_name or user.get_username(), groups)
        user._caller = known  # noqa: SLF001 - lives and dies with this request's user
    return known
