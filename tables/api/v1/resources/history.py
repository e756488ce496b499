"""History over HTTP: versions of an item, undo and restore, changes of a table, its trash."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar, get_args

from django.http import HttpResponse
from rest_framework.request import Request

from tables.api.bodies import parse_object
from tables.api.v1.requests.negotiation import PlainRenderer, TypedRenderer
from tables.api.v1.requests.parameters import (
    next_url,
    query_pairs,
    require_known_parameters,
)
from tables.api.v1.resources.resource import V1View
from tables.api.v1.resources.writing import WritingView
from tables.api.v1.responses.browsable import BrowsableRenderer
from tables.api.v1.responses.history import (
    changes_document,
    entry_document,
    version_document,
    version_links,
)
from tables.core.errors import HistoryBroken, InvalidCursor, InvalidRequest, NotFound
from tables.core.history import Action
from tables.core.history_chain import Gap
from tables.core.keys import decode_token
from tables.core.queries import MAX_LIMIT
from tables.core.values import Item
from tables.items.changes import Changes, WhichChanges, changes_in
from tables.items.history import Timeline, Version, outside, timeline, version
from tables.items.trash import trash
from tables.items.undo import restore, undo
from tables.items.wanted import Rewrite

_PAGE = 50
_PAGED = frozenset({"limit", "cursor", "format"})
_ASKED = frozenset({"person", "action", "since", "until"})


class _OfItem(V1View):
    """What is told of one item's history; the item itself may be gone."""

    renderer_classes = [PlainRenderer, TypedRenderer, BrowsableRenderer]
    rights: ClassVar = {"GET": ("history",), "HEAD": ("history",)}

    @property
    def key(self) -> Item:
        """The key in the URL. Raises ItemNotFound for a token that is none."""
        return decode_token(self.kwargs["token"], self.target.description)


class History(_OfItem):
    """The versions of an item, newest first, and the changes from outside among them."""

    def list(self, request: Request, alias: str, token: str) -> HttpResponse:
        """A page of versions; `next` leads to older ones."""
        require_known_parameters(request, _PAGED)
        asked = dict(query_pairs(request))
        below = _whole(asked["cursor"], "cursor") if asked.get("cursor") else None
        found = timeline(self.target, self.key, below=below, limit=_limit(asked))
        following = next_url(request, str(found.below)) if found.below else None
        gaps = [self._outside(gap, found) for gap in found.gaps]
        return self.present(
            {
                "versions": [entry_document(request, self.target, e) for e in found.entries],
                "outside": [gap for gap in gaps if gap["changes"] != []],
                "next": following,
            },
            _next_link(following),
        )

    def _outside(self, gap: Gap, found: Timeline) -> dict[str, Any]:
        """A change that came from elsewhere; None for changes that can't be proved any more."""
        try:
            deltas = outside(self.target, self.key, gap, found.now)
        except (HistoryBroken, NotFound):
            changes = None
        else:
            changes = changes_document(deltas, self.representation())
        return {
            "after": gap.older.n if gap.older else None,
            "before": gap.newer.n if gap.newer else None,
            "changes": changes,
        }


class OneVersion(_OfItem):
    """One version of an item: what was changed, and the item as it was then."""

    def retrieve(self, request: Request, alias: str, token: str, n: str) -> HttpResponse:
        """The version, rebuilt and proved by its fingerprint."""
        require_known_parameters(request)
        found = version(self.target, self.key, int(n))
        links = version_links(request, self.target, token, int(n))
        document = version_document(request, self.target, found, self.representation())
        return self.present(document, {"Link": links})


class _TakingBack(WritingView, _OfItem):
    """A write that takes something back."""

    rights: ClassVar = {"POST": ("change", "add", "delete")}
    take_back: ClassVar[Callable[..., Rewrite]]

    def create(self, request: Request, alias: str, token: str, n: str) -> HttpResponse:
        """Write it, unless what stands there now says otherwise."""

        def wanted() -> Rewrite:
            tags = self.write_tags()
            self._require_no_body()
            found: Version = version(self.target, self.key, int(n))
            return type(self).take_back(self.target, found, condition=tags)

        return self.write(wanted)

    def _require_no_body(self) -> None:
        """Raise InvalidRequest for a body that would say something: nothing can be said here."""
        if self.body.strip() and parse_object(self.body):
            raise InvalidRequest("Nothing can be said in a body here: leave it out.")


class Undo(_TakingBack):
    """Takes back what one version changed, where it still stands as that version left it."""

    take_back = staticmethod(undo)


class Restore(_TakingBack):
    """Makes the item what one version left."""

    take_back = staticmethod(restore)


class _OfTable(V1View):
    """Changes of a table's items, newest first."""

    rights: ClassVar = {"GET": ("history",), "HEAD": ("history",)}

    def page(self, request: Request, found: Changes) -> HttpResponse:
        """A page of changes as an answer."""
        following = next_url(request, found.next) if found.next else None
        entries = [entry_document(request, self.target, entry) for entry in found.entries]
        return self.present({"changes": entries, "next": following}, _next_link(following))


class TableHistory(_OfTable):
    """What was changed in a table, by whom."""

    def list(self, request: Request, alias: str) -> HttpResponse:
        """A page of changes: of a `person` (their sub), of an `action`, in a time."""
        require_known_parameters(request, _PAGED | _ASKED)
        asked = dict(query_pairs(request))
        wanted = WhichChanges(
            asked.get("person", ""),
            _action(asked.get("action", "")),
            _milliseconds(asked.get("since", ""), "since"),
            _milliseconds(asked.get("until", ""), "until"),
        )
        after, limit = asked.get("cursor", ""), _limit(asked)
        return self.page(request, changes_in(self.target, wanted, after=after, limit=limit))


class Trash(_OfTable):
    """Deleted items that are gone still; undo their last version to have them back."""

    def list(self, request: Request, alias: str) -> HttpResponse:
        """A page of deletes, of items whose key holds the text `q`."""
        require_known_parameters(request, _PAGED | {"q"})
        asked = dict(query_pairs(request))
        after, limit = asked.get("cursor", ""), _limit(asked)
        found = trash(self.target, containing=asked.get("q", ""), after=after, limit=limit)
        return self.page(request, found)


def _action(text: str) -> str:
    if text and text not in get_args(Action):
        raise InvalidRequest(f'"action" is one of {", ".join(get_args(Action))}.')
    return text


def _next_link(following: str | None) -> dict[str, str]:
    return {"Link": f'<{following}>; rel="next"'} if following else {}


def _limit(asked: dict[str, str]) -> int:
    text = asked.get("limit", "")
    limit = _whole(text, "limit") if text else _PAGE
    if not 1 <= limit <= MAX_LIMIT:
        raise InvalidRequest(f'"limit" takes a whole number from 1 to {MAX_LIMIT}.')
    return limit


def _whole(text: str, name: str) -> int:
    if text.isascii() and text.isdigit() and len(text) < 11:
        return int(text)
    if name == "cursor":
        raise InvalidCursor("This page of versions can't be found; begin at the first.")
    raise InvalidRequest(f'"{name}" takes a whole number.')


def _milliseconds(text: str, name: str) -> int:
    """A time as ISO 8601 writes it, with a zone, in milliseconds of Unix time; 0 for none."""
    if not text:
        return 0
    try:
        moment = datetime.fromisoformat(text.upper())
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise InvalidRequest(f'"{name}" takes a time with a zone, such as 2026-01-31T09:30:00Z.')
    return max(int(moment.timestamp() * 1000), 1)  # nothing is older; 0 would be no end
