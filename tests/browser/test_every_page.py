"""Every page in light and dark and on a phone: axe, console, network, one heading, a title."""

import pytest
from playwright.sync_api import expect

from tests.browser.steps import (
    ITEM,
    act,
    add_filter,
    change,
    forget,
    in_colours,
    put,
    save,
    stored,
    undo,
    value,
    written,
)

EVERY = change("Types", {"S": "every-type"})
WORKER = change("Workers", ITEM["empId"])
# Name of a page -> its address, and what it answers where that is not 200.
PLAIN = {
    "index": "/admin/",
    "list": "/admin/tables/Cities/",
    "list of a query": "/admin/tables/Cities/?countrycode=AT",
    "list of an index": "/admin/tables/Cities/?timezone=Europe%2FVienna",
    "scan that asks": "/admin/tables/Cities/?population__gte__n=1",
    "scan that stopped": "/admin/tables/Cities/?population__gte__n=1000000&.scan=run",
    "list of all types": "/admin/tables/Types/?limit=1000",
    "list of a whole shop": "/admin/tables/Orders/",
    "no result": "/admin/tables/Workers/?name=nobody&dueDays=7",
    "item": EVERY,
    "typed JSON": f"{EVERY}?view=raw",
    "item that is deleted": EVERY.replace("change", "delete"),
    "new item": "/admin/tables/Types/add/",
    "new item with a schema": "/admin/tables/Students/add/",
    "new item in typed JSON": "/admin/tables/Students/add/?view=raw",
    "jobs": "/admin/jobs/",
    "import": "/admin/tables/Types/import/",
    "access keys": "/admin/access-keys/",
    "token": "/admin/token/",
    "signed in again": "/oidc/done/",
}
FAILING = {
    "filter that can't be read": ("/admin/tables/Workers/?a..b=x", 400),
    "unknown table": ("/admin/tables/Nope/", 404),
    "unknown item": ("/admin/tables/Types/nobody/change/", 404),
    "unknown page": ("/admin/nowhere/", 404),
}


def conflict(page, site):
    put(site)
    page.goto(WORKER)
    put(site, {**ITEM, "dueDays": {"N": "4"}})
    value(page, "dueDays").fill("5")
    save(page)
    expect(page.locator("#conflict-form")).to_be_visible()


def stale_delete(page, site):
    put(site)
    page.goto(WORKER.replace("change", "delete"))
    put(site, {**ITEM, "dueDays": {"N": "4"}})
    page.get_by_role("button", name="Yes, delete it").click()
    expect(page.locator(".columns")).to_be_visible()


def edited_after_deletion(page, site):
    put(site)
    page.goto(WORKER)
    forget(site, ITEM["empId"], "Workers")
    value(page, "dueDays").fill("5")
    save(page)
    expect(page.get_by_role("alert")).to_be_visible()


def error_at_a_field(page, _site):
    page.goto(EVERY)
    value(page, "number").fill("12abc")
    save(page)
    expect(page.locator("#errors")).to_be_visible()


def several(page, site):
    for number in "12":
        put(site, {"id": {"S": f"several-{number}"}, "n": {"N": number}}, "Types")
    page.goto("/admin/tables/Types/?id__begins_with=several-")
    act(page, "delete_selected")
    expect(page.locator("h1")).to_have_text("Delete 2 items?")


def report(page, site):
    several(page, site)
    forget(site, {"S": "several-1"}, "Types")
    put(site, {"id": {"S": "several-2"}, "n": {"N": "3"}}, "Types")
    page.get_by_role("button", name="Yes, delete them").click()
    expect(page.locator("h1")).to_have_text("0 of 2 items deleted")


def change_dialog(page, site):
    put(site, {"id": {"S": "many-1"}, "n": {"N": "1"}}, "Types")
    page.goto("/admin/tables/Types/?id__begins_with=many-")
    act(page, "change_many")
    expect(page.locator("#path-1")).to_be_visible()


def job_that_waits(page, site):
    change_dialog(page, site)
    page.fill("#path-1", "note")
    page.select_option("#tag-1", "S")
    page.fill("#text-1", "seen")
    page.click("button[name=look]")
    expect(page.locator("#job-progress")).to_be_visible()


def encoding_that_is_asked_for(page, _site):
    page.goto("/admin/tables/Types/import/")
    text = f"id,note\n1,{'long ' * 100}é{' long' * 100}\n"
    file = {"name": "a.csv", "mimeType": "text/csv", "buffer": text.encode("cp1252")}
    page.set_input_files("#file", file)
    page.click(".ordering button")
    expect(page.locator("input[value=cp1252]")).to_be_visible()


