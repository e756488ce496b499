"""What makes pages cheap: room for loops, parts that are rendered once, holes that are filled anew.

Each trick gives the very bytes that the plain way gives; nothing but the time tells.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from functools import lru_cache, wraps
from types import FunctionType
from typing import ParamSpec, TypeVar, cast

from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

Context = tuple[tuple[str, Hashable], ...]

# Of 8 bytes: addresses only, as long as nothing is written there.
_SLOTS = 9 * 1024


def with_room(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """A decorator: what this function calls never meets the end of a chunk of frames.

    CPython keeps a thread's frames in chunks of 16 KB, and gives a chunk back as soon as it is
    empty. A loop whose calls begin at the end of a chunk has memory mapped and unmapped at each of
    them, by nothing but the depth of the stack around it: for a list page that was a third of its
    time. A frame that is larger than a chunk gets a larger one, with room behind it. It is mapped
    once for each call of the function, so this is for what takes a millisecond.
    """
    code = cast("FunctionType", function)
    code.__code__ = code.__code__.replace(co_stacksize=_SLOTS)
    return function


def by_language(function: Callable[..., Result]) -> Callable[..., Result]:
    """A decorator: words that follow from the language and hashable arguments are found once.

    A page says a hundred things, and to look up one takes as long as to write a cell.
    """
    kept = lru_cache(maxsize=256)(lambda _language, *arguments: function(*arguments))

    @wraps(function)
    def words(*arguments: Hashable) -> Result:
        return kept(get_language(), *arguments)

    return words


def fragment(template: str, **context: Hashable) -> SafeString:
    """A template rendered with nothing but this context, which must be hashable and immutable."""
    return _fragment(template, tuple(context.items()), get_language())


def frame(template: str, context: Mapping[str, Hashable], holes: Mapping[str, str]) -> str:
    """A template rendered once for this context; `holes` are HTML, each request's own.

    A hole is filled wherever the template shows its name, in the order of `holes`: only the last
    may hold text of an item, because no text of ours holds a NUL.
    """
    html = _frame(template, tuple(context.items()), tuple(holes), get_language())
    for name, text in holes.items():
        html = html.replace(_mark(name), text)
    return html


@lru_cache(maxsize=1024)
def _fragment(template: str, context: Context, _language: str | None) -> SafeString:
    return mark_safe(get_template(template).render(dict(context)))  # noqa: S308 - templates escape


@lru_cache(maxsize=128)  # of 20 KB
def _frame(template: str, context: Context, holes: tuple[str, ...], _language: str | None) -> str:
    marks = {name: mark_safe(_mark(name)) for name in holes}  # noqa: S308 - marks of ours
    html: str = get_template(template).render({**dict(context), **marks})
    return html


def _mark(name: str) -> str:
    return f"\0{name}\0"
