"""A table's list: pages, filters, plans and words."""

import itertools
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.utils.http import urlencode

from tables.admin.item_list.table_body import write_grid
from tests.admin.html import Page
from tests.tables import described

pytestmark = pytest.mark.django_db


def get(client, path, **query):
    answer = client.get(path, query)
    assert answer.status_code == 200, answer.content.decode()
    return Page(answer)


def keys(page, column=0):
    return [row[column] for row in page.rows]


def walk(client, path):
    """The keys of every page, going forward by the links; and each page's own links."""
    pages = []
    while path:
        page = Page(client.get(path))
        pages.append(
            {
                "path": path,
                "keys": keys(page),
                "back": next((a["attrs"]["href"] for a in page.all("a", id="previous-top")), None),
                "position": page.all("span", class_="position")[0]["text"],
            }
        )
        path = next((a["attrs"]["href"] for a in page.all("a", id="next-bottom")), None)
    return pages


def test_the_key_comes_first_and_leads_to_the_item(staff, people):
    page = get(staff, "/admin/tables/People/")
    assert page.heads == ["id partition key", "name", "age"]
    links = [a["attrs"]["href"] for a in page.all("a") if "/change/" in a["attrs"].get("href", "")]
    assert "/admin/tables/People/1/change/" in links
    assert "/admin/tables/People/~YS9iLMO8/change/" in links


def test_absent_values_are_a_dash_and_mixed_types_are_named(staff, people):
    page = get(staff, "/admin/tables/People/", fields="shoe,age")
    shoes = {row[0]: row[1] for row in page.rows}
    assert (shoes["1"], shoes["4"], shoes["a/b,ü"]) == ("N 38", "S large", "–")
    assert {row[0]: row[2] for row in page.rows}["1"] == "30"


def test_without_a_choice_the_commonest_attributes_are_shown(staff, put):
    put(
        "Anything", *({"id": {"S": str(n)}, "often": {"S": "x"}, "b": {"N": "1"}} for n in range(9))
    )
    assert get(staff, "/admin/tables/Anything/").heads == ["id partition key", "often", "b"]


def test_names_keep_their_case_and_markup_in_them_is_text(staff, put):
    name = "<script>alert(1)</script>"
    put("Anything", {"id": {"S": "<b>"}, name: {"S": "<i>v</i>"}, "camelCase": {"S": "x"}})
    answer = staff.get("/admin/tables/Anything/")
    page = Page(answer)
    assert set(page.heads) == {"id partition key", name, "camelCase"}
    assert "<script>alert" not in answer.content.decode()
    assert "<i>v" not in answer.content.decode()


EVERYTHING = {
    "id": {"S": "all"},
    "long": {"N": "12345678901234567890123456789012345678"},
    "huge": {"N": "1" + "0" * 125},
    "tiny": {"N": "0." + "0" * 129 + "1"},
    "bytes": {"B": "AAEC"},
    "none": {"NULL": True},
    "empty": {"S": ""},
    "list": {"L": [{"M": {"a": {"SS": ["x", "<y>"]}}}, {"BOOL": False}]},
    "map": {"M": {"</td>": {"BS": ["AA=="]}}},
    "ns": {"NS": ["1", "2", "3", "4", "5", "6"]},
    "a.b[0]": {"S": "dotted"},
    "": {"S": "no name"},
    "text": {"S": "x" * 5000 + "\n\u202e\x00"},
    "deep": {"L": [{"L": [{"L": [{"L": []}]}]}]},
}


@pytest.mark.parametrize("name", [name for name in EVERYTHING if name not in ("id", "")])
def test_any_attribute_can_be_listed(staff, put, name):
    put("Anything", {"id": EVERYTHING["id"], name: EVERYTHING[name]})
    page = get(staff, "/admin/tables/Anything/")
    assert len(page.rows) == 1
    assert page.heads[1] == name.replace(".", r"\.").replace("[", r"\[").replace("]", r"\]")


def test_an_empty_list_says_why_and_leads_on(staff, tables):
    page = get(staff, "/admin/tables/Anything/")
    assert page.text("div", id="explanation") == "This table is empty It has no items yet."


def test_every_page_is_reached_once_going_forward(staff, cities):
    pages = walk(staff, "/admin/tables/Cities/")
    assert [len(page["keys"]) for page in pages] == [10, 10, 10, 5]
    every = list(itertools.chain.from_iterable(page["keys"] for page in pages))
    assert len(set(every)) == 35
    assert [page["position"] for page in pages] == [
        "Items 1–10",
        "Items 11–20",
        "Items 21–30",
        "Items 31–35",
    ]


