"""Lists in a real browser: what staff do there, by mouse, by keyboard and without scripts."""

import gzip
import json
import re

from playwright.sync_api import expect

from tests.browser.steps import act, add_filter, continued, keys, put, settled, sort_keys

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
    add_filter(page, "population", "15000000", "gte", "N", apply=False)
    expect(page.locator(".spare .plan-preview")).to_contain_text(
        "Scan: reads the whole table, about"
    )
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
    page.click("#add-filter > summary")
    row = page.locator(".condition.spare")
    value, upper, flag = (row.locator(f"[name={name}]") for name in ("value", "upper", "flag"))
    expect(upper).to_be_hidden()
    row.locator(".operator").select_option("between")
    expect(upper).to_be_visible()
    row.locator(".operator").select_option("exists")
    expect(value).to_be_hidden()
    row.locator(".operator").select_option("eq")
    row.locator("select.type").select_option("BOOL")
    expect(value).to_be_hidden()
    expect(flag).to_be_visible()


def test_a_known_attribute_brings_its_type(visit):
    page = visit().open(CITIES)
    page.click("#add-filter > summary")
    chosen = page.locator(".spare select.type")
    page.locator(".spare .path").fill("population")
    expect(chosen).to_have_value("N")
    page.locator(".spare .path").fill("populatio")
    expect(chosen).to_have_value("")


def test_a_condition_can_be_dropped(visit):
    page = visit().open(f"{CITIES}?countrycode=AT&population__gte__n=1")
    page.get_by_role("link", name="Remove: population is at least 1").click()
    page.wait_for_url("**/Cities/?countrycode=AT")
    expect(page.locator(".chip-set")).to_have_count(1)


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
    box = page.locator(".chip .filter", has_text="countrycode").first
    box.locator("summary").click()
    box.locator("input.value").fill("AT")
    box.locator("button.apply").click()
    page.wait_for_url("**/Cities/?countrycode=AT&limit=25")
    assert set(keys(page)) == {"AT"}
    page.click("#columns-menu summary")
    page.fill("#further-column", "name")
    page.click("#columns-menu button:has-text('Keep')")
    assert "name" in [
        text.strip() for text in page.locator("#result_list thead th").all_inner_texts()
    ]
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


PASTE = """(field, text) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text", text);
  const event = {clipboardData, bubbles: true, cancelable: true};
  field.dispatchEvent(new ClipboardEvent("paste", event));
}"""


def test_lines_that_are_pasted_are_values_to_look_for(visit):
    page = visit().open("/admin/tables/Orders/")
    page.click("#add-filter > summary")
    row = page.locator(".condition.spare")
    row.locator(".path").fill("orderId")
    row.locator("input.value").evaluate(PASTE, "O-1001\r\nO-2003\n\nO-3002, too\n")
    assert row.locator("input.value").input_value() == "O-1001, O-2003, O-3002\\, too"
    assert row.locator(".operator").input_value() == "in"
    page.click("#apply-filter")
    expect(page.locator("#result_list tbody tr")).to_have_count(2)


def test_a_value_that_the_page_shows_is_chosen_by_a_click(visit):
    page = visit().open("/admin/tables/Orders/")
    page.locator(".chip summary", has_text="status").click()
    choice = page.locator(".chip[open] .choices a, details[open] .choices a", has_text="shipped")
    choice.click()
    page.wait_for_url("**/Orders/?status=shipped")
    settled(page)
    chips = page.locator(".chip summary").all_inner_texts()
    assert [chip.strip() for chip in chips] == ["status is shipped", "pk", "entity", "expiresAt"]
    shown = page.locator("#result_list tbody td:nth-child(5)").all_inner_texts()
    assert set(shown) == {"shipped"}


def test_only_one_box_is_open_and_escape_closes_it(visit):
    page = visit().open("/admin/tables/Orders/")
    page.keyboard.press("f")
    expect(page.locator("#add-filter")).to_have_attribute("open", "")
    page.locator(".chip summary", has_text="entity").click()
    expect(page.locator(".filter-line details[open]")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator(".filter-line details[open]")).to_have_count(0)
    assert page.evaluate("document.activeElement.textContent.trim()") == "entity"


