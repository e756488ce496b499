"""DELETE on an item."""

import pytest

from tests.api.v1.conftest import Door, problem
from tests.tables import store, stored

pytestmark = pytest.mark.usefixtures("tables")
USES = ("Workers", "Events", "Bare")


def test_a_delete_answers_204_without_a_body_then_404(staff):
    store("v1-Bare", id={"S": "1"})
    response = staff.delete("Bare/items/1")
    assert (response.status_code, response.content) == (204, b"")
    assert "Content-Type" not in response
    assert "Content-Length" not in response
    assert stored("v1-Bare", id={"S": "1"}) is None
    problem(staff.delete("Bare/items/1"), 404, "item_not_found")


def test_a_delete_of_one_state_leaves_another(staff):
    store("v1-Bare", id={"S": "1"}, a={"N": "1"})
    tag = staff.get("Bare/items/1")["ETag"]
    store("v1-Bare", id={"S": "1"}, a={"N": "2"})
    response = staff.delete("Bare/items/1", If_Match=tag)
    problem(response, 412, "precondition_failed")
    assert response["ETag"] == staff.get("Bare/items/1")["ETag"]
    assert staff.delete("Bare/items/1", If_Match=response["ETag"]).status_code == 204


def test_an_absent_item_is_404_whatever_the_precondition(staff):
    problem(staff.delete("Bare/items/1", If_Match='"x.p"'), 404, "item_not_found")
    problem(staff.delete("Bare/items/1", If_Match="*"), 404, "item_not_found")


def test_a_token_that_is_none_is_404(staff):
    problem(staff.delete("Events/items/d,7.0"), 404, "item_not_found")


def test_an_item_too_wide_to_compare_can_be_deleted_unconditionally(staff):
    store("v1-Bare", id={"S": "1"}, **{f"a{n}": {"S": "x"} for n in range(400)})
    tag = staff.get("Bare/items/1")["ETag"]
    problem(staff.delete("Bare/items/1", If_Match=tag), 409, "conflict")
    assert staff.delete("Bare/items/1").status_code == 204


def test_a_query_parameter_that_means_nothing_is_400(staff):
    store("v1-Bare", id={"S": "1"})
    problem(staff.delete("Bare/items/1", query="force=true"), 400, "invalid_request")
    assert stored("v1-Bare", id={"S": "1"})


def test_a_delete_needs_its_right():
    store("v1-Workers", id={"S": "1"})
    problem(Door("changers").delete("Workers/items/1"), 403, "forbidden")
    assert Door("staff").delete("Workers/items/1").status_code == 204
