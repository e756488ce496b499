"""Attribute values as table cells: HTML built in Python, because templates take twice as long."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from html import escape
from itertools import chain
from typing import Any

from django.utils.translation import gettext as _

from tables.admin.texts.kinds import kind_words
from tables.admin.values.hidden_characters import any_may_hide, marked, visible
from tables.admin.values.moments import moment_of, never_expires
from tables.admin.values.one_line import (
    CELL_CHARACTERS,
    NUMBER_CHARACTERS,
    all_fit,
    beginning,
    short_number,
    size_text,
    summary,
)
from tables.core.values import AttributeValue, dumps, plain_value
from tables.speed import by_language

# Longest text that a cell unfolds to, in characters; the item's own page has the rest.
UNFOLDED_CHARACTERS = 2000
# Most entries of a set that a cell shows unasked.
_CHIPS = 4
_CHIP_CHARACTERS = 30
_BINARY_START = 12
# Stands between the entries of a set while they are escaped in one go.
_BETWEEN = "\1"
# One number, or many of them joined; short ones are no times.
_SIMPLE_NUMBERS = re.compile(r"-?[0-9]+(\.[0-9]+)?(,-?[0-9]+(\.[0-9]+)?)*")
_LINK = re.compile(r"https?://[^\s\"'<>\\]{1,2000}")


class Cells:
    """Renders the cells of one page. `ttl_attribute` is the name of the time-to-live attribute."""

    def __init__(self, ttl_attribute: str | None = None) -> None:
        self.ttl_attribute = ttl_attribute
        self._writers: dict[str, Callable[..., str]] = {
            "S": self._string,
            "N": self._number,
            "B": self._binary,
            "BOOL": self._boolean,
            "M": self._nested,
            "L": self._nested,
            "SS": self._set,
            "NS": self._set,
            "BS": self._set,
        }
        self._null, self._empty, self._no_bytes = _nothings()

    def value(self, value: AttributeValue, *, name: str = "", with_type: bool = False) -> str:
        """The HTML of any value; `name` is its top-level attribute, where it is one."""
        for tag, content in value.items():
            if tag == "NULL":
                return self._null
            html = (
                self._expiry(tag, content)
                if name and name == self.ttl_attribute
                else self._writers[tag](tag, content)
            )
            return _type_tag(tag) + html if with_type else html
        return ""

    def many(
        self, values: Sequence[AttributeValue], tags: set[str], *, name: str = ""
    ) -> list[str]:
        """The HTML of a column's values, whose types are `tags`; several are named at each value.

        What most cells are, short texts, numbers and sets, is written without a call each.
        """
        if len(tags) == 1 and name != self.ttl_attribute:
            (tag,) = tags
            writer = {"S": self._strings, "N": self._numbers, "SS": self._sets, "NS": self._sets}
            if tag in writer:
                return writer[tag](values)
        mixed = len(tags) > 1
        return [self.value(value, name=name, with_type=mixed) for value in values]

    def _strings(self, values: Sequence[AttributeValue]) -> list[str]:
        # One character more tells a text that must be cut; of 400 KB nothing else is looked at.
        texts = [value.get("S", "")[: CELL_CHARACTERS + 1] for value in values]
        are_short = all_fit(texts, CELL_CHARACTERS)
        if not are_short:
            texts = [text if len(text) <= CELL_CHARACTERS else "" for text in texts]
        escaped = _marked_all(texts)
        if are_short and "http" not in "".join(texts):
            return escaped
        return [
            safe if text and text[:4] != "http" else self.value(value)
            for text, safe, value in zip(texts, escaped, values, strict=True)
        ]

    def _numbers(self, values: Sequence[AttributeValue]) -> list[str]:
        """Numbers where the column says that they are."""
        texts = [value.get("N", "") for value in values]
        if len(max(texts, key=len, default="")) < 10 and _SIMPLE_NUMBERS.fullmatch(",".join(texts)):
            return texts
        return [
            text if len(text) < 10 and _SIMPLE_NUMBERS.fullmatch(text) else self.value(value)
            for text, value in zip(texts, values, strict=True)
        ]

    def _sets(self, values: Sequence[AttributeValue]) -> list[str]:
        sets: list[list[str]] = [value.get("SS") or value.get("NS") or [] for value in values]
        texts = [_BETWEEN.join(entries[: _CHIPS + 1]) for entries in sets]
        are_few = [0 < len(entries) <= _CHIPS for entries in sets]
        are_simple = all(are_few) and _fit_into_chips(
            list(chain.from_iterable(sets)), _BETWEEN.join(texts)
        )
        return [
            f'<ul class="chips"><li>{safe.replace(_BETWEEN, "</li><li>")}</li></ul>'
            if safe and (are_simple or (is_few and _fit_into_chips(entries, text)))
            else self.value(value)
            for entries, text, safe, is_few, value in zip(
                sets, texts, _safe_sets(texts), are_few, values, strict=True
            )
        ]

    def plain_many(self, values: Sequence[AttributeValue]) -> list[str]:
        """Values as escaped text without anything to click, for use inside links."""
        most = NUMBER_CHARACTERS + 1
        texts = [(value.get("S") or value.get("N") or "")[:most] for value in values]
        escaped = _marked_all(texts)
        if all_fit(texts, NUMBER_CHARACTERS):
            return escaped
        return [
            safe if 0 < len(text) <= NUMBER_CHARACTERS else self._plain(value)
            for text, safe, value in zip(texts, escaped, values, strict=True)
        ]

    def _plain(self, value: AttributeValue) -> str:
        text, is_whole = summary(value)
        if not text:
            return self._empty
        if is_whole:
            return marked(text)
        full = escape(visible(summary(value, UNFOLDED_CHARACTERS)[0]))
        return f'<span title="{full}">{marked(text)}</span>'

    def _string(self, _tag: str, text: str) -> str:
        if not text:
            return self._empty
        if text.startswith("http") and _LINK.fullmatch(text):
            shown = text if len(text) <= CELL_CHARACTERS else text[: CELL_CHARACTERS - 1] + "…"
            return (
                f'<a class="out" href="{escape(text)}" target="_blank" '
                f'rel="noopener noreferrer">{escape(shown)}</a>'
            )
        return marked(text) if len(text) <= CELL_CHARACTERS else _cut(text, text)

    def _number(self, _tag: str, text: str) -> str:
        if len(text) < 10 and text.isdigit():
            return f'<span class="number">{text}</span>'
        if len(text) in (10, 13) and (moment := moment_of(text)):
            return f'<span class="number when" title="{moment.words}">{text}</span>'
        if len(text) > NUMBER_CHARACTERS:
            short = escape(short_number(text))
            return f'<span class="number" title="{escape(text)}">{short}</span>'
        return f'<span class="number">{escape(text)}</span>'

    def _expiry(self, tag: str, content: Any) -> str:
        """A time to live as its date, the digits beside; what never expires says why, no date."""
        html = self._writers[tag](tag, content) if tag != "N" else escape(short_number(content))
        if reason := never_expires({tag: content}):
            tag_words = escape(reason.partition(":")[0])
            return f'{html} <span class="tag never" title="{escape(reason)}">{tag_words}</span>'
        moment = moment_of(content)
        if moment is None:
            return self._number("N", content)
        words = _("Expired %(when)s") if moment.is_over else _("Expires %(when)s")
        title = escape(f"{words % {'when': moment.words}} ({content})")
        return (
            f'<time class="number when expiry" datetime="{moment.at:%Y-%m-%dT%H:%M:%SZ}" '
            f'title="{title}">{moment.short}</time>'
        )

    def _boolean(self, _tag: str, content: bool) -> str:
        return f'<span class="boolean">{"true" if content else "false"}</span>'

    def _binary(self, _tag: str, text: str) -> str:
        if not text:
            return self._no_bytes
        size = size_text(len(text) * 3 // 4 - text.count("=", -2))
        start = text if len(text) <= _BINARY_START else text[:_BINARY_START] + "…"
        return f'<span class="binary"><b>{size}</b> {escape(start)}</span>'

    def _set(self, tag: str, entries: list[str]) -> str:
        chips = "".join(f"<li>{self._chip(tag, entry)}</li>" for entry in entries[:_CHIPS])
        if len(entries) <= _CHIPS:
            return f'<ul class="chips">{chips}</ul>'
        rest = len(entries) - _CHIPS
        full = ", ".join(entries[: UNFOLDED_CHARACTERS // 10])
        return (
            f'<details><summary><ul class="chips">{chips}<li class="more">+{rest}</li></ul>'
            f'</summary><div class="unfolded">{marked(full[:UNFOLDED_CHARACTERS], lines=True)}'
            f"{_more(full, entries)}</div></details>"
        )

    def _chip(self, tag: str, entry: str) -> str:
        if not entry:
            return self._empty
        is_whole = len(entry) <= _CHIP_CHARACTERS
        text = entry if is_whole else entry[: _CHIP_CHARACTERS - 1] + "…"
        if tag == "NS":
            return escape(short_number(entry))
        return marked(text) if tag != "BS" else f"{self._binary('B', entry)}"

    def _nested(self, tag: str, content: object) -> str:
        value = {tag: content}
        text, is_whole = summary(value)
        if is_whole:
            return f'<span class="nested">{marked(text)}</span>'
        seen = beginning(value, UNFOLDED_CHARACTERS)
        full = dumps(plain_value(seen), pretty=True).decode()
        return _cut(full, text)


@by_language
def _nothings() -> tuple[str, str, str]:
    """What stands for null, for empty text and for no bytes."""
    words = _("null"), _("empty text"), _("no bytes")
    null, empty, no_bytes = (f'<span class="tag">{escape(word)}</span>' for word in words)
    return null, empty, no_bytes


def escape_all(texts: Sequence[str]) -> list[str]:
    """Every text escaped, in one go."""
    escaped = escape("\0".join(texts)).split("\0") if texts else []
    # A text with the separator in it: each for itself.
    return escaped if len(escaped) == len(texts) else [escape(text) for text in texts]


def _marked_all(texts: Sequence[str]) -> list[str]:
    """Every text escaped, and marked where something in it can't be seen."""
    return list(map(marked, texts)) if any_may_hide(texts) else escape_all(texts)


