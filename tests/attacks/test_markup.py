"""Row 12: names, values, keys and addresses that would like to be markup; browsers run them too,
in tests/browser.
"""

import re
from urllib.parse import quote

import pytest

from tables.core.keys import encode_token
from tests.contract.tables import THINGS
from tests.tables import store

EVIL = "\"'><img src=x onerror=alert(1)>"
QUOTED = quote(EVIL, safe="")
ITEM = {
    "id": {"S": EVIL},
    EVIL: {"S": EVIL},
    "text": {"S": "javascript:alert(1)"},
    "inside": {"M": {EVIL: {"L": [{"S": f"</script>{EVIL}"}]}}},
    "set": {"SS": [EVIL]},
}
TOKEN = encode_token({"id": ITEM["id"]}, THINGS)
ADMIN = "/admin/tables/Things/"
PAGES = [
    ADMIN,
    f"{ADMIN}?fields={QUOTED},text,inside,set",
    f"{ADMIN}?{QUOTED}={QUOTED}",
    f"{ADMIN}?id={QUOTED}",
    f"{ADMIN}?name__{QUOTED}=1",
    f"{ADMIN}?cursor={QUOTED}",
    f"{ADMIN}?index={QUOTED}",
    f"{ADMIN}{TOKEN}/change/",
    f"{ADMIN}{TOKEN}/change/?view=raw",
    f"{ADMIN}{TOKEN}/delete/",
    f"{ADMIN}{QUOTED}/change/",
    f"{ADMIN}add/?id={QUOTED}",
    f"/admin/tables/{QUOTED}/",
    f"/admin/{QUOTED}/",
    f"/{QUOTED}",
    "/admin/token/",
    "/admin/",
    f"/oidc/callback/?error={QUOTED}&error_description={QUOTED}",
    f"/oidc/authenticate/?next={QUOTED}",
    "/api/v1/tables/Things/items",
    f"/api/v1/tables/Things/items/{TOKEN}",
    f"/api/v1/tables/Things/items?{QUOTED}={QUOTED}",
    f"/api/v1/tables/Things/items?cursor={QUOTED}",
    f"/api/v1/tables/{QUOTED}/items",
    f"/api/v1/{QUOTED}",
]


@pytest.fixture
def browser(moto_tables, client, sign_in):
    store("real-things", ITEM)
    sign_in("staff", custom__username="<img src=x onerror=alert(1)>.evil")
    return client


def require_text(page):
    """Nothing that we were given is a tag, a script or an address to follow."""
    assert "<img src=x" not in page
    assert not re.search(r"\b(?:href|src|action|formaction)=[\"']?javascript:", page)
    for attributes, script in re.findall(r"<script\b([^>]*)>(.*?)</script>", page, re.DOTALL):
        assert "src=" in attributes or 'type="application/json"' in attributes
        assert "<" not in script


@pytest.mark.parametrize("path", PAGES)
def test_12_what_a_page_was_given_is_text_in_it(browser, path):
    answer = browser.get(path, headers={"Accept": "text/html"})
    require_text(answer.content.decode())
    assert EVIL not in str(answer.headers)


@pytest.mark.parametrize("page", ["add/", f"{TOKEN}/change/", f"{TOKEN}/delete/"])
def test_12_what_a_form_says_of_a_mistake_is_text(browser, page):
    mistakes = {"raw": EVIL, "opened": EVIL, "type-0": EVIL, "name-0": EVIL, "value-0": EVIL}
    answer = browser.post(f"{ADMIN}{page}", mistakes)
    assert answer.status_code == 400 or EVIL not in answer.content.decode()
    require_text(answer.content.decode())


@pytest.mark.parametrize(
    "path", [f"/endpoint?table={QUOTED}&id={QUOTED}", f"/api/v1/tables/{QUOTED}", f"/api/{QUOTED}"]
)
def test_12_no_browser_takes_json_for_a_page(browser, path):
    answer = browser.get(path)
    assert re.fullmatch(r"application/(problem\+)?json.*", answer["Content-Type"])
    assert answer["X-Content-Type-Options"] == "nosniff"
