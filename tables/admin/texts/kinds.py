"""What people call the types of DynamoDB; programs call them by their tags."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from tables.core.values import TYPES

_WORDS: Mapping[str, str] = {
    **TYPES,
    "S": gettext_noop("text"),
    "BOOL": gettext_noop("true or false"),
    "SS": gettext_noop("text set"),
}


def kind_words(tag: str) -> str:
    """A type in words, such as `text set` for SS; what is the tag of none as it stands."""
    return _(_WORDS[tag]) if tag in _WORDS else tag
