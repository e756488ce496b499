"""Pages of a collection: the plan, the budget, and cursors that belong to one request."""

import pytest

from tables.access.callers import NOBODY
from tables.core.adminapi_scan import parse_scan
from tables.core.descriptions import Index, KeyAttribute, TableDescription
from tables.core.errors import InvalidCursor, InvalidExpression
from tables.core.operand_types import filter_types
from tables.core.queries import CollectionQuery, parse_query
from tables.core.registry import Table
from tables.dynamodb.reads import Budget, Page
from tables.items.completion import every_item
from tables.items.lists import plan_query, read_collection
from tables.items.target import Target
from tests.tables import fill

TABLE = Table("Cities", "cities", "Cities")
ITEMS = [
    {
        "country": {"S": f"C{number % 2}"},
        "name": {"S": f"{number:02}"},
        "zone": {"S": "Z"},
        "people": {"N": str(number)},
        "tags": {"L": [{"S": "a" if number % 3 else "b"}]},
    }
    for number in range(20)
]


@pytest.fixture
def full(cities):
    fill("cities", ITEMS)
    return cities


def query(full, *pairs):
    return parse_query(pairs, types=filter_types(TABLE, full))


def planned(full, query, table=TABLE, *, completes=False):
    target = Target(table, full, NOBODY, frozenset({"view"}))
    return plan_query(query, target, completes=completes)


def read(full, *pairs, table=TABLE, completes=False, **options):
    wanted = planned(full, query(full, *pairs), table, completes=completes)
    return read_collection(wanted, **{"limit": 100, **options})


def names(page):
    return sorted(item["name"]["S"] for item in page.page.items)


def test_a_collection_is_read_page_by_page_under_its_plan(full):
    first = read(full, ("zone", "Z"), ("people__gte", "5"), ("limit", "8"))
    assert (first.plan.operation, first.plan.index) == ("Query", "by-zone")
    assert first.start_key is None
    found = names(first)
    while first.next_cursor:
        first = read(full, ("zone", "Z"), ("people__gte", "5"), ("cursor", first.next_cursor))
        assert first.start_key is not None
        found += names(first)
    assert sorted(found) == [f"{number:02}" for number in range(5, 20)]


def test_the_limit_of_the_query_wins_over_the_pages(full):
    assert len(names(read(full, ("limit", "3"), limit=5))) == 3
    assert len(names(read(full, limit=5))) == 5


def test_the_budget_of_the_site_ends_a_page_with_a_cursor(full, settings):
    settings.SCAN_BUDGET_ITEMS = 4
    page = read(full, ("tags__contains", "nowhere"))
    assert (names(page), page.page.stopped, page.page.scanned_count) == ([], "budget", 4)
    assert page.next_cursor
    whole = read(full, ("tags__contains", "b"), budget=Budget(1000, 60))
    assert (whole.next_cursor, len(names(whole))) == (None, 7)


def test_a_cursor_belongs_to_its_alias_filter_and_plan(full):
    page = read(full, ("people__gte", "1"), ("limit", "2"))
    cursor = ("cursor", page.next_cursor)
    for pairs, table in (
        ([("people__gte", "2")], TABLE),
        ([("people__gt", "1")], TABLE),
        ([], TABLE),
        ([("people__gte", "1"), ("index", "by-zone")], TABLE),
        ([("people__gte", "1")], Table("Other", "cities", "Other")),
    ):
        with pytest.raises(InvalidCursor, match="altered, or belongs to another request"):
            read(full, *pairs, cursor, table=table)
    with pytest.raises(InvalidCursor):
        read(full, ("people__gte", "1"), ("cursor", page.next_cursor[:-1]))


def test_a_cursor_survives_another_page_size_and_other_fields(full):
    page = read(full, ("country", "C1"), ("limit", "2"))
    again = read(
        full, ("country", "C1"), ("limit", "9"), ("fields", "name"), ("cursor", page.next_cursor)
    )
    assert names(again) == sorted(set(names(read(full, ("country", "C1")))) - set(names(page)))


def test_a_cursor_runs_in_one_direction(full):
    page = read(full, ("country", "C1"), ("order", "desc"), ("limit", "2"))
    with pytest.raises(InvalidCursor):
        read(full, ("country", "C1"), ("order", "asc"), ("cursor", page.next_cursor))


def test_and_and_or_of_the_same_terms_are_not_the_same_request(full):
    either, both = (
        CollectionQuery(filter=parse_scan({"tags": value}), limit=1)
        for value in ([["a", "b"]], [["a"], ["b"]])
    )
    page = read_collection(planned(full, either), limit=1)
    foreign = CollectionQuery(filter=both.filter, cursor=page.next_cursor)
    with pytest.raises(InvalidCursor):
        read_collection(planned(full, foreign), limit=1)


def test_a_cursor_of_another_secret_is_refused(full, settings):
    page = read(full, ("limit", "2"))
    settings.SECRET_KEY = "another secret of another site"
    with pytest.raises(InvalidCursor):
        read(full, ("cursor", page.next_cursor))


