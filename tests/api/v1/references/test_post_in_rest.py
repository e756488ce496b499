"""What the article on POST in REST says, sentence by sentence: see docs/rest-conformance.md."""

import gzip
import json

import pytest
from django.test.client import encode_multipart

from tests.api.v1.conftest import Door, ok, pointers, problem
from tests.contract.languages import dumps
from tests.tables import stored

pytestmark = pytest.mark.usefixtures("moto_tables")
USES = ("Workers", "Checked", "Notes", "Students", "Bare", "dynadmin-state")
ALICE = {"name": "Alice Johnson", "email": "alice@example.com", "age": 30}


def test_post_creates_a_new_resource(staff):
    assert staff.post("Workers/items", ALICE).status_code == 201
    assert ok(staff.get("Workers/items"))["count"] == 1


def test_the_same_post_twice_makes_two_resources(staff):
    first, second = staff.post("Workers/items", ALICE), staff.post("Workers/items", ALICE)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first["Location"] != second["Location"]


def test_the_data_that_is_sent_is_what_is_processed(staff):
    body = ok(staff.post("Workers/items", ALICE), 201)
    assert {name: body[name] for name in ALICE} == ALICE


def test_each_method_does_its_own_thing(staff):
    location = staff.post("Bare/items", ALICE)["Location"].removeprefix("http://testserver")
    key = location.rpartition("/")[2]
    assert ok(staff.get(location)) == {"id": key, **ALICE}
    assert ok(staff.put(location, {"name": "Al"})) == {"id": key, "name": "Al"}
    assert ok(staff.patch(location, {"age": 31})) == {"id": key, "name": "Al", "age": 31}
    assert staff.delete(location).status_code == 204
    assert staff.get(location).status_code == 404


def test_the_common_headers_are_understood(staff):
    response = staff.post("Workers/items", ALICE, Accept="application/json")
    assert response.status_code == 201
    assert response["Content-Type"] == "application/json"


def test_a_bearer_token_authorises(signer, nobody):
    response = nobody.post("Workers/items", ALICE, **signer.bearer("staff"))
    assert ok(response, 201)["createdBy"] == "doe, jane"


def test_a_session_authorises_with_its_csrf_token(sign_in, client):
    sign_in("staff")
    client.handler.enforce_csrf_checks = True
    client.get("/api/v1", headers={"Accept": "text/html"})
    url, token = "/api/v1/tables/Workers/items", client.cookies["csrftoken"].value
    assert client.post(url, ALICE, "application/json").status_code == 403
    response = client.post(url, ALICE, "application/json", headers={"X-CSRFToken": token})
    assert ok(response, 201)["createdBy"] == "doe, jane"


def test_the_body_is_json(staff):
    assert staff.post("Workers/items", json.dumps(ALICE).encode()).status_code == 201


def test_the_answer_to_a_create_is_201_location_and_the_item_with_its_id(staff):
    response = staff.post("Workers/items", ALICE)
    body = ok(response, 201)
    assert response["Location"].endswith(f"/api/v1/tables/Workers/items/{body['id']}")
    assert response["Content-Type"] == "application/json"


def test_location_identifies_the_new_resource(staff):
    location = staff.post("Workers/items", ALICE)["Location"]
    assert ok(staff.get(location.removeprefix("http://testserver")))["name"] == ALICE["name"]


def test_201_a_resource_was_created(staff):
    assert staff.post("Workers/items", ALICE).status_code == 201


def test_200_the_request_was_processed(staff):
    assert staff.post("Workers/search", {"scan": {}}).status_code == 200


@pytest.mark.django_db
def test_202_is_said_of_a_job_that_is_done_later_and_of_nothing_else(admin):
    """Every other write has happened when its answer comes, so it can be read at once."""
    location = admin.post("Workers/items", ALICE)["Location"]
    assert admin.get(location.removeprefix("http://testserver")).status_code == 200
    assert admin.post("Workers/jobs", {"kind": "delete", "filter": {}}).status_code == 202


def test_204_done_and_no_content(staff):
    staff.put("Bare/items/1", ALICE)
    response = staff.put("Bare/items/1", ALICE, Prefer="return=minimal")
    assert (response.status_code, response.content) == (204, b"")


def test_400_syntax_that_is_none(staff):
    problem(staff.post("Workers/items", b'{"name": '), 400, "invalid_request")


def test_401_nobody_is_signed_in(nobody):
    response = nobody.post("Workers/items", ALICE)
    problem(response, 401, "unauthorized")
    assert response["WWW-Authenticate"] == "Bearer"


def test_403_the_caller_may_not(reader):
    problem(reader.post("Workers/items", ALICE), 403, "forbidden")


def test_404_there_is_no_such_endpoint(staff):
    problem(staff.post("Nothing/items", ALICE), 404, "table_not_found")
    problem(staff.post("/api/v1/users", ALICE), 404, "not_found")


def test_409_the_resource_exists(staff):
    staff.post("Workers/items", {"id": "1"})
    problem(staff.post("Workers/items", {"id": "1"}), 409, "item_exists")


def test_422_the_content_does_not_hold(staff):
    problem(staff.post("Checked/items", {"total": -1}), 422, "invalid_value")


def test_post_lets_the_server_choose_the_identifier(staff):
    assert ok(staff.post("Notes/items", {"text": "x"}), 201)["id"]
    problem(staff.post("Notes/items", {"id": "mine"}), 400, "invalid_request")


