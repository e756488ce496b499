"""What the Ed-Fi guideline says of POST, sentence by sentence: see docs/rest-conformance.md."""

import json
import uuid

import pytest

from tests.api.v1.conftest import ok, pointers, problem

pytestmark = pytest.mark.usefixtures("moto_tables")
USES = ("Students", "Workers")
ANN = {"school": "A", "number": 7, "name": "Ann"}
URL = "Students/items"


def test_a_post_creates_a_resource_under_the_collection(staff):
    response = staff.post(URL, ANN)
    assert response.status_code == 201
    collection = "http://testserver/api/v1/tables/Students/items"
    assert response["Location"].startswith(f"{collection}/")


def test_a_resource_that_can_be_written_takes_post(staff):
    assert "POST" in staff.send("OPTIONS", URL)["Allow"]


def test_the_url_ends_with_the_resource_type_and_takes_no_identifier(staff):
    response = staff.post(f"{URL}/{uuid.uuid4()}", ANN)
    problem(response, 405, "method_not_allowed")


@pytest.mark.parametrize("query", ["id=7", "limit=1", "x"])
def test_the_url_takes_no_query_string(staff, query):
    problem(staff.post(URL, ANN, query=query), 400, "invalid_request")


def test_a_post_needs_no_header_of_its_own(staff):
    assert staff.client.post(f"/api/v1/tables/{URL}", ANN, format="json").status_code == 201


@pytest.mark.parametrize("body", [[], [ANN], [ANN, ANN], "Ann", 7])
def test_the_body_is_exactly_one_item(staff, body):
    problem(staff.post(URL, body), 400, "invalid_request")


def test_the_same_natural_key_updates_and_never_doubles(staff):
    first, second = staff.post(URL, ANN), staff.post(URL, {**ANN, "name": "Annie"})
    assert (first.status_code, second.status_code) == (201, 200)
    items = ok(staff.get(URL))["items"]
    assert [item["name"] for item in items] == ["Annie"]


def test_an_identifier_of_the_clients_choice_is_refused(staff):
    refusal = problem(staff.post(URL, {**ANN, "id": "mine"}), 400, "invalid_request")
    assert pointers(refusal) == ["/id"]


def test_the_body_is_validated_strictly(staff):
    problem(staff.post(URL, b'{"school": "A", "school": "B", "number": 7}'), 400, "invalid_request")
    problem(staff.post(URL, b'{"school": "A", "number": NaN}'), 400, "invalid_request")


def test_the_response_holds_the_item_with_what_a_get_adds(staff):
    response = staff.post(URL, ANN)
    body = ok(response, 201)
    assert body == ok(staff.get(response["Location"].removeprefix("http://testserver")))
    assert {"id", "created", "createdBy", "lastUpdatedBy", "lastUpdatedDateTime"} <= body.keys()


def test_location_leads_to_the_item_both_times(staff):
    first, second = staff.post(URL, ANN), staff.post(URL, ANN)
    assert first["Location"] == second["Location"]
    assert ok(staff.get(first["Location"].removeprefix("http://testserver")))["name"] == "Ann"


def test_the_etag_is_in_the_answer_both_times(staff):
    first = staff.post(URL, ANN)
    second = staff.post(URL, {**ANN, "name": "Annie"})
    got = staff.get(first["Location"].removeprefix("http://testserver"))
    assert first["ETag"]
    assert second["ETag"] == got["ETag"] != first["ETag"]


def test_200_an_item_was_updated(staff):
    staff.post(URL, ANN)
    assert staff.post(URL, ANN).status_code == 200


def test_201_an_item_was_created(staff):
    assert staff.post(URL, ANN).status_code == 201


def test_400_names_each_validation_error_in_the_body(staff):
    refusal = problem(staff.post(URL, {"name": "Ann"}), 400, "invalid_request")
    assert [error["pointer"] for error in refusal["errors"]] == ["/school", "/number"]
    assert all(error["detail"] for error in refusal["errors"])


def test_401_without_a_token_or_with_an_invalid_one(nobody):
    problem(nobody.post(URL, ANN), 401, "unauthorized")
    problem(nobody.post(URL, ANN, Authorization="Bearer x.y.z"), 401, "unauthorized")


def test_403_the_callers_rights_do_not_reach(reader):
    problem(reader.post(URL, ANN), 403, "forbidden")


def test_404_a_get_of_an_identifier_that_does_not_exist(staff):
    problem(staff.get(f"{URL}/{uuid.uuid4()}"), 404, "item_not_found")


def test_405_the_api_is_only_for_reading(staff, settings):
    settings.READ_ONLY = True
    problem(staff.post(URL, ANN), 405, "method_not_allowed")


def test_405_a_snapshot_is_only_for_reading(staff):
    problem(staff.post(URL, ANN, Use_Snapshot="true"), 405, "method_not_allowed")


def test_500_an_unforeseen_error_is_a_problem_document_without_secrets(staff, monkeypatch):
    def broken(*_args, **_kwargs):
        raise RuntimeError("secret")

    monkeypatch.setattr("tables.api.v1.resources.items.create", broken)
    staff.client.raise_request_exception = False
    response = staff.post(URL, ANN)
    assert response.status_code == 500
    assert response["Content-Type"] == "application/problem+json"
    assert json.loads(response.content)["code"] == "internal_error"
    assert b"secret" not in response.content


def test_other_statuses_come_where_they_say_more(staff):
    assert staff.post(URL, ANN, type="text/plain").status_code == 415
    assert staff.post(URL, {**ANN, "": 1}).status_code == 422
    staff.post(URL, ANN)
    assert staff.post(URL, ANN, If_None_Match="*").status_code == 412
