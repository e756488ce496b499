"""From item to item in a real browser: related lists, links, choices, collections; with scripts
and without them.
"""

from playwright.sync_api import expect

from tests.browser.steps import change, in_colours, save, value

CUSTOMER = change("Orders", {"S": "CUSTOMER#C-001"}, {"S": "PROFILE"})
ORDER = change("Orders", {"S": "CUSTOMER#C-001"}, {"S": "ORDER#2026-02-05#O-1000"})
COLLECTION = "/admin/tables/Orders/collection/?pk=CUSTOMER%23C-001"

# Colours change by and by from light to dark; axe means those at the end.


def panel(page, name):
    heading = page.get_by_role("heading", name=name, exact=True, level=2)
    return page.locator(".panel").filter(has=heading)


def looks_well(page, violations):
    """The page as it stands, wide and narrow, light and dark."""
    for width in (1360, 390):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for scheme in ("light", "dark"):
            in_colours(page, scheme)
            assert violations(page) == [], (width, scheme)
    page.set_viewport_size({"width": 1360, "height": 844})


def test_from_a_customer_to_an_order_and_back(visit, violations):
    visitor = visit("sam.staff")
    page = visitor.open(CUSTOMER)
    for name, count in (("Orders", 6), ("Cart", 1)):
        panel(page, name).scroll_into_view_if_needed()
        expect(panel(page, name).locator("tbody tr")).to_have_count(count)
    looks_well(page, violations)

    panel(page, "Orders").locator("tbody a").first.click()
    expect(page.locator("h1")).to_contain_text("ORDER#")
    panel(page, "Lines").scroll_into_view_if_needed()
    expect(panel(page, "Lines").locator("tbody tr").first).to_be_visible()
    page.locator(".leads a", has_text="Alder & Sons").click()
    expect(page.locator("h1")).to_contain_text("CUSTOMER#C-001")
    assert visitor.troubles == []


def test_a_list_leads_to_the_customers_of_its_orders(visit, violations):
    visitor = visit("sam.staff")
    page = visitor.open("/admin/tables/Order/?customerId=C-001")
    expect(page.locator("a.to", has_text="C-001")).to_have_count(6)
    looks_well(page, violations)

    page.locator("a.to", has_text="C-001").first.click()
    expect(page.locator("h1")).to_contain_text("PROFILE")
    assert visitor.troubles == []


def test_choices_are_offered_and_what_leads_nowhere_is_refused(visit, violations):
    visitor = visit("sam.staff")
    page = visitor.open(ORDER)
    customer, offers = (
        page.get_by_role("textbox", name="customerId"),
        page.locator(".choices .choice"),
    )
    customer.fill("bright")
    expect(offers).to_have_text(["C-002 Brightwater"])
    looks_well(page, violations)

    customer.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(customer).to_have_value("C-002")
    expect(customer).to_be_focused()
    expect(offers).to_have_count(0)

    customer.fill("C-999")
    expect(page.locator(".choices [role=status]")).to_be_visible()
    save(page)
    error = page.locator("[role=group][aria-label=customerId] .errornote")
    expect(error).to_have_text("No item of Customers has this key: CUSTOMER#C-999, PROFILE.")
    looks_well(page, violations)


def test_a_collection_shows_each_kind_of_a_customer(visit, violations):
    visitor = visit("sam.staff")
    page = visitor.open(CUSTOMER)
    page.get_by_role("link", name="All with this partition key").click()
    expect(page.locator(".panel h2 bdi")).to_have_text(["Carts", "Orders", "Customers"])
    looks_well(page, violations)
    assert visitor.troubles == []


def test_the_same_ways_lead_on_without_scripts(visit):
    page = visit("sam.staff", java_script_enabled=False).open(CUSTOMER)
    panel(page, "Orders").get_by_role("link", name="Show as a list").click()
    expect(page.locator("#result_list tbody tr")).to_have_count(6)
    page.locator("#result_list tbody th a", has_text="O-1000").click()
    expect(page.locator(".leads a")).to_contain_text(["Alder & Sons"])
    page.goto(ORDER)
    value(page, "customerId").fill("C-999")
    save(page)
    expect(page.locator("[role=group][aria-label=customerId] .errornote")).to_contain_text(
        "No item of Customers has this key"
    )

    page.goto(COLLECTION)
    page.locator(".panel", has_text="Customers").locator("tbody a").first.click()
    expect(page.locator("h1")).to_contain_text("CUSTOMER#C-001")
    page.goto("/admin/tables/Orders/collection/")
    page.get_by_label("Partition key (pk), exactly").fill("CUSTOMER#C-001")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator(".panel")).to_have_count(3)
