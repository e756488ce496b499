"""RFC 5789: PATCH itself; its two languages have files of their own."""

import pytest

from tests.api.v1.conftest import JSON_PATCH, MERGE_PATCH, PLAIN, TYPED, ok, problem
from tests.tables import store, stored

pytestmark = pytest.mark.usefixtures("moto_tables")
USES = ("Bare", "Checked")


@pytest.fixture(autouse=True)
def _one(moto_tables):
    store("v1-Bare", id={"S": "1"}, a={"N": "1"}, b={"N": "2"})


def test_a_media_type_that_is_no_patch_is_415(staff):
    """Sections 2.2 and 3.1: 415, and Accept-Patch with it."""
    response = staff.patch("Bare/items/1", b"a=b", type="application/x-www-form-urlencoded")
    problem(response, 415, "unsupported_media_type")
    assert response["Accept-Patch"] == (
        "application/merge-patch+json, application/json, "
        "application/json-patch+json, application/vnd.dynamodb+json"
    )


def test_options_say_which_patches_are_understood(staff):
    """Section 3.1: Accept-Patch."""
    kinds = staff.send("OPTIONS", "Bare/items/1")["Accept-Patch"].split(", ")
    assert set(kinds) == {MERGE_PATCH, PLAIN, JSON_PATCH, TYPED}


def test_a_patch_is_applied_whole_or_not_at_all(staff):
    """Section 2: atomically."""
    operations = [
        {"op": "replace", "path": "/a", "value": 7},
        {"op": "test", "path": "/b", "value": 3},
    ]
    problem(staff.patch("Bare/items/1", operations, type=JSON_PATCH), 409, "patch_conflict")
    assert stored("v1-Bare", id={"S": "1"})["a"] == {"N": "1"}


@pytest.mark.parametrize(
    ("path", "patch", "kind", "status", "code"),
    [
        ("Bare/items/1", b"{", MERGE_PATCH, 400, "invalid_request"),
        ("Bare/items/1", [{"op": "no"}], JSON_PATCH, 400, "invalid_request"),
        ("Bare/items/1", [{"op": "remove", "path": "/x"}], JSON_PATCH, 409, "patch_conflict"),
        ("Bare/items/1", {"id": "2"}, MERGE_PATCH, 422, "invalid_value"),
        ("Bare/items/none", {"a": 1}, MERGE_PATCH, 404, "item_not_found"),
    ],
)
def test_each_way_to_fail_has_its_status(staff, path, patch, kind, status, code):
    """Section 2.2: malformed 400, conflicting 409, unprocessable 422, no such resource 404."""
    problem(staff.patch(path, patch, type=kind), status, code)


def test_a_patch_may_demand_the_state_that_it_was_made_for(staff):
    """Section 2.2: conditional requests against clashes."""
    tag = staff.get("Bare/items/1")["ETag"]
    ok(staff.patch("Bare/items/1", {"a": 2}, If_Match=tag))
    problem(staff.patch("Bare/items/1", {"a": 3}, If_Match=tag), 412, "precondition_failed")
