"""The doors: one list, which URLs, errors, metrics and log lines follow."""

import re
from pathlib import Path

import pytest
from django.test import RequestFactory

from project.doors import DOORS, door_of, place_of

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)
def test_each_path_of_a_door_begins_with_its_prefix(door):
    for pattern in door.urls:
        route = str(pattern.pattern).removeprefix("^")
        assert re.match(rf"{door.prefix}(/|\W|$)", route), route


def test_names_and_prefixes_tell_doors_apart():
    assert len({door.name for door in DOORS}) == len({door.prefix for door in DOORS}) == len(DOORS)


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/", "front"),
        ("/admin/tables/Workers/", "admin"),
        ("/api/v1/tables", "v1"),
        ("/apiary", "other"),
        ("/dynamodb", "putitem"),
        ("/endpoint/", "adminapi"),
        ("/healthz", "health"),
        ("/oidc/done/", "sign-in"),
        ("/static/x.css", "static"),
    ],
)
def test_the_first_segment_says_whose_a_request_is(path, place):
    request = RequestFactory().get(path)
    assert place_of(request) == place
    assert (door_of(request) is None) == (place in ("front", "health", "other", "static"))


@pytest.mark.parametrize("target", ["DynamoDB_20111205.GetItem", "DynamoDB_20120810.GetItem"])
def test_sdks_are_known_by_their_target_whatever_the_path(target):
    request = RequestFactory().post("/", headers={"X-Amz-Target": target})
    assert place_of(request) == "putitem"


def test_no_other_module_knows_where_a_door_stands():
    """Prefixes are said in `door.py` and the URLs of a door, and nowhere else."""
    said = {
        str(path.relative_to(ROOT))
        for folder in ("tables", "project")
        for path in (ROOT / folder).rglob("*.py")
        if re.search(r"""["']/(admin|oidc|endpoint|dynamodb)/?["']|_DOORS\b""", path.read_text())
    }
    assert said == set()
