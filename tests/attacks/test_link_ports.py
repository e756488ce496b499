"""Ports in links: none that a client could make up."""

import json

import pytest
from django.test import RequestFactory

from tables.addresses import absolute_url, public_host


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("testserver", "testserver"),
        ("testserver:6000", "testserver"),
        ("testserver:443", "testserver"),
        ("testserver:8443", "testserver:8443"),
        ("127.0.0.1:8000", "127.0.0.1:8000"),
        ("localhost:8000", "localhost:8000"),
        ("[::1]:8000", "[::1]:8000"),
        ("[2001:db8::1]:6000", "[2001:db8::1]"),
        ("[2001:db8::1]:8443", "[2001:db8::1]:8443"),
    ],
)
def test_a_port_stands_in_links_on_loopback_and_where_it_is_named(settings, host, shown):
    settings.LINK_PORTS = ["8443"]
    settings.ALLOWED_HOSTS = ["*"]
    request = RequestFactory().get("/here?a=1", headers={"Host": host})
    assert public_host(request) == shown
    assert absolute_url(request, "/there?b=%C3%A9") == f"http://{shown}/there?b=%C3%A9"


def test_9_a_port_that_a_client_makes_up_is_in_no_link(moto_tables, enter, settings):
    staff = enter("v1", "staff").http
    headers = {"Host": "testserver:6000"}
    for name in ("a", "b"):
        made = staff.send(
            "POST", "/api/v1/tables/Things/items", json.dumps({"id": name}).encode(), headers
        )
        assert made["Location"].startswith("http://testserver/api/")
    listed = staff.send("GET", "/api/v1/tables/Things/items?limit=1", headers=headers)
    assert listed.json()["next"].startswith("http://testserver/api/")
    for path in ("/api/v1/tables", "/api/v1/tables/Things", "/endpoint?table=Things&id=a"):
        answer = staff.send("GET", path, headers=headers)
        assert answer.status_code == 200
        assert ":6000" not in f"{answer.content.decode()}{answer.headers}"


def test_9_a_port_that_a_client_makes_up_is_on_no_page(moto_tables, enter, settings):
    settings.OIDC_OP_LOGOUT_ENDPOINT = "https://sign-in.example.com/logout"
    headers = {"Host": "testserver:6000", "Origin": "http://testserver:6000"}
    staff = enter("v1", "staff", way="session").http
    pages = [
        staff.send("GET", path, headers=headers)
        for path in ("/admin/access-keys/", "/admin/token/")
    ]
    assert [page.status_code for page in pages] == [200, 200]
    left = staff.send("POST", "/oidc/logout/", headers=headers)
    assert "logout_uri=http%3A%2F%2Ftestserver%2F" in left["Location"]
    assert not [page for page in [*pages, left] if ":6000" in f"{page.content}{page.headers}"]