def opened_menu(menu):
    def open_menu(page, _site):
        page.goto("/admin/tables/Orders/")
        page.click(f"#{menu} summary")

    return open_menu


def keyboard_help(page, _site):
    page.goto("/admin/tables/Orders/")
    page.keyboard.press("?")
    expect(page.locator("#keyboard-help")).to_be_visible()


def new_key(page, _site):
    page.goto("/admin/access-keys/")
    page.fill("#id_label", "axe")
    page.get_by_role("button", name="Create access key").click()
    expect(page.locator("#access-key-secret")).to_be_visible()


def revoking(page, site):
    new_key(page, site)
    page.get_by_role("link", name="Active; revoke… axe").first.click()
    expect(page.locator("h1")).to_have_text("Revoke this access key?")


def shown_token(page, _site):
    page.goto("/admin/token/")
    page.get_by_role("button", name="Show the token").click()
    expect(page.locator("#token-text")).to_be_visible()


def wrong_condition(page, _site):
    page.goto(
        "/admin/tables/Workers/filter/?path=dueDays&operator=gte&type=N&value=abc&upper=&flag=true&kind=S"
    )
    expect(page.locator(".condition.errors")).to_be_visible()


def refused_condition(page, _site):
    page.goto("/admin/tables/Workers/")
    add_filter(page, "dueDays", "x", "gte", "N")
    expect(page.locator(".condition.errors .errornote")).to_be_visible()


def opened(selector):
    def open_box(page, _site):
        page.goto("/admin/tables/Orders/?status=paid")
        page.locator(selector).first.click()

    return open_box


REACHED = {
    "conflict": conflict,
    "stale delete": stale_delete,
    "edit of what was deleted": edited_after_deletion,
    "error at a field": error_at_a_field,
    "several to delete": several,
    "report of deletions": report,
    "dialog of a bulk change": change_dialog,
    "job that waits": job_that_waits,
    "encoding of an import": encoding_that_is_asked_for,
    "column chooser": opened_menu("columns-menu"),
    "export menu": opened_menu("export-menu"),
    "box of a new filter": opened("#add-filter > summary"),
    "box of a filter that is set": opened(".chip-set summary"),
    "values to filter by": opened(".chip:not(.chip-set) summary"),
    "ways to read": opened(".reads summary"),
    "menu of a person": opened(".person summary"),
    "keyboard help": keyboard_help,
    "new access key": new_key,
    "revoking a key": revoking,
    "token shown": shown_token,
    "condition that can't be meant": wrong_condition,
    "condition that was refused": refused_condition,
}


TOLD = "/admin/tables/Workers/told"
# What history shows of an item that was changed, also from outside, and of one that was deleted.
HISTORY = {
    "history": f"{TOLD}/history/",
    "version": f"{TOLD}/history/2/",
    "restore": f"{TOLD}/history/1/restore/",
    "history of what is gone": f"{TOLD}-gone/history/",
    "version that deleted": f"{TOLD}-gone/history/2/",
    "trash": "/admin/tables/Workers/trash/",
    "trash without a match": "/admin/tables/Workers/trash/?q=nobody",
    "changes": "/admin/changes/",
    "changes of a table": "/admin/changes/?table=Workers",
    "no changes": "/admin/changes/?table=Settings&action=restore",
}


@pytest.fixture(scope="module")
def told(site):
    """An item and its history, and one that is gone; they stay."""
    item, gone = {"S": "told"}, {"S": "told-gone"}
    for key in (item, gone):
        forget(site, key, "Workers")
    written(
        site,
        ("POST", "items", {"empId": "told", "dueDays": 1, "note": "Leave it at the front door"}),
        ("PATCH", "items/told", {"note": "Leave it at the side door"}),
    )
    put(site, {**stored(site, item), "dueDays": {"N": "7"}})
    written(
        site,
        ("PATCH", "items/told", {"note": "Ring twice"}),
        ("POST", "items", {"empId": "told-gone", "dueDays": 2}),
    )
    written(site, ("DELETE", "items/told-gone", None), user="ada.admin")


def contested_undo(page, site):
    put(site)
    page.goto(WORKER)
    value(page, "dueDays").fill("5")
    save(page)
    put(site, {**ITEM, "dueDays": {"N": "6"}})
    undo(page)
    expect(page.locator("#conflict-form")).to_be_visible()


