"""A person's way in and out, in a real browser, through the hosted page of the embedded pool."""

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from demo.client import EngineClient
from demo.cognito import PASSWORD, ensure_pool
from project.security import content_security_policy

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def site(live_server, embedded, settings):
    """The app's address, with sign-in at the embedded pool."""
    pool = ensure_pool(EngineClient(embedded), [live_server.url])
    settings.COGNITO_ISSUER = f"https://cognito-idp.us-east-1.amazonaws.com/{pool.pool_id}"
    settings.COGNITO_JWKS_URL = f"{embedded}/{pool.pool_id}/.well-known/jwks.json"
    settings.COGNITO_CLIENT_ID = [pool.client_id]
    settings.OIDC_RP_CLIENT_ID = pool.client_id
    settings.OIDC_OP_AUTHORIZATION_ENDPOINT = f"{embedded}/oauth2/authorize"
    settings.OIDC_OP_TOKEN_ENDPOINT = f"{embedded}/oauth2/token"
    settings.OIDC_OP_LOGOUT_ENDPOINT = f"{embedded}/logout"
    # The policy of every page names the sign-in origin; here it is known only now.
    settings.CONTENT_SECURITY_POLICY = content_security_policy(embedded)
    return live_server.url


def fill_in(page, user):
    page.locator("input[name=username]").fill(user)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")


def test_someone_signs_in_copies_the_token_by_keyboard_and_signs_out(page, site, context):
    page.goto(f"{site}/admin/token/")
    fill_in(page, "sam.staff")
    expect(page.get_by_role("heading", name="Your token")).to_be_visible()
    expect(page.get_by_text("staff, sam").first).to_be_visible()
    assert "eyJ" not in page.content()
    page.get_by_role("button", name="Show the token").press("Enter")
    expect(page.locator("#token-text")).to_contain_text("eyJ")
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("[data-copies=token-text]").press("Enter")
    expect(page.get_by_role("status")).to_have_text("Copied.")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator("#token-text").inner_text()
    page.click(".person > summary")
    page.locator("#logout-form button").click()
    expect(page.locator("input[name=password]")).to_be_visible()
    page.goto(f"{site}/admin/token/")
    expect(page.locator("input[name=password]")).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False])
def test_a_form_survives_the_end_of_its_session(browser, site, javascript):
    with browser.new_context(java_script_enabled=javascript) as context:
        page = context.new_page()
        page.goto(f"{site}/admin/token/")
        fill_in(page, "sam.staff")
        expect(page.get_by_role("heading", name="Your token")).to_be_visible()
        end_sessions()
        page.get_by_role("button", name="Show the token").click()
        expect(page.get_by_role("heading", name="Your session has ended")).to_be_visible()
        with context.expect_page() as opened:
            page.get_by_role("link", name="Sign in").click()
        fill_in(opened.value, "sam.staff")
        expect(opened.value.get_by_role("heading", name="You are signed in")).to_be_visible()
        page.get_by_role("button", name="Send again").click()
        expect(page.locator("#token-text")).to_contain_text("eyJ")


def test_a_form_survives_even_where_nothing_is_left_of_its_session(page, site, context):
    page.goto(f"{site}/admin/token/")
    fill_in(page, "sam.staff")
    expect(page.get_by_role("heading", name="Your token")).to_be_visible()
    context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Show the token").click()
    with context.expect_page() as opened:
        page.get_by_role("link", name="Sign in").click()
    fill_in(opened.value, "sam.staff")
    expect(opened.value.get_by_role("heading", name="You are signed in")).to_be_visible()
    page.get_by_role("button", name="Send again").click()
    expect(page.locator("#token-text")).to_contain_text("eyJ")


def end_sessions():
    """Let the time of everybody's session be over."""
    for session in Session.objects.all():
        store = session.get_session_store_class()(session.session_key)
        store["signed_in_until"] = 0
        store.save()


def test_someone_in_no_group_is_told_and_can_sign_out(page, site):
    page.goto(f"{site}/admin/")
    fill_in(page, "nora.nobody")
    expect(page.get_by_role("heading", name="Your account is in no staff group")).to_be_visible()
    expect(page.get_by_text("You are signed in as nobody, nora.")).to_be_visible()
    page.click(".person > summary")
    page.locator("#logout-form button").click()
    expect(page.locator("input[name=password]")).to_be_visible()


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_the_pages_about_signing_in_are_for_everyone(browser, site, colours, violations):
    with browser.new_context(color_scheme=colours, bypass_csp=True) as context:
        page = context.new_page()
        page.goto(f"{site}/oidc/callback/")
        assert violations(page) == []
        page.goto(f"{site}/admin/token/")
        fill_in(page, "sam.staff")
        page.get_by_role("button", name="Show the token").click()
        expect(page.locator("#token-text")).to_be_visible()
        assert violations(page) == []
        page.goto(f"{site}/oidc/done/")
        assert violations(page) == []
