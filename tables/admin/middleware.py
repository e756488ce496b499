"""Messages for people: programs get none, so their requests need not prepare for any."""

from __future__ import annotations

from typing import Any

from django.contrib.messages.middleware import MessageMiddleware
from django.http import HttpRequest

from tables.admin.door import PREFIX

_PAGES = f"/{PREFIX}/"


class PageMessageMiddleware(MessageMiddleware):
    """Django's own, on the admin pages only."""

    def __call__(self, request: HttpRequest) -> Any:
        if request.path_info.startswith(_PAGES):
            return super().__call__(request)
        return self.get_response(request)
