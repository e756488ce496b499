"""The way back from an item to the very list it was opened from."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest, QueryDict
from django.utils.http import urlencode

from tables.admin.item_list.address import Address

# The pages' own parameter; no attribute of a new item can be meant by it.
_LIST = ".list"
# So that an item's address stays far from the 8 KB of a request line.
_MOST_CHARACTERS = 4000


def list_of(request: HttpRequest, alias: str) -> Address:
    """The list that an item was opened from, with its filter and at its page.

    Links in lists stay short: browsers tell where they were followed.
    """
    told = request.GET.get(_LIST)
    query = _query_of_referrer(request, alias) if told is None else told
    whole = Address.read(QueryDict(query), alias)
    for address in (whole, whole.changed()):
        if len(_parameter(address)) <= _MOST_CHARACTERS:
            return address
    return Address(alias)


def remembering(url: str, address: Address, **shown: str) -> str:
    """The URL of a page of an item that leads back to the same list; `shown` says what it shows."""
    given = {name: text for name, text in shown.items() if text}
    parts = [urlencode(given)] if given else []
    parts += [_parameter(address)] if address.pairs else []
    return "?".join(filter(None, (url, "&".join(parts))))


def _parameter(address: Address) -> str:
    return urlencode({_LIST: address.query})


def _query_of_referrer(request: HttpRequest, alias: str) -> str:
    page = urlsplit(request.headers.get("Referer", ""))
    is_ours = page.netloc == request.get_host()
    is_list = page.path.rstrip("/") == Address(alias).path.rstrip("/")
    return page.query if is_ours and is_list else ""
