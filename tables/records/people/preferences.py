"""How a person likes to see a table, and what they changed last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from django.http import HttpRequest

from tables.dispensable import kept
from tables.records.people.models import PagePreference

# Each list asks for it, and the ORM takes five times as long to write the query.
_OF_TABLE = (
    "SELECT id, columns, page_size FROM tables_pagepreference WHERE user_id = %s AND alias = %s"
)


@dataclass(frozen=True, slots=True)
class Preference:
    """Chosen columns, empty for the table's own; chosen number of items, None for the table's."""

    columns: tuple[str, ...] = ()
    page_size: int | None = None


def preference(request: HttpRequest, alias: str) -> Preference:
    """What this person chose for this table."""
    for row in PagePreference.objects.raw(_OF_TABLE, [request.user.pk, alias]):
        return Preference(tuple(row.columns), row.page_size)
    return Preference()


def keep_preference(
    request: HttpRequest, alias: str, columns: Sequence[str], page_size: int | None
) -> bool:
    """Remember a choice, and say whether it could be; an empty one is the table's own again."""
    choice = partial(
        PagePreference.objects.update_or_create,
        user_id=request.user.pk,
        alias=alias,
        defaults={"columns": list(columns), "page_size": page_size},
    )
    return kept("preference", choice)
