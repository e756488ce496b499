"""One item in a real browser: its form, two people at once, and pages without scripts."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.steps import ITEM, change, put, save, stored, value

EVERY = change("Types", {"S": "every-type"})


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
    dues.locator("summary").click()
    dues.locator("select.type").select_option("SS")
    dues.locator(".value").fill("a\nb")
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
    row.locator(".value").fill("12345678901234567890123456789012345678")
    page.get_by_role("button", name="With types worker").click()
    expect(value(page, "worker")).to_have_value(re.compile('"S": "North"'))
    page.get_by_role("button", name="Typed JSON").click()
    expect(page.locator("#raw")).to_have_value(re.compile('"extra"'))
    page.get_by_role("button", name="Attributes").click()
    page.get_by_role("button", name="JSON worker").click()
    value(page, "worker").fill("{")
    save(page)
    expect(page.get_by_role("alert")).to_contain_text("This is not valid JSON")
    expect(value(page, "worker")).to_have_value("{")
    value(page, "worker").fill('{"name": "Bea"}')
    save(page)
    expect(page.locator(".messagelist .success")).to_be_visible()
    assert stored(site)["extra"] == {"N": "12345678901234567890123456789012345678"}
    assert stored(site)["worker"] == {"M": {"name": {"S": "Bea"}}}
    page.goto(change("Workers", ITEM["empId"]))
    value(page, "dueDays").fill("seven")
    dues = page.get_by_role("group", name="dueDays", exact=True)
    dues.locator("summary").click()
    dues.locator("select.type").select_option("S")
    page.get_by_label("Remove note").check()
    save(page)
    expect(page.locator(".messagelist .success")).to_be_visible()
    assert stored(site)["dueDays"] == {"S": "seven"}
    assert "note" not in stored(site)
    page.goto(change("Workers", ITEM["empId"]))
    page.get_by_role("link", name="Delete", exact=True).click()
    page.get_by_role("button", name="Yes, delete it").click()
    assert stored(site) is None


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


def test_an_item_that_expires_says_when(visit):
    page = visit().open("/admin/tables/Orders/?sk=CART")
    page.locator("#result_list tbody th a").first.click()
    expect(page.locator(".lead .expiry")).to_have_text(
        re.compile(r"Expire[sd] \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC")
    )


def test_readers_see_the_item_and_no_control(visit, violations):
    visitor = visit("rita.reader")
    page = visitor.open(EVERY)
    expect(page.locator("h1")).to_have_text("View “every-type”")
    assert page.locator("#content :is(form, input, textarea, select, button)").count() == 0
    assert visitor.troubles == []
    assert violations(page) == []


PARTS = {
    "empId": {"S": "parts"},
    "tags": {"SS": ["gift"]},
    "lines": {"L": [{"M": {"product": {"S": "lamp"}, "quantity": {"N": "2"}}}]},
    "expiresAt": {"N": "1798761600"},
    "note": {"S": "one line"},
    "doc": {"S": '{"a":[1,2]}'},
}


def test_enter_in_a_field_of_one_line_saves(visit, site):
    put(site, PARTS)
    page = visit().open(change("Workers", PARTS["empId"]))
    value(page, "note").fill("changed")
    value(page, "note").press("Enter")
    expect(page.locator(".messagelist .success")).to_be_visible()
    assert stored(site, PARTS["empId"])["note"] == {"S": "changed"}


def test_sets_dates_and_rows_are_edited_in_place(visit, site, violations):
    put(site, PARTS)
    visitor = visit()
    page = visitor.open(change("Workers", PARTS["empId"]))
    page.get_by_label("Another value of tags").fill("express")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("b2b")
    page.get_by_label("lines [0].quantity").fill("3")
    page.get_by_label("expiresAt as a date, UTC").fill("2027-01-08T00:00")
    expect(value(page, "expiresAt")).to_have_value("1799366400")
    page.get_by_role("button", name="Remove gift from tags").click()
    assert visitor.troubles == []
    assert violations(page) == []
    page.keyboard.press("Control+Enter")
    expect(page.locator(".messagelist .success")).to_be_visible()
    after = stored(site, PARTS["empId"])
    assert set(after["tags"]["SS"]) == {"express", "b2b"}
    assert after["lines"]["L"][0]["M"]["quantity"] == {"N": "3"}
    assert after["expiresAt"] == {"N": "1799366400"}


def test_parts_are_edited_without_scripts(visit, site):
    put(site, PARTS)
    page = visit(java_script_enabled=False).open(change("Workers", PARTS["empId"]))
    page.get_by_role("button", name="Remove gift from tags").click()
    page.get_by_label("Another value of tags").fill("express")
    page.get_by_role("button", name="Add an entry lines", exact=True).click()
    page.get_by_label("lines [1].product").fill("rug")
    page.get_by_label("lines [1].quantity").fill("1")
    page.get_by_label("expiresAt as a date, UTC").fill("2027-01-08T00:00")
    page.get_by_role("button", name="JSON doc").click()
    value(page, "doc").fill('{"a": [\n1]}')
    row = page.get_by_role("group", name="note", exact=True)
    row.locator("summary").click()
    page.get_by_label("Another name for note").fill("remark")
    save(page)
    expect(page.locator(".messagelist .success")).to_be_visible()
    after = stored(site, PARTS["empId"])
    assert after["tags"] == {"SS": ["express"]}
    assert after["lines"]["L"][1]["M"] == {"product": {"S": "rug"}, "quantity": {"N": "1"}}
    assert after["expiresAt"] == {"N": "1799366400"}
    assert after["doc"] == {"S": '{"a":[1]}'}
    assert after["remark"] == {"S": "one line"}
    assert "note" not in after
