"""The sidebar of very many tables in a real browser: its filter box asks the site."""

import re

import pytest
from playwright.sync_api import expect

from tables.speed import fragment

STANDING = (("Shop", (("Workers", "Workers", "/admin/tables/Workers/", None, "", ""),)),)


@pytest.fixture
def page(visit):
    """Pages with the sidebar that they have where there are very many tables."""
    bounded = fragment(
        "admin/nav_sidebar.html", groups=STANDING, present="Workers", count="2,000", links=()
    )

    def with_many(route):
        answer = route.fetch()
        one = re.compile(r'<button type="button" class="sticky toggle.*?</nav>', re.DOTALL)
        body, count = one.subn(lambda _: bounded, answer.text())
        assert count == 1
        route.fulfill(response=answer, body=body)

    visitor = visit()
    visitor.page.route(re.compile(r"/admin/(tables/Cities|jobs)/$"), with_many)
    visitor.open("/admin/jobs/")
    yield visitor.page
    assert [t for t in visitor.troubles if "503" not in t] == []


def named(page):
    return page.locator("#nav-sidebar th a:visible").all_inner_texts()


def test_what_is_typed_is_found_in_place_of_what_stands_there(page):
    page.keyboard.press("/")
    page.keyboard.type("citi")
    expect(page.locator("#nav-told")).to_have_text("1 table")
    assert named(page) == ["Cities"]
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/tables/Cities/")
    # The next page still has what was typed, and Escape takes it away.
    expect(page.locator("#nav-found th a")).to_have_text("Cities")
    page.locator("#nav-filter").press("Escape")
    expect(page.locator("#nav-found")).to_be_hidden()
    assert named(page) == ["Workers"]


def test_nothing_found_is_said_and_nothing_turns_red(page):
    page.fill("#nav-filter", "nowhere")
    expect(page.locator("#nav-found")).to_contain_text("No table that you may view")
    expect(page.locator("#nav-told")).to_contain_text("No table that you may view")
    colour = "element => getComputedStyle(element).backgroundColor"
    red = page.locator("#nav-filter").evaluate(colour)
    page.fill("#nav-filter", "")
    expect(page.locator("#nav-tables")).to_be_visible()
    assert page.locator("#nav-filter").evaluate(colour) == red


def test_an_answer_that_does_not_come_is_said_and_enter_leads_to_the_first_page(page):
    page.route("**/admin/find/**", lambda route: route.fulfill(status=503, body="away"))
    page.fill("#nav-filter", "citi")
    expect(page.locator("#nav-found")).to_contain_text("Press Enter")
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/?q=citi")
    expect(page.locator("#found th a")).to_have_text("Cities")
