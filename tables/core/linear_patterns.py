"""Regular expressions of an alias map's schemas, in time linear in the text they search."""

from __future__ import annotations

import functools
import re
from typing import Any

import re2

# ECMA-262 writes a character as \u00e9, RE2 as \x{00e9}; a doubled backslash is no escape.
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_OPTIONS = re2.Options()
_OPTIONS.log_errors = False


class NotLinear(ValueError):
    """A pattern that no linear engine takes, such as one that looks ahead. Says why."""


@functools.lru_cache(maxsize=1000)
def linear(pattern: str) -> Any:
    """The pattern, compiled; it has `search(text)`. Raises NotLinear."""
    spelt = _ESCAPE.sub(lambda found: rf"\x{{{found[1]}}}" if found[1] else found[0], pattern)
    try:
        return re2.compile(spelt, _OPTIONS)
    except re2.error as error:
        reason = error.args[0]
        text = reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)
        raise NotLinear(text) from error