@pytest.mark.parametrize("query", ["", "?country=XX&order=desc", "?zone=east&population__gte=0"])
def test_going_back_shows_the_very_same_pages(staff, cities, query):
    pages = walk(staff, f"/admin/tables/Cities/{query}{'&' if query else '?'}limit=4")
    assert len(pages) > 3
    path = pages[-1]["path"]
    for expected in reversed(pages):
        page = Page(staff.get(path))
        assert keys(page) == expected["keys"]
        path = next((a["attrs"]["href"] for a in page.all("a", id="previous-top")), None)
    assert path is None


def test_the_second_page_of_an_index_query_is_still_that_query(staff, cities):
    page = get(staff, "/admin/tables/Cities/", zone="east", population__gte="0", limit="5")
    plan = "Query on index zone: reads only zone is “east” and population is at least 0"
    assert page.text("summary", class_="plan") == plan
    second = Page(staff.get(page.link(id="next-top")))
    assert second.text("summary", class_="plan") == plan
    assert len(second.rows) == 5


def test_a_thousand_items_take_one_call(staff, put, calls):
    put("Anything", *({"id": {"S": f"{n:04}"}} for n in range(1000)))
    get(staff, "/admin/tables/Anything/")
    calls.clear()
    page = get(staff, "/admin/tables/Anything/", limit="1000")
    assert len(page.rows) == 1000
    assert calls == ["Scan"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"age__gte__n": "40"}, {"2", "3"}),
        ({"shoe": "large"}, {"4"}),
        ({"shoe__type": "S"}, {"4"}),
        ({"ok__bool": "true"}, {"3"}),
        ({"age__exists": "false"}, {"4", "a/b,ü"}),
        ({"name__in": "Ann,Bob"}, {"1", "2"}),
        ({"age__between__n": "30,40"}, {"1", "2"}),
        ({"name__begins_with": "A"}, {"1"}),
        ({".search": "Ann"}, {"1", "2"}),
        ({"id": "3"}, {"3"}),
    ],
)
def test_the_url_says_what_is_listed(staff, people, query, found):
    assert set(keys(get(staff, "/admin/tables/People/", **query))) == found


def test_the_meter_says_what_was_read(staff, people):
    page = get(staff, "/admin/tables/People/", name="Ann")
    meter = page.text("span", class_="meter")
    assert meter.startswith("Looked at 5, matched 1, ")
    assert meter.endswith(" RCU, 1 call, reached the end")


def test_a_scan_of_a_large_table_asks_first_and_then_runs(staff, people, settings, calls):
    settings.SCAN_BUDGET_ITEMS = 3
    page = get(staff, "/admin/tables/People/", name="Eve")
    assert "Scan" not in calls
    question = page.text("div", id="scan-question")
    assert "Scan: reads the whole table, about 5 items" in question
    run = page.link(id="run-scan")
    page = Page(staff.get(run))
    assert calls.count("Scan") == 1
    assert "Looked at 3" in page.text("span", class_="meter")
    assert "stopped at your budget" in page.text("span", class_="meter")


def test_a_scan_that_found_nothing_so_far_says_so_and_goes_on(staff, put, settings):
    put("Anything", *({"id": {"S": str(n)}, "rare": {"S": "no"}} for n in range(12)))
    settings.SCAN_BUDGET_ITEMS = 5
    path = "/admin/tables/Anything/?rare=yes&.scan=run"
    heads = []
    while path:
        page = Page(staff.get(path))
        heads.append(page.text("div", id="explanation"))
        path = next((a["attrs"]["href"] for a in page.all("a", id="continue-scan")), None)
    assert len(heads) == 3
    assert heads[0].startswith("Nothing has matched so far The first 5 items were looked at")
    assert heads[1].startswith("Nothing has matched so far Another 5 items were looked at")
    assert heads[2].startswith("No item matches All the rest was looked at, too.")


def test_browsing_a_large_table_asks_nothing(staff, people, settings):
    settings.SCAN_BUDGET_ITEMS = 3
    page = get(staff, "/admin/tables/People/")
    assert len(page.rows) == 3
    assert page.has("a", id="continue-scan")


def test_nothing_found_offers_what_may_have_been_meant(staff, people):
    page = get(staff, "/admin/tables/People/", age__s="30")
    assert page.text("div", id="explanation").startswith("No item matches")
    (way,) = [a for a in page.all("a") if a["text"] == "Compare age as any type"]
    assert keys(Page(staff.get(way["attrs"]["href"]))) == ["1"]


