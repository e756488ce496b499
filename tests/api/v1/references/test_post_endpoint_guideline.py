"""What the POST endpoint guideline says, sentence by sentence: see docs/rest-conformance.md."""

import pytest

from tests.api.v1.conftest import exact, ok, problem

pytestmark = pytest.mark.usefixtures("moto_tables")
USES = ("Workers", "Students", "Notes")


def test_a_post_adds_the_enclosed_item_to_the_collection_of_the_url(staff):
    ok(staff.post("Workers/items", {"id": "1", "name": "Ann"}), 201)
    assert [item["name"] for item in ok(staff.get("Workers/items"))["items"]] == ["Ann"]


def test_the_url_of_what_was_created_is_in_the_answer(staff):
    location = staff.post("Workers/items", {"name": "Ann"})["Location"]
    assert ok(staff.get(location.removeprefix("http://testserver")))["name"] == "Ann"


def test_the_urls_of_many_that_were_created_are_in_the_answer(staff):
    operations = [{"method": "POST", "body": {"name": name}} for name in ("Ann", "Bea")]
    response = staff.post("Workers/batch", {"operations": operations})
    assert response.status_code == 207
    for result, name in zip(exact(response)["results"], ("Ann", "Bea"), strict=True):
        path = result["location"].removeprefix("http://testserver")
        assert ok(staff.get(path))["name"] == name


def test_200_for_an_update_and_201_for_a_create(staff):
    body = {"school": "A", "number": 7}
    statuses = [staff.post("Students/items", body).status_code for _ in range(2)]
    assert statuses == [201, 200]


def test_202_is_for_jobs_because_every_other_answer_is_finished(staff):
    response = staff.post("Workers/items", {"id": "1"})
    assert response.status_code == 201
    assert staff.get("Workers/items/1").status_code == 200


def test_a_single_item_takes_no_post(staff):
    ok(staff.put("Workers/items/1", {}), 201)
    response = staff.post("Workers/items/1", {})
    problem(response, 405, "method_not_allowed")
    assert "POST" not in response["Allow"]


@pytest.mark.parametrize("path", ["search", "batch"])
def test_where_post_is_a_workaround_the_resource_says_what_it_does(staff, path):
    body = ok(staff.send("OPTIONS", f"Workers/{path}"))
    assert body["methods"] == ["POST", "OPTIONS"]
    assert body["description"]


def test_identifiers_are_made_by_the_server_and_returned_with_the_item(staff):
    response = staff.post("Notes/items", {"text": "x"})
    body = ok(response, 201)
    assert response["Location"].endswith(body["id"])
    problem(staff.post("Notes/items", {"id": "mine", "text": "x"}), 400, "invalid_request")


def test_posting_twice_may_make_two_items(staff):
    for _ in range(2):
        ok(staff.post("Workers/items", {"name": "Ann"}), 201)
    assert ok(staff.get("Workers/items"))["count"] == 2
