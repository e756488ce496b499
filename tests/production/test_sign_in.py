"""Signing in and out through TLS, at a sign-in service behind the same proxy."""

import re
from urllib.parse import urljoin, urlsplit

from demo.cognito import PASSWORD


def form_of(page, url):
    """The address and the hidden fields of a page's form."""
    form = re.search(r"<form\b[^>]*>.*?</form>", page, re.DOTALL)[0]
    action = re.search(r'action="([^"]*)"', form)[1].replace("&amp;", "&")
    hidden = re.findall(r'<input[^>]*type="hidden"[^>]*>', form)
    fields = {
        re.search(r'name="([^"]*)"', field)[1]: re.search(r'value="([^"]*)"', field)[1].replace(
            "&amp;", "&"
        )
        for field in hidden
    }
    return urljoin(url, action), fields


def sign_in(site, session, user):
    """Go where a browser goes; the page that opens at the end."""
    page = session.get(f"{site.origin}/admin/tables/Workers/", timeout=30)
    assert urlsplit(page.url).path != "/admin/tables/Workers/"
    action, fields = form_of(page.text, page.url)
    return session.post(
        action,
        data={**fields, "username": user, "password": PASSWORD},
        headers={"Origin": site.environment["COGNITO_DOMAIN"]},
        timeout=30,
    )


def test_staff_sign_in_and_come_back_to_the_page_they_wanted(site):
    session = site.session()
    page = sign_in(site, session, "sam.staff")
    assert page.url == f"{site.origin}/admin/tables/Workers/"
    assert page.status_code == 200
    assert "Sam Staff" in page.text
    cookie = next(cookie for cookie in session.cookies if cookie.name == "__Host-sessionid")
    assert cookie.secure
    assert cookie.has_nonstandard_attr("HttpOnly")


def test_a_session_works_on_every_worker(site):
    session = site.session()
    sign_in(site, session, "sam.staff")
    statuses = {session.get(f"{site.origin}/admin/", timeout=30).status_code for _ in range(20)}
    assert statuses == {200}


def test_signing_out_ends_the_session(site):
    session = site.session()
    page = sign_in(site, session, "sam.staff")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)[1]
    session.post(
        f"{site.origin}/oidc/logout/",
        data={"csrfmiddlewaretoken": token},
        headers={"Origin": site.origin, "Referer": f"{site.origin}/admin/"},
        timeout=30,
    )
    page = session.get(f"{site.origin}/admin/", allow_redirects=False, timeout=30)
    assert page.status_code == 302


def test_somebody_in_no_staff_group_meets_a_page_that_says_so(site):
    page = sign_in(site, site.session(), "nora.nobody")
    assert page.status_code == 403
    assert "no staff group" in page.text
