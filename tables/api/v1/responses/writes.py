"""Answers to writes, made from an outcome before it is sent, so that they can be kept with it."""

from __future__ import annotations

from collections.abc import Mapping

from tables.api.v1.media_types import PLAIN, TYPED
from tables.api.v1.requests.prefer import Return
from tables.api.v1.responses.items import Representation
from tables.core.values import Item
from tables.items.wanted import Outcome
from tables.records.idempotency.kept_answers import Answer


def answer_of(
    outcome: Outcome,
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
    headers = {**(links or {}), "ETag": representation.etag(outcome.after)}
    if wanted is not None:
        headers["Preference-Applied"] = f"return={wanted}"
    created = outcome.before is None
    if created or outcome.is_named_by_server:
        headers["Location"] = url
    if wanted == "minimal":
        return Answer(201 if created else 204, headers, rights=rights)
    content = _content(outcome.after, headers, representation)
    return Answer(201 if created else 200, *content, rights=rights)


def _content(
    item: Item, headers: dict[str, str], representation: Representation
) -> tuple[dict[str, str], bytes]:
    kind = TYPED if representation.is_typed else PLAIN
    return {**headers, "Content-Type": kind}, representation.body(representation.show(item))
