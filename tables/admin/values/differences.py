"""What a write did to an item, as rows of a page: each path with what went and what came."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tables.admin.texts.kinds import kind_words
from tables.admin.values.hidden_characters import marked, may_hide, visible
from tables.admin.values.one_line import summary
from tables.core.deltas import Delta, deltas_between, middles
from tables.core.expressions import format_path, value_at
from tables.core.values import SET_TYPES, AttributeValue, Item, content_of, type_of

# Rows of one difference on a page; a version shows the following ones on pages of their own.
MOST_ROWS = 100
# Rows of one difference among several on a page; where it stands alone it has all of them.
FEW_ROWS = 20
# Longest value that a difference shows, in characters; the whole version has the rest.
_CHARACTERS = 300
# Paths that a sentence names; the others are counted.
_NAMED = 4
_PATH_CHARACTERS = 100
# Two texts that share fewer characters than these differ as a whole.
_TOLD_APART = 4


@dataclass(frozen=True, slots=True)
class Difference:
    """One path, with what stood there and what stands there now as HTML; None is nothing."""

    path: SafeString
    old: SafeString | None
    new: SafeString | None
    note: str = ""


class DifferenceRows(list[Difference]):
    """Rows of a page; `more` follow that it does not show."""

    more = 0


def differences(
    deltas: Iterable[Delta], hidden: Iterable[str] = (), *, start: int = 0, most: int = MOST_ROWS
) -> DifferenceRows:
    """The rows of these deltas from `start` on, without top-level attributes that are `hidden`.

    A delta of the whole item gives a row for each attribute.
    """
    seen = _seen(deltas, hidden)
    return _rows(seen[start : start + most], len(seen) - start - most)


def differences_between(
    before: Item | None,
    after: Item,
    hidden: Iterable[str] = (),
    *,
    start: int = 0,
    most: int = MOST_ROWS,
) -> DifferenceRows:
    """The rows of what turns one state into the other; texts that fit are shown whole."""
    seen = _seen(deltas_between(before, after), hidden)
    shown = [_whole(delta, before or {}, after) for delta in seen[start : start + most]]
    return _rows(shown, len(seen) - start - most)


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


def _seen(deltas: Iterable[Delta], hidden: Iterable[str]) -> list[Delta]:
    """A delta for each row, of those that are shown."""
    unseen = frozenset(hidden)
    each = (delta for whole in deltas for delta in _each(whole))
    return [delta for delta in each if delta.path[0] not in unseen]


def _rows(deltas: Iterable[Delta], more: int) -> DifferenceRows:
    rows = DifferenceRows(map(_difference, deltas))
    rows.more = max(more, 0)
    return rows


def _each(delta: Delta) -> list[Delta]:
    if delta.path:
        return [delta]
    old, new = ((value or {"M": {}})["M"] for value in (delta.old, delta.new))
    return [Delta((name,), old.get(name), new.get(name)) for name in {**old, **new}]


def _whole(delta: Delta, before: Item, after: Item) -> Delta:
    """A text's delta with both texts in full, where both fit."""
    if delta.at is None or not delta.old or type_of(delta.old) != "S":
        return delta
    old, new = value_at(before, delta.path), value_at(after, delta.path)
    fits = all(value and len(content_of(value)) <= _CHARACTERS for value in (old, new))
    return Delta(delta.path, old, new) if fits else delta


def _difference(delta: Delta) -> Difference:
    is_typed = not (delta.old and delta.new and type_of(delta.old) == type_of(delta.new))
    old, new = (_html(value, delta, is_typed=is_typed) for value in (delta.old, delta.new))
    if middles := _marked_middles(delta):
        old, new = middles
    note = ""
    if old is not None and old == new:
        note = _("They differ further on: see the whole version.")
    return Difference(marked(format_path(delta.path)), old, new, note)


def _marked_middles(delta: Delta) -> tuple[SafeString, SafeString] | None:
    """Two whole texts with what differs in them marked; None where that says nothing.

    A text with signs in it is left as it is: a mark must not cut what isolates them.
    """
    if delta.at is not None or not (delta.old and delta.new):
        return None
    old, new = delta.old.get("S", ""), delta.new.get("S", "")
    went, came, head = middles(old, new)
    is_plain = max(len(old), len(new)) <= _CHARACTERS and not may_hide(f"{old}\0{new}", 2)
    if not is_plain or len(old) - len(went) < _TOLD_APART:
        return None
    return _with_middle(old, went, head), _with_middle(new, came, head)


def _with_middle(text: str, middle: str, head: int) -> SafeString:
    loud = format_html("<b>{}</b>", middle) if middle else ""
    return format_html("{}{}{}", text[:head], loud, text[head + len(middle) :])


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
        html = f'{html} <span class="tag">{escape(kind_words(tag))}</span>'
    return mark_safe(html)  # noqa: S308 - escaped
