"""Links between items on the pages: where values lead, what belongs to an item, and who sees it."""

from urllib.parse import quote

import pytest

from tables.admin import choices, collection, related
from tables.core.descriptions import KeyAttribute, TableDescription
from tables.core.errors import Throttled
from tables.core.keys import encode_token
from tests.admin.html import Page
from tests.admin.item_form.forms import fields_of, row_named
from tests.shop import open_shop, order, write_shop
from tests.tables import store, stored

ITEM = "/admin/tables/Shop/{}/change/"
SHOP = TableDescription("shop", KeyAttribute("pk", "S"), KeyAttribute("sk", "S"))


def token(pk, sk):
    return encode_token({"pk": {"S": pk}, "sk": {"S": sk}}, SHOP)


C1, C2 = token("CUSTOMER#C-1", "PROFILE"), token("CUSTOMER#C-2", "PROFILE")
CART, LAST = token("CUSTOMER#C-1", "CART"), token("CUSTOMER#C-2", "ORDER#9")


@pytest.fixture
def shop(dynamodb_moto, settings, tmp_path):
    settings.TABLES_FILE = tmp_path / "tables.toml"
    write_shop(settings.TABLES_FILE)
    open_shop()
    choices._kept.clear()


def test_a_list_links_its_values_without_a_call_more(shop, sign_in, calls):
    client = sign_in("staff")
    client.get("/admin/tables/Shop/")  # tables are described once
    calls.clear()

    page = Page(client.get("/admin/tables/Shop/"))

    assert calls == ["Scan"]
    links = page.all("a", class_="to")
    assert [a["text"] for a in links].count("C-1") == 5
    assert {a["attrs"]["href"] for a in links if a["text"] == "C-1"} == {ITEM.format(C1)}
    assert [a["attrs"]["href"] for a in links if a["text"] in ("new", "rare")] == [
        "/admin/tables/Tags/new/change/",
        "/admin/tables/Tags/rare/change/",
    ]


def test_an_item_calls_what_it_links_to_by_its_label_in_one_call(shop, sign_in, calls):
    client = sign_in("staff")
    client.get("/admin/tables/Shop/")
    calls.clear()

    answer = client.get(ITEM.format(LAST))

    assert calls == ["GetItem", "BatchGetItem"]
    page = Page(answer)
    shown = [" ".join(ul["text"].split()) for ul in page.all("ul", class_="leads")]
    assert shown == ["Brightwater", "Brand new no such item: rare"]
    hrefs = [a["attrs"]["href"] for a in page.all("a") if a["text"] in ("Brightwater", "Brand new")]
    assert hrefs == [ITEM.format(C2), "/admin/tables/Tags/new/change/"]


def test_a_label_with_markup_in_it_is_text(shop, sign_in):
    key = token("CUSTOMER#C-1", "ORDER#1")
    content = sign_in("staff").get(ITEM.format(key)).content.decode()

    assert "Alder &lt;b&gt;&amp; Sons" in content
    assert "Alder <b>" not in content


def test_elements_of_a_list_lead_somewhere_by_a_path_inside_of_them(shop, sign_in):
    page = Page(sign_in("staff").get(ITEM.format(CART)))

    assert " ".join(page.one("ul", class_="leads")["text"].split()) == (
        "Lamp no such item: PRODUCT#P-9 · DETAILS"
    )


def test_more_than_25_links_are_looked_up_no_further(shop, sign_in, calls):
    store("shop", order("C-2", 99, tags={"SS": [f"t{n:02}" for n in range(40)]}))
    client = sign_in("staff")
    page = Page(client.get(ITEM.format(token("CUSTOMER#C-2", "ORDER#99"))))

    assert calls.count("BatchGetItem") == 1
    tags = page.all("ul", class_="leads")[1]["text"]
    assert tags.count("no such item") == 24
    assert "t39" in tags


