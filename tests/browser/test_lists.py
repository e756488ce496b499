"""Lists in a real browser: what staff do there, by mouse, by keyboard and without scripts."""

import gzip
import json
import re

from playwright.sync_api import expect

from tests.browser.steps import act, continued, keys, put, settled, sort_keys

CITIES = "/admin/tables/Cities/"


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
    assert continued(page) == 3
    expect(page.locator("#meter")).to_contain_text("reached the end")


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


def test_the_focus_is_never_lost(visit):
    page = visit().open(f"{CITIES}?limit=25")
    focused = "document.activeElement.id || document.activeElement.className"
    for button, then, place in (
        ("#next-top", "Items 26–50", "next-top"),
        ("#previous-top", "Items 1–25", "results"),  # the first page has no way back
    ):
        page.focus(button)
        page.keyboard.press("Enter")
        expect(page.locator(".position").first).to_have_text(then)
        page.wait_for_function(f"({focused}) === '{place}'")
    page.goto(f"{CITIES}?population__gte__n=1000000")
    page.focus("#run-scan")
    page.keyboard.press("Enter")
    expect(page.locator("#continue-scan")).to_be_visible()
    page.wait_for_function(f"({focused}) === 'results'")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#results') !== null")


def test_whatever_the_tab_key_reaches_shows_it_and_has_a_name(visit):
    page = visit().open(f"{CITIES}?limit=1")
    reached = []
    while len(reached) < 80:
        page.keyboard.press("Tab")
        seen = page.evaluate("""() => {
          const here = document.activeElement;
          if (here === document.body) return null;
          const name = here.getAttribute("aria-label") || here.textContent || here.title
            || (here.labels && here.labels.length && here.labels[0].textContent);
          return [getComputedStyle(here).outlineStyle !== "none", Boolean(name && name.trim())];
        }""")
        if seen is None:
            break
        reached.append(seen)
    assert len(reached) > 40
    assert all(all(seen) for seen in reached)


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


def test_deleting_and_exporting_work_without_scripts(visit, site):
    for number in "12":
        put(site, {"id": {"S": f"by-hand-{number}"}, "n": {"N": number}}, "Types")
    page = visit(java_script_enabled=False).open("/admin/tables/Types/?id__begins_with=by-hand-")
    for box in page.locator(".action-select").all():
        box.check()
    page.select_option("select[name=action]", "export_typed")
    with page.expect_download() as download:
        page.click("button[name=index]")
    lines = download.value.path().read_text().splitlines()
    assert [json.loads(line)["n"]["N"] for line in sorted(lines)] == ["1", "2"]
    page.select_option("select[name=action]", "delete_selected")
    page.click("button[name=index]")
    page.get_by_role("button", name="Yes, delete them").click()
    expect(page.locator(".messagelist")).to_contain_text("2 items were deleted")


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


def test_deleting_asks_shows_and_reports(visit, site):
    for number in "12":
        item = {"id": {"S": f"to-delete-{number}"}, "note": {"S": f"note {number}"}}
        put(site, item, "Types")
    page = visit().open("/admin/tables/Types/?id__begins_with=to-delete")
    act(page, "delete_selected")
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