def test_a_value_without_a_declared_type_is_compared_as_any_and_can_be_pinned(staff, people):
    page = get(staff, "/admin/tables/People/", age__ne="30")
    assert "1" not in keys(page)
    (note,) = page.all("p", class_="note type-note")
    words = "age has no declared type: compared as text or number."
    assert note["text"].startswith(words)
    pins = {a["text"]: a["attrs"]["href"] for a in page.all("a") if a["text"].startswith("only as")}
    assert pins == {
        "only as text": "/admin/tables/People/?age__ne__s=30",
        "only as number": "/admin/tables/People/?age__ne__n=30",
    }
    pinned = Page(staff.get(pins["only as text"]))
    assert "1" in keys(pinned)
    assert not pinned.all("p", class_="note type-note")


def test_order_without_a_declared_type_is_that_of_numbers_and_says_so(staff, people):
    page = get(staff, "/admin/tables/People/", age__gt="9")
    (note,) = page.all("p", class_="note type-note")
    assert note["text"].startswith("age has no declared type: compared with numbers only")
    page = get(staff, "/admin/tables/People/", age__gt="900")
    (way,) = [a for a in page.all("a") if a["text"] == "Compare age as text"]
    assert way["attrs"]["href"] == "/admin/tables/People/?age__gt__s=900"


def test_a_key_that_is_not_there_says_so(staff, people):
    page = get(staff, "/admin/tables/People/", id="9")
    assert page.text("summary", class_="plan") == "Get item: one item at most has this key"
    assert page.text("div", id="explanation").startswith("No item has this key")


@pytest.mark.parametrize("how", ["altered", "of another filter", "a trail of another list"])
def test_a_place_that_is_not_known_any_more_is_page_one_with_a_word(staff, cities, how):
    """Such as a cursor of before an upgrade: the list is still what was asked for."""
    first = get(staff, "/admin/tables/Cities/", country="XX")
    following = first.all("a", class_="next")[0]["attrs"]["href"]
    query = dict(parse_qsl(urlsplit(following).query))
    query |= {
        "altered": {"cursor": query["cursor"][:-2] + "AA"},
        "of another filter": {"country": "YY"},
        "a trail of another list": {".back": "xx:yy"},
    }[how]
    answer = staff.get("/admin/tables/Cities/", query)
    assert answer.status_code == 200
    page = Page(answer)
    assert page.text("p", class_="starts-over").endswith("this is the first page.")
    assert keys(page) == keys(get(staff, "/admin/tables/Cities/", country=query["country"]))
    part = staff.get("/admin/tables/Cities/", query, headers={"HX-Target": "results"})
    assert part["HX-Push-Url"] == f"/admin/tables/Cities/?country={query['country']}"


def test_the_meter_of_a_continued_scan_shows_the_sum(staff, cities, settings):
    settings.SCAN_BUDGET_ITEMS = 10
    page = get(staff, "/admin/tables/Cities/", population__gte="3000", **{".scan": "run"})
    assert page.text("span", class_="meter").startswith("Looked at 10, matched ")
    looked, matched = 10, len(page.rows)
    while onward := page.all("a", id="next-bottom"):
        page = Page(staff.get(onward[0]["attrs"]["href"]))
        looked, matched = min(looked + 10, 35), matched + len(page.rows)
        meter = page.text("span", class_="meter")
        assert meter.startswith(f"Looked at {looked} in all, matched {matched}, ")
    assert looked == 35
    assert "4 calls" in meter
    assert meter.endswith("5 looked at for this page, reached the end")
    back = Page(staff.get(page.all("a", class_="previous")[0]["attrs"]["href"]))
    assert back.text("span", class_="meter").startswith("Looked at 30 in all")


def test_a_count_that_the_meter_contradicts_is_not_shown(staff, cities, put):
    assert "about 35 items" in staff.get("/admin/tables/Cities/").content.decode()
    put("Cities", {"country": {"S": "AA"}, "name": {"S": "new"}})
    whole = staff.get("/admin/tables/Cities/", {"limit": "100"}).content.decode()
    assert "Read 36 items" in whole
    assert "about 35 items" not in whole
    scan = {"population__gte": "1", "limit": "100"}
    assert "about 35 items" not in staff.get("/admin/tables/Cities/", scan).content.decode()
    # Of a part nothing can be said.
    assert "about 35 items" in staff.get("/admin/tables/Cities/").content.decode()


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"a..b": "x"}, "The path &#x27;a..b&#x27; can&#x27;t be read"),
        ({"age__gte__n": "x"}, "age__gte__n"),
        ({"limit": "0"}, "limit takes a whole number from 1 to 1000"),
        ({"index": "nope"}, "No index has that name"),
        ({"order": "desc"}, "A scan has no order"),
    ],
)
def test_an_address_that_can_not_be_read_says_why_in_the_page(staff, people, query, words):
    answer = staff.get("/admin/tables/People/", query)
    assert answer.status_code == 400
    page = Page(answer)
    assert words in answer.content.decode()
    assert page.has("form", id="filter-form")
    assert page.text("h1") == "People"


