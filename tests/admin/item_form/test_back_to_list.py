"""From an item back to the list that it was opened from, at its page and with its filter."""

import pytest

from tests.admin.html import Page
from tests.admin.item_form.forms import fields_of
from tests.admin.item_form.person import store, stored, url

ITEM = {"empId": {"S": "x"}, "a": {"S": "one"}}
LIST = "/admin/tables/Workers/?a__begins_with=o%26n&cursor=c%2B1"


@pytest.fixture
def worker(person, sign_in):
    """An administrator who has followed a link of the list."""
    sign_in("admins")
    store("Workers", ITEM)
    person.client.defaults["HTTP_REFERER"] = f"http://testserver{LIST}"
    person.open("Workers", ITEM)
    del person.client.defaults["HTTP_REFERER"]
    person.url = action(person.page)
    return person


def action(page, form="item-form"):
    return Page(page).one("form", id=form)["attrs"]["action"]


def crumb(page):
    links = [link for link in Page(page).all("a") if "user-tools" not in link["within"]]
    return next(link["attrs"]["href"] for link in links if link["text"] == "Workers")


def test_saving_leads_back_to_the_list_with_its_filter_and_page(worker):
    assert crumb(worker.page) == LIST
    assert worker.type("a", "two").press()["Location"] == LIST


@pytest.mark.parametrize("button", ["_continue", "_addanother"])
def test_what_comes_after_saving_still_knows_the_list(worker, button):
    page = worker.client.get(worker.type("a", "two").press(button)["Location"])
    assert crumb(page) == LIST


def test_a_form_with_an_error_still_knows_the_list(worker):
    number = worker.row("a")
    worker.press(**{f"a-{number}-type": "N"})
    worker.url = action(worker.page)
    assert worker.press(**{f"a-{number}-type": "S"})["Location"] == LIST


def test_typed_json_still_knows_the_list(worker):
    worker.press("_tab", "raw")
    worker.url = action(worker.page)
    answer = worker.press("_continue", raw='{"empId": {"S": "x"}, "a": {"S": "3"}}')
    assert answer["Location"].startswith(f"{url('Workers', ITEM)}?view=raw&.list=")
    assert crumb(worker.client.get(answer["Location"])) == LIST


def test_a_resolved_conflict_leads_back_to_the_list(worker):
    store("Workers", {**ITEM, "a": {"S": "theirs"}})
    worker.type("a", "mine").press()
    worker.url = action(worker.page, "conflict-form")
    assert worker.press(**{"keep-0": "mine"})["Location"] == LIST
    assert stored("Workers", {"empId": {"S": "x"}})["a"] == {"S": "mine"}


def test_deleting_leads_back_to_the_list(worker):
    asked = worker.client.get(Page(worker.page).link(class_="deletelink"))
    assert crumb(asked) == LIST
    form = next(f for f in Page(asked).all("form") if "/delete/" in f["attrs"].get("action", ""))
    answer = worker.client.post(form["attrs"]["action"], fields_of(asked, None))
    assert answer["Location"] == LIST


@pytest.mark.parametrize(
    "referrer",
    [
        "",
        "http://testserver/admin/",
        "http://testserver/admin/tables/Types/?a=1",
        "http://elsewhere.example/admin/tables/Workers/?a=1",
        "http://testserver/admin/tables/Workers/?a=" + "x" * 9000,
    ],
)
def test_from_anywhere_else_the_way_leads_to_the_whole_list(person, referrer):
    store("Workers", ITEM)
    page = person.client.get(url("Workers", ITEM), headers={"Referer": referrer})
    assert crumb(page) == "/admin/tables/Workers/"


def test_a_place_too_long_for_an_address_is_given_up_before_the_filter(person):
    store("Workers", ITEM)
    referrer = "http://testserver/admin/tables/Workers/?a=1&cursor=" + "x" * 5000
    page = person.client.get(url("Workers", ITEM), headers={"Referer": referrer})
    assert crumb(page) == "/admin/tables/Workers/?a=1"


def test_a_way_back_never_leaves_the_list(person):
    store("Workers", ITEM)
    page = person.client.get(url("Workers", ITEM), {".list": "//evil.example/?a=1"})
    assert crumb(page).startswith("/admin/tables/Workers/?")
