"""The browsable API in a real browser: a person reads, writes and is kept from overwriting."""

import json
import re

import pytest
import requests
from playwright.sync_api import expect

from tests.browser.steps import in_colours

TABLES = "/api/v1/tables"
DIGITS = "12345678901234567890.123456789012345678"


def answer(page):
    """The status line and headers that the page shows."""
    return page.locator("main pre").first


def send(page, method):
    """Send a form and wait for its answer: the page already shows a 200 of its own."""
    with page.expect_response(lambda response: response.request.method == method):
        page.locator(f'form[data-method="{method}"] button').click()


@pytest.fixture
def item(visit):
    """A visitor on the page of a new item, made through the form of the list."""
    visitor = visit()
    page = visitor.open(f"{TABLES}/Workers/items?limit=1")
    form = page.locator('form[data-method="POST"]')
    form.locator("textarea").fill(f'{{"empId": "browse/1", "total": {DIGITS}}}')
    send(page, "POST")
    expect(answer(page)).to_contain_text("201 Created")
    answer(page).locator("a", has_text=re.compile("/items/[^/]+$")).click()
    expect(page.locator("h1")).to_have_text("Item")
    yield visitor
    page.goto(page.url)
    page.locator("main summary").click()
    send(page, "DELETE")
    expect(page.locator("#told")).to_contain_text("204")
    expect(page.locator("main section")).to_have_count(0)


def test_an_item_is_made_read_changed_and_deleted_by_forms(item):
    page = item.page
    body = page.locator('form[data-method="PUT"] textarea')
    assert DIGITS in body.input_value()
    body.fill(body.input_value().replace('"browse/1"', '"browse/1",\n  "name": "Ann"'))
    send(page, "PUT")
    expect(answer(page)).to_contain_text("200 OK")
    page.goto(page.url)
    assert '"name": "Ann"' in page.locator("main pre").nth(1).inner_text()
    assert DIGITS in page.locator("main pre").nth(1).inner_text()
    assert item.troubles == []
    assert item.strangers == []


def test_a_form_that_is_out_of_date_is_refused_and_keeps_what_was_typed(item, visit):
    page, rival = item.page, visit().page
    rival.goto(page.url)
    patch = rival.locator('form[data-method="PATCH"]')
    patch.locator("textarea").fill('{"by": "rival"}')
    send(rival, "PATCH")
    expect(answer(rival)).to_contain_text("200 OK")
    mine = page.locator('form[data-method="PATCH"] textarea')
    mine.fill('{"by": "me"}')
    send(page, "PATCH")
    expect(answer(page)).to_contain_text("412 Precondition Failed")
    expect(page.locator('form[data-method="PATCH"] textarea')).to_have_value('{"by": "me"}')


def test_after_a_change_the_forms_start_from_the_new_state(item):
    page = item.page
    page.locator('form[data-method="PATCH"] textarea').fill('{"by": "me"}')
    send(page, "PATCH")
    expect(answer(page)).to_contain_text("200 OK")
    expect(page.locator('form[data-method="PUT"] textarea')).to_have_value(re.compile('"by": "me"'))
    send(page, "PUT")
    expect(answer(page)).to_contain_text("200 OK")
    assert item.troubles == []


def test_a_search_stays_as_it_was_typed(visit):
    page = visit().open(f"{TABLES}/Types/search", status=405)
    typed = '{"scan": {"id": "every-type"}}'
    page.locator('form[data-method="POST"] textarea').fill(typed)
    send(page, "POST")
    expect(answer(page)).to_contain_text("200 OK")
    expect(page.locator('form[data-method="POST"] textarea')).to_have_value(typed)


def test_a_put_can_be_written_in_typed_json(item):
    page = item.page
    form = page.locator('form[data-method="PUT"]')
    form.locator("select").select_option("application/vnd.dynamodb+json")
    page.wait_for_function(
        """() => document.querySelector('form[data-method="PUT"] textarea').value.includes('"N"')"""
    )
    text = form.locator("textarea").input_value()
    assert json.loads(text)["total"] == {"N": DIGITS}
    send(page, "PUT")
    expect(answer(page)).to_contain_text("200 OK")


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/",
        f"{TABLES}/",
        f"{TABLES}/Types",
        f"{TABLES}/Types/items",
        "/api/docs/",
        "/api/docs/errors",
    ],
)
def test_pages_are_quiet_and_for_everyone(visit, violations, path):
    visitor = visit()
    page = visitor.open(path)
    page.wait_for_load_state("networkidle")
    for scheme in ("light", "dark"):
        in_colours(page, scheme)
        assert visitor.troubles == []
        assert visitor.strangers == []
        assert violations(page) == []
        visitor.troubles.clear()  # axe's own


@pytest.mark.parametrize("path", ["/api/v1/", f"{TABLES}/Types/items", f"{TABLES}/Types/search"])
def test_pages_fit_a_phone(visit, path):
    page = visit(viewport={"width": 390, "height": 844}).page
    page.goto(path)
    widths = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert widths[0] <= widths[1]


def test_long_answers_leave_the_forms_within_reach(visit):
    page = visit().open(f"{TABLES}/Types/items/every-type")
    top = page.locator('form[data-method="PUT"]').bounding_box()["y"]
    assert top < 2 * page.viewport_size["height"]


def test_swagger_ui_sends_what_it_shows_as_whoever_is_signed_in(visit):
    visitor = visit()
    page = visitor.open("/api/docs/")
    page.locator("#operations-tag-Workers").click()
    operation = page.locator("#operations-Workers-Workers_search")
    operation.locator(".opblock-summary-control").click()
    operation.get_by_role("button", name="Try it out").click()
    with page.expect_response(f"{visitor.site.url}{TABLES}/Workers/search") as sent:
        operation.get_by_role("button", name="Execute").click()
    assert sent.value.status == 200
    assert "items" in sent.value.json()
    assert visitor.troubles == []
    assert visitor.strangers == []


def test_readers_see_no_forms(visit):
    page = visit("rita.reader").open(f"{TABLES}/Workers/items")
    expect(page.locator("form[data-method]")).to_have_count(0)


def test_nobody_is_led_to_the_sign_in_page_and_back(browser, site):
    page = browser.new_context(base_url=site.url).new_page()
    page.goto(f"{TABLES}/Workers")
    page.get_by_role("link", name="Sign in").click()
    expect(page.locator("input[name=username]")).to_be_visible()
    page.context.close()


def test_the_page_loads_without_a_session_cookie_for_programs(site):
    answer = requests.get(f"{site.url}/api/v1/", headers={"Accept": "text/html"}, timeout=10)
    assert answer.status_code == 401
    assert "Set-Cookie" not in answer.headers
