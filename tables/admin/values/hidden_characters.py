"""What can't be seen in a text, made visible: so that no two texts that differ look the same."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from html import escape

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from tables.speed import by_language

# Blanks that are no plain blank, controls, what has no width, what turns the direction of writing,
# fillers, tags; beside them a variation selector and the joiner of emoji are told by their place.
_UNSEEN = (
    "\x01-\x1f\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f"
    "\u2000-\u200c\u200e\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0e\ufeff"
    "\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff"
)
# Written from right to left (Unicode, Bidi_Class R and AL): they move what stands beside them.
_LEFTWARD = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff"
# Between two signs of an emoji, the joiner is seen by what it makes of them.
_EMOJI = "\u2190-\u3299\U0001f000-\U0001faff"
_LONE_JOINER = f"(?<![{_EMOJI}\ufe0f])\u200d|\u200d(?![{_EMOJI}])"
# Beyond Latin letters, a text must be looked at closer: marks, directions, blanks of other scripts.
_BEYOND = re.compile("[^\0-\u02ff]")
_ODD = re.compile(f"[\0{_UNSEEN}]|{_LONE_JOINER}|^ +| +\\Z| {{2,}}", re.DOTALL)
# Cyrillic and Greek letters that look like Latin ones, and those that they look like.
_TWINS = dict(
    zip(
        "АВЕКМНОРСТУХаеорсухіјѕІЈЅԁһԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧον",  # noqa: RUF001 - it is about them
        "ABEKMHOPCTYXaeopcyxijsIJSdhqwABEZHIKMNOPTYXov",
        strict=True,
    )
)
_LATIN = str.maketrans(_TWINS)
_WORD = re.compile(r"\w+")
_LATIN_LETTER = re.compile("[A-Za-z]")
_TWIN = re.compile(f"[{''.join(_TWINS)}]")
_RIGHT_TO_LEFT = re.compile(f"[{_LEFTWARD}]")
_SIGNS = {"\n": "↵", "\r": "␍", "\t": "⇥", "\0": "␀"}
_BLANK = "·"
_NO_BLANKS = str.maketrans("", "", "\n\t ")


def may_hide(joined: str, texts: int = 1) -> bool:
    """Whether any of so many texts, joined by NUL, may need a mark or isolation; mostly not."""
    if joined.count("\0") >= texts:
        return True
    bounded = f"\0{joined}\0"
    return (
        not joined.replace("\0", "").isprintable()
        or "  " in bounded
        or "\0 " in bounded
        or " \0" in bounded
        or not (joined.isascii() or _BEYOND.search(joined) is None)
    )


def any_may_hide(texts: Sequence[str]) -> bool:
    """Whether any of the texts may need a mark or isolation: one look at all of them."""
    return bool(texts) and may_hide("\0".join(texts), len(texts))


def marked(text: str, *, lines: bool = False) -> SafeString:
    """The text as HTML, escaped: what can't be seen as a sign, and isolated where it must be.

    With `lines`, line breaks and tabs are left to do their work.
    """
    looked_at = text.translate(_NO_BLANKS) if lines else text
    if not may_hide(looked_at):
        return mark_safe(escape(text))  # noqa: S308 - escaped
    parts = _parts(text, lines=lines)
    html = "".join(
        f'<span class="unseen" title="{escape(name)}">{escape(shown)}</span>'
        if name
        else escape(shown)
        for shown, name in parts
    )
    is_isolated = "<span" in html or _RIGHT_TO_LEFT.search(text) is not None
    return mark_safe(f"<bdi>{html}</bdi>" if is_isolated else html)  # noqa: S308 - escaped


def visible(text: str) -> str:
    """The text in one line of plain characters: what can't be seen as a sign or its number."""
    if not may_hide(text):
        return text
    signs = {*_SIGNS.values(), _BLANK}
    return "".join(
        f"⟨{shown}⟩" if name and shown not in signs else shown for shown, name in _parts(text)
    )


def visible_all(texts: Sequence[str]) -> Sequence[str]:
    """Each of the texts in one line of plain characters."""
    return list(map(visible, texts)) if any_may_hide(texts) else texts


def unseen_words(text: str) -> str:
    """What can't be seen in a text, by name and number; empty for a text of plain characters."""
    if not may_hide(text):
        return ""
    names = dict.fromkeys(name for _shown, name in _parts(text) if name)
    return ", ".join(list(names)[:4]) + ("…" if len(names) > 4 else "")


def looks(text: str) -> str:
    """What a text looks like: the same for two texts that people can't tell apart."""
    seen = _ODD.sub(lambda found: " " if found[0].isspace() else "", text)
    return " ".join(unicodedata.normalize("NFC", seen).translate(_LATIN).split())


def alike(texts: Iterable[str]) -> set[str]:
    """Those of the texts that look like another one of them."""
    found: dict[str, set[str]] = {}
    for text in texts:
        found.setdefault(looks(text), set()).add(text)
    return set().union(*(same for same in found.values() if len(same) > 1))


def _parts(text: str, *, lines: bool = False) -> Iterator[tuple[str, str]]:
    """The text in pieces: as it is shown, and the name of what can't be seen, or nothing."""
    place = 0
    for found in _ODD.finditer(text):
        yield from _composed(text[place : found.start()])
        place = found.end()
        for character in found[0]:
            if lines and character in "\n\t ":
                yield character, ""
            else:
                yield _sign(character)
    yield from _composed(text[place:])


def _lookalikes(text: str) -> Iterator[tuple[str, str]]:
    """The text in pieces, each letter that passes for a Latin one with its own name."""
    if not _TWIN.search(text):
        yield text, ""
        return
    place = 0
    for word in _WORD.finditer(text):
        yield text[place : word.start()], ""
        place = word.end()
        if _LATIN_LETTER.search(word[0]):
            yield from _told_apart(word[0])
        else:
            yield word[0], ""
    yield text[place:], ""


def _told_apart(word: str) -> Iterator[tuple[str, str]]:
    place = 0
    for twin in _TWIN.finditer(word):
        yield word[place : twin.start()], ""
        yield twin[0], f"{unicodedata.name(twin[0]).lower()} (U+{ord(twin[0]):04X})"
        place = twin.end()
    yield word[place:], ""


@by_language
def _sign(character: str) -> tuple[str, str]:
    number = f"U+{ord(character):04X}"
    if character == " ":
        return _BLANK, _("blank")
    name = unicodedata.name(character, "").lower() or _("control character")
    return _SIGNS.get(character, number), f"{name} ({number})"


def _composed(text: str) -> Iterator[tuple[str, str]]:
    """A text that is spelt otherwise than most write it: the marks that stand for themselves."""
    if unicodedata.is_normalized("NFC", text):
        yield from (piece for piece in _lookalikes(text) if piece[0])
        return
    is_told = False
    for character in text:
        yield character, ""
        if unicodedata.combining(character) or not unicodedata.is_normalized("NFC", character):
            number = f"U+{ord(character):04X}"
            yield number, f"{unicodedata.name(character, '').lower()} ({number})"
            is_told = True
    if not is_told:
        yield "NFD", _("written in parts (not in normal form C)")
