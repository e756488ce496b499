"""Reads on both engines: nothing missed, nothing twice, whatever the limit or the budget."""

import itertools

import pytest

from tables.core.errors import InvalidCursor, InvalidRequest, Refused
from tables.core.filters import BY_SUFFIX, Group, make_term
from tables.core.operations import Put
from tables.core.plans import Plan, choose_plan
from tables.core.values import Item
from tables.dynamodb.reads import (
    Budget,
    batch_get,
    get_item,
    iterate,
    read_page,
    read_until,
    start_key_after,
)
from tables.dynamodb.writes import write
from tests.core.model import matches
from tests.core.tables import COMPOSITE
from tests.dynamodb.stub import refusal
from tests.tables import fill

PLENTY = Budget(10_000, 60)


def eq(name, text):
    return make_term((name,), BY_SUFFIX["eq"], [{"S": text}])


def contains(name, text):
    return make_term((name,), BY_SUFFIX["contains"], [{"S": text}])


def people(suffix, figure):
    return make_term(("people",), BY_SUFFIX[suffix], [{"N": figure}])


def size(suffix, figure):
    return make_term(("size",), BY_SUFFIX[suffix], [{"N": figure}])


def city(number: int) -> Item:
    item = {
        "country": {"S": f"C{number % 3}"},
        "name": {"S": f"city {number:02}"},
        "size": {"N": str(number)},
    }
    # Some are in no index, and many share an index's key.
    if number % 4:
        item["zone"] = {"S": f"Z{number % 2}"}
        item["people"] = {"N": str(number % 3)}
    return item


CITIES = [city(number) for number in range(37)]


@pytest.fixture
def full(cities):
    fill("cities", CITIES)
    return cities


def names(items):
    return sorted(item["name"]["S"] for item in items)


@pytest.mark.parametrize(
    ("filter", "options", "operation"),
    [
        (Group(), {}, "Scan"),
        (Group((size("lt", "20"),)), {}, "Scan"),
        (Group((eq("name", "city 05"),)), {}, "Scan"),
        (Group((eq("country", "C1"),)), {}, "Query"),
        (Group((eq("country", "C1"),)), {"order": "desc"}, "Query"),
        (Group((eq("country", "C1"), size("gt", "9"))), {}, "Query"),
        (Group((eq("country", "C1"), contains("name", "1"))), {}, "Query"),
        (Group((eq("zone", "Z1"),)), {}, "Query"),
        (Group((eq("zone", "Z1"), people("gte", "1"))), {"fields": (("name",),)}, "Query"),
        (Group((eq("zone", "Z1"), people("ne", "1"))), {}, "Query"),
        (Group((eq("country", "C1"), eq("name", "city 01"))), {}, "GetItem"),
        (Group((eq("country", "C9"),)), {}, "Query"),
    ],
)
def test_pages_of_any_size_hold_every_match_exactly_once(full, filter, options, operation):
    plan = choose_plan(filter, full, **options)
    assert plan.operation == operation
    expected = names(item for item in CITIES if matches(filter, item))
    fields = options.get("fields", ())
    for limit, budget in itertools.product((1, 2, 5, 37, 100), (1, 3, 1000)):
        pages = list(follow(full, plan, limit, Budget(budget, 60), fields))
        found = [item for page in pages for item in page.items]
        assert names(found) == expected, (limit, budget)
        assert all(len(page.items) <= limit for page in pages)
        if options.get("order") == "desc":
            assert [item["name"]["S"] for item in found] == expected[::-1]


def follow(table, plan, limit, budget, fields):
    start_key = None
    for _ in range(200):
        page = read_until(
            table, plan, limit=limit, budget=budget, start_key=start_key, fields=fields
        )
        yield page
        start_key = page.last_evaluated_key
        if start_key is None:
            return
    pytest.fail("It never comes to an end.")


def test_a_page_says_why_it_ended(full):
    scan = Plan("Scan", filter=Group((eq("name", "city 36"),)))
    stopped = read_until(full, scan, limit=5, budget=Budget(10, 60))
    assert (stopped.stopped, stopped.scanned_count) == ("budget", 10)
    assert stopped.last_evaluated_key
    ended = read_until(full, scan, limit=5, budget=PLENTY)
    assert (ended.stopped, ended.scanned_count, len(ended.items)) == ("end", 37, 1)
    limited = read_until(full, Plan("Scan"), limit=5, budget=PLENTY)
    assert (limited.stopped, limited.scanned_count, limited.calls) == ("limit", 5, 1)


def test_time_ends_a_page_after_the_call_that_took_it(full):
    scan = Plan("Scan", filter=Group((eq("name", "absent"),)))
    page = read_until(full, scan, limit=5, budget=Budget(10, 0))
    assert (page.stopped, page.calls, page.items) == ("budget", 1, [])


def test_an_unfiltered_page_reads_what_it_shows_and_no_more(full):
    page = read_until(full, Plan("Scan"), limit=20, budget=Budget(7, 60))
    assert (len(page.items), page.scanned_count) == (7, 7)