def test_put_replaces_what_the_client_already_knows(staff):
    staff.put("Bare/items/12345", ALICE)
    assert ok(staff.put("Bare/items/12345", {"name": "Al"})) == {"id": "12345", "name": "Al"}


def test_patch_changes_single_attributes_only(staff):
    staff.put("Bare/items/1", ALICE)
    assert ok(staff.patch("Bare/items/1", {"age": 31})) == {"id": "1", **ALICE, "age": 31}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, ""),  # a required attribute
        ({"total": "1"}, "/total"),  # a type
        ({"total": 1, "email": "alice"}, "/email"),  # a format
        ({"total": -1}, "/total"),  # a rule of the business
        ({"total": 1, "id": "k" * 2049}, "/id"),  # a length
    ],
)
def test_the_data_is_validated_before_anything_is_stored(staff, body, pointer):
    refusal = problem(staff.post("Checked/items", body), 422, "invalid_value")
    assert pointer in pointers(refusal)
    assert ok(staff.get("Checked/items"))["count"] == 0


def test_no_failure_is_a_200(staff, nobody):
    refusals = [
        nobody.post("Workers/items", ALICE),
        staff.post("Workers/items", b"{"),
        staff.post("Workers/items", {"id": 7}),
        staff.post("Nothing/items", ALICE),
        staff.post("Workers/items", ALICE, Accept="text/csv"),
        staff.post("Workers/items", ALICE, type="text/plain"),
    ]
    assert [response.status_code for response in refusals] == [401, 400, 422, 404, 406, 415]


def test_a_post_is_authenticated_authorised_and_limited(staff, reader, nobody, settings):
    settings.THROTTLE_WRITE = "1/day"
    assert nobody.post("Workers/items", ALICE).status_code == 401
    assert reader.post("Workers/items", ALICE).status_code == 403
    limited = Door("staff", name="limited")
    assert limited.post("Workers/items", ALICE).status_code == 201
    problem(limited.post("Workers/items", ALICE), 429, "too_many_requests")


def test_plain_http_is_refused(staff, settings):
    settings.SECURE_SSL_REDIRECT = True
    problem(Door("staff").post("Workers/items", ALICE), 403, "forbidden")
    assert ok(staff.client.get("/api/v1/tables/Workers/items", secure=True))["count"] == 0


def test_the_content_types_that_are_accepted_are_said(staff):
    expected = (
        "application/json, application/vnd.dynamodb+json, "
        "application/x-www-form-urlencoded, multipart/form-data"
    )
    assert staff.send("OPTIONS", "Workers/items")["Accept-Post"] == expected
    refused = staff.post("Workers/items", b"<worker/>", type="application/xml")
    problem(refused, 415, "unsupported_media_type")
    assert refused["Accept-Post"] == expected


def test_an_idempotency_key_keeps_a_repetition_from_doubling(staff):
    first = staff.post("Workers/items", ALICE, Idempotency_Key="payment-1")
    again = staff.post("Workers/items", ALICE, Idempotency_Key="payment-1")
    assert again["Idempotency-Replayed"] == "true"
    assert again["Location"] == first["Location"]
    assert ok(staff.get("Workers/items"))["count"] == 1


def test_a_request_is_validated_then_processed_then_answered(staff):
    problem(staff.post("Workers/items", {"id": ""}), 422, "invalid_value")
    assert ok(staff.get("Workers/items"))["count"] == 0
    location = staff.post("Workers/items", {"id": "1"})["Location"]
    assert stored("v1-Workers", id={"S": location.rpartition("/")[2]})


def test_one_post_may_create_or_update_where_the_table_says_so(staff):
    body = {"school": "A", "number": 7}
    statuses = [staff.post("Students/items", body).status_code for _ in range(2)]
    assert statuses == [201, 200]


def test_large_payloads_may_be_compressed_or_multipart(staff):
    packed = gzip.compress(dumps({"id": "1", "text": "x" * 300_000}))
    assert staff.post("Bare/items", packed, Content_Encoding="gzip").status_code == 201
    form = encode_multipart("b", {"id": "2", "text": "x" * 300_000})
    response = staff.post("Bare/items", form, type="multipart/form-data; boundary=b")
    assert response.status_code == 201


def test_a_post_may_trigger_an_action_that_creates_nothing(staff):
    assert staff.post("Workers/search", {"scan": {}}).status_code == 200
    assert ok(staff.get("Workers/items"))["count"] == 0


@pytest.mark.django_db
def test_a_post_triggers_a_job_that_is_looked_at_while_it_runs(admin):
    admin.post("Workers/items", ALICE)
    response = admin.post("Workers/jobs", {"kind": "delete", "filter": {}})
    job = ok(admin.get(response["Location"].removeprefix("http://testserver")))
    assert (job["state"], job["kind"]) == ("checking", "delete")


@pytest.mark.django_db
def test_a_large_file_is_streamed_and_never_held(admin, settings, tmp_path):
    where = {"location": tmp_path}
    backend = "django.core.files.storage.FileSystemStorage"
    settings.STORAGES = {**settings.STORAGES, "jobs": {"BACKEND": backend, "OPTIONS": where}}
    file = b"id,text\n" + b"".join(b"%d,%s\n" % (n, b"x" * 1000) for n in range(6000))
    response = admin.post("Workers/jobs", file, type="text/csv")
    assert ok(response, 202)["kind"] == "import"
    (kept,) = (path for path in tmp_path.rglob("*") if path.is_file())
    assert kept.read_bytes() == file