def test_what_belongs_to_an_item_is_read_when_it_is_opened(shop, sign_in, calls):
    client = sign_in("staff")
    client.get("/admin/tables/Shop/")
    calls.clear()
    page = Page(client.get(ITEM.format(C2)))
    assert calls == ["GetItem"]
    panels = [
        e["attrs"]["hx-get"] for e in page.elements if e["attrs"].get("hx-trigger") == "revealed"
    ]
    assert panels == [
        f"/admin/tables/Shop/{C2}/related/orders/",
        f"/admin/tables/Shop/{C2}/related/tagged/",
    ]
    calls.clear()

    fragment = client.get(panels[0])

    assert calls == ["GetItem", "Query"]
    assert fragment.status_code == 200
    assert "ORDER#9" in fragment.content.decode()
    assert "1 item" in fragment.content.decode()


def test_a_panel_shows_its_first_items_in_order_and_leads_to_all_of_them(shop, sign_in):
    client = sign_in("staff")
    fragment = client.get(f"/admin/tables/Shop/{C1}/related/orders/")
    page = Page(fragment)

    assert [b["text"] for b in page.all("span", class_="k2")][1:] == [
        "ORDER#5",
        "ORDER#4",
        "ORDER#3",
    ]
    assert "the first 3 of more" in fragment.content.decode()
    whole = next(a for a in page.all("a") if a["text"].startswith("All as a list"))
    listed = Page(client.get(whole["attrs"]["href"]))
    assert len(listed.all("th", class_="key", scope="row")) == 5


def test_without_script_a_panel_is_a_link_to_the_list(shop, sign_in):
    client = sign_in("staff")
    page = Page(client.get(ITEM.format(C1)))

    link = next(a for a in page.all("a") if a["text"] == "Show as a list: Orders")
    assert len(Page(client.get(link["attrs"]["href"])).all("th", class_="key", scope="row")) == 5


def test_a_relation_is_for_items_that_it_is_meant_for(shop, sign_in):
    client = sign_in("staff")

    assert "related/orders" not in client.get(ITEM.format(CART)).content.decode()
    assert client.get(f"/admin/tables/Shop/{CART}/related/orders/").status_code == 404


def test_who_may_not_view_the_other_table_sees_nothing_of_it(shop, sign_in, calls):
    client = sign_in("guests")
    listed = client.get("/admin/tables/Shop/").content.decode()
    assert "rare" in listed
    assert "/Tags/" not in listed

    item = client.get(ITEM.format(LAST)).content.decode()
    assert "Brand new" not in item
    assert "no such item" not in item
    assert "/Tags/" not in item

    owner = client.get(ITEM.format(C2)).content.decode()
    assert "related/tagged" not in owner
    assert client.get(f"/admin/tables/Shop/{C2}/related/tagged/").status_code == 404
    assert client.get("/admin/tables/Shop/choices/?link=tags[]").status_code == 404


def test_a_panel_that_can_not_be_read_says_so_in_its_place(shop, sign_in, monkeypatch):
    def refuse(_relation):
        raise Throttled("DynamoDB asks to slow down. Try again in a moment.")

    monkeypatch.setattr(related, "read_belonging", refuse)
    answer = sign_in("staff").get(f"/admin/tables/Shop/{C1}/related/orders/")

    assert "<html" not in answer.content.decode()
    assert "DynamoDB asks to slow down." in answer.content.decode()


def test_the_page_before_a_delete_names_what_belongs_to_the_item(shop, sign_in, calls):
    client = sign_in("staff")
    client.get("/admin/tables/Shop/")
    calls.clear()
    answer = client.get(f"/admin/tables/Shop/{C1}/delete/")

    assert calls == ["GetItem", "Query", "GetItem"]
    text = " ".join(Page(answer).one("main")["text"].split())
    assert "What belongs to it stays" in text
    assert "ORDER#5" in text
    assert "the first 3 of more" in text


