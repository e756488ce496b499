"""What is wrong with JSON that somebody typed, in staff's words and at its line."""

from __future__ import annotations

import json
import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from tables.core.errors import InvalidRequest

# What Python's parser says -> what it means; `{before}` is what stands before the place.
_MEANINGS = (
    ("Expecting ',' delimiter", gettext_noop("a comma or a closing bracket is missing {before}")),
    ("Expecting ':' delimiter", gettext_noop("a colon is missing {before}")),
    ("Expecting property name", gettext_noop("a name in double quotes is missing {before}")),
    ("Illegal trailing comma", gettext_noop("a comma stands before the closing bracket")),
    ("Expecting value", gettext_noop("a value is missing {before}; texts stand in double quotes")),
    ("Extra data", gettext_noop("something is left over {before}")),
    ("Unterminated string", gettext_noop("a text has no closing quote")),
    ("Invalid control character", gettext_noop("a text goes over the end of the line; write \\n")),
    ("Invalid \\", gettext_noop("a backslash stands alone; write it twice")),
)
_LAST_WORD = re.compile(r'("[^"]*"|[^\s"]+)\s*$')
_WORD_CHARACTERS = 40


def mistake_words(text: str, error: InvalidRequest) -> str:
    """The sentence for an error of `strict_json.parse`, such as `line 3: a comma is missing`."""
    mistake = error.__cause__
    if not isinstance(mistake, json.JSONDecodeError):
        return error.message
    words = next((_(words) for says, words in _MEANINGS if mistake.msg.startswith(says)), "")
    before = _word_before(text[: mistake.pos])
    place = _("after %(word)s") % {"word": before} if before else _("at the start")
    return _("This is not valid JSON: line %(line)s: %(words)s.") % {
        "line": mistake.lineno,
        "words": words.replace("{before}", place) or mistake.msg,
    }


def _word_before(text: str) -> str:
    """The last text, number or sign before a place."""
    found = _LAST_WORD.search(text[-4000:])
    return "" if found is None else found[1][-_WORD_CHARACTERS:]