def test_the_first_row_is_high_on_the_page_and_the_key_stays_in_view(visit):
    page = visit(viewport={"width": 1360, "height": 900}).open("/admin/tables/Orders/?status=paid")
    assert page.locator("#result_list tbody tr").first.bounding_box()["y"] <= 330
    page.set_viewport_size({"width": 390, "height": 844})
    rows = [row.bounding_box() for row in page.locator("#result_list tbody tr").all()]
    assert sum(row["y"] + row["height"] <= 844 for row in rows) >= 4
    key = page.locator("#result_list tbody .key").first
    before = key.bounding_box()["x"]
    page.locator(".results").evaluate("element => { element.scrollLeft = 100; }")
    assert page.locator(".results").evaluate("element => element.scrollLeft") == 100
    assert key.bounding_box()["x"] == before


def test_search_says_that_it_minds_capitals(visit):
    page = visit().open(CITIES)
    assert page.get_attribute("#searchbar", "placeholder") == "Search name, exact case"
    page.focus("#searchbar")
    expect(page.locator("#search-help")).to_have_text(
        "Capitals count: “london” doesn’t find “London”."
    )
    page.fill("#searchbar", "london")
    page.keyboard.press("Enter")
    expect(page.locator("#scan-question")).to_contain_text("Capitals count")


def test_everything_is_offered_only_to_what_takes_it(visit):
    page = visit().open(f"{CITIES}?limit=25")
    page.check("#action-toggle")
    expect(page.locator(".actions .question")).to_be_visible()
    # To delete what no page shows is a job's work.
    page.select_option("select[name=action]", "delete_selected")
    expect(page.locator(".actions .question")).to_be_visible()

    page = visit().open(f"{CITIES}?countrycode=AT&limit=250")
    page.check("#action-toggle")
    expect(page.locator(".actions .question")).to_have_count(0)


def test_a_list_leads_to_its_json_and_back(visit):
    page = visit().open(f"{CITIES}?countrycode=AT&limit=25")
    page.click("#json-twin")
    expect(page.locator("main pre.content")).to_contain_text('"countrycode": "AT"')
    page.get_by_role("link", name="Same list as a page").click()
    page.wait_for_url("**/admin/tables/Cities/?countrycode=AT&limit=25")


def test_what_is_printed_is_the_rows_and_what_they_are(visit):
    page = visit().open(f"{CITIES}?countrycode=AT&limit=25")
    page.emulate_media(media="print")
    for gone in (
        "#header",
        "#nav-sidebar",
        "#searchbar",
        "#add-filter",
        ".actions",
        ".tools",
        ".next",
    ):
        expect(page.locator(gone).first).to_be_hidden()
    for there in ("h1", ".chip-set", ".plan", "#result_list"):
        expect(page.locator(there).first).to_be_visible()


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


def test_what_will_soon_expire_is_two_clicks_away_and_dates_are_picked(visit):
    page = visit().open("/admin/tables/Orders/")
    chip = page.locator(".chip:not(.chip-set)", has_text="expiresAt")
    chip.locator("summary").click()
    chip.get_by_role("link", name="in the next 7 days").click()
    settled(page)
    assert re.search(r"expiresAt__between=\d{10}(%2C|,)\d{10}", page.url)
    expect(page.locator(".chip-set summary")).to_contain_text(" UTC")

    page.goto("/admin/tables/Orders/")
    chip.locator("summary").click()
    chip.locator(".operator").select_option("lte")
    chip.get_by_label("or a date, UTC").fill("2030-01-01T00:00")
    chip.get_by_role("button", name="Add filter").click()
    settled(page)
    assert "expiresAt__lte=1893456000" in page.url
    expect(page.locator(".chip-set summary")).to_contain_text("2030-01-01 00:00 UTC")
