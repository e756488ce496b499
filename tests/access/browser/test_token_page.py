"""The token page shows what the token says, and the token itself after a click."""

import re

import pytest
from django.test import Client
from django.utils.html import escape
from structlog.testing import capture_logs

PAGE = "/admin/token/"


@pytest.fixture
def signed_in(client, sign_in):
    sign_in("staff", "readers")
    return client


@pytest.fixture
def token(signed_in):
    return signed_in.session["id_token"]


def test_the_page_tells_whom_the_site_takes_you_for(signed_in, token):
    page = signed_in.get(PAGE)
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    assert "doe, jane" in page.text
    assert "readers, staff" in page.text
    assert re.search(r'<time id="token-expires" datetime="20[^"]+\+00:00">', page.text)
    assert "<code>cognito:groups</code>" in page.text
    assert token not in page.text
    assert token.split(".")[2] not in page.text


def test_the_token_and_ready_lines_appear_after_a_click(signed_in, token):
    with capture_logs() as lines:
        page = signed_in.post(PAGE)
    assert "no-store" in page["Cache-Control"]
    assert f'aria-labelledby="raw-token">{token}</pre>' in page.text
    for line in (
        f'curl -H "Authorization: Bearer {token}" http://testserver/api/v1/tables',
        f"Authorization: Bearer {token}",
        f'headers={{"Authorization": "Bearer {token}"}}).json()',
    ):
        assert escape(line) in page.text
    assert [line["event"] for line in lines] == ["token_shown", "request"]
    assert token not in str(lines)


def test_the_click_needs_the_csrf_token(signed_in):
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = signed_in.cookies
    assert browser.post(PAGE).status_code == 403


def test_the_token_that_is_shown_works(signed_in, token):
    answer = Client().get("/api/v1/tables", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200


def test_a_session_without_a_token_says_so(client, django_user_model, db):
    user = django_user_model.objects.create(username="somebody")
    user.groups.create(name="staff")
    client.force_login(user)
    page = client.post(PAGE)
    assert page.status_code == 200
    assert "This session holds no token." in page.text


def test_names_are_shown_escaped(client, sign_in):
    sign_in("staff", custom__username="<b>bold</b>.x")
    page = client.get(PAGE).text
    assert "<b>bold" not in page
    assert "x, &lt;b&gt;bold&lt;/b&gt;" in page