def _safe_sets(texts: Sequence[str]) -> list[str]:
    """The joined entries of many sets, escaped; nothing for one that must be looked at closer."""
    if not any_may_hide(_BETWEEN.join(texts).split(_BETWEEN)):
        return escape_all(texts)
    return [
        "" if any_may_hide(text.split(_BETWEEN)) else safe
        for text, safe in zip(texts, escape_all(texts), strict=True)
    ]


def _fit_into_chips(entries: Sequence[str], joined: str) -> bool:
    """Whether all of these entries, joined by _BETWEEN, stand in chips as they are."""
    return all_fit(entries, _CHIP_CHARACTERS) and joined.count(_BETWEEN) == len(entries) - 1


def _type_tag(tag: str) -> str:
    return f'<abbr class="type" title="{kind_words(tag)}">{tag}</abbr> '


def _cut(full: str, text: str) -> str:
    """A long text as its beginning, which unfolds."""
    start = marked(text[: CELL_CHARACTERS - 1].rstrip("…"))
    end = "…" if len(full) > UNFOLDED_CHARACTERS else ""
    return (
        f"<details><summary>{start}…</summary>"
        f'<div class="unfolded">{marked(full[:UNFOLDED_CHARACTERS], lines=True)}{end}</div>'
        "</details>"
    )


def _more(full: str, entries: list[str]) -> str:
    is_all = len(full) <= UNFOLDED_CHARACTERS and len(entries) <= UNFOLDED_CHARACTERS // 10
    return "" if is_all else "…"
