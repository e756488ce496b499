"""Absolute links between the resources of v1."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from rest_framework.request import Request

from tables.addresses import absolute_url
from tables.core.descriptions import TableDescription
from tables.core.keys import encode_token
from tables.core.registry import Table
from tables.core.values import Item


def link(request: Request, name: str, **kwargs: Any) -> str:
    """The absolute URL of a named resource."""
    return absolute_url(request, reverse(name, kwargs=kwargs))


def item_link(request: Request, table: Table, description: TableDescription, key: Item) -> str:
    """The absolute URL of an item."""
    return link(request, "v1-item", alias=table.alias, token=encode_token(key, description))
