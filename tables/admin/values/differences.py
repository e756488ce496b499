"""What a write did to an item, as rows of a page: each path with what went and what came."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tables.admin.values.hidden_characters import marked, visible
from tables.admin.values.one_line import summary
from tables.core.deltas import Delta
from tables.core.expressions import format_path
from tables.core.values import SET_TYPES, TYPES, AttributeValue, content_of, type_of

# Longest value that a difference shows, in characters; the whole version has the rest.
_CHARACTERS = 300
# Paths that a sentence names; the others are counted.
_NAMED = 4
_PATH_CHARACTERS = 100


@dataclass(frozen=True, slots=True)
class Difference:
    """One path, with what stood there and what stands there now as HTML; None is nothing."""

    path: SafeString
    old: SafeString | None
    new: SafeString | None
    note: str = ""


def differences(deltas: Iterable[Delta], hidden: Iterable[str] = ()) -> list[Difference]:
    """The rows of these deltas, without top-level attributes that are `hidden`.

    A delta of the whole item gives a row for each attribute.
    """
    unseen = frozenset(hidden)
    return [
        _difference(delta)
        for whole in deltas
        for delta in _each(whole)
        if delta.path[0] not in unseen
    ]


def paths_words(deltas: Sequence[Delta], hidden: Iterable[str] = ()) -> str:
    """The paths that were touched, the first few by name."""
    unseen = frozenset(hidden)
    paths = [delta.path for delta in deltas if delta.path and delta.path[0] not in unseen]
    named = ", ".join(visible(format_path(path)[:_PATH_CHARACTERS]) for path in paths[:_NAMED])
    rest = len(paths) - _NAMED
    return named if rest <= 0 else _("%(named)s and %(rest)s more") % {"named": named, "rest": rest}


def attributes_words(count: int) -> str:
    """A number of attributes."""
    return ngettext("%(count)s attribute", "%(count)s attributes", count) % {"count": count}


def _each(delta: Delta) -> list[Delta]:
    if delta.path:
        return [delta]
    old, new = ((value or {"M": {}})["M"] for value in (delta.old, delta.new))
    return [Delta((name,), old.get(name), new.get(name)) for name in {**old, **new}]


def _difference(delta: Delta) -> Difference:
    is_typed = not (delta.old and delta.new and type_of(delta.old) == type_of(delta.new))
    old, new = (_html(value, delta, is_typed=is_typed) for value in (delta.old, delta.new))
    note = ""
    if old is not None and old == new:
        note = _("They differ further on: see the whole version.")
    return Difference(marked(format_path(delta.path)), old, new, note)


def _html(value: AttributeValue | None, delta: Delta, *, is_typed: bool) -> SafeString | None:
    """A value, its type named where it changed; of a part, where it stood."""
    if value is None or (delta.at is not None and not content_of(value)):
        return None
    tag = type_of(value)
    text = summary(value, _CHARACTERS)[0]
    html = marked(text) if text else f'<span class="tag">{escape(_("empty text"))}</span>'
    if delta.at is not None and tag not in SET_TYPES:
        html = f"…{html}…"
    if is_typed and delta.old and delta.new:
        html = f'{html} <span class="tag">{escape(_(TYPES[tag]))}</span>'
    return mark_safe(html)  # noqa: S308 - escaped
