"""However a part of a page is refused, the page lives on, what was typed stays, Back works."""

import pytest
from playwright.sync_api import expect

from tests.browser.steps import add_filter, settled, typed_filters

CITIES = "/admin/tables/Cities/"
STATUSES = [400, 401, 403, 404, 409, 422, 429, 502, 503]
# Words of no page of ours, as a proxy has them; and of one of ours.
BODIES = {
    "proxy": "<html><body><h1>Bad luck</h1><script>window.owned = 1</script></body></html>",
    "ours": (
        "<html><body><main><h1>DynamoDB is busy</h1>"
        "<div class='notice'><p>It asks to <b>slow</b> down.</p></div></main></body></html>"
    ),
}


def answering(page, status, body=BODIES["proxy"]):
    """Answer every request for a part of a page, and every form, with this; pages are as ever."""

    def answer(route):
        request = route.request
        if "hx-request" in request.headers or request.method == "POST":
            route.fulfill(status=status, body=body, content_type="text/html; charset=utf-8")
        else:
            route.continue_()

    page.route("**/admin/tables/**", answer)


def is_alive(page):
    """Whether the sidebar, the theme and the shortcuts of the page still do what they do."""
    expect(page.locator("#nav-sidebar")).to_be_visible()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    expect(page.locator("#keyboard-help")).to_be_visible()
    page.keyboard.press("Escape")
    before = page.evaluate("document.documentElement.dataset.theme")
    page.locator(".theme-toggle").first.click()
    page.wait_for_function(f"document.documentElement.dataset.theme !== '{before}'")
    return page.evaluate("window.stayed === true && window.owned === undefined")


def refused(page, status):
    """The box that says so, once it is there."""
    box = page.locator("#results .refusal")
    expect(box).to_have_count(1)
    expect(box).to_have_attribute("role", "alert")
    if status == 401:
        expect(box.get_by_role("link")).to_have_text("Sign in")
        assert "/oidc/authenticate/?next=%2Fadmin%2Ftables" in box.locator("a").get_attribute(
            "href"
        )
    else:
        expect(box).to_contain_text(f"answered {status}")
        expect(box.get_by_role("link")).to_have_text("Try again")
    return box


@pytest.fixture
def list_page(visit):
    page = visit().open(f"{CITIES}?countrycode=BR&limit=25")
    page.evaluate("window.stayed = true")
    return page


@pytest.mark.parametrize("status", STATUSES)
def test_a_filter_that_is_refused(list_page, status):
    page, before = list_page, list_page.url
    answering(page, status)
    add_filter(page, "population", "12345", "gte", "N")
    refused(page, status)
    assert ["population", "12345"] in typed_filters(page)
    assert is_alive(page)
    if status == 401:
        assert page.url == before
        return
    assert "/Cities/filter/?" in page.url
    assert "value=12345" in page.url
    page.unroute_all()
    page.go_back()
    expect(page.locator(".position").first).to_have_text("Items 1–25")
    assert page.url == before


def test_the_address_of_a_filter_that_was_refused_leads_to_its_list(list_page):
    page = list_page
    answering(page, 503)
    add_filter(page, "population", "12345", "gte", "N")
    refused(page, 503)
    page.unroute_all()
    page.reload()
    assert page.url.endswith("/Cities/?countrycode=BR&population__gte=12345&limit=25")
    assert ["population", "12345"] in typed_filters(page)


@pytest.mark.parametrize(
    ("link", "status"),
    [
        *(("#next-top", status) for status in STATUSES),
        *((link, 503) for link in ("#next-bottom", "#order", "#size-100")),
    ],
)
def test_a_link_that_is_refused(list_page, link, status):
    page, before = list_page, list_page.url
    asked = page.locator(link).get_attribute("href")
    answering(page, status)
    page.locator(link).click()
    refused(page, status)
    assert is_alive(page)
    assert typed_filters(page) == [["countrycode", "BR"]]
    if status == 401:
        assert page.url == before
        return
    assert page.url.endswith(asked)
    page.unroute_all()
    page.go_back()
    expect(page.locator(".position").first).to_have_text("Items 1–25")
    assert page.url == before