def test_many_pages_are_iterated_one_call_each(script):
    script.will_answer(
        {"Items": [city(0)], "ScannedCount": 3, "LastEvaluatedKey": key(city(0))},
        {"Items": [], "ScannedCount": 3, "LastEvaluatedKey": key(city(1))},
        {"Items": [city(2)], "ScannedCount": 1, "ConsumedCapacity": {"CapacityUnits": 0.5}},
    )
    pages = list(iterate(COMPOSITE, Plan("Scan")))
    assert [page.items for page in pages] == [[city(0)], [], [city(2)]]
    assert pages[2].capacity == 0.5
    starts = [members.get("ExclusiveStartKey") for _, members in script.requests]
    assert starts == [None, key(city(0)), key(city(1))]


@pytest.mark.parametrize(("scanned", "is_narrowed"), [(6, True), (101, False)])
def test_of_items_so_large_that_a_call_reads_few_the_later_ones_are_read_in_part(
    script, scanned, is_narrowed
):
    first, then = CITIES[:6], CITIES[6:9]
    script.will_answer(
        {"Items": first, "ScannedCount": scanned, "LastEvaluatedKey": key(first[-1])},
        {"Items": then, "ScannedCount": scanned, "LastEvaluatedKey": key(then[-1])},
        {"Items": [], "ScannedCount": 0},
    )
    asked = []

    def narrowed(items):
        asked.append(list(items))
        return (("zone",),)

    page = read_until(COMPOSITE, Plan("Scan"), limit=500, budget=PLENTY, narrowed=narrowed)
    assert page.items == [*first, *then]
    assert asked == ([first] if is_narrowed else [])
    projections = [members.get("ProjectionExpression") for _, members in script.requests]
    part = "#0, #1, #2" if is_narrowed else None
    assert projections == [None, part, part]


def key(item):
    return {name: item[name] for name in ("country", "name")}


def test_a_failure_between_pages_is_raised_where_it_happens(script, no_pauses):
    script.will_answer(
        {"Items": [city(0)], "LastEvaluatedKey": key(city(0))}, refusal("ValidationException")
    )
    pages = iterate(COMPOSITE, Plan("Scan"))
    assert next(pages).items == [city(0)]
    with pytest.raises(InvalidRequest):
        next(pages)


def test_segments_of_a_scan_hold_everything_between_them(full):
    segments = [list(iterate(full, Plan("Scan"), segment=(n, 3))) for n in range(3)]
    found = [item for pages in segments for page in pages for item in page.items]
    assert names(found) == names(CITIES)


def test_a_start_key_outside_of_what_is_read_is_refused_before_the_call(script):
    query = choose_plan(Group((eq("country", "C1"),)), COMPOSITE)
    with pytest.raises(InvalidCursor, match="outside"):
        read_page(COMPOSITE, query, start_key=key(city(0)))
    get = choose_plan(Group((eq("country", "C0"), eq("name", "city 00"))), COMPOSITE)
    assert read_page(COMPOSITE, get, start_key=key(city(0))).items == []
    assert script.requests == []


def test_fields_bring_their_paths_and_always_the_keys(full):
    write(Put("cities", {**city(99), "deep": {"M": {"a": {"S": "x"}, "b": {"S": "y"}}}}))
    by_name, by_country = eq("name", "city 99"), eq("country", "C0")
    for terms in ((by_name,), (by_country, by_name)):
        plan = choose_plan(Group(terms), full)
        (item,) = read_page(full, plan, fields=(("deep", "a"),)).items
        assert item == {**key(city(99)), "deep": {"M": {"a": {"S": "x"}}}}


def test_a_start_key_after_an_item_names_the_keys_of_table_and_index(full):
    assert start_key_after(CITIES[1], full, None) == key(CITIES[1])
    assert start_key_after(CITIES[1], full, "by-zone-people") == {
        name: CITIES[1][name] for name in ("country", "name", "zone", "people")
    }


def test_get_item_finds_an_item_or_none(full):
    found = get_item("cities", key(CITIES[3]), consistent=True)
    assert found.item == CITIES[3]
    assert found.capacity > 0
    assert get_item("cities", {"country": {"S": "C0"}, "name": {"S": "absent"}}).item is None
    assert get_item("cities", key(CITIES[3]), fields=[("size",)]).item == {"size": {"N": "3"}}


def test_batch_get_finds_what_is_there(full):
    wanted = [key(CITIES[1]), key(CITIES[2]), {"country": {"S": "C0"}, "name": {"S": "absent"}}]
    found, left, _ = batch_get("cities", wanted, fields=[("name",)])
    assert names(found) == ["city 01", "city 02"]
    assert all(list(item) == ["name"] for item in found)
    assert left == []


def test_batch_get_hands_back_the_keys_that_dynamodb_left(script):
    left = [{"id": {"B": "AAE="}}]
    script.will_answer({"Responses": {"t": []}, "UnprocessedKeys": {"t": {"Keys": left}}})
    assert batch_get("t", left) == ([], left, 0.0)


def test_a_table_that_is_not_there_is_ours_to_mend(engine):
    with pytest.raises(Refused, match="AWS refused"):
        get_item("absent", {"id": {"S": "1"}})
