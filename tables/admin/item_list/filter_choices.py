"""The choices of the filter bar's selects, written once for each language and selection."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from html import escape

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tables.admin.item_list.filter_rows import AUTOMATIC, EMPTY_TEXT
from tables.admin.texts.kinds import kind_words
from tables.core.filters import OPERATORS
from tables.core.values import TYPES

Choices = list[tuple[str, str]]


def operator_options(selected: str) -> SafeString:
    """Every operator of the language, by its query-string name."""
    return _options(_operators, selected, get_language())


def type_options(selected: str, declared: str | None, *, is_known: bool) -> SafeString:
    """What a value may be compared as. `declared` is the type tag that the table or its schema
    gives the attribute, and `is_known` says whether there is an attribute yet.
    """
    if not is_known:
        automatic = _types_by_attribute
    else:
        automatic = _DECLARED.get(declared or "", _types_by_look)
    return _options(automatic, selected, get_language())


def kind_options(selected: str) -> SafeString:
    """The operands of "has the type"."""
    return _options(_kinds, selected, get_language())


def _operators() -> Choices:
    return [(operator.suffix, _(operator.label)) for operator in OPERATORS]


def _kinds() -> Choices:
    return [(tag, kind_words(tag)) for tag in TYPES]


def _types_by_attribute() -> Choices:
    return [(AUTOMATIC, _("whatever the attribute is")), *_types()]


def _types_by_look() -> Choices:
    return [(AUTOMATIC, _("any type that it looks like")), *_types()]


def _declared_as(tag: str) -> Choices:
    word = dict(_types())[tag]
    return [(AUTOMATIC, _("%(type)s, as the table says") % {"type": word}), *_types()]


def _types() -> Choices:
    return [
        ("S", _("text")),
        (EMPTY_TEXT, _("empty text")),
        ("N", _("number")),
        ("BOOL", _("true or false")),
        ("NULL", _("null")),
        ("B", _("binary (base64)")),
        ("SS", _("text set (JSON)")),
        ("NS", _("number set (JSON)")),
        ("BS", _("binary set (JSON)")),
        ("L", _("list (JSON)")),
        ("M", _("map (JSON)")),
    ]


# Type tag that an attribute is declared to have -> the choices of a value to compare it with.
_DECLARED: dict[str, Callable[[], Choices]] = {tag: partial(_declared_as, tag) for tag in TYPES}


@lru_cache(maxsize=256)
def _options(choices: Callable[[], Choices], selected: str, _language: str | None) -> SafeString:
    html = ""
    for value, label in choices():
        mark = " selected" if value == selected else ""
        html += f'<option value="{value}"{mark}>{escape(label)}</option>'
    return mark_safe(html)  # noqa: S308 - labels are escaped, values are our own
