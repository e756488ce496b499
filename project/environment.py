"""Read settings from the environment, refusing what can't be meant in words.

An empty variable counts as absent: compose files and `.env` templates are full of them, and an
empty SECURE_SSL_REDIRECT must not switch HTTPS off.
"""

import os
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

_FLAGS = {
    **dict.fromkeys(("true", "1", "yes", "on"), True),
    **dict.fromkeys(("false", "0", "no", "off"), False),
}
_HOST = re.compile(r"\*|\.?[\w.-]+|\[[0-9a-fA-F:.]+\]")  # as Django's ALLOWED_HOSTS
_IPV6 = re.compile(r"(?=.*:.*:)[0-9a-fA-F:.]+")
_PORT = re.compile(r"[1-9][0-9]{0,4}")
_PRICE = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")
_RATE = re.compile(r"[1-9][0-9]*/[smhd][a-z]*")  # as DRF reads it


@dataclass(frozen=True, slots=True)
class Spelling:
    """What a text must look like, and what that is called."""

    pattern: re.Pattern[str]
    meaning: str


ENDPOINT = Spelling(re.compile(r"https?://[^\s/?#]+(/\S*)?"), "a URL such as http://host:8000")
REGION = Spelling(re.compile(r"[a-zA-Z0-9-]+"), "a region such as eu-west-1")
TABLE = Spelling(re.compile(r"[a-zA-Z0-9_.-]{3,255}"), "the name of a DynamoDB table")


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def flag(name: str, *, default: bool) -> bool:
    word = text(name).lower()
    if not word:
        return default
    if word not in _FLAGS:
        raise ImproperlyConfigured(f"{name} is true or false, not {word!r}.")
    return _FLAGS[word]


def whole_number(name: str, default: int, *, least: int = 0) -> int:
    digits = text(name)
    if not digits:
        return default
    if not (digits.isascii() and digits.isdigit() and int(digits) >= least):
        raise ImproperlyConfigured(f"{name} is a whole number, {least} or more, not {digits!r}.")
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


def price(name: str) -> Decimal | None:
    """Return a price such as 1.25; None where there is none."""
    digits = text(name)
    if digits and not _PRICE.fullmatch(digits):
        raise ImproperlyConfigured(f"{name} is a price such as 1.25, not {digits!r}.")
    return Decimal(digits) if digits else None


def shaped(name: str, spelling: Spelling, default: str = "") -> str:
    found = text(name, default)
    if found and not spelling.pattern.fullmatch(found):
        raise ImproperlyConfigured(f"{name} is {spelling.meaning}, not {found!r}.")
    return found


def hosts(name: str) -> list[str]:
    """Return names of hosts: with a scheme or a port none would ever match.

    Django compares IPv6 addresses in the brackets that they have in an address.
    """
    named = [f"[{host}]" if _IPV6.fullmatch(host) else host for host in comma_list(name)]
    for host in named:
        if not _HOST.fullmatch(host):
            raise ImproperlyConfigured(
                f"{name} names hosts without scheme, port and path, not {host!r}."
            )
    return named


def origins(name: str) -> list[str]:
    """Return origins; browsers send theirs without the slash that people write."""
    return [origin.rstrip("/") for origin in comma_list(name)]


def ports(name: str) -> list[str]:
    """Return ports as they stand in a host, without leading zeros."""
    named = comma_list(name)
    for port in named:
        if not (_PORT.fullmatch(port) and int(port) <= 65535):
            raise ImproperlyConfigured(f"{name} names ports such as 8443, not {port!r}.")
    return named


def env_file(folder: Path) -> Path:
    """Return the file to read more variables from. Only the usual one may be absent."""
    named = text("ENV_FILE")
    file = folder / (named or ".env")
    if named and not file.exists():
        raise ImproperlyConfigured(f"ENV_FILE is {str(file)!r}, which does not exist.")
    return file


def database(name: str, default: str, folder: Path) -> dict[str, Any]:
    """Return Django's settings of a database; an SQLite file is in `folder` or in one it names."""
    found = _read_url(name, default, environ.Env.db_url_config, environ.Env.DB_SCHEMES)
    if found["ENGINE"] == "django.db.backends.sqlite3" and found["NAME"] != ":memory:":
        file = folder / str(found["NAME"])
        _make_folder(name, file.parent)
        found["NAME"] = str(file)
    return found


def cache(name: str, default: str) -> dict[str, Any]:
    return _read_url(name, default, environ.Env.cache_url_config, environ.Env.CACHE_SCHEMES)


def private_files(name: str, default: str, folder: Path) -> dict[str, Any]:
    """Return Django's settings of a place for files: a folder, or `s3://bucket/prefix`."""
    place = text(name, default)
    if not place.startswith("s3://"):
        options = {"file_permissions_mode": 0o600, "directory_permissions_mode": 0o700}
        return {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": folder / place, **options},
        }
    bucket, _, prefix = place.removeprefix("s3://").partition("/")
    if not bucket:
        raise ImproperlyConfigured(f"{name} is a folder, or s3:// with a bucket and a prefix.")
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        # What is read comes into a file of its own, not into memory.
        "OPTIONS": {"bucket_name": bucket, "location": prefix, "max_memory_size": 2**20},
    }


def _read_url(
    name: str, default: str, read: Callable[[str], dict[str, Any]], schemes: Collection[str]
) -> dict[str, Any]:
    """Read a URL, and never quote it: it may hold a password."""
    url = text(name, default)
    scheme = url.partition("://")[0]
    if scheme not in schemes:
        raise ImproperlyConfigured(f"{name} is a URL that begins with one of {_words(schemes)}.")
    try:
        return dict(read(url))
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is a {scheme} URL that can't be read.") from error


def _words(schemes: Collection[str]) -> str:
    return ", ".join(f"{scheme}://" for scheme in schemes)


def _make_folder(name: str, folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise ImproperlyConfigured(
            f"{name} names an SQLite file in {str(folder)!r}, and that folder can't be made"
            f" ({error.strerror})."
        ) from error