def test_an_altered_way_back_leads_to_the_first_page(staff, cities):
    page = get(staff, "/admin/tables/Cities/", limit="4")
    page = Page(staff.get(page.link(id="next-top")))
    link = page.link(id="next-top")
    altered = Page(staff.get(link.replace(".back=", ".back=A")))
    assert altered.has("p", class_="starts-over")
    assert keys(altered) == keys(get(staff, "/admin/tables/Cities/", limit="4"))


def test_a_cursor_without_a_way_back_still_leads_to_the_first_page(staff, cities):
    page = get(staff, "/admin/tables/Cities/", limit="4")
    path = page.link(id="next-top").split("&.back=")[0]
    page = Page(staff.get(path))
    assert page.all("span", class_="position")[0]["text"] == "4 items"
    assert not page.has("a", id="previous-top")
    assert page.link(id="first-top") == "/admin/tables/Cities/?limit=4"


@pytest.mark.parametrize(
    "query", ["", "?age__gte__n=30&limit=2", "?.search=Ann", "?name__in=a%2Cb&fields=id,name"]
)
def test_the_json_twin_has_the_same_query_string(staff, people, query):
    page = Page(staff.get(f"/admin/tables/People/{query}"))
    twin = page.one("link", rel="alternate")["attrs"]
    assert twin["type"] == "application/json"
    expected = staff.get(f"/admin/tables/People/{query}").wsgi_request.GET
    assert twin["href"] == "/api/v1/tables/People/items" + (
        f"?{urlencode(list(expected.items()))}" if query else ""
    )


def test_the_json_twin_knows_nothing_of_the_pages_own_parameters(staff, people):
    page = get(staff, "/admin/tables/People/", **{"name": "Ann", ".scan": "run"})
    assert page.one("link", rel="alternate")["attrs"]["href"].endswith("/items?name=Ann")


def test_fields_choose_the_columns(staff, people):
    assert get(staff, "/admin/tables/People/", fields="city").heads == ["id partition key", "city"]


def test_an_ordered_answer_can_be_turned_round(staff, cities):
    page = get(staff, "/admin/tables/Cities/", country="YY")
    assert keys(page) == [f"YY YY-{n:02}" for n in range(5)]
    turned = Page(staff.get(page.link(id="order")))
    assert keys(turned) == [f"YY YY-{n:02}" for n in reversed(range(5))]
    assert turned.has("th", **{"aria-sort": "descending"})


def test_htmx_gets_the_rows_and_nothing_around_them(staff, people):
    answer = staff.get(
        "/admin/tables/People/?name=Ann", headers={"HX-Request": "true", "HX-Target": "results"}
    )
    text = answer.content.decode()
    assert text.lstrip().startswith('<div id="results"')
    assert "<html" not in text
    assert '<form id="filter-form"' not in text
    assert answer["HX-Push-Url"] == "/admin/tables/People/?name=Ann"
    assert {"HX-Request", "HX-Target"} <= {part.strip() for part in answer["Vary"].split(",")}


def test_paths_answer_with_and_without_the_last_slash(staff, people):
    assert staff.get("/admin/tables/People").status_code == 200


def test_page_sizes_are_links(staff, people):
    page = get(staff, "/admin/tables/People/", name="Ann")
    assert page.link(id="size-250") == "/admin/tables/People/?name=Ann&limit=250"


def test_after_the_last_page_there_is_a_way_back(staff, put):
    """DynamoDB gives a start key after a page that is exactly full."""
    put("Anything", *({"id": {"S": str(n)}} for n in range(4)))
    page = get(staff, "/admin/tables/Anything/", limit="4")
    while page.has("a", id="next-top"):
        page = Page(staff.get(page.link(id="next-top")))
    assert len(page.rows) == 4 or "Back" in page.text("div", id="explanation")


def test_viewers_see_no_control_that_writes(sign_in, people):
    text = sign_in("readers").get("/admin/tables/People/").content.decode()
    for control in ("action-select", "/add/", "delete_selected", "export_csv"):
        assert control not in text


@pytest.mark.parametrize(
    ("name", "values", "width"),
    [
        ("country", ["AA"], "k1-4"),
        ("countrycode", ["AA"], "k1-8"),
        ("country", ["A", "A" * 18], "k1-12"),
        ("countrycode", [], "k1-8"),
    ],
)
def test_the_first_of_two_keys_is_as_wide_as_its_name_and_its_values(
    dynamodb_moto, name, values, width
):
    keys = described("wide", {name: "S", "city": "S"})
    items = [{name: {"S": value}, "city": {"S": "b"}} for value in values]
    grid = write_grid(items, [], keys, list_url="/", can_select=False)
    assert grid.key_width == width
