"""draft-ietf-httpapi-ratelimit-headers-10: what a rate is, and what is left of it."""

import re

import pytest

from tests.api.v1.conftest import Door, problem
from tests.tables import store

pytestmark = pytest.mark.usefixtures("moto_tables")
USES = ("Workers", "Bare")
# Items of RFC 9651 with a String for a name and Integers for parameters.
POLICY = re.compile(r'"([a-z]+)";q=([0-9]+);w=([0-9]+)')
LEFT = re.compile(r'"([a-z]+)";r=([0-9]+);t=([0-9]+)')


@pytest.fixture(autouse=True)
def _one(moto_tables, settings):
    settings.THROTTLE_READ = settings.THROTTLE_WRITE = settings.THROTTLE_SCAN = None
    store("v1-Workers", id={"S": "1"})


@pytest.mark.parametrize(
    ("setting", "method", "path", "body"),
    [
        ("THROTTLE_READ", "GET", "Workers/items/1", None),
        ("THROTTLE_READ", "POST", "Workers/search", {"scan": {"id": "1"}}),
        ("THROTTLE_WRITE", "PATCH", "Workers/items/1", {}),
        ("THROTTLE_WRITE", "POST", "Bare/items", {}),
        ("THROTTLE_SCAN", "GET", "Workers/items", None),
        ("THROTTLE_SCAN", "POST", "Workers/search", {"scan": {}}),
    ],
)
def test_too_many_requests_are_429_with_what_is_left(settings, method, path, body, setting):
    """Sections 2 and 3, and RFC 6585, section 4: 429 with Retry-After."""
    setattr(settings, setting, "2/day")
    door = Door("staff", name=f"{setting} {method} {path}")
    for left in (1, 0):
        response = door.send(method, path, body)
        assert response.status_code < 300, response.content
        assert f";r={left};" in response["RateLimit"]
    response = door.send(method, path, body)
    problem(response, 429, "too_many_requests")
    assert 1 <= int(response["Retry-After"]) <= 86400
    assert response["RateLimit-Policy"].endswith(";q=2;w=86400")
    assert ";r=0;" in response["RateLimit"]


def test_the_fields_are_what_the_draft_defines(settings):
    """Sections 2.1 and 3.1: one policy by name, its quota and window; what is left, until when."""
    settings.THROTTLE_READ = "5/day"
    response = Door("staff", name="shape").get("Workers/items/1")
    name, quota, window = POLICY.fullmatch(response["RateLimit-Policy"]).groups()
    of, left, seconds = LEFT.fullmatch(response["RateLimit"]).groups()
    assert (name, quota, window) == ("read", "5", "86400")
    assert (of, left) == (name, "4")
    assert 0 < int(seconds) <= 86400


def test_the_wait_is_the_rest_of_the_window(settings):
    """Section 5: Retry-After says no other time than RateLimit."""
    settings.THROTTLE_READ = "1/day"
    door = Door("staff", name="wait")
    door.get("Workers/items/1")
    response = door.get("Workers/items/1")
    problem(response, 429, "too_many_requests")
    seconds = int(LEFT.fullmatch(response["RateLimit"])[3])
    assert abs(int(response["Retry-After"]) - seconds) <= 1


def test_callers_do_not_share_a_rate(settings):
    """Section 2.2, partitions: each caller has a quota of its own."""
    settings.THROTTLE_READ = "1/day"
    for name in ("one of two", "two of two"):
        assert Door("staff", name=name).get("Workers/items/1").status_code == 200


def test_without_a_rate_nothing_is_said(staff):
    """Section 1: a server that limits nothing has nothing to tell."""
    response = staff.get("Workers/items/1")
    assert "RateLimit" not in response
    assert "RateLimit-Policy" not in response
