"""Texts with a grammar of their own: tags, tokens, keys, document paths and pointers."""

from __future__ import annotations

import re

from tables.api.v1.openapi.objects import Part
from tables.core.expressions import MAX_PATH_DEPTH

STRING: Part = {"type": "string"}


def folded(name: str) -> str:
    """What is left of a name where punctuation and case go, as in names of classes."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def word(*words: str) -> Part:
    """One of these words."""
    return {"type": "string", "enum": list(words)}


# Quoted as RFC 9110 has them, weak or not; our own are understood without quotes, too.
_TAG = r'(?:W/)?(?:"[!#-~]*"|[A-Za-z0-9._~-]+)'
TAGS: Part = {"type": "string", "pattern": rf"^(?:\*|{_TAG}(?: *, *{_TAG})*)$"}
TOKEN: Part = {"type": "string", "pattern": "^[A-Za-z0-9_~,-]+$", "maxLength": 4200}
IDEMPOTENCY_KEY: Part = {
    "type": "string",
    "pattern": r'^(?:[!#-+\--~][!-+\--~]{0,254}|"[!#-+\--\[\]-~]{1,253}")$',
}
# A document path: names and indexes, a backslash before a character that is meant literally.
_NAME = r"(?:\\[\s\S]|[^\\.\[])+"
# In a list between commas a comma is one of those characters.
_LISTED_NAME = r"(?:\\[\s\S]|[^\\.,\[])+"
_MORE = rf"\[[0-9]{{1,5}}\]){{0,{MAX_PATH_DEPTH - 1}}}$"
PATH: Part = {"type": "string", "pattern": rf"^{_NAME}(?:\.{_NAME}|{_MORE}"}
LISTED_PATH: Part = {"type": "string", "pattern": rf"^{_LISTED_NAME}(?:\.{_LISTED_NAME}|{_MORE}"}
POINTER: Part = {
    "type": "string",
    "pattern": "^(?:/(?:[^~/]|~[01])*)*$",
    "description": "A JSON pointer (RFC 6901).",
}
