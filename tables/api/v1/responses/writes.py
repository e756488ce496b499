"""Answers to writes, made from an outcome before it is sent, so that they can be kept with it."""

from __future__ import annotations

from collections.abc import Mapping

from tables.api.v1.media_types import PLAIN, TYPED
from tables.api.v1.requests.prefer import Return
from tables.api.v1.responses.items import Representation
from tables.core.sight import Seen, Sight
from tables.items.wanted import Outcome
from tables.records.idempotency.kept_answers import Answer


def answer_of(
    outcome: Outcome,
    sight: Sight,
    url: str,
    representation: Representation,
    wanted: Return | None,
    links: Mapping[str, str] | None = None,
) -> Answer:
    """The answer that tells of an outcome; `url` is the absolute URL of its item.

    201 where an item came to be, 204 where it went, else 200; or 204 for `return=minimal`.
    """
    rights = frozenset({outcome.right})
    if outcome.after is None:
        return Answer(204, dict(links or {}), rights=rights)
    item = sight.see(outcome.after)
    headers = {**(links or {}), "ETag": representation.etag(item)}
    if wanted is not None:
        headers["Preference-Applied"] = f"return={wanted}"
    created = outcome.before is None
    if created or outcome.is_named_by_server:
        headers["Location"] = url
    if wanted == "minimal":
        return Answer(201 if created else 204, headers, rights=rights)
    content = _content(item, headers, representation)
    return Answer(201 if created else 200, *content, rights=rights)


def _content(
    item: Seen, headers: dict[str, str], representation: Representation
) -> tuple[dict[str, str], bytes]:
    kind = TYPED if representation.is_typed else PLAIN
    return {**headers, "Content-Type": kind}, representation.body(representation.show(item))
