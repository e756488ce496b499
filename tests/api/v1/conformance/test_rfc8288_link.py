"""RFC 8288: the link to the next page."""

import re
from urllib.parse import urlsplit

import pytest

from tests.api.v1.conftest import ok
from tests.tables import store

pytestmark = pytest.mark.usefixtures("moto_tables")
USES = ("Workers",)
LINK = re.compile(r'<([^<>\s]+)>; rel="next"')


@pytest.fixture(autouse=True)
def _workers(moto_tables):
    for number in range(7):
        store("v1-Workers", id={"S": f"w{number}"}, city={"S": "Oslo"}, age={"N": str(number)})


@pytest.mark.parametrize("query", ["", "city=Oslo", "age__gte=2&plan=scan"])
def test_following_next_meets_every_item_once(staff, query):
    """Section 3.3: the relation `next` leads to the next of a series."""
    url, seen = f"/api/v1/tables/Workers/items?{query}&limit=2", []
    while url:
        response = staff.client.get(url)
        seen += [item["id"] for item in ok(response)["items"]]
        link = LINK.fullmatch(response.get("Link", ""))
        assert (link[1] if link else None) == ok(response)["next"]
        url = link[1] if link else None
    expected = [f"w{number}" for number in range(7) if "gte" not in query or number >= 2]
    assert sorted(seen) == expected


def test_the_target_is_absolute_and_keeps_the_query(staff):
    """Section 3.1: the target; absolute, so that nothing has to be resolved."""
    response = staff.get("Workers/items/", "city=Oslo&limit=2&format=dynamodb")
    parts = urlsplit(LINK.fullmatch(response["Link"])[1])
    assert (parts.scheme, parts.netloc) == ("http", "testserver")
    assert parts.path == "/api/v1/tables/Workers/items/"
    assert parts.query.startswith("city=Oslo&limit=2&format=dynamodb&cursor=")


def test_the_last_page_has_no_link(staff):
    """Section 3.3: there is no next one."""
    assert "Link" not in staff.get("Workers/items")


def test_head_has_the_link_too(staff):
    """Section 3: a header field, so a HEAD has it like its GET."""
    got = staff.get("Workers/items", "limit=2")
    head = staff.send("HEAD", "Workers/items", query="limit=2")
    assert head["Link"] == got["Link"]
    assert head["Content-Length"] == got["Content-Length"]
    assert head.content == b""
