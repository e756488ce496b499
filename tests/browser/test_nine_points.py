"""What the best-known tool gets wrong, in nine points: each is a promise of these pages."""

import re

import pytest
import requests
from playwright.sync_api import expect

from tests.browser.steps import (
    ITEM,
    act,
    change,
    continued,
    forget,
    items_of,
    key_names,
    keys,
    put,
    save,
    settled,
    sort_keys,
    stored,
    value,
)

CITIES = "/admin/tables/Cities/"
EVIL = "<img src=x onerror=window.owned=1>"


@pytest.mark.parametrize("alias", ["Types", "TypesNumberKey", "TypesBinaryKey"])
@pytest.mark.parametrize("scripts", [True, False])
def test_point_1_an_item_is_byte_identical_after_opening_and_saving(visit, site, alias, scripts):
    before = items_of(site, alias)
    names = key_names(site, alias)
    visitor = visit(java_script_enabled=scripts)
    for item in before:
        page = visitor.open(change(alias, *(item[name] for name in names)))
        save(page, "_continue")
        expect(page.locator(".messagelist")).to_contain_text("Nothing was changed")
    assert items_of(site, alias) == before
    assert visitor.troubles == []


def test_point_1_typed_json_is_byte_identical_after_opening_and_saving(visit, site):
    before = items_of(site, "Types")
    visitor = visit()
    for item in before:
        page = visitor.open(change("Types", item["id"]) + "?view=raw")
        expect(page.locator(".cm-editor")).to_be_visible()
        save(page, "_continue")
        expect(page.locator(".messagelist")).to_contain_text("Nothing was changed")
    assert items_of(site, "Types") == before
    assert visitor.troubles == []


def test_point_2_any_item_that_dynamodb_can_hold_is_listed_with_its_digits(visit, site):
    beyond = {"id": {"S": "beyond"}, "number": {"N": "12345678901234567890123456789012345678"}}
    put(site, beyond, "Types")
    try:
        visitor = visit()
        page = visitor.open("/admin/tables/Types/?fields=number&limit=1000")
        assert len(keys(page)) == len(items_of(site, "Types"))
        expect(page.locator("#result_list")).to_contain_text(beyond["number"]["N"])
        for alias in ("Types", "TypesNumberKey", "TypesBinaryKey", "Orders", "Workers"):
            visitor.open(f"/admin/tables/{alias}/?limit=1000")
        assert visitor.troubles == []
    finally:
        forget(site, beyond["id"], "Types")


def test_point_3_two_editors_lose_nothing(visit, site):
    put(site)
    ada, sam = visit("ada.admin").page, visit("sam.staff").page
    for page in (ada, sam):
        page.goto(change("Workers", ITEM["empId"]))
    value(ada, "dueDays").fill("5")
    value(sam, "worker").locator("tr", has_text="site").locator("input[type=text]").fill("South")
    save(ada)
    expect(ada.locator(".messagelist")).to_contain_text("was changed: dueDays")
    save(sam)  # touches nobody's: merged without asking
    expect(sam.locator(".messagelist")).to_contain_text("was changed: worker.site")
    assert stored(site)["dueDays"] == {"N": "5"}
    assert stored(site)["worker"]["M"]["site"] == {"S": "South"}
    for page in (ada, sam):
        page.goto(change("Workers", ITEM["empId"]))
    value(ada, "dueDays").fill("6")
    value(sam, "dueDays").fill("7")
    save(ada)
    expect(ada.locator(".messagelist .success")).to_be_visible()
    save(sam)  # the same attribute: opened, stored and yours side by side
    expect(sam.locator(".columns tbody pre")).to_have_text(["5", "6", "7"])
    assert stored(site)["dueDays"] == {"N": "6"}


def test_point_4_back_shows_the_very_rows_of_each_page(visit):
    page = visit().open(f"{CITIES}?limit=25")
    seen = []
    for number in range(4):
        seen.append(sort_keys(page))
        page.click("#next-top")
        first = number * 25 + 26
        expect(page.locator(".position").first).to_have_text(f"Items {first}–{first + 24}")
    for number in reversed(range(4)):
        page.click("#previous-top")
        first = number * 25 + 1
        expect(page.locator(".position").first).to_have_text(f"Items {first}–{first + 24}")
        assert sort_keys(page) == seen[number]


def test_point_4_the_second_page_of_an_index_query_is_no_scan(visit):
    page = visit().open(f"{CITIES}?timezone=Europe%2FVienna&limit=10")
    plan = page.locator("#meter .plan")
    expect(plan).to_have_text("Query on index timezone: reads only timezone is “Europe/Vienna”")
    page.click("#next-bottom")
    page.wait_for_url("**cursor=**")
    settled(page)
    expect(plan).to_have_text("Query on index timezone: reads only timezone is “Europe/Vienna”")


def test_point_5_a_thousand_items_take_one_call(visit):
    page = visit().open(f"{CITIES}?countrycode=BR&limit=1000")
    assert ", 1 call" in page.inner_text("#meter .meter")
    page = visit().open(f"{CITIES}?limit=500")
    assert len(keys(page)) == 500
    assert ", 1 call" in page.inner_text("#meter .meter")


