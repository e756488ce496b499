"""One item in a real browser: its form, two people at once, and pages without scripts."""

import base64
import re

import pytest
from playwright.sync_api import expect

KEY = {"Types": "id", "Workers": "empId"}
ITEM = {
    "empId": {"S": "two-browsers"},
    "worker": {"M": {"name": {"S": "Ann"}, "site": {"S": "North"}}},
    "dueDays": {"N": "3"},
    "note": {"S": "one\ntwo"},
}


def token(value):
    tag, content = next(iter(value.items()))
    data = base64.b64decode(content) if tag == "B" else content.encode()
    if re.fullmatch(rb"[A-Za-z0-9_-]+", data):
        return data.decode()
    return "~" + base64.urlsafe_b64encode(data).decode().rstrip("=")


def change(alias, value):
    return f"/admin/tables/{alias}/{token(value)}/change/"


def items_of(site, alias):
    return site.engine.dynamodb("Scan", TableName=f"ttd-{alias}")["Items"]


def key_names(site, alias):
    schema = site.engine.dynamodb("DescribeTable", TableName=f"ttd-{alias}")["Table"]["KeySchema"]
    return [entry["AttributeName"] for entry in schema]


def put(site, item=ITEM):
    site.engine.dynamodb("PutItem", TableName="ttd-Workers", Item=item)


def stored(site, key=ITEM["empId"]):
    answer = site.engine.dynamodb("GetItem", TableName="ttd-Workers", Key={"empId": key})
    return answer.get("Item")


def value(page, name):
    return page.locator(f"[role=group][aria-label='{name}'] .value")


def save(page, button="_save"):
    page.locator(f".saving [name={button}]").click()