def test_the_page_before_several_deletes_leads_to_what_belongs_to_each(shop, sign_in, calls):
    client = sign_in("staff")
    form = {"action": "delete_selected", "_selected_action": [C1, LAST]}
    client.post("/admin/tables/Shop/", form)
    calls.clear()

    page = Page(client.post("/admin/tables/Shop/", form))

    assert calls == ["BatchGetItem"]
    assert "What belongs to them stays" in page.one("main")["text"]
    (link,) = [a for a in page.all("a") if a["text"].startswith("Orders: CUSTOMER#C-1")]
    assert len(Page(client.get(link["attrs"]["href"])).all("th", class_="key", scope="row")) == 5

    form["_selected_action"] = [LAST, CART]
    page = Page(client.post("/admin/tables/Shop/", form))
    assert "What belongs" not in page.one("main")["text"]


def test_who_may_not_view_what_belongs_to_an_item_is_not_led_there(shop, sign_in, settings):
    # A file of its own: what is read of one is kept.
    other = settings.TABLES_FILE.with_name("others.toml")
    words = settings.TABLES_FILE.read_text()
    other.write_text(words.replace('delete = ["staff"]', 'delete = ["guests"]'))
    settings.TABLES_FILE = other
    form = {"action": "delete_selected", "_selected_action": [C1, C2]}
    page = Page(sign_in("guests").post("/admin/tables/Shop/", form))

    assert "What belongs to them stays" in page.one("main")["text"]
    assert [a for a in page.all("a") if "/Tags/" in a["attrs"].get("href", "")] == []


def test_deleting_an_item_leaves_what_belongs_to_it(shop, sign_in):
    client = sign_in("staff")
    form = Page(client.get(f"/admin/tables/Shop/{C2}/delete/"))
    opened = form.one("input", name="opened")["attrs"]["value"]
    client.post(f"/admin/tables/Shop/{C2}/delete/", {"opened": opened})

    assert stored("shop", pk={"S": "CUSTOMER#C-2"}, sk={"S": "PROFILE"}) is None
    assert stored("shop", pk={"S": "CUSTOMER#C-2"}, sk={"S": "ORDER#9"})


# ---------------------------------------------------------------- collections


def test_a_collection_is_one_query_each_kind_by_itself_in_key_order(shop, sign_in, calls):
    client = sign_in("staff")
    client.get("/admin/tables/Shop/")
    calls.clear()
    page = Page(client.get(f"/admin/tables/Shop/collection/?pk={quote('CUSTOMER#C-1')}"))

    assert calls == ["Query"]
    assert [" ".join(h["text"].split()) for h in page.all("h2")][:-1] == [
        "cart 1 item",
        "order 5 items",
        "customer 1 item",
    ]
    keys = [b["text"] for b in page.all("span", class_="k2")]
    assert [key for key in keys if key.startswith("ORDER#")] == [f"ORDER#{n}" for n in range(1, 6)]


def test_an_items_page_leads_to_its_collection(shop, sign_in):
    client = sign_in("staff")
    page = Page(client.get(ITEM.format(C1)))

    link = next(a for a in page.all("a") if a["text"] == "All with this partition key")
    assert Page(client.get(link["attrs"]["href"])).text("h1") == "All items of CUSTOMER#C-1"


def test_a_long_collection_goes_on_on_the_next_page(shop, sign_in, monkeypatch):
    monkeypatch.setattr(collection, "PER_PAGE", 4)
    client = sign_in("staff")
    first = Page(client.get(f"/admin/tables/Shop/collection/?pk={quote('CUSTOMER#C-1')}"))
    second = Page(
        client.get(next(a for a in first.all("a") if a["text"] == "Next")["attrs"]["href"])
    )

    keys = [
        b["text"]
        for page in (first, second)
        for b in page.all("span", class_="k2")
        if "#" in b["text"]
    ]
    assert sorted(keys) == [f"ORDER#{n}" for n in range(1, 6)]
    assert "PROFILE" in second.one("main")["text"]


def test_a_collection_asks_for_a_key_that_is_none(shop, sign_in):
    client = sign_in("staff")

    assert Page(client.get("/admin/tables/Shop/collection/")).has("input", name="pk")
    nobody = client.get("/admin/tables/Shop/collection/?pk=NOBODY")
    assert "No item of Shop has this partition key." in nobody.content.decode()
    long = client.get("/admin/tables/Shop/collection/?pk=" + "x" * 2049)
    assert long.status_code == 422
    assert "2049 bytes" in long.content.decode()


