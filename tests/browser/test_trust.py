"""What people fear who are trusted with production data, and what happens instead."""

import pytest
from playwright.sync_api import expect

from demo.cognito import PASSWORD
from tests.browser.steps import (
    ITEM,
    act,
    add_filter,
    change,
    forget,
    items_of,
    keys,
    put,
    save,
    stored,
    value,
)

CITIES = "/admin/tables/Cities/"


@pytest.fixture
def worker(visit, site):
    """A visitor at the form of an item."""
    put(site)
    visitor = visit()
    visitor.open(change("Workers", ITEM["empId"]))
    return visitor


def test_a_double_click_makes_one_item(visit, site):
    before = len(items_of(site, "Notes"))
    page = visit().open("/admin/tables/Notes/add/")
    value(page, "topic").fill("twice")
    value(page, "text").fill("once")
    page.locator(".saving [name=_save]").dblclick()
    expect(page.locator(".messagelist .success")).to_have_count(1)
    (made,) = [note for note in items_of(site, "Notes") if note["topic"] == {"S": "twice"}]
    forget(site, made["id"], "Notes")
    assert len(items_of(site, "Notes")) == before


def test_a_double_click_on_delete_is_no_error(worker, site):
    page = worker.page
    page.get_by_role("link", name="Delete", exact=True).click()
    page.get_by_role("button", name="Yes, delete it").dblclick()
    expect(page.locator(".messagelist .success")).to_contain_text("was deleted")
    assert stored(site) is None
    assert worker.troubles == []


def test_going_back_after_saving_shows_what_is_stored(worker, site):
    page = worker.page
    value(page, "dueDays").fill("5")
    save(page)
    expect(page.locator(".messagelist .success")).to_be_visible()
    page.go_back()
    expect(value(page, "dueDays")).to_have_value("5")
    value(page, "dueDays").fill("6")
    save(page)
    expect(page.locator(".messagelist .success")).to_be_visible()
    assert stored(site)["dueDays"] == {"N": "6"}


def test_enter_in_the_filter_only_filters(visit, site):
    page = visit().open("/admin/tables/Types/?id__begins_with=every")
    before = items_of(site, "Types")
    page.check("#action-toggle")
    page.select_option("select[name=action]", "delete_selected")
    page.locator(".condition .value").first.press("Enter")
    expect(page.locator(".htmx-request")).to_have_count(0)
    expect(page.locator("h1")).to_have_text("All types")
    assert items_of(site, "Types") == before


def test_enter_in_a_filter_that_reads_a_lot_asks_first(visit):
    page = visit().open(CITIES)
    page.click("#add-filter > summary")
    row = page.locator(".condition.spare")
    row.locator(".path").fill("population")
    row.locator("input.value").fill("1")
    row.locator("input.value").press("Enter")
    expect(page.locator("#scan-question")).to_be_visible()
    assert keys(page) == []


def test_enter_in_a_new_attributes_name_saves_nothing(worker, site):
    page = worker.page
    page.locator("#attributes input.name").press_sequentially("colour")
    page.keyboard.press("Enter")
    page.keyboard.type("red")
    assert stored(site) == ITEM
    save(page)
    expect(page.locator(".messagelist .success")).to_be_visible()
    assert stored(site)["colour"] == {"S": "red"}


def test_what_was_ticked_before_the_filter_changed_is_not_deleted(visit, site):
    before = items_of(site, "Types")
    page = visit().open("/admin/tables/Types/?limit=25")
    page.check("#action-toggle")
    add_filter(page, "id", "every-type")
    expect(page.locator("#result_list tbody tr")).to_have_count(1)
    page.select_option("select[name=action]", "delete_selected")
    page.click("button[name=index]")
    expect(page.locator("h1")).to_have_text("All types")
    assert items_of(site, "Types") == before
    act(page, "delete_selected")
    expect(page.locator("h1")).to_have_text("Delete 1 item?")
    expect(page.locator(".outcomes tbody th")).to_have_text("every-type")


def test_an_edit_survives_the_end_of_its_session(visit, site):
    put(site)
    page = visit("sam.staff").open(change("Workers", ITEM["empId"]))
    value(page, "note").fill("typed\nbefore the end")
    page.context.clear_cookies(name="sessionid")
    save(page)
    expect(page.locator("h1")).to_have_text("Your session has ended")
    assert stored(site) == ITEM
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Sign in").click()
    sign_in(opened.value, "sam.staff")
    expect(opened.value.locator("h1")).to_have_text("You are signed in")
    page.get_by_role("button", name="Send again").click()
    expect(page.locator(".messagelist .success")).to_contain_text("was changed: note")
    assert stored(site)["note"] == {"S": "typed\nbefore the end"}


def test_an_edit_survives_a_sign_in_in_another_tab(visit, site):
    put(site)
    page = visit("sam.staff").open(change("Workers", ITEM["empId"]))
    value(page, "dueDays").fill("9")
    page.context.clear_cookies(name="sessionid")
    other = page.context.new_page()
    other.goto("/admin/")
    sign_in(other, "sam.staff")
    expect(other.locator("h1")).to_have_text("Tables")
    save(page)
    expect(page.locator(".messagelist .success")).to_be_visible()
    assert stored(site)["dueDays"] == {"N": "9"}


def test_an_edit_survives_a_sign_in_without_scripts_too(visit, site):
    put(site)
    page = visit("sam.staff", java_script_enabled=False).open(change("Workers", ITEM["empId"]))
    value(page, "note").fill("typed\nbefore")
    page.context.clear_cookies(name="csrftoken")  # another one comes with each sign-in
    page.context.new_page().goto("/admin/")
    save(page)
    expect(page.locator("h1")).to_have_text("Send this form again")
    assert stored(site) == ITEM
    page.get_by_role("button", name="Send again").click()
    expect(page.locator(".messagelist .success")).to_contain_text("was changed: note")
    assert stored(site)["note"] == {"S": "typed\nbefore"}


def sign_in(page, user):
    """Fill the hosted page in, where it does not remember who that is."""
    page.wait_for_load_state()
    if page.locator("input[name=username]").count():
        page.fill("input[name=username]", user)
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")


def test_a_huge_paste_is_kept_on_the_page(worker, site):
    page = worker.page
    huge = "x" * 6_000_000
    value(page, "note").evaluate("(field, text) => { field.value = text; }", huge)
    save(page)
    expect(page.locator("#too-large")).to_be_focused()
    assert len(value(page, "note").input_value()) == len(huge)
    value(page, "note").fill("small again")
    save(page)
    expect(page.locator(".messagelist .success")).to_be_visible()
    assert stored(site)["note"] == {"S": "small again"}


def test_an_item_over_the_limit_comes_back_with_what_was_typed(worker, site):
    page = worker.page
    value(page, "note").fill("x" * 420_000)
    save(page)
    expect(page.locator("#errors")).to_contain_text("DynamoDB holds at most 409600 bytes")
    assert len(value(page, "note").input_value()) == 420_000
    assert stored(site) == ITEM


def test_saving_returns_to_the_list_as_it_was_left(visit, site):
    page = visit().open(f"{CITIES}?limit=25")
    page.click("#next-top")
    expect(page.locator(".position").first).to_have_text("Items 26–50")
    rows, address = keys(page), page.url
    page.locator("#result_list tbody th a").nth(3).click()
    save(page)
    expect(page.locator(".position").first).to_have_text("Items 26–50")
    assert (keys(page), page.url) == (rows, address)
