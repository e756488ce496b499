"""Links over HTTP: where an item leads, and what a page leads to beside it."""

import pytest

from tables.configuration import registry
from tests.api.v1.conftest import TYPED, Door
from tests.shop import open_shop, order, write_shop
from tests.tables import create_table, store

PROFILE = "http://testserver/api/v1/tables/Shop/items/~{},PROFILE"
LAST = "Shop/items/~Q1VTVE9NRVIjQy0y,~T1JERVIjOQ"
C1, C2 = "~Q1VTVE9NRVIjQy0x,PROFILE", "~Q1VTVE9NRVIjQy0y,PROFILE"


@pytest.fixture
def shop(dynamodb_moto, settings, tmp_path, db):
    settings.TABLES_FILE = tmp_path / "tables.toml"
    write_shop(settings.TABLES_FILE)
    open_shop()


@pytest.fixture
def staff(shop):
    door = Door("staff")
    door.get("Shop/items", "expand=tags[]")  # tables are described once
    return door


def test_an_item_names_what_it_leads_to_in_its_headers(staff, calls):
    calls.clear()
    answer = staff.get(LAST)

    assert calls == ["GetItem"]
    root = "http://testserver/api/v1/tables"
    assert answer["Link"].split(", ") == [
        f'<{root}/Shop/items/{C2}>; rel="related"; title="customerId"',
        f'<{root}/Tags/items/new>; rel="related"; title="tags[]"',
        f'<{root}/Tags/items/rare>; rel="related"; title="tags[]"',
    ]
    assert staff.send("HEAD", LAST)["Link"] == answer["Link"]
    assert staff.get(LAST, If_None_Match=answer["ETag"])["Link"] == answer["Link"]
    assert "Link" not in staff.get(f"Shop/items/{C1}")


def test_an_item_names_twenty_links_at_most(staff):
    store("shop", order("C-2", 99, tags={"SS": [f"t{n}" for n in range(30)]}))
    answer = staff.get("Shop/items/~Q1VTVE9NRVIjQy0y,~T1JERVIjOTk")

    assert answer["Link"].count('rel="related"') == 20


def test_a_link_whose_name_is_not_ascii_is_spelled_as_headers_are(
    dynamodb_moto, settings, tmp_path, db
):
    settings.TABLES_FILE = tmp_path / "tables.toml"
    sections = '[T]\ntable = "things"\n[T.links."größe"]\nto = "T"\nkey = { id = "{}" }\n'
    settings.TABLES_FILE.write_text('superuser_groups = ["admins"]\n' + sections)
    create_table("things")
    store("things", {"id": {"S": "1"}, "größe": {"S": "2"}})

    assert Door("admins").get("T/items/1")["Link"].endswith("title*=UTF-8''gr%C3%B6%C3%9Fe")


def test_a_page_has_what_it_leads_to_beside_it_each_once(staff, calls):
    calls.clear()
    page = staff.get("Shop/items", "entity=order&expand=customerId,tags[]").json()

    assert calls == ["Scan", "BatchGetItem"]
    assert page["count"] == 6
    assert sorted(page["linked"]) == ["Shop", "Tags"]
    assert sorted(page["linked"]["Shop"]) == [C1, C2]
    assert page["linked"]["Shop"][C1]["name"] == "Alder <b>& Sons"
    assert page["linked"]["Tags"] == {"new": {"id": "new", "title": "Brand new"}}
    plain = staff.get("Shop/items", "entity=order").json()
    assert "linked" not in plain
    assert page["consumed_capacity"] > plain["consumed_capacity"]


def test_linked_items_come_in_the_pages_own_spelling_and_whole(staff):
    query = "pk=CUSTOMER%23C-2&sk__begins_with=ORDER&fields=total&expand=customerId"
    page = staff.get("Shop/items", query).json()
    assert page["items"] == [{"total": 9}]
    assert page["linked"]["Shop"][C2]["name"] == "Brightwater"

    typed = staff.get("Shop/items", query, Accept=TYPED).json()
    assert typed["items"] == [{"total": {"N": "9"}}]
    assert typed["linked"]["Shop"][C2]["name"] == {"S": "Brightwater"}