# ---------------------------------------------------------------- choices


def test_choices_of_a_small_table_are_read_once_a_minute(shop, sign_in, calls, monkeypatch):
    client = sign_in("staff")
    client.get("/admin/tables/Shop/")
    calls.clear()
    url = "/admin/tables/Shop/choices/?link=customerId&q="

    everyone, bright, nobody = (client.get(url + q).content.decode() for q in ("", "bRIGHT", "zz"))

    assert calls == ["Scan"]
    assert [b["attrs"]["value"] for b in Page(everyone).all("button")] == ["C-1", "C-2"]
    assert "Alder &lt;b&gt;&amp; Sons" in everyone
    assert [b["attrs"]["value"] for b in Page(bright).all("button")] == ["C-2"]
    assert "No item of Shop fits." in nobody


def test_choices_of_a_large_table_are_what_was_typed(shop, sign_in, calls, monkeypatch):
    monkeypatch.setattr(choices, "MAX_ITEMS", 3)
    client = sign_in("staff")
    client.get("/admin/tables/Shop/")
    calls.clear()
    url = "/admin/tables/Shop/choices/?link=customerId&q="

    assert not Page(client.get(url)).has("button")
    assert calls == []
    assert [b["attrs"]["value"] for b in Page(client.get(url + "C-2")).all("button")] == ["C-2"]
    assert not Page(client.get(url + "C-3")).has("button")
    assert calls == ["BatchGetItem", "BatchGetItem"]


PARTITION = """
[Shop.links.before]
to = "Shop"
key = { pk = "{pk}", sk = "ORDER#{SPELT}" }
label = "total"
[Shop.links.lamp]
to = "Shop"
key = { pk = "PRODUCT#P-1", sk = "{}" }
label = "name"
"""


@pytest.fixture(params=["{}", "{:01}"])
def partitions(shop, settings, tmp_path, request):
    text = settings.TABLES_FILE.read_text() + PARTITION.replace("{SPELT}", request.param)
    settings.TABLES_FILE = tmp_path / "partitions.toml"
    settings.TABLES_FILE.write_text(text)


def offered(client, url):
    page = Page(client.get(f"/admin/tables/Shop/choices/?{url}"))
    (words,) = page.all("p", role="status")
    return [button["attrs"]["value"] for button in page.all("button")], words["text"]


def test_choices_in_an_items_partition_are_of_that_partition(partitions, sign_in):
    store("shop", order("C-2", 9, before={"S": "8"}))
    client = sign_in("staff")
    page = Page(client.get(ITEM.format(LAST)))
    asked = {e["attrs"]["hx-get"] for e in page.all("div", class_="choices")}
    base = "/admin/tables/Shop/choices/?link="
    assert asked == {f"{base}customerId", f"{base}before&key={quote(LAST, safe='~')}"}

    assert offered(client, f"link=before&key={LAST}")[0] == ["9"]
    assert offered(client, f"link=before&key={C1}")[0] == ["1", "2", "3", "4", "5"]
    assert offered(client, f"link=before&key={C1}&q=3")[0] == ["3"]
    gone = token("CUSTOMER#C-9", "PROFILE")
    for url in ("link=before", "link=before&q=9", f"link=before&key={gone}"):
        assert offered(client, url) == (
            [],
            "What fits of Shop hangs on pk: choices are offered once it is stored.",
        )


def test_what_was_looked_for_by_the_beginning_of_a_key_is_said(partitions, sign_in):
    client = sign_in("staff")

    assert offered(client, "link=lamp")[0] == ["DETAILS"]
    assert offered(client, "link=lamp&q=DET")[0] == ["DETAILS"]
    assert offered(client, "link=lamp&q=Lamp") == (
        [],
        "No item of Shop has a key that begins so.",
    )


def test_a_links_field_offers_choices_beside_it(shop, sign_in):
    page = Page(sign_in("staff").get(ITEM.format(LAST)))

    offers = [e["attrs"]["hx-get"] for e in page.all("div", class_="choices")]
    assert offers == ["/admin/tables/Shop/choices/?link=customerId"]


