"""A table of several kinds in a real browser: its kinds in the sidebar, and keys that are made."""

from playwright.sync_api import expect


def field(page, name):
    return page.get_by_label(name, exact=True)


def test_an_order_is_added_to_a_customer_without_writing_a_key(visit, violations):
    visitor = visit("sam.staff")
    page = visitor.open("/admin/")
    kinds = page.locator("#nav-sidebar .kind th")
    expect(kinds).to_have_text(["Customers", "Orders", "Order lines", "Products", "Carts"])
    assert violations(page) == []

    page.locator("#nav-sidebar .kind", has_text="Orders").get_by_role("link", name="+").or_(
        page.get_by_role("link", name="Add to Orders")
    ).first.click()
    field(page, "Customer number").fill("C-003")
    field(page, "Order number").fill("O-9001")
    field(page, "Placed on").fill("2026-11-27")
    expect(page.locator(".made-key code")).to_have_text(
        ["CUSTOMER#C-003", "ORDER#2026-11-27#O-9001"]
    )
    field(page, "Status").select_option("paid")
    field(page, "Total").fill("12.50")
    assert violations(page) == []
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.locator(".messagelist .success")).to_be_visible()

    visitor.open("/admin/tables/Order/?customerId=C-003")
    expect(page.locator("#result_list tbody tr")).to_have_count(7)
    expect(page.locator("#content")).to_contain_text("by the key pattern")
    page.get_by_role("link", name="ORDER#2026-11-27#O-9001").click()
    expect(page.locator("details.key-text summary")).to_have_text(
        ["CUSTOMER#C-003", "ORDER#2026-11-27#O-9001", "C-003", "2026-11-27", "O-9001"],
    )
    assert violations(page) == []

    page.locator("details.key-text summary", has_text="O-9001").nth(1).click()
    field(page, "Order number").fill("O-9002")
    page.get_by_role("button", name="Save as new").click()
    expect(page.locator(".messagelist .success")).to_contain_text("ORDER#2026-11-27#O-9002")
    assert visitor.troubles == []