@pytest.mark.parametrize("status", STATUSES)
def test_a_preview_of_the_plan_that_is_refused(list_page, status):
    page, before = list_page, list_page.url
    answering(page, status)
    page.click("#add-filter > summary")
    with page.expect_response("**/plan/**"):
        page.locator(".spare input.value").fill("kept")
    settled(page)
    if status != 401:
        expect(page.locator(".spare .plan-preview")).to_have_text("This can’t be shown")
    assert ["", "kept"] in typed_filters(page)
    assert is_alive(page)
    assert page.url == before
    assert page.locator("#result_list tbody tr").count() == 25


@pytest.mark.parametrize("status", STATUSES)
def test_columns_that_are_refused_are_still_ticked_after_going_back(list_page, status):
    page = list_page
    page.click("#columns-menu summary")
    page.fill("#further-column", "no.such")
    page.uncheck("#columns-menu input[value=population]")
    answering(page, status)
    page.click("#columns-menu button:has-text('Keep')")
    page.wait_for_url("**/columns/")
    page.unroute_all()
    page.go_back()
    expect(page.locator(".position").first).to_have_text("Items 1–25")
    expect(page.locator("#further-column")).to_have_value("no.such")
    assert not page.is_checked("#columns-menu input[value=population]")


@pytest.mark.parametrize("status", STATUSES)
def test_an_action_that_is_refused_finds_its_items_ticked_after_going_back(list_page, status):
    page = list_page
    ticked = page.locator(".action-select").nth(3)
    ticked.check()
    page.select_option("select[name=action]", "delete_selected")
    answering(page, status)
    page.click("button[name=index]")
    expect(page.locator("h1")).to_have_text("Bad luck")
    page.unroute_all()
    page.go_back()
    expect(page.locator(".action-counter")).to_have_text("1 of 25 selected")
    assert ticked.is_checked()
    expect(page.locator("select[name=action]")).to_have_value("delete_selected")


def test_a_page_of_ours_says_why(list_page):
    answering(list_page, 503, BODIES["ours"])
    list_page.click("#next-top")
    box = list_page.locator("#results .refusal")
    expect(box.locator("h2")).to_have_text("DynamoDB is busy")
    expect(box).to_contain_text("It asks to slow down.")


def test_a_server_that_does_not_answer_leaves_the_rows(list_page):
    page = list_page
    page.route("**/*cursor=*", lambda route: route.abort())
    page.click("#next-top")
    expect(page.locator("#results .refusal")).to_contain_text("can’t be reached")
    assert page.locator("#result_list tbody tr").count() == 25
    assert is_alive(page)


def test_a_condition_that_can_not_be_meant_is_marked_and_kept_in_the_address(list_page):
    """A number that is none: the server itself refuses it."""
    page, before = list_page, list_page.url
    add_filter(page, "population", "x", "gte", "N")
    expect(page.locator(".condition.errors")).to_contain_text("A number must be written")
    expect(page.locator(".condition.errors input.value")).to_be_focused()
    assert ["population", "x"] in typed_filters(page)
    assert is_alive(page)
    assert "value=x" in page.url
    page.reload()
    assert ["population", "x"] in typed_filters(page)
    page.go_back()
    expect(page.locator(".position").first).to_have_text("Items 1–25")
    assert page.url == before


def test_facts_that_are_refused_leave_the_names(visit):
    page = visit().page
    page.route("**/admin/facts/**", lambda route: route.fulfill(status=503, body=BODIES["proxy"]))
    page.goto("/admin/")
    expect(page.locator(".home .tables th[scope=row] a").first).to_be_visible()
    settled(page)
    assert page.locator(".home .tables th[scope=row] a").count() > 5
    page.fill("#table-filter", "citi")
    visible = [a.inner_text() for a in page.locator(".home .tables th a").all() if a.is_visible()]
    assert visible == ["Cities"]