# ---------------------------------------------------------------- checks


def save(client, key, customer):
    """Submit an order's form as it is, with another customer."""
    page = client.get(ITEM.format(key))
    sent = fields_of(page)
    sent[f"a-{row_named(sent, page, 'customerId')}-value"] = customer
    return client.post(ITEM.format(key), {**sent, "_save": "1"}, follow=True)


@pytest.fixture(params=["warn", "refuse"])
def check(request, shop, settings, tmp_path):
    settings.TABLES_FILE = tmp_path / f"{request.param}.toml"
    write_shop(settings.TABLES_FILE, request.param)
    return request.param


def test_the_form_warns_of_a_link_to_no_item_or_refuses_it(check, sign_in):
    answer = save(sign_in("staff"), LAST, "C-9")

    words = "No item of Shop has this key: CUSTOMER#C-9, PROFILE."
    item = stored("shop", pk={"S": "CUSTOMER#C-2"}, sk={"S": "ORDER#9"})
    page = Page(answer)
    if check == "warn":
        assert item["customerId"] == {"S": "C-9"}
        told = f"The link “customerId” leads nowhere. {words}"
        assert page.text("li", class_="warning") == told
    else:
        assert answer.status_code == 422
        assert item["customerId"] == {"S": "C-2"}
        (error,) = [
            p
            for p in page.all("p", class_="errornote")
            if p["attrs"].get("id", "").endswith("-error")
        ]
        assert error["text"] == words


def test_the_form_says_nothing_of_a_link_that_leads_somewhere(check, sign_in):
    answer = save(sign_in("staff"), LAST, "C-1")

    assert stored("shop", pk={"S": "CUSTOMER#C-2"}, sk={"S": "ORDER#9"})["customerId"] == {
        "S": "C-1"
    }
    assert not Page(answer).has("li", class_="warning")


# ---------------------------------------------------------------- kinds of items


@pytest.fixture
def kinds(shop, settings, tmp_path):
    settings.TABLES_FILE = tmp_path / "kinds.toml"
    write_shop(settings.TABLES_FILE)
    kinds = ""
    for alias, kind in (("Customer", "customer"), ("Order", "order")):
        kinds += f'[{alias}]\nof = "Shop"\nlabel = "{alias}s"\nwhen = {{ entity = "{kind}" }}\n'
    kinds += "[Order.permissions]\nview = ['staff']\n"
    text = settings.TABLES_FILE.read_text().replace(
        'to = "Shop"\nkey = { pk = "C', 'to = "Customer"\nkey = { pk = "C'
    )
    settings.TABLES_FILE.write_text(text + kinds)


def test_a_collection_calls_kinds_by_their_entity_where_it_may_be_viewed(kinds, sign_in, client):
    def heads(group):
        answer = sign_in(group).get(f"/admin/tables/Shop/collection/?pk={quote('CUSTOMER#C-1')}")
        return [" ".join(h["text"].split()) for h in Page(answer).all("h2")][:-1]

    assert heads("staff") == ["Orders 5 items", "Customers 1 item", "cart 1 item"]
    assert heads("guests") == ["Customers 1 item", "cart 1 item", "order 5 items"]


def test_a_link_leads_to_the_kind_of_item_and_a_kind_back_to_the_whole_collection(kinds, sign_in):
    client = sign_in("staff")
    page = Page(client.get(ITEM.format(LAST)))
    lead = next(a for a in page.all("a") if a["text"] == "Brightwater")
    assert lead["attrs"]["href"] == f"/admin/tables/Customer/{C2}/change/"

    owner = Page(client.get(lead["attrs"]["href"]))
    whole = next(a for a in owner.all("a") if a["text"] == "All with this partition key")
    assert whole["attrs"]["href"].startswith("/admin/tables/Shop/collection/")


def test_choices_of_an_entity_are_its_items(kinds, sign_in):
    answer = sign_in("staff").get("/admin/tables/Shop/choices/?link=customerId&q=C-1")

    assert answer.status_code == 200
    assert [b["attrs"]["value"] for b in Page(answer).all("button")] == ["C-1"]
