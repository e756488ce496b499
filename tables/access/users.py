"""The Django users of people who signed in: one per `sub`, with the groups of the last time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import Group, User
from django.db import transaction

from tables.access.callers import NOBODY, Caller

# What Django's User has room for.
NAME_CHARACTERS = 150
EMAIL_CHARACTERS = 254
# Each page asks for it, and the ORM takes four times as long to write the query.
_WITH_GROUPS = """
    SELECT auth_user.*, auth_group.name AS group_name FROM auth_user
    LEFT JOIN auth_user_groups ON auth_user_groups.user_id = auth_user.id
    LEFT JOIN auth_group ON auth_group.id = auth_user_groups.group_id
    WHERE auth_user.id = %s
"""


def find_active_user(user_id: int) -> User | None:
    """The user of a session, and in the same query whom they act as; None for a deactivated one."""
    rows: list[Any] = list(User.objects.raw(_WITH_GROUPS, [user_id]))
    if not rows or not rows[0].is_active:
        return None
    _remember(rows[0], (row.group_name for row in rows if row.group_name is not None))
    user: User = rows[0]
    return user


def caller_of_user(user: Any) -> Caller:
    """Whom a user acts as, by session or by an access key of theirs; NOBODY for an anonymous one.

    One query where `find_active_user` did not find the user, remembered on the user object.
    """
    if isinstance(user, Caller):
        return user
    if not user.is_authenticated:
        return NOBODY
    known = getattr(user, "_caller", None)
    if isinstance(known, Caller):
        return known
    return _remember(user, user.groups.values_list("name", flat=True))


def remember_caller(caller: Caller, email: object) -> User:
    """The user of a caller who just signed in, with today's name and groups and no others.

    Nothing but `sub` finds a user: names and addresses can be changed by their owners.
    """
    with transaction.atomic():
        user, created = User.objects.get_or_create(username=caller.sub)
        if created:
            user.set_unusable_password()
        user.first_name = caller.identity[:NAME_CHARACTERS]
        user.email = _shown_email(email)
        user.save()
        groups = [Group.objects.get_or_create(name=name)[0] for name in sorted(caller.groups)]
        user.groups.set(groups)
    user._caller = None  # type: ignore[attr-defined] # noqa: SLF001 - the groups have changed
    return user


def end_sessions(user: Any) -> None:
    """End every session of a user, in whatever browser; tokens and access keys stay.

    Each session holds a hash of the user's password, which nobody has: another takes its place.
    """
    user.set_unusable_password()
    User.objects.filter(pk=user.pk).update(password=user.password)


def _remember(user: Any, groups: Iterable[str]) -> Caller:
    caller = Caller(user.username, user.first_name or user.username, frozenset(groups))
    user._caller = caller  # noqa: SLF001 - lives and dies with this request's user
    return caller


def _shown_email(text: object) -> str:
    """An address to show; nothing depends on it, so one that can't be stored is left out."""
    fits = isinstance(text, str) and text.isprintable() and len(text) <= EMAIL_CHARACTERS
    return str(text) if fits else ""
