"""Indexes that hold a part of each item: what they lack is read, and never taken for absent."""

import json

import pytest

from tables.admin.item_list.index_choices import index_words
from tables.core.descriptions import Index, KeyAttribute, TableDescription
from tables.dynamodb.reads import Page as ItemPage
from tests.admin.html import Page
from tests.tables import create_table, fill

pytestmark = pytest.mark.django_db

ALIASES = """
staff_groups = ["staff"]
superuser_groups = ["admins"]
[Orders]
table = "orders"
"""
ORDERS = "/admin/tables/Orders/"
OPEN = {"openStatus": "open", "index": "open-orders"}


def order(number, **more):
    return {
        "id": {"S": f"o{number}"},
        "openStatus": {"S": "open"},
        "placedAt": {"S": f"2026-0{number}"},
        "rank": {"N": str(number)},
        "total": {"N": str(number * 100)},
        "secret": {"S": f"stored {number}"},
        **more,
    }


STORED = [order(number) for number in range(1, 5)]


@pytest.fixture
def orders(dynamodb_moto, settings, tmp_path):
    settings.TABLES_FILE = tmp_path / "orders.toml"
    settings.TABLES_FILE.write_text(ALIASES)
    create_table(
        "orders",
        indexes={
            "open-orders": {"openStatus": "S", "placedAt": "S"},
            "by-rank": {"openStatus": "S", "rank": "N"},
        },
        copied={"open-orders": ["total", "customerId"], "by-rank": []},
    )
    fill("orders", STORED)


def get(client, **query):
    return Page(client.get(ORDERS, query))


def test_a_list_on_an_index_that_holds_a_part_shows_what_is_stored(staff, orders, calls):
    page = get(staff, **OPEN)
    assert calls[-2:] == ["Query", "BatchGetItem"]
    assert "stored 1" in page.rows[0]
    assert "2 calls" in page.text("span", class_="meter")
    again = get(staff, **OPEN, fields="secret")
    assert [row[-1] for row in again.rows] == [f"stored {number}" for number in range(1, 5)]


@pytest.mark.parametrize("query", [OPEN, {**OPEN, "fields": "total"}])
def test_exports_of_everything_hold_whole_items(admin, orders, query):
    address = ORDERS + "?" + "&".join(f"{name}={value}" for name, value in query.items())
    answer = admin.post(address, {"export_all": "export_typed"})
    lines = b"".join(answer.streaming_content).splitlines()
    assert [json.loads(line) for line in lines] == STORED


def test_a_condition_on_what_the_index_lacks_is_refused_in_words(staff, orders):
    answer = staff.get(ORDERS, {**OPEN, "secret": "stored 1"})
    assert answer.status_code == 400
    words = "The index open-orders does not hold secret, so it can&#x27;t be filtered by."
    assert words in answer.content.decode()


def test_a_row_says_what_became_of_its_item_since(staff, orders, monkeypatch):
    """The engine keeps its indexes up to date at once: the table is made to be ahead."""
    newer = [order(2, openStatus={"S": "paid"}), *STORED[2:]]
    page = ItemPage(newer, None, len(newer), 1.0, 1)
    monkeypatch.setattr("tables.items.completion.get_items", lambda *_, **__: page)
    rows = get(staff, **OPEN, fields="secret,total").rows
    assert "deleted since" in rows[0][0]
    assert rows[0][1:] == ["not read", "100"]
    assert "no longer matches" in rows[1][0]
    assert rows[1][1:] == ["stored 2", "200"]
    assert rows[2] == ["o3", "stored 3", "300"]


def test_the_chooser_says_what_each_index_takes_and_holds(staff, orders):
    content = staff.get(ORDERS).content.decode()
    for words in (
        "index open-orders (openStatus, placedAt; holds customerId, total)",
        "index by-rank (openStatus, rank; holds keys only)",
    ):
        assert f"{words}</label>" in content
    whole = Index("all", KeyAttribute("a", "S"), KeyAttribute("b", "S"), None, is_global=True)
    described = TableDescription("t", KeyAttribute("id", "S"), indexes=(whole,))
    assert index_words(whole, described) == "all (a, b; holds everything)"


@pytest.mark.parametrize(
    ("query", "words", "target"),
    [
        (
            {"openStatus": "open", "rank__gt": "1"},
            (
                "The index by-rank answers this. It holds but a part of each item: the rest is "
                "read for the rows of each page. Query the index by-rank"
            ),
            "?openStatus=open&rank__gt=1&index=by-rank",
        ),
        (
            {"openStatus": "open", "placedAt__begins_with": "2026"},
            (
                "The index open-orders would answer this, but for items whose placedAt is missing,"
                " empty, too long for a key or of another type: those are not in it."
                " Query the index open-orders"
            ),
            "?openStatus=open&placedAt__begins_with=2026&index=open-orders",
        ),
    ],
)
def test_a_scan_that_an_index_would_spare_offers_it_by_one_click(
    staff, orders, query, words, target
):
    page = get(staff, **query)
    assert page.text("summary", class_="plan").startswith("Scan")
    assert page.text("p", class_="index-advice") == words
    (link,) = [a for a in page.all("a") if a["text"].startswith("Query the index")]
    assert link["attrs"]["href"] == ORDERS + target
    taken = Page(staff.get(link["attrs"]["href"]))
    assert taken.text("summary", class_="plan").startswith("Query on index")
    assert not taken.has("p", class_="index-advice")
    assert len(taken.rows) == len(page.rows) > 0


def test_a_scan_that_was_chosen_or_is_needed_gets_no_advice(staff, orders):
    for query in (
        {"openStatus": "open", "rank": "1", "plan": "scan"},
        {"secret": "x"},
        {"openStatus": "open", "rank": "1", "secret": "stored 1"},
    ):
        assert not get(staff, **query).has("p", class_="index-advice")
