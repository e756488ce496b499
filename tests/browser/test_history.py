"""Taking back, as people do it: saves, deletions, bulk actions; with scripts and without."""

import pytest
from playwright.sync_api import expect

from tests.browser.steps import act, change, forget, items_of, put, save, stored, undo, value

KEY = {"S": "taken-back"}
PERSON = {
    "empId": KEY,
    "worker": {"M": {"name": {"S": "Ann"}, "site": {"S": "North"}}},
    "dueDays": {"N": "3"},
}
OURS = ("created", "createdBy", "lastUpdatedBy", "lastUpdatedDateTime")
ITEM = change("Workers", KEY)
HISTORY = ITEM.replace("change", "history")


@pytest.fixture(params=[True, False], ids=["with scripts", "without"])
def ada(visit, site, request):
    """An administrator at the item, which nobody has changed yet."""
    put(site, PERSON)
    visitor = visit(java_script_enabled=request.param)
    visitor.open(ITEM)
    return visitor.page


def of(site, key=KEY):
    """The stored item without the stamps."""
    found = stored(site, key)
    return found and {name: found[name] for name in found if name not in OURS}


def set_to(page, name, text):
    page.goto(ITEM)
    value(page, name).fill(text)
    save(page)
    expect(page.locator(".messagelist")).to_contain_text(f"was changed: {name}")


def undone(page):
    undo(page)
    expect(page.locator(".messagelist")).to_contain_text("was undone")


def test_a_wrong_save_is_undone_where_one_is_and_so_is_that(ada, site):
    set_to(ada, "dueDays", "33")
    undone(ada)
    expect(ada).to_have_url(f"{site.url}/admin/tables/Workers/")
    assert of(site) == PERSON
    undone(ada)
    assert of(site)["dueDays"] == {"N": "33"}


def test_a_save_is_undone_beside_a_colleagues_and_asked_about_upon_one(ada, visit, site):
    sam = visit("sam.staff").page
    set_to(ada, "dueDays", "33")
    put(site, {**stored(site, KEY), "note": {"S": "by another program"}})
    undone(ada)
    assert of(site) == {**PERSON, "note": {"S": "by another program"}}

    set_to(ada, "dueDays", "55")
    set_to(sam, "dueDays", "66")
    undo(ada)
    expect(ada.locator(".columns tbody td")).to_contain_text(["55", "66", "3"])
    assert of(site)["dueDays"] == {"N": "66"}
    ada.get_by_label("Undo it dueDays").check()
    save_choices(ada)
    assert of(site)["dueDays"] == {"N": "3"}

    # The timeline tells what the other program did, without a name and without buttons.
    ada.goto(HISTORY)
    outside = ada.locator(".entry.outside").first
    expect(outside).to_contain_text("not known by whom")
    expect(outside.locator("ins")).to_have_text("by another program")
    expect(outside.locator("button, a")).to_have_count(0)


def test_a_deletion_is_taken_back_from_the_trash_and_upon_another_item(ada, site):
    before = of(site)
    delete(ada)
    ada.goto("/admin/tables/Workers/trash/?q=taken-back")
    ada.locator(".trash tbody tr").first.get_by_role("button").click()
    expect(ada.locator(".messagelist")).to_contain_text("was undone")
    assert of(site) == before

    delete(ada)
    put(site, {"empId": KEY, "note": {"S": "newcomer"}})
    undo(ada)
    expect(ada.get_by_role("alert")).to_contain_text("another item has this key now")
    assert of(site) == {"empId": KEY, "note": {"S": "newcomer"}}
    ada.get_by_role("button", name="Restore version").click()
    expect(ada.locator(".messagelist")).to_contain_text("is as version")
    assert of(site) == before


def save_choices(page):
    page.get_by_role("button", name="Save with these choices").click()
    expect(page.locator(".messagelist")).to_contain_text("was changed")


def delete(page):
    page.goto(ITEM.replace("change", "delete"))
    page.get_by_role("button", name="Yes, delete it").click()
    expect(page.locator(".messagelist")).to_contain_text("was deleted")


def test_a_bulk_delete_is_taken_back_but_for_what_others_wrote(visit, site):
    keys = [{"S": f"all-back-{n}"} for n in range(4)]
    for key in keys:
        put(site, {**PERSON, "empId": key})
    ada = visit().page
    ada.goto("/admin/tables/Workers/?empId__begins_with=all-back-")
    act(ada, "delete_selected")
    ada.get_by_role("button", name="Yes, delete them").click()
    expect(ada.locator(".messagelist")).to_contain_text("4 items were deleted")
    put(site, {"empId": keys[1], "note": {"S": "newcomer"}})

    undo(ada)

    expect(ada.locator("h1")).to_have_text("3 of 4 items undone")
    expect(ada.locator(".lines tbody tr").first).to_contain_text("Another item has this key now.")
    assert of(site, keys[1]) == {"empId": keys[1], "note": {"S": "newcomer"}}
    assert [of(site, keys[n]) for n in (0, 2, 3)] == [
        {**PERSON, "empId": keys[n]} for n in (0, 2, 3)
    ]
    ada.get_by_role("link", name="Go on").click()
    expect(ada).to_have_url(f"{site.url}/admin/tables/Workers/?empId__begins_with=all-back-")
    expect(ada.locator("#result_list tbody tr")).to_have_count(4)
    for key in keys:
        forget(site, key, "Workers")
    assert not [item for item in items_of(site, "Workers") if item["empId"] in keys]
