"""Read settings from the environment, refusing what can't be meant in words.

An empty variable counts as absent: compose files and `.env` templates are full of them, and an
empty SECURE_SSL_REDIRECT must not switch HTTPS off.
"""

import os
import re
from collections.abc import Collection

import environ
from django.core.exceptions import ImproperlyConfigured

_FLAGS = {
    **dict.fromkeys(("true", "1", "yes", "on"), True),
    **dict.fromkeys(("false", "0", "no", "off"), False),
}
_RATE = re.compile(r"[1-9][0-9]*/[smhd][a-z]*")  # as DRF reads it


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def flag(name: str, *, default: bool) -> bool:
    word = text(name).lower()
    if not word:
        return default
    if word not in _FLAGS:
        raise ImproperlyConfigured(f"{name} is true or false, not {word!r}.")
    return _FLAGS[word]


def whole_number(name: str, default: int) -> int:
    digits = text(name)
    if not digits:
        return default
    if not (digits.isascii() and digits.isdigit()):
        raise ImproperlyConfigured(f"{name} is a whole number, zero or more, not {digits!r}.")
    return int(digits)


def comma_list(name: str) -> list[str]:
    return [part for part in map(str.strip, text(name).split(",")) if part]


def choice(name: str, default: str, allowed: Collection[str]) -> str:
    word = text(name, default)
    if word not in allowed:
        raise ImproperlyConfigured(f"{name} is one of {', '.join(allowed)}, not {word!r}.")
    return word


def rate(name: str, default: str) -> str | None:
    """Return a DRF throttle rate; None, which is no limit, for a variable that is set and empty."""
    asked = os.environ.get(name, default).strip()
    if asked and not _RATE.fullmatch(asked):
        raise ImproperlyConfigured(
            f"{name} is a rate such as 600/min (s, min, h, d), not {asked!r}."
        )
    return asked or None


def database(name: str, default: str) -> dict[str, object]:
    return dict(environ.Env.db_url_config(text(name, default)))


def cache(name: str, default: str) -> dict[str, object]:
    return dict(environ.Env.cache_url_config(text(name, default)))
