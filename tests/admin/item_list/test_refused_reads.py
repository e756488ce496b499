"""A table that is gone, and an index that this service may not read, say so."""

import re

import pytest

from tables.core.errors import Refused
from tables.dynamodb import reads
from tables.dynamodb.client import call

LONDONERS = "/admin/tables/Cities/?zone=Europe%2FOslo&population__gte__n=1"


@pytest.fixture
def denied(monkeypatch):
    """AWS denies every read of an index; what was asked is listed."""
    asked = []

    def refuse(operation, **members):
        asked.append((operation, members.get("IndexName")))
        if members.get("IndexName"):
            raise Refused("AWS refused a request.", aws_code="AccessDeniedException")
        return call(operation, **members)

    monkeypatch.setattr(reads, "call", refuse)
    return asked


@pytest.fixture
def oslo(put):
    put(
        "Cities",
        {
            "country": {"S": "NO"},
            "name": {"S": "Oslo"},
            "zone": {"S": "Europe/Oslo"},
            "population": {"N": "5"},
        },
    )


def test_a_table_that_is_gone_says_so_on_its_list_and_on_the_index(tables, sign_in, client):
    sign_in("staff")
    assert "there is no such table" not in _line(client, "People")
    call("DeleteTable", TableName="people")
    answer = client.get("/admin/tables/People/")
    assert answer.status_code == 502
    assert "<h1>The table is gone</h1>" in answer.content.decode()
    assert "there is no such table in DynamoDB" in _line(client, "People")


def _line(client, alias):
    text = re.sub(
        "<.*?>", " ", client.get("/admin/?facts=all").content.decode().partition("<main")[2]
    )
    return re.search(rf"{alias}.{{0,200}}", text, re.DOTALL)[0]


def test_an_index_that_is_denied_is_passed_over_and_named(oslo, denied, sign_in, client):
    sign_in("staff")
    page = client.get(LONDONERS)
    assert page.status_code == 200
    html = page.content.decode()
    assert "AWS does not let this site read the index zone, so the table is scanned." in html
    assert "/admin/tables/Cities/NO,Oslo/change/" in html
    assert denied == [("Query", "zone"), ("Scan", None)]
    assert "plan=scan" in html  # whatever is pressed next does not ask the index again


def test_a_large_table_is_not_scanned_for_a_denied_index_unasked(
    oslo, denied, sign_in, client, settings
):
    settings.SCAN_BUDGET_ITEMS = 0
    sign_in("staff")
    html = client.get(LONDONERS).content.decode()
    assert 'id="run-scan"' in html
    assert "read the index zone" in html
    assert [index for _operation, index in denied] == ["zone"]


def test_a_denied_index_that_somebody_chose_is_an_error(oslo, denied, sign_in, client):
    sign_in("staff")
    assert client.get(LONDONERS + "&index=zone").status_code == 502