def test_fields_that_a_link_lies_beside_are_shown_alone(dynamodb_moto, settings, tmp_path, db):
    settings.TABLES_FILE = tmp_path / "tables.toml"
    sections = '[T]\ntable = "things"\n[T.links."a.id"]\nto = "T"\nkey = { id = "{}" }\n'
    settings.TABLES_FILE.write_text('superuser_groups = ["admins"]\n' + sections)
    create_table("things")
    store("things", {"id": {"S": "1"}, "a": {"M": {"id": {"S": "1"}, "b": {"S": "x"}}}})

    page = Door("admins").get("T/items", "fields=a.b&expand=a.id").json()

    assert page["items"] == [{"a": {"b": "x"}}]
    assert list(page["linked"]["T"]) == ["1"]


@pytest.mark.parametrize(("count", "batches"), [(1, 1), (100, 1), (101, 2), (250, 3)])
def test_a_hundred_items_that_are_led_to_take_a_call(staff, calls, count, batches):
    for n in range(count):
        store("shop", {"pk": {"S": "MANY"}, "sk": {"S": str(n)}, "customerId": {"S": f"X-{n}"}})
    calls.clear()

    page = staff.get("Shop/items", "pk=MANY&limit=1000&expand=customerId").json()

    assert page["linked"] == {"Shop": {}}
    assert calls == ["Query"] + batches * ["BatchGetItem"]


def test_a_page_that_leads_nowhere_asks_for_nothing_more(staff, calls):
    calls.clear()
    assert staff.get("Shop/items", "pk=NONE&expand=customerId").json()["linked"] == {"Shop": {}}
    assert calls == ["Query"]


def test_more_than_a_thousand_are_refused_in_words(staff, monkeypatch):
    monkeypatch.setattr("tables.api.v1.responses.expansions.MAX_LIMIT", 1)
    answer = staff.get("Shop/items", "entity=order&expand=customerId")

    assert answer.status_code == 400
    assert answer.json()["detail"] == "expand leads to 2 items; a page takes 1: set limit."


@pytest.mark.parametrize("name", ["nothing", "pk", "tags", "orders"])
def test_what_is_no_link_is_refused_by_name(staff, calls, name):
    answer = staff.get("Shop/items", f"expand={name}")

    assert answer.status_code == 400
    assert answer.json()["detail"] == (
        f"'{name}' is no link of Shop; its links are: customerId, tags[], lines[].product."
    )


def test_a_link_to_what_one_may_not_view_is_none(shop):
    guest = Door("guests")

    unknown, hidden = (guest.get("Shop/items", f"expand={n}") for n in ("nothing", "tags[]"))
    assert unknown.status_code == hidden.status_code == 400
    assert hidden.json()["detail"].endswith("its links are: customerId, lines[].product.")
    assert "Tags" not in guest.get(LAST)["Link"]
    assert registry().tables["Shop"].links[1].to == "Tags"


def test_an_attribute_of_that_name_is_filtered_with_its_operator(staff):
    store("shop", {"pk": {"S": "E"}, "sk": {"S": "1"}, "expand": {"S": "yes"}})

    assert staff.get("Shop/items", "expand=yes").status_code == 400
    assert staff.get("Shop/items", "expand__eq=yes").json()["count"] == 1


def test_the_document_names_the_links_that_the_caller_may_follow(shop):
    def expand(*groups):
        document = Door(*groups).send("GET", "/api/schema/Shop", query="format=json").json()
        listed = document["paths"]["/api/v1/tables/Shop/items"]["get"]["parameters"]
        (found,) = [part for part in listed if part.get("name") == "expand"]
        return found["schema"]["items"]["enum"]

    assert expand("staff") == ["customerId", "tags[]", "lines[].product"]
    assert expand("guests") == ["customerId", "lines[].product"]


def test_the_document_of_a_table_without_links_has_no_such_parameter(shop):
    document = Door("staff").send("GET", "/api/schema/Tags", query="format=json").json()
    operation = document["paths"]["/api/v1/tables/Tags/items"]["get"]

    assert "expand" not in str(operation)
