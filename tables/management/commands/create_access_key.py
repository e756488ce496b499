"""Make an access key for a person who signed in before, or for a service user."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group, User
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.db.models import Q

from tables.access import access_keys
from tables.access.tokens.claims import turned_round


class Command(BaseCommand):
    """`manage.py create_access_key NAME [--groups staff,admins]`: prints two lines for a shell."""

    help = (
        "Makes an access key for NAME, who may be someone who signed in (their name, email or"
        " subject) or else becomes a service user of that name, and prints AWS_ACCESS_KEY_ID and"
        " AWS_SECRET_ACCESS_KEY. The secret can't be read again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", metavar="NAME")
        parser.add_argument(
            "--groups", default=None, help="comma list: the groups of a service user"
        )
        parser.add_argument("--label", default="command line", help="what the key list shows")

    def handle(
        self, *_args: Any, name: str, groups: str | None, label: str, **_options: Any
    ) -> None:
        name = name.strip()
        if not name or len(name) > 150 or not name.isprintable():
            raise CommandError("NAME must be 1 to 150 printable characters.")
        wanted = None if groups is None else _group_names(groups)
        with transaction.atomic():
            key, secret = access_keys.issue(_user(name, wanted), label[:100])
        self.stdout.write(f"AWS_ACCESS_KEY_ID={key.access_key_id}")
        self.stdout.write(f"AWS_SECRET_ACCESS_KEY={secret}")


def _user(name: str, groups: list[str] | None) -> User:
    """Who the key acts as: a person with the groups of their sign-in, or a service with these."""
    person = _person(name)
    if person is not None and person.last_login is not None:
        if groups is not None:
            raise CommandError(
                f"{name} signs in: their groups are those of the user pool, not of --groups."
            )
        return person
    service = person or User(username=name, first_name=name)
    service.is_active = True
    service.set_unusable_password()
    service.save()
    if groups is not None:
        service.groups.set([Group.objects.get_or_create(name=group)[0] for group in groups])
    return service


def _person(name: str) -> User | None:
    """The user of that subject, identity, pool name or email; ambiguity is an error."""
    identities = Q(first_name=name) | Q(first_name=turned_round(name))
    for condition in (Q(username=name), identities, Q(email=name)):
        found = list(User.objects.filter(condition)[:2])
        if len(found) > 1:
            raise CommandError(f"Several users are called {name}: give the subject (sub).")
        if found:
            return found[0]
    return None


def _group_names(groups: str) -> list[str]:
    return [group.strip() for group in groups.split(",") if group.strip()]
