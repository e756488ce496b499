"""draft-ietf-httpapi-idempotency-key-header-07, as far as one request tells.

That one effect comes of many requests is in test_idempotency.py, and of interruptions in
tests/records and tests/contract.
"""

import pytest

from tables.records.idempotency.courses import put_or_be_overtaken
from tables.records.idempotency.kept_answers import Record
from tables.records.idempotency.keyed_requests import keyed_request
from tests.api.v1.conftest import PLAIN, ok, problem
from tests.contract.languages import dumps
from tests.tables import store, stored

pytestmark = pytest.mark.usefixtures("moto_tables")
USES = ("Bare", "Workers", "dynadmin-state")


def test_a_key_is_a_string_in_quotes_and_may_lack_them(staff):
    """Section 2.1: an Item that is a String; most clients send it bare."""
    first = staff.post("Bare/items", {}, Idempotency_Key='"8e03978e-40d5"')
    again = staff.post("Bare/items", {}, Idempotency_Key="8e03978e-40d5")
    assert again["Idempotency-Replayed"] == "true"
    assert ok(again, 201) == ok(first, 201)


@pytest.mark.parametrize("key", ["", " ", "a b", '"', '"a', '""', "k" * 256, "ä"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_key_that_is_none_is_400(staff, method, key):
    """Sections 2.1 and 2.7."""
    store("v1-Bare", id={"S": "1"}, a={"N": "1"})
    path = "Bare/items" if method == "POST" else "Bare/items/1"
    body = None if method == "DELETE" else {"id": "1", "a": 2}
    response = staff.send(method, path, body, Idempotency_Key=key)
    problem(response, 400, "invalid_request")
    assert stored("v1-Bare", id={"S": "1"})["a"] == {"N": "1"}


def test_the_same_key_with_another_payload_is_422(staff):
    """Sections 2.4 and 2.7: the fingerprint."""
    ok(staff.post("Bare/items", {"a": 1}, Idempotency_Key="k"), 201)
    for body in ({"a": 2}, b'{"a": 1 }', {}):
        refusal = staff.post("Bare/items", body, Idempotency_Key="k")
        problem(refusal, 422, "idempotency_conflict")


def test_while_the_first_is_running_a_retry_is_409(staff):
    """Sections 2.6 and 2.7: and is told when to come back."""
    body = {"id": "1"}
    first = keyed_request(
        "sub-doe, jane",
        "POST",
        "http://testserver/api/v1/tables/Bare/items",
        {"Idempotency-Key": "k", "Content-Type": PLAIN},
        dumps(body),
    )
    put_or_be_overtaken(Record(first.record_id, first.fingerprint))
    response = staff.post("Bare/items", body, Idempotency_Key="k")
    problem(response, 409, "idempotency_conflict")
    assert int(response["Retry-After"]) > 0
    assert stored("v1-Bare", id={"S": "1"}) is None


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_a_safe_method_needs_no_key(staff, method):
    """Section 1: for methods that are not idempotent; on a read even a bad one means nothing."""
    store("v1-Bare", id={"S": "1"})
    response = staff.send(method, "Bare/items/1", Idempotency_Key="a b")
    assert response.status_code == 200
    assert "Idempotency-Replayed" not in response


def test_a_key_is_never_demanded(staff):
    """Section 2.7: 400 for a missing key is for servers that need one."""
    ok(staff.post("Bare/items", {}), 201)