def report_of_an_undo(page, site):
    several(page, site)
    page.get_by_role("button", name="Yes, delete them").click()
    put(site, {"id": {"S": "several-1"}, "n": {"N": "9"}}, "Types")
    undo(page)
    expect(page.locator("h1")).to_have_text("1 of 2 items undone")


def taken_key(page, site):
    put(site)
    page.goto(WORKER.replace("change", "delete"))
    page.get_by_role("button", name="Yes, delete it").click()
    put(site, {"empId": ITEM["empId"], "note": {"S": "another's"}})
    undo(page)
    expect(page.get_by_role("alert")).to_contain_text("another item has this key now")


UNDOING = {
    "undo that is contested": contested_undo,
    "report of an undo": report_of_an_undo,
    "undo of a deletion whose key is taken": taken_key,
}


def inspected(visitor, violations):
    """Everything that a page can do wrong by itself."""
    page = visitor.page
    page.wait_for_load_state("networkidle")
    expected = ("Failed to load resource", "Response Status Error Code")  # refusals
    refusals = [text for text in visitor.troubles if text.startswith(expected)]
    assert visitor.troubles == refusals
    assert visitor.strangers == []
    assert page.locator("h1").count() == 1
    assert page.title().endswith((" | Dynadmin", "Dynadmin"))
    expect(page.locator(".environment")).to_have_text("demo")
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.set_viewport_size({"width": 1360, "height": 844})
    assert violations(page) == []


def inspected_in_both(visitor, violations):
    """The same in light and dark, of one page as it stands."""
    page = visitor.page
    for scheme in ("light", "dark"):
        in_colours(page, scheme)
        if scheme == "dark" and page.locator(".cm-editor").count():
            page.reload()  # the editor chooses its colours when it comes
            expect(page.locator(".cm-editor")).to_be_visible()
        inspected(visitor, violations)
        visitor.troubles.clear()  # axe's own


@pytest.mark.parametrize("name", PLAIN)
def test_a_page_is_for_everyone_and_quiet(visit, violations, name):
    visitor = visit()
    page = visitor.open(PLAIN[name])
    if "typed JSON" in name:
        expect(page.locator(".cm-editor")).to_be_visible()
    inspected_in_both(visitor, violations)


@pytest.mark.parametrize("name", FAILING)
def test_a_page_that_refuses_is_for_everyone_too(visit, violations, name):
    visitor = visit()
    visitor.open(*FAILING[name])
    inspected_in_both(visitor, violations)


@pytest.mark.parametrize("name", REACHED)
def test_a_page_that_one_comes_to_is_for_everyone_too(visit, site, violations, name):
    visitor = visit()
    visitor.open("/admin/")
    REACHED[name](visitor.page, site)
    inspected_in_both(visitor, violations)


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("name", HISTORY)
def test_what_history_shows_is_for_everyone_too(visit, violations, name):
    visitor = visit()
    visitor.open(HISTORY[name])
    inspected_in_both(visitor, violations)


@pytest.mark.parametrize("name", UNDOING)
def test_what_an_undo_asks_is_for_everyone_too(visit, site, violations, name):
    visitor = visit()
    UNDOING[name](visitor.page, site)
    inspected_in_both(visitor, violations)


@pytest.mark.parametrize(
    ("address", "status"),
    [
        (EVERY, 200),
        (EVERY.replace("change", "delete"), 403),
        ("/admin/tables/Types/", 200),
        ("/admin/tables/Types/add/", 403),
    ],
)
def test_what_readers_meet_is_for_everyone_too(visit, violations, address, status):
    visitor = visit("rita.reader")
    visitor.open(address, status)
    inspected_in_both(visitor, violations)


def test_an_empty_table_is_for_everyone_too(visit, site, violations):
    notes = site.engine.dynamodb("Scan", TableName="ttd-Notes")["Items"]
    for note in notes:
        forget(site, note["id"], "Notes")
    try:
        visitor = visit()
        page = visitor.open("/admin/tables/Notes/")
        expect(page.locator("#explanation h2")).to_have_text("This table is empty")
        inspected_in_both(visitor, violations)
    finally:
        for note in notes:
            put(site, note, "Notes")


def test_every_page_has_a_title_of_its_own(visit):
    visitor = visit()
    ours = [name for name in PLAIN if "list" not in name and "scan" not in name]
    titles = [visitor.open(PLAIN[name]).title() for name in ours if "JSON" not in name]
    assert len(set(titles)) == len(titles)
