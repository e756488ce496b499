"""Entities on the pages: their labels, what makes them one of their kind, and what is added."""

import pytest

from tests.admin.html import Page
from tests.admin.item_form.forms import fields_of
from tests.tables import create_table, store, stored

SECTIONS = """
staff_groups = ["staff", "readers"]
[Shop]
table = "shop"
audit_attributes = false
[Shop.permissions]
add = ["staff"]
change = ["staff"]
[Customer]
of = "Shop"
when = { entity = "customer" }
key = { pk = "CUSTOMER#{customerId}", sk = "PROFILE" }
key_only = ["customerId"]
[Customer.related.orders]
label = "Orders"
table = "Order"
where = { pk = "{pk}", sk__begins_with = "ORDER#" }
columns = ["orderId", "total"]
[Order]
of = "Shop"
label = "Orders of customers"
when = { entity = "order" }
key = { pk = "CUSTOMER#{customerId}", sk = "ORDER#{orderId}" }
make = { orderId = "ulid" }
list_display = ["orderId", "total"]
search_fields = ["orderId"]
list_filter = ["customerId"]
labels = { orderId = "Order number", customerId = "Customer number" }
"""
CUSTOMER = {"pk": {"S": "CUSTOMER#C-1"}, "sk": {"S": "PROFILE"}, "entity": {"S": "customer"}}
ORDER = {
    "pk": {"S": "CUSTOMER#C-1"},
    "sk": {"S": "ORDER#7"},
    "entity": {"S": "order"},
    "orderId": {"S": "7"},
    "customerId": {"S": "C-1"},
}
SHOWN = """
list_display = ["customerId"]
labels = { customerId = "Customer number" }
[Order.related.customer]
label = "Who ordered it"
table = "Customer"
where = { pk = "{pk}", customerId = "{customerId}" }
"""
TOKENS = {"Customer": "~Q1VTVE9NRVIjQy0x,PROFILE", "Order": "~Q1VTVE9NRVIjQy0x,~T1JERVIjNw"}


@pytest.fixture(autouse=True)
def shop(dynamodb_moto, settings, tmp_path):
    settings.TABLES_FILE = tmp_path / "tables.toml"
    settings.TABLES_FILE.write_text(SECTIONS)
    create_table("shop", {"pk": "S", "sk": "S"})
    store("shop", CUSTOMER)
    store("shop", ORDER)


def change_url(alias):
    return f"/admin/tables/{alias}/{TOKENS[alias]}/change/"


def test_what_makes_it_one_of_its_kind_is_shown_and_stays(sign_in):
    client = sign_in("staff")
    answer = client.get(change_url("Order"))
    (field,) = [one for one in Page(answer).all("input") if one["attrs"].get("value") == "order"]

    assert "readonly" in field["attrs"]
    assert "Remove entity" not in answer.content.decode()
    fields = fields_of(answer, "item-form") | {"_save": "1"}
    assert client.post(change_url("Order"), fields).status_code == 302
    assert stored("shop", {"pk": ORDER["pk"], "sk": ORDER["sk"]}) == ORDER


def test_another_is_added_with_what_the_relation_says_filled_in(sign_in):
    client = sign_in("staff")
    (link,) = [
        a for a in Page(client.get(change_url("Customer"))).all("a") if "Add to" in a["text"]
    ]
    assert link["attrs"]["href"] == "/admin/tables/Order/add/?customerId=C-1"

    fields = fields_of(client.get(link["attrs"]["href"])) | {"_save": "1"}

    assert client.post("/admin/tables/Order/add/", fields).status_code == 302
    added = Page(client.get("/admin/tables/Order/?customerId=C-1"))
    assert len(added.rows) == 2


def test_who_may_add_none_is_offered_none(sign_in):
    assert "Add to" not in sign_in("readers").get(change_url("Customer")).content.decode()


def test_its_labels_stand_wherever_people_read_its_attributes(sign_in):
    client = sign_in("staff")
    listed = client.get("/admin/tables/Order/?customerId=C-1").content.decode()
    panel = client.get(f"/admin/tables/Customer/{TOKENS['Customer']}/related/orders/")
    collection = client.get("/admin/tables/Shop/collection/?pk=CUSTOMER%23C-1")

    assert "<summary>Customer number is <b>C-1</b></summary>" in listed
    assert "Search Order number, exact case" in listed
    for page in (panel, collection):
        assert "Order number" in [th["text"] for th in Page(page).all("th")]


def test_what_stands_in_the_key_alone_is_shown_where_an_attribute_would_be(sign_in, settings):
    sections = SECTIONS.replace('key_only = ["customerId"]', 'key_only = ["customerId"]\n' + SHOWN)
    sections = sections.replace("add = [", 'delete = ["staff"]\nadd = [', 1)
    settings.TABLES_FILE = settings.TABLES_FILE.with_name("shown.toml")
    settings.TABLES_FILE.write_text(sections)
    staff = sign_in("staff")
    pages = [
        staff.get("/admin/tables/Customer/"),
        staff.get("/admin/tables/Shop/?fields=customerId,entity"),
        staff.get("/admin/tables/Shop/collection/?pk=CUSTOMER%23C-1"),
        staff.get(f"/admin/tables/Order/{TOKENS['Order']}/related/customer/"),
        staff.get(change_url("Customer")),
        staff.get(f"/admin/tables/Customer/{TOKENS['Customer']}/delete/"),
    ]
    pages.append(sign_in("readers").get(change_url("Customer")))

    for page in pages:
        cells = [td["text"].strip() for td in Page(page).all("td")]
        assert "C-1" in cells, page.wsgi_request.path
    assert "Customer number" in [th["text"] for th in Page(pages[2]).all("th")]


def test_what_belongs_to_an_item_is_found_by_what_its_key_says(sign_in, settings):
    text = SECTIONS.replace(
        'where = { pk = "{pk}", sk',
        'where = { pk = "CUSTOMER#{customerId}", customerId = "{customerId}", sk',
    )
    settings.TABLES_FILE = settings.TABLES_FILE.with_name("related.toml")
    settings.TABLES_FILE.write_text(
        text.replace(
            "[Customer.related.orders]", "[Customer.related.orders]\nwhen = { customerId = 'C-1' }"
        )
    )
    panel = sign_in("staff").get(f"/admin/tables/Customer/{TOKENS['Customer']}/related/orders/")

    assert "7" in [td["text"] for td in Page(panel).all("td")]


def test_a_form_that_says_what_the_key_says_stores_it_not(sign_in):
    client = sign_in("staff")
    fields = fields_of(client.get(change_url("Customer")), "item-form")
    number = 1 + max(int(name.split("-")[1]) for name in fields if name.startswith("a-"))
    added = {f"a-{number}-name": "customerId", f"a-{number}-type": "S", f"a-{number}-value": "C-1"}

    assert client.post(change_url("Customer"), fields | added | {"_save": "1"}).status_code == 302
    assert stored("shop", {"pk": CUSTOMER["pk"], "sk": CUSTOMER["sk"]}) == CUSTOMER