def test_point_5_a_rare_filter_says_what_it_looked_at_and_goes_on(visit):
    page = visit().open(f"{CITIES}?population__gte__n=90000000&.scan=run")
    expect(page.locator("#explanation h2")).to_have_text("Nothing has matched so far")
    expect(page.locator("#meter")).to_contain_text("Looked at 600, matched 0")
    expect(page.locator("#meter")).to_contain_text("stopped at your budget")
    assert continued(page) == 3
    expect(page.locator("#explanation h2")).to_have_text("No item matches")


def test_point_6_deleting_asks_with_the_item_and_creating_refuses_its_key(visit, site):
    put(site)
    page = visit().open("/admin/tables/Workers/add/")
    value(page, "empId").fill(ITEM["empId"]["S"])
    save(page)
    expect(page.get_by_role("alert")).to_contain_text("An item with this key is there already")
    assert stored(site) == ITEM
    there = page.get_by_role("link", name="open that item").get_attribute("href")
    page = visit().open(there)
    page.get_by_role("link", name="Delete", exact=True).click()
    expect(page.locator("h1")).to_have_text("Delete “two-browsers”?")
    expect(page.locator("table.shown pre")).to_have_text(
        ["two-browsers", '{"name": "Ann", "site": "North"}', "3", "one\ntwo"]
    )
    assert stored(site) == ITEM
    page.get_by_role("button", name="Yes, delete it").click()
    expect(page.locator(".messagelist")).to_contain_text("was deleted")
    assert stored(site) is None


def test_12_point_7_markup_in_names_keys_and_values_never_runs(visit, site):
    item = {
        "id": {"S": EVIL},
        EVIL: {"S": "\"'><script>window.owned=1</script>"},
        "link": {"S": "javascript:window.owned=1"},
        "m": {"M": {EVIL: {"SS": [EVIL]}}},
    }
    put(site, item, "Types")
    try:
        visitor = visit()
        page = visitor.open(f"/admin/tables/Types/?id={EVIL}")
        page.click("#columns-menu summary")
        assert EVIL.replace(".", r"\.") in page.inner_text("#columns-menu")
        act(page, "delete_selected")
        expect(page.locator("h1")).to_have_text("Delete 1 item?")
        form = change("Types", item["id"])
        for address in (form, f"{form}?view=raw", form.replace("change", "delete")):
            visitor.open(address)
            assert page.evaluate("window.owned") is None
            assert page.locator("a[href^=javascript], img[src=x]").count() == 0
        assert visitor.troubles == []
    finally:
        forget(site, item["id"], "Types")


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_7_point_7_another_site_can_not_write_with_our_session(visit, site, method):
    put(site)
    visitor = visit()
    visitor.open("/admin/")
    session = {c["name"]: c["value"] for c in visitor.page.context.cookies()}
    for address in (
        change("Workers", ITEM["empId"]).replace("change", "delete"),
        f"/api/v1/tables/Workers/items/{ITEM['empId']['S']}",
    ):
        answer = requests.request(
            method,
            site.url + address,
            cookies=session,
            headers={"Origin": "https://evil.example"},
            timeout=10,
        )
        assert answer.status_code in (403, 405)
    assert stored(site) == ITEM


@pytest.mark.parametrize("alias", ["Types", "TypesNumberKey", "TypesBinaryKey", "Orders"])
def test_point_8_every_key_of_a_list_opens_its_item(visit, site, alias):
    visitor = visit()
    page = visitor.open(f"/admin/tables/{alias}/?limit=1000")
    links = page.locator("#result_list tbody th a")
    addresses = [link.get_attribute("href") for link in links.all()]
    assert len(set(addresses)) == len(items_of(site, alias))
    for address in addresses:
        answer = page.request.get(address)
        assert answer.status == 200, address
    page.goto(change("Types", {"S": "a,b"}))
    expect(page.locator("h1")).to_have_text("Change “a,b”")


@pytest.mark.parametrize(
    ("alias", "path", "chosen", "typed", "query"),
    [
        ("Types", "boolean", {"type": "BOOL"}, {}, "boolean__bool=true"),
        ("Types", "string set", {"type": "SS"}, {"value": '["red", "blue", "😀"]'}, None),
        ("Types", "binary", {"type": "B", "operator": "gte"}, {"value": "AAE="}, None),
        (
            "Workers",
            "training.timeInTraining",
            {"operator": "between", "type": "N"},
            {"value": "1", "upper": "9000000"},
            "training.timeInTraining__between__n=1%2C9000000",
        ),
        (
            "Workers",
            "worker.empGroupIds[0]",
            {"operator": "begins_with"},
            {"value": "-98"},
            "worker.empGroupIds%5B0%5D__begins_with=-98",
        ),
        ("Workers", "nothing", {"operator": "not_exists"}, {}, "nothing__exists=false"),
        ("Workers", "dueDays", {"operator": "type", "kind": "S"}, {}, "dueDays__type=S"),
    ],
)
def test_point_9_filters_know_every_type_operator_and_path(
    visit, alias, path, chosen, typed, query
):
    page = visit().open(f"/admin/tables/{alias}/")
    page.click("#add-filter > summary")
    row = page.locator(".condition.spare")
    row.locator(".path").fill(path)
    for name, option in chosen.items():
        row.locator(f"[name={name}]").select_option(option)
    for name, text in typed.items():
        row.locator(f"[name={name}]").fill(text)
    page.click("#apply-filter")
    page.wait_for_url(f"{page.url.split('?')[0]}?{query}" if query else re.compile(r"\?"))
    expect(page.locator("#meter")).to_contain_text("Scan: reads the whole table")
    assert keys(page)