def test_a_page_can_be_gone_back_to(full):
    first = read(full, ("country", "C1"), ("limit", "2"))
    second = read(full, ("country", "C1"), ("limit", "2"), ("cursor", first.next_cursor))
    asked = planned(full, query(full, ("country", "C1")))
    assert asked.cursor_at(second.start_key) == first.next_cursor


def test_types_come_from_the_keys_the_indexes_and_the_schema(full):
    table = Table("C", "cities", "C", schema={"properties": {"size": {"type": "number"}}})
    assert filter_types(table, full) == {
        "country": "S",
        "name": "S",
        "zone": "S",
        "people": "N",
        "size": "N",
    }


def test_a_scan_has_no_order(full):
    with pytest.raises(InvalidExpression, match="A scan has no order"):
        planned(full, query(full, ("order", "asc")))


# ---------------------------------------------------------------- indexes that hold a part

BY_PEOPLE = [("zone", "Z"), ("index", "by-zone-people")]


def whole(item):
    return item in ITEMS


def test_what_an_index_lacks_is_read_from_the_table_a_hundred_keys_to_a_call(full, calls, engine):
    part = read(full, *BY_PEOPLE)
    assert not any(whole(item) for item in part.page.items)
    assert part.holds == ("country", "name", "people", "zone")
    del calls[:]
    found = read(full, *BY_PEOPLE, completes=True)
    assert calls == ["Query", "BatchGetItem"]
    assert [item["people"]["N"] for item in found.page.items] == [str(n) for n in range(20)]
    assert all(whole(item) for item in found.page.items)
    assert (found.holds, found.states, found.page.calls) == (None, {}, 2)
    # The embedded engine counts no capacity of a BatchGetItem.
    assert found.page.capacity > part.page.capacity or engine == "embedded"
    fill("cities", [{**ITEMS[0], "name": {"S": f"more {n:03}"}} for n in range(90)])
    del calls[:]
    assert len(read(full, *BY_PEOPLE, limit=200, completes=True).page.items) == 110
    assert calls == ["Query", "BatchGetItem", "BatchGetItem"]


def test_fields_that_the_index_holds_take_no_second_read(full, calls):
    del calls[:]
    found = read(full, *BY_PEOPLE, ("fields", "people"), completes=True)
    assert (calls, found.holds) == (["Query"], None)
    assert read(full, *BY_PEOPLE, ("fields", "tags"), completes=True).page.calls == 2


def test_an_item_that_went_or_changed_since_the_index_took_it_is_told(full, monkeypatch):
    """Engines here keep indexes up to date at once: what the table says is made to be newer."""
    newer = [{**ITEMS[1], "zone": {"S": "elsewhere"}}, *ITEMS[2:]]
    page = Page(newer, None, len(newer), 9.0, 1)
    monkeypatch.setattr("tables.items.completion.get_items", lambda *_, **__: page)
    found = read(full, *BY_PEOPLE, completes=True)
    assert found.states == {0: "gone", 1: "changed"}
    assert found.page.items[0] == {
        name: ITEMS[0][name] for name in ("country", "name", "zone", "people")
    }
    assert found.page.items[1:] == newer
    wanted = query(full, *BY_PEOPLE)
    pages = every_item(found.plan, wanted.filter, full)
    assert [item for page in pages for item in page] == ITEMS[2:]


@pytest.mark.parametrize("completes", [False, True])
def test_conditions_that_an_index_lacks_are_refused_by_name_before_any_call(full, calls, completes):
    del calls[:]
    words = r"The index by-zone-people does not hold tags, note, so it can't be filtered by\."
    with pytest.raises(InvalidExpression, match=words):
        read(full, *BY_PEOPLE, ("tags__exists", "true"), ("note", "x"), completes=completes)
    with pytest.raises(InvalidExpression, match="leave it out of the fields"):
        read(full, *BY_PEOPLE, ("fields", "tags,people"))
    assert calls == []


def test_a_local_index_gives_whole_items_itself(monkeypatch):
    """DynamoDB reads what a local index lacks. Engines here don't: this looks at the requests."""
    local = Index("by-size", ID, SIZE, frozenset({"id", "name", "size"}), is_global=False)
    described = TableDescription("local", ID, KeyAttribute("name", "S"), (local,))
    item = {"id": {"S": "1"}, "name": {"S": "a"}, "size": {"N": "5"}, "note": {"S": "kept"}}
    sent = []

    def call(operation, **members):
        sent.append((operation, members.get("Select"), members.get("ProjectionExpression")))
        return {"Items": [item], "ScannedCount": 1}

    monkeypatch.setattr("tables.dynamodb.reads.call", call)
    for completes in (False, True):
        for pairs in ([], [("id", "1")], [("fields", "note")]):
            found = read(described, ("index", "by-size"), *pairs, completes=completes)
            assert (found.page.items, found.holds, found.page.calls) == ([item], None, 1)
    whole = [("Scan", "ALL_ATTRIBUTES", None), ("Query", "ALL_ATTRIBUTES", None)]
    assert sent == [*whole, ("Scan", None, "#0, #1, #2, #3")] * 2
    with pytest.raises(InvalidExpression, match="does not hold note"):
        read(described, ("index", "by-size"), ("note", "kept"))


ID, SIZE = KeyAttribute("id", "S"), KeyAttribute("size", "N")
