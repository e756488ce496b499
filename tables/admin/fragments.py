"""Parts of pages that come again and again: rendered once for each language and content."""

from __future__ import annotations

from collections.abc import Hashable
from functools import lru_cache

from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language


def fragment(template: str, **context: Hashable) -> SafeString:
    """A template rendered with nothing but this context, which must be hashable and immutable."""
    return _render(template, tuple(context.items()), get_language())


@lru_cache(maxsize=1024)
def _render(
    template: str, context: tuple[tuple[str, Hashable], ...], _language: str | None
) -> SafeString:
    return mark_safe(get_template(template).render(dict(context)))  # noqa: S308 - templates escape
