"""Whole jobs as people walk through them: ordered, looked at, confirmed, undone; and a file."""

import pytest
from playwright.sync_api import expect

from tests.browser.steps import forget, put, stored
from tests.running import running_worker

NAMES = ("walk-1", "walk-2", "walk-3")
LIST = "/admin/tables/Workers/?empId__begins_with=walk-"
PHONE = {"viewport": {"width": 390, "height": 844}}


@pytest.fixture(scope="module", autouse=True)
def _worker(site):
    with running_worker(site.running):
        yield


@pytest.fixture(params=[True, False], ids=["with scripts", "without, on a phone"])
def ada(visit, site, request):
    """An administrator at a list of three items."""
    for name in NAMES:
        put(site, {"empId": {"S": name}, "dueDays": {"N": "1"}})
    visitor = visit(java_script_enabled=request.param, **({} if request.param else PHONE))
    visitor.has_scripts = request.param
    visitor.open(LIST)
    yield visitor
    for name in NAMES:
        forget(site, {"S": name}, "Workers")


def due(site):
    return [stored(site, {"S": name})["dueDays"]["N"] for name in NAMES]


def until(visitor, words):
    """Wait for a state of the job; without script the page says when it loads itself anew."""
    state = visitor.page.locator(".job-state")
    if visitor.has_scripts:
        expect(state).to_contain_text(words)
        return
    for _ in range(100):
        if words in state.inner_text():
            return
        assert visitor.page.locator("meta[http-equiv=refresh]").count()
        visitor.page.wait_for_timeout(200)
        visitor.page.reload()
    pytest.fail(f"{words} was not told: {state.inner_text()}")


def looks_right(visitor, violations):
    """Nothing for axe to find, nothing wider than the window, no trouble in the console."""
    page = visitor.page
    if not visitor.has_scripts:
        return
    assert visitor.troubles == []
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    visitor.troubles.clear()  # axe's own


def confirmed(visitor, violations, button):
    until(visitor, "Waits for your yes")
    looks_right(visitor, violations)
    visitor.page.fill("#typed", "Workers")
    visitor.page.get_by_role("button", name=button).click()
    until(visitor, "Finished")
    looks_right(visitor, violations)


def test_a_value_is_set_on_many_items_and_the_whole_is_undone(ada, site, violations):
    page = ada.page
    for box in page.locator("input.action-select").all():
        box.check()
    page.select_option("select[name=action]", "change_many")
    page.click("button[name=index]")
    page.fill("#path-1", "dueDays")
    page.select_option("#tag-1", "N")
    page.fill("#text-1", "9")
    page.click("button[name=look]")
    until(ada, "Waits for your yes")
    assert due(site) == ["1", "1", "1"]
    expect(page.locator(".diff ins")).to_have_text(["9", "9", "9"])
    page.fill("#typed", "Customers")
    page.get_by_role("button", name="Write 3 items").click()
    words = "Type “Workers” to confirm. Nothing was written."
    expect(page.get_by_role("alert")).to_have_text(words)
    expect(page.locator("#typed")).to_be_focused()
    confirmed(ada, violations, "Write 3 items")
    assert due(site) == ["9", "9", "9"]
    page.get_by_role("button", name="Undo this job").click()
    until(ada, "Finished")
    expect(page.locator(".job-state")).to_contain_text("3 done")
    looks_right(ada, violations)
    assert due(site) == ["1", "1", "1"]
    page.get_by_role("link", name="To the job that it undoes").click()
    expect(page.get_by_role("link", name="Another job took it back")).to_be_visible()


def test_a_file_in_another_encoding_is_asked_about_checked_and_written(ada, site, violations):
    page = ada.page
    page.goto("/admin/tables/Workers/import/")
    text = "empId,dueDays:N,note\nwalk-1,7,café\nwalk-2,1,\nwalk-3,2\n"
    file = {"name": "w.csv", "mimeType": "text/csv", "buffer": text.encode("cp1252")}
    page.set_input_files("#file", file)
    page.get_by_role("button", name="Check the file").click()
    page.locator("input[value=cp1252]").check()
    page.get_by_role("button", name="Check the file").click()
    until(ada, "Waits for your yes")
    page.get_by_role("link", name="Refused 1").click()
    expect(page.locator(".outcomes tbody")).to_contain_text("The line has 2 cells")
    confirmed(ada, violations, "Write 1 item")
    assert due(site) == ["7", "1", "1"]
    assert stored(site, {"S": "walk-1"})["note"] == {"S": "café"}
