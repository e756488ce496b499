"""The first page: every table with its state and size, and what this person changed last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tables.access.rights import allowed_actions, viewable_tables
from tables.access.users import caller_of_user
from tables.admin.recent_items import recent_items
from tables.admin.texts.sentences import count_words, counted_words
from tables.admin.values.one_line import size_text
from tables.configuration import description, registry
from tables.core.descriptions import TableDescription
from tables.core.errors import TablesError
from tables.core.registry import Table

# TableStatus of DescribeTable -> staff's words.
_STATES = {
    "ACTIVE": gettext_lazy("ready"),
    "UPDATING": gettext_lazy("updating"),
    "CREATING": gettext_lazy("being created"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One table of the index. What is not known is empty; `is_ready` says whether it answers."""

    table: Table
    url: str
    add_url: str
    state: str
    is_ready: bool = False
    items: str = ""
    size: str = ""
    counted: str = ""
    keys: tuple[str, ...] = ()
    indexes: tuple[str, ...] = ()


def index_context(request: HttpRequest) -> dict[str, Any]:
    """What the index shows: the tables that the caller may view, and their recent items."""
    caller = caller_of_user(request.user)
    entries = []
    for table in viewable_tables(caller, registry()):
        url = reverse("admin:tables_changelist", args=[table.alias])
        may_add = "add" in allowed_actions(caller, table)
        entries.append(_entry(table, url, f"{url}add/" if may_add else ""))
    return {"entries": entries, "recent": recent_items(request)}


def _entry(table: Table, url: str, add_url: str) -> Entry:
    """A table that can't be described still has its line, so that the others are reachable."""
    try:
        about = description(table)
    except TablesError as error:
        return Entry(table, url, add_url, state=_trouble(error))
    return Entry(
        table,
        url,
        add_url,
        state=str(_STATES.get(about.status, about.status.lower())),
        is_ready=about.status in ("ACTIVE", "UPDATING"),
        items="" if about.item_count is None else count_words(about.item_count),
        size="" if about.size_bytes is None else size_text(about.size_bytes),
        counted=counted_words(about),
        keys=about.key_names,
        indexes=tuple(_index_words(about)),
    )


def _index_words(about: TableDescription) -> list[str]:
    return [
        index.name if index.is_ready else _("%(index)s (not ready)") % {"index": index.name}
        for index in about.indexes
    ]


def _trouble(error: TablesError) -> str:
    if error.aws_code == "ResourceNotFoundException":
        return _("there is no such table in DynamoDB")
    return _("DynamoDB does not describe it at the moment")
