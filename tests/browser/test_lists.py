"""Lists in a real browser: what staff do there, by mouse, by keyboard and without scripts."""

import gzip
import json
import re

import pytest
from playwright.sync_api import expect

CITIES = "/admin/tables/Cities/"
PAGES = [
    "/admin/",
    CITIES,
    "/admin/tables/Cities/?countrycode=AT",
    "/admin/tables/Cities/?population__gte__n=1",
    "/admin/tables/Types/",
    "/admin/tables/Orders/",
    "/admin/tables/Workers/?name=nobody",
    "/admin/tables/Workers/?a..b=x",
    "/admin/tables/Nope/",
]
STATUS = {"/admin/tables/Nope/": 404, "/admin/tables/Workers/?a..b=x": 400}


def keys(page):
    return page.locator("#result_list tbody th a").all_inner_texts()


def sort_keys(page):
    return page.locator("#result_list tbody td:nth-child(3) a").all_inner_texts()


def settled(page):
    """Wait until htmx has swapped what it asked for."""
    expect(page.locator(".htmx-request")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_pages_are_for_everyone_and_quiet(visit, violations, path, scheme):
    visitor = visit(color_scheme=scheme)
    page = visitor.open(path, STATUS.get(path, 200))
    page.wait_for_load_state("networkidle")
    expected = [text for text in visitor.troubles if "status of 4" in text]
    assert visitor.troubles == expected
    assert len(expected) == (path in STATUS)
    assert visitor.strangers == []
    assert violations(page) == []


@pytest.mark.parametrize("path", PAGES)
def test_pages_fit_a_phone(visit, path):
    page = visit(viewport={"width": 390, "height": 844}).open(path, STATUS.get(path, 200))
    widths = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert widths[0] <= widths[1]


def test_fifty_pages_forward_and_back_are_the_same_rows(visit):
    visitor = visit()
    page = visitor.open(f"{CITIES}?limit=25")
    seen = []
    for number in range(50):
        seen.append(sort_keys(page))
        expect(page.locator(".position").first).to_have_text(
            f"Items {number * 25 + 1:,}–{number * 25 + 25:,}"
        )
        page.click("#next-top")
        expect(page.locator(".position").first).not_to_have_text(
            f"Items {number * 25 + 1:,}–{number * 25 + 25:,}"
        )
    assert len({key for rows in seen for key in rows}) == 1250
    for rows in reversed(seen):
        before = page.locator(".position").first.inner_text()
        page.click("#previous-top")
        expect(page.locator(".position").first).not_to_have_text(before)
        assert sort_keys(page) == rows
    expect(page.locator("#previous-top")).to_have_count(0)
    assert visitor.troubles == []


def test_paging_swaps_the_rows_and_leaves_the_page(visit):
    page = visit().open(f"{CITIES}?limit=25")
    page.evaluate("window.stayed = true")
    page.click("#next-top")
    page.wait_for_url("**cursor=**")
    settled(page)
    assert page.evaluate("window.stayed") is True
    second = sort_keys(page)
    page.click("#next-top")
    expect(page.locator(".position").first).to_have_text("Items 51–75")
    page.go_back()
    expect(page.locator(".position").first).to_have_text("Items 26–50")
    assert sort_keys(page) == second


def test_the_second_page_of_an_index_query_is_no_scan(visit):
    page = visit().open(f"{CITIES}?timezone=Europe%2FVienna&limit=10")
    plan = page.locator("#meter .plan")
    expect(plan).to_have_text("Query on index timezone: reads only timezone is “Europe/Vienna”")
    page.click("#next-bottom")
    page.wait_for_url("**cursor=**")
    settled(page)
    expect(plan).to_have_text("Query on index timezone: reads only timezone is “Europe/Vienna”")


def test_a_thousand_items_take_one_call(visit):
    page = visit().open(f"{CITIES}?countrycode=BR&limit=1000")
    assert ", 1 call" in page.inner_text("#meter .meter")
    page = visit().open("/admin/tables/Cities/?limit=500")
    assert len(keys(page)) == 500
    assert ", 1 call" in page.inner_text("#meter .meter")


def test_a_scan_asks_then_meters_then_continues(visit):
    page = visit().open(CITIES)
    page.locator(".condition.spare .path").fill("population")
    row = page.locator(".condition:not(.spare)").last
    row.locator(".operator").select_option("gte")
    row.locator(".value").fill("15000000")
    row.locator(".type").select_option("N")
    expect(page.locator("#plan-preview")).to_contain_text("Scan: reads the whole table, about")
    page.click("#apply-filter")
    page.wait_for_url("**population__gte=15000000")
    expect(page.locator("#scan-question")).to_contain_text("Scan: reads the whole table")
    page.click("#run-scan")
    expect(page.locator("#meter")).to_contain_text("Looked at 600, matched")
    expect(page.locator("#meter")).to_contain_text("stopped at your budget")
    parts = 1
    while page.locator("#continue-scan").count():
        before = page.url
        page.click("#continue-scan")
        page.wait_for_function("before => location.href !== before", arg=before)
        settled(page)
        parts += 1
    assert parts == 4
    expect(page.locator("#meter")).to_contain_text("reached the end")


@pytest.mark.parametrize(
    ("alias", "path", "chosen", "typed", "query"),
    [
        ("Types", "boolean", {"type": "BOOL"}, {}, "boolean__bool=true"),
        (
            "Workers",
            "training.timeInTraining",
            {"operator": "between", "type": "N"},
            {"value": "1", "upper": "9000000"},
            "training.timeInTraining__between__n=1%2C9000000",
        ),
        (
            "Workers",
            "worker.empGroupIds[0]",
            {"operator": "begins_with"},
            {"value": "-98"},
            "worker.empGroupIds%5B0%5D__begins_with=-98",
        ),
        ("Workers", "nothing", {"operator": "not_exists"}, {}, "nothing__exists=false"),
        ("Workers", "dueDays", {"operator": "type", "kind": "S"}, {}, "dueDays__type=S"),
    ],
)
def test_conditions_of_every_shape_can_be_filled_in(visit, alias, path, chosen, typed, query):
    page = visit().open(f"/admin/tables/{alias}/")
    page.locator(".condition.spare .path").fill(path)
    row = page.locator(".condition:not(.spare)").last
    for name, value in chosen.items():
        row.locator(f"[name={name}]").select_option(value)
    for name, value in typed.items():
        row.locator(f"[name={name}]").fill(value)
    page.click("#apply-filter")
    page.wait_for_url(f"{page.url.split('?')[0]}?{query}")
    expect(page.locator("#meter")).to_contain_text("Scan: reads the whole table")
    assert keys(page)


def test_only_the_inputs_that_count_are_shown(visit):
    page = visit().open("/admin/tables/Workers/")
    row = page.locator(".condition").first
    value, upper, flag = row.locator(".value"), row.locator("[name=upper]"), row.locator(".flag")
    expect(upper).to_be_hidden()
    row.locator(".operator").select_option("between")
    expect(upper).to_be_visible()
    row.locator(".operator").select_option("exists")
    expect(value).to_be_hidden()
    row.locator(".operator").select_option("eq")
    row.locator(".type").select_option("BOOL")
    expect(value).to_be_hidden()
    expect(flag).to_be_visible()


def test_a_known_attribute_brings_its_type(visit):
    page = visit().open(CITIES)
    page.locator(".condition.spare .path").fill("population")
    chosen = page.locator(".condition:not(.spare)").last.locator(".type")
    expect(chosen).to_have_value("N")
    page.locator(".condition:not(.spare) .path").last.fill("populatio")
    expect(chosen).to_have_value("")


def test_a_condition_can_be_dropped(visit):
    page = visit().open(f"{CITIES}?countrycode=AT&population__gte__n=1")
    page.locator(".condition .drop").nth(1).click()
    page.click("#apply-filter")
    page.wait_for_url("**/Cities/?countrycode=AT")


def test_the_keyboard_searches_pages_and_helps(visit):
    page = visit().open(f"{CITIES}?limit=25")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "searchbar"
    page.keyboard.type("n?")
    assert page.input_value("#searchbar") == "n?"
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("n")
    expect(page.locator(".position").first).to_have_text("Items 26–50")
    page.keyboard.press("p")
    expect(page.locator(".position").first).to_have_text("Items 1–25")
    page.keyboard.press("?")
    expect(page.locator("#keyboard-help")).to_be_visible()
    page.uncheck("#keys-on")
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") != "searchbar"


def test_all_of_it_works_without_scripts(visit):
    page = visit(java_script_enabled=False).open(f"{CITIES}?limit=25")
    first = sort_keys(page)
    page.click("#next-top")
    expect(page.locator(".position").first).to_have_text("Items 26–50")
    page.click("#previous-top")
    assert sort_keys(page) == first
    page.locator(".condition .value").first.fill("AT")
    page.click("#apply-filter")
    page.wait_for_url("**/Cities/?countrycode=AT&limit=25")
    assert set(keys(page)) == {"AT"}
    page.click("#columns-menu summary")
    page.fill("#further-column", "name")
    page.click("#columns-menu button:has-text('Keep')")
    assert "name" in page.locator("#result_list thead th").all_inner_texts()
    page.click("#columns-menu summary")
    page.click("#columns-menu button[name=reset]")
    with page.expect_download() as download:
        page.click("#export-menu summary")
        page.click("#export-menu button[value=export_csv]")
    assert download.value.suggested_filename.startswith("Cities-")


def test_ticking_all_counts_and_offers_everything(visit):
    page = visit().open(f"{CITIES}?limit=25")
    page.check("#action-toggle")
    expect(page.locator(".action-counter")).to_have_text("25 of 25 selected")
    page.click(".actions .question a")
    expect(page.locator(".actions .all")).to_be_visible()
    with page.expect_download() as download:
        page.select_option("select[name=action]", "export_jsonl")
        page.click("button[name=index]")
    lines = download.value.path().read_text().splitlines()
    assert len(lines) == 2000
    assert json.loads(lines[0])["countrycode"]


def test_ticks_work_after_rows_were_swapped(visit):
    page = visit().open(f"{CITIES}?limit=25")
    page.click("#next-top")
    expect(page.locator(".position").first).to_have_text("Items 26–50")
    page.check("#action-toggle")
    expect(page.locator(".action-counter")).to_have_text("25 of 25 selected")


EVIL = "<img src=x onerror=window.owned=1>"


def test_12_markup_in_names_keys_and_values_never_runs(visit, site):
    item = {
        "id": {"S": EVIL},
        EVIL: {"S": "\"'><script>window.owned=1</script>"},
        "link": {"S": "javascript:window.owned=1"},
        "m": {"M": {EVIL: {"SS": [EVIL]}}},
    }
    site.engine.dynamodb("PutItem", TableName="ttd-Types", Item=item)
    try:
        visitor = visit()
        page = visitor.open(f"/admin/tables/Types/?id={EVIL}")
        page.click("#columns-menu summary")
        assert EVIL.replace(".", r"\.") in page.inner_text("#columns-menu")
        assert page.evaluate("window.owned") is None
        assert page.locator("a[href^=javascript]").count() == 0
        assert visitor.troubles == []
    finally:
        site.engine.dynamodb("DeleteItem", TableName="ttd-Types", Key={"id": item["id"]})


def test_every_item_dynamodb_can_hold_is_listed_with_its_digits(visit, site):
    answer = site.engine.dynamodb("Scan", TableName="ttd-Types")
    numbers = {
        value["N"]
        for item in answer["Items"]
        for value in item.values()
        if "N" in value and len(value["N"]) == 38
    }
    assert numbers
    visitor = visit()
    page = visitor.open("/admin/tables/Types/?fields=number,long,digits&limit=1000")
    assert len(keys(page)) == len(answer["Items"])
    for alias in ("Types", "TypesNumberKey", "TypesBinaryKey", "Orders", "Workers", "Students"):
        visitor.open(f"/admin/tables/{alias}/?limit=1000")
    assert visitor.troubles == []


def test_deleting_asks_shows_and_reports(visit, site):
    for number in "12":
        item = {"id": {"S": f"to-delete-{number}"}, "note": {"S": f"note {number}"}}
        site.engine.dynamodb("PutItem", TableName="ttd-Types", Item=item)
    page = visit().open("/admin/tables/Types/?id__begins_with=to-delete")
    page.check("#action-toggle")
    page.select_option("select[name=action]", "delete_selected")
    page.click("button[name=index]")
    assert page.inner_text("h1") == "Delete 2 items?"
    button = page.locator("button:has-text('Yes, delete them')").bounding_box()
    assert (button["width"] > 100, button["height"] > 28) == (True, True)
    assert "note 1" in page.inner_text("table.outcomes")
    page.click("button:has-text('Yes, delete them')")
    assert "2 items were deleted" in page.inner_text(".messagelist")
    expect(page.locator("#explanation")).to_contain_text("No item matches")


def test_viewers_see_no_control_that_writes(visit):
    page = visit("rita.reader").open(CITIES)
    for control in (".action-select", ".addlink", "select[name=action]", "#export-menu"):
        assert page.locator(control).count() == 0


def test_the_first_load_is_small(visit, site):
    """Bytes of the list and all it needs, compressed as a proxy would (gzip, level 6)."""
    context = visit()
    sizes = {}

    def measure(response):
        if response.status == 200:
            sizes[response.url] = len(gzip.compress(response.body(), 6))

    context.page.on("response", measure)
    context.open(CITIES)
    context.page.wait_for_load_state("networkidle")
    names = {re.sub(r".*/", "", url.split("?")[0]) for url in sizes}
    assert {"base.css", "htmx-2.min.js", "list.js"} <= names
    assert sum(sizes.values()) < 120 * 1024, sizes
