"""Many clients at once, on the engine that keeps concurrent writes apart: nothing is lost."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tests.api.v1.conftest import JSON_PATCH, Door, ok
from tests.tables import store, stored

pytestmark = pytest.mark.usefixtures("embedded_tables")
USES = ("Workers", "Students", "Bare", "dynadmin-state")
CLIENTS = 12
ROUNDS = 5


def together(act):
    """What `act(number)` gives to each of the clients, all starting at the same moment."""
    start = Barrier(CLIENTS)

    def begin(number):
        start.wait(timeout=30)
        return act(number)

    with ThreadPoolExecutor(CLIENTS) as pool:
        return list(pool.map(begin, range(CLIENTS)))


def persist(send):
    """Send again while the answer says that others were faster."""
    while (response := send()).status_code in (409, 412, 429):
        assert response.json()["code"] in ("transaction_conflict", "precondition_failed")
    return response


def test_no_increment_by_read_and_if_match_is_lost():
    store("v1-Bare", id={"S": "1"}, total={"N": "0"})

    def increment(number):
        door = Door("staff", name=f"client {number}")
        for _ in range(ROUNDS):

            def attempt():
                got = door.get("Bare/items/1")
                body = {"total": got.json()["total"] + 1}
                return door.patch("Bare/items/1", body, If_Match=got["ETag"])

            assert persist(attempt).status_code == 200

    together(increment)
    assert stored("v1-Bare", id={"S": "1"})["total"] == {"N": str(CLIENTS * ROUNDS)}


def test_no_unconditional_patch_is_lost():
    store("v1-Workers", id={"S": "1"}, list={"L": []})

    def append(number):
        door = Door("staff", name=f"client {number}")
        patch = [{"op": "add", "path": "/list/-", "value": number}]
        merge = {f"client{number}": number}
        statuses = [
            persist(lambda: door.patch("Workers/items/1", patch, type=JSON_PATCH)).status_code,
            persist(lambda: door.patch("Workers/items/1", merge)).status_code,
        ]
        assert statuses == [200, 200]

    together(append)
    item = stored("v1-Workers", id={"S": "1"})
    assert sorted(int(entry["N"]) for entry in item["list"]["L"]) == list(range(CLIENTS))
    assert {f"client{n}" for n in range(CLIENTS)} <= item.keys()


@pytest.mark.parametrize(
    ("send", "losers"),
    [
        (lambda door, n: door.post("Bare/items", {"id": "1", "by": n}), 409),
        (lambda door, n: door.put("Bare/items/1", {"by": n}, If_None_Match="*"), 412),
    ],
    ids=["POST", "PUT If-None-Match"],
)
def test_exactly_one_creates(send, losers):
    responses = together(lambda number: send(Door("staff"), number))
    assert Counter(r.status_code for r in responses) == {201: 1, losers: CLIENTS - 1}
    (winner,) = [response for response in responses if response.status_code == 201]
    assert stored("v1-Bare", id={"S": "1"})["by"] == {"N": str(winner.json()["by"])}


def test_of_unconditional_puts_exactly_one_creates_and_one_stands():
    responses = together(
        lambda number: persist(lambda: Door("staff").put("Bare/items/1", {"by": number}))
    )
    assert Counter(r.status_code for r in responses) == {201: 1, 200: CLIENTS - 1}
    assert int(stored("v1-Bare", id={"S": "1"})["by"]["N"]) in range(CLIENTS)


def test_of_upserts_exactly_one_creates():
    body = {"school": "A", "number": 7}
    responses = together(
        lambda number: persist(lambda: Door("staff").post("Students/items", {**body, "by": number}))
    )
    assert Counter(r.status_code for r in responses) == {201: 1, 200: CLIENTS - 1}
    assert len({response["Location"] for response in responses}) == 1
    assert len({response.json()["created"] for response in responses}) == 1
    assert ok(Door("staff").get("Students/items"))["count"] == 1


@pytest.mark.parametrize("conditional", [False, True])
def test_exactly_one_deletes(conditional):
    store("v1-Bare", id={"S": "1"})
    tag = Door("staff").get("Bare/items/1")["ETag"]
    headers = {"If_Match": tag} if conditional else {}
    responses = together(lambda _: Door("staff").delete("Bare/items/1", **headers))
    assert Counter(r.status_code for r in responses) == {204: 1, 404: CLIENTS - 1}


@pytest.mark.parametrize("has_transactions", [True, False])
def test_one_idempotency_key_creates_one_item(settings, has_transactions):
    settings.DYNAMODB_TRANSACTIONS = has_transactions
    responses = together(
        lambda _: Door("staff").post("Workers/items", {"name": "Ann"}, Idempotency_Key="k")
    )
    statuses = Counter(response.status_code for response in responses)
    assert statuses[201] >= 1
    assert set(statuses) <= {201, 409}
    created = {response.content for response in responses if response.status_code == 201}
    assert len(created) == 1
    assert ok(Door("staff").get("Workers/items"))["count"] == 1
    again = Door("staff").post("Workers/items", {"name": "Ann"}, Idempotency_Key="k")
    assert {again.content} == created
