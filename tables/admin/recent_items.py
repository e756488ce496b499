"""The items that a person changed last, for the index."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Literal, cast

from django.http import HttpRequest

from tables.access.rights import can
from tables.access.users import caller_of_user
from tables.admin.values.one_line import key_text
from tables.admin.visit import Visit
from tables.configuration import description, registry
from tables.core.errors import TablesError
from tables.core.keys import decode_token, encode_token
from tables.core.registry import Table
from tables.core.values import Item
from tables.dispensable import kept
from tables.records.people.models import RecentItem

# How many are kept for each person, and shown.
KEPT = 10


@dataclass(frozen=True, slots=True)
class Recent:
    """An entry of the index: the item's key in words, its table, and what was done to it."""

    table: Table
    key: str
    token: str
    action: str
    at: object


def remember(visit: Visit, item: Item, action: Literal["added", "changed"]) -> None:
    """Note that the person wrote an item; its key is kept, nothing that it holds."""
    token = encode_token(item, visit.description)
    kept("recent item", partial(_remember, visit, token, action))


def _remember(visit: Visit, token: str, action: str) -> None:
    entries = RecentItem.objects.filter(user=visit.request.user.pk)
    entries.filter(alias=visit.table.alias, key=token).delete()
    user_id = cast("int", visit.request.user.pk)
    RecentItem.objects.create(user_id=user_id, alias=visit.table.alias, key=token, action=action)
    for old in entries.order_by("-at")[KEPT : 2 * KEPT]:
        old.delete()


def forget(visit: Visit, token: str) -> None:
    """Drop a deleted item from everyone's lists."""
    entries = RecentItem.objects.filter(alias=visit.table.alias, key=token)
    kept("recent item", entries.delete)


def used_tables(request: HttpRequest) -> list[str]:
    """The aliases of the tables in which this person wrote last, the latest first."""
    entries = RecentItem.objects.filter(user=request.user.pk).order_by("-at")[:KEPT]
    return list(dict.fromkeys(entry.alias for entry in entries))


def recent_items(request: HttpRequest) -> list[Recent]:
    """What this person changed last, as far as they may still view it."""
    caller = caller_of_user(request.user)
    tables = registry().tables
    found = []
    for entry in RecentItem.objects.filter(user=request.user.pk).order_by("-at")[:KEPT]:
        table = tables.get(entry.alias)
        if table is None or not can(caller, "view", table):
            continue
        try:
            about = description(table)
            key = key_text(decode_token(entry.key, about), about)
        except TablesError:
            continue
        found.append(Recent(table, key, entry.key, entry.action, entry.at))
    return found