EVERY = change("Types", {"S": "every-type"})
PAGES = [
    EVERY,
    f"{EVERY}?view=raw",
    EVERY.replace("change", "delete"),
    "/admin/tables/Types/add/",
    "/admin/tables/Notes/add/",
    "/admin/tables/Students/add/?view=raw",
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_item_pages_are_for_everyone_and_quiet(visit, violations, path, scheme):
    visitor = visit(color_scheme=scheme)
    page = visitor.open(path)
    page.wait_for_load_state("networkidle")
    if "raw" in path:
        expect(page.locator(".cm-editor")).to_be_visible()
    assert visitor.troubles == []
    assert visitor.strangers == []
    assert page.locator("h1").count() == 1
    assert violations(page) == []


@pytest.mark.parametrize("path", PAGES)
def test_item_pages_fit_a_phone(visit, path):
    page = visit(viewport={"width": 390, "height": 844}).open(path)
    widths = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert widths[0] <= widths[1]


@pytest.mark.parametrize("alias", ["Types", "TypesNumberKey", "TypesBinaryKey"])
@pytest.mark.parametrize("scripts", [True, False])
def test_every_item_is_byte_identical_after_opening_and_saving(visit, site, alias, scripts):
    before = items_of(site, alias)
    names = key_names(site, alias)
    visitor = visit(java_script_enabled=scripts)
    for item in before:
        address = f"/admin/tables/{alias}/{','.join(token(item[name]) for name in names)}/change/"
        page = visitor.open(address)
        save(page, "_continue")
        expect(page.locator(".messagelist")).to_contain_text("Nothing was changed")
    assert items_of(site, alias) == before
    assert visitor.troubles == []


def test_typed_json_is_byte_identical_after_opening_and_saving(visit, site):
    before = items_of(site, "Types")
    visitor = visit()
    for item in before:
        page = visitor.open(change("Types", item["id"]) + "?view=raw")
        expect(page.locator(".cm-editor")).to_be_visible()
        save(page, "_continue")
        expect(page.locator(".messagelist")).to_contain_text("Nothing was changed")
    assert items_of(site, "Types") == before
    assert visitor.troubles == []


def test_two_browsers_change_different_attributes_and_both_are_kept(visit, site):
    put(site)
    ada, sam = visit("ada.admin").page, visit("sam.staff").page
    for page in (ada, sam):
        page.goto(change("Workers", ITEM["empId"]))
    value(ada, "dueDays").fill("5")
    value(sam, "worker").fill('{"name": "Ann", "site": "South"}')
    save(ada)
    expect(ada.locator(".messagelist")).to_contain_text("was changed: dueDays")
    save(sam)
    expect(sam.locator(".messagelist")).to_contain_text("was changed: worker.site")
    assert stored(site)["dueDays"] == {"N": "5"}
    assert stored(site)["worker"]["M"]["site"] == {"S": "South"}
    assert stored(site)["note"] == ITEM["note"]


@pytest.mark.parametrize(("choice", "kept"), [("Keep mine", "7"), ("Keep theirs", "5")])
def test_two_browsers_change_the_same_attribute(visit, site, violations, choice, kept):
    put(site)
    ada, visitor = visit("ada.admin").page, visit("sam.staff")
    sam = visitor.page
    for page in (ada, sam):
        page.goto(change("Workers", ITEM["empId"]))
    value(ada, "dueDays").fill("5")
    save(ada)
    expect(ada.locator(".messagelist")).to_be_visible()
    value(sam, "dueDays").fill("7")
    value(sam, "note").fill("mine alone")
    save(sam)
    asked = "“two-browsers” was changed since you opened it"
    expect(sam.locator("h1")).to_have_text(asked)
    expect(sam.locator(".columns tbody pre")).to_have_text(["3", "5", "7"])
    assert [trouble for trouble in visitor.troubles if "409" not in trouble] == []
    assert violations(sam) == []
    assert stored(site)["dueDays"] == {"N": "5"}
    sam.get_by_role("button", name="Save with these choices").click()
    expect(sam.locator("h1")).to_have_text(asked)  # choose first
    sam.get_by_label(choice).check()
    sam.get_by_role("button", name="Save with these choices").click()
    expect(sam.locator(".messagelist .success")).to_be_visible()
    assert stored(site)["dueDays"] == {"N": kept}
    assert stored(site)["note"] == {"S": "mine alone"}


def test_an_edit_of_what_was_deleted_can_create_it_again(visit, site):
    put(site)
    ada, sam = visit("ada.admin").page, visit("sam.staff").page
    sam.goto(change("Workers", ITEM["empId"]))
    ada.goto(change("Workers", ITEM["empId"]))
    ada.get_by_role("link", name="Delete", exact=True).click()
    ada.get_by_role("button", name="Yes, delete it").click()
    expect(ada.locator(".messagelist")).to_contain_text("was deleted")
    value(sam, "dueDays").fill("8")
    save(sam)
    expect(sam.get_by_role("alert")).to_contain_text("somebody else deleted it")
    assert stored(site) is None
    sam.get_by_role("button", name="Create it again with my changes").click()
    expect(sam.locator(".messagelist")).to_contain_text("was added")
    assert stored(site)["dueDays"] == {"N": "8"}


def test_a_stale_delete_asks_again(visit, site):
    put(site)
    page = visit().open(change("Workers", ITEM["empId"]).replace("change", "delete"))
    put(site, {**ITEM, "dueDays": {"N": "4"}})
    page.get_by_role("button", name="Yes, delete it").click()
    expect(page.locator(".columns pre")).to_have_text(["3", "4"])
    assert stored(site) is not None
    page.get_by_role("button", name="Yes, delete it as it is now").click()
    expect(page.locator(".messagelist")).to_contain_text("was deleted")
    assert stored(site) is None


def test_attributes_are_added_retyped_and_removed_with_scripts(visit, site):
    put(site)
    visitor = visit()
    page = visitor.open(change("Workers", ITEM["empId"]))
    rows = page.locator("#attributes > .attribute")
    count = rows.count()
    page.get_by_role("button", name="Add attribute").click()
    assert rows.count() == count + 1
    new = rows.last
    expect(new.locator("input.name")).to_be_focused()
    new.locator("input.name").fill("flag")
    new.locator("select.type").select_option("BOOL")
    new.locator(".value").select_option("false")
    dues = page.get_by_role("group", name="dueDays", exact=True)
    dues.locator("select.type").select_option("SS")
    dues.locator(".value").fill('["a", "b"]')
    page.get_by_label("Remove note").check()
    page.keyboard.press("Control+s")
    expect(page.locator(".messagelist .success")).to_be_visible()
    after = stored(site)
    assert after["flag"] == {"BOOL": False}
    assert sorted(after["dueDays"]["SS"]) == ["a", "b"]
    assert "note" not in after
    assert visitor.troubles == []


def test_the_form_works_without_scripts(visit, site):
    put(site)
    page = visit(java_script_enabled=False).open(change("Workers", ITEM["empId"]))
    page.get_by_role("button", name="Add attribute").click()
    page.locator("input.name").first.fill("extra")
    row = page.locator(".attribute", has=page.locator("input.name")).first
    row.locator("select.type").select_option("N")
    row.locator("textarea").fill("12345678901234567890123456789012345678")
    page.get_by_role("button", name="Show with types worker").click()
    expect(value(page, "worker")).to_have_value(re.compile('"S": "North"'))
    page.get_by_role("button", name="Typed JSON").click()
    expect(page.locator("#raw")).to_have_value(re.compile('"extra"'))
    page.get_by_role("button", name="Attributes").click()
    value(page, "worker").fill("{")
    save(page)
    expect(page.get_by_role("alert")).to_contain_text("This is not valid JSON")
    expect(value(page, "worker")).to_have_value("{")
    value(page, "worker").fill('{"name": "Bea"}')
    save(page)
    expect(page.locator(".messagelist .success")).to_be_visible()
    assert stored(site)["extra"] == {"N": "12345678901234567890123456789012345678"}
    assert stored(site)["worker"] == {"M": {"name": {"S": "Bea"}}}


def test_the_editor_writes_typed_json_and_keeps_its_digits(visit, site):
    put(site)
    visitor = visit()
    page = visitor.open(change("Workers", ITEM["empId"]) + "?view=raw")
    page.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(
        '{"empId": {"S": "two-browsers"}, "n": {"N": "0.12345678901234567890123456789012345678"}}'
    )
    save(page)
    expect(page.locator(".messagelist .success")).to_be_visible()
    assert stored(site)["n"] == {"N": "0.12345678901234567890123456789012345678"}
    assert "note" not in stored(site)
    assert visitor.troubles == []


def test_typing_is_not_lost_without_a_warning(visit, site):
    put(site)
    visitor = visit()
    page = visitor.open(change("Workers", ITEM["empId"]))
    value(page, "note").fill("not yet saved")
    page.close(run_before_unload=True)
    page.wait_for_event("dialog", timeout=5000) if not visitor.troubles else None
    assert any("dialog" in trouble for trouble in visitor.troubles)
    assert value(page, "note").input_value() == "not yet saved"


def test_the_size_is_measured_while_typing(visit, site):
    put(site)
    page = visit().open(change("Workers", ITEM["empId"]))
    value(page, "note").fill("x" * 420_000)
    expect(page.locator("#size-words")).to_have_text(re.compile(r"41\d\.\d KB of 400 KB"))
    expect(page.locator(".size.over")).to_be_visible()


def test_readers_see_the_item_and_no_control(visit, violations):
    visitor = visit("rita.reader")
    page = visitor.open(EVERY)
    expect(page.locator("h1")).to_have_text("View “every-type”")
    assert page.locator("#content :is(form, input, textarea, select, button)").count() == 0
    assert visitor.troubles == []
    assert violations(page) == []


def test_names_and_values_never_run(visit, site):
    evil = "<img src=x onerror=alert(1)>"
    item = {"empId": {"S": evil}, evil: {"S": evil}, "javascript:alert(1)": {"L": [{"S": evil}]}}
    put(site, item)
    visitor = visit()
    for page in ("change", "delete"):
        visitor.open(change("Workers", item["empId"]).replace("change", page))
    visitor.open(change("Workers", item["empId"]) + "?view=raw")
    assert visitor.troubles == []
    assert visitor.page.locator("img[src=x]").count() == 0
