"""A link that is checked leads to an item, whatever door a write comes through, and at any time."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tables.access.callers import Caller
from tables.configuration import registry
from tables.core.errors import TablesError
from tables.dynamodb import writes
from tables.dynamodb.client import call
from tables.dynamodb.history_table import create_history_table
from tables.items.puts import create
from tables.items.target import find_target
from tables.items.wanted import itself
from tables.items.writes import perform
from tests.contract.languages import loads
from tests.contract.test_interruptions import things_of
from tests.tables import store, stored

SECTIONS = """
staff_groups = ["staff", "blind"]
superuser_groups = ["admins"]
[Things]
table = "real-things"
audit_attributes = false
OWN
[Things.permissions]
delete = ["staff"]
[Things.links.owner]
to = "Owners"
key = { id = "{}" }
check = "refuse"
[Things.links."helpers[]"]
to = "Owners"
key = { id = "{}" }
check = "refuse"
[Things.links.above]
to = "Things"
key = { id = "{}" }
check = "refuse"
[Owners]
table = "real-named"
THEIRS
[Owners.permissions]
view = ["staff"]
"""
ITEM = {"id": {"S": "one"}, "owner": {"S": "ann"}, "n": {"N": "1"}}
ANN = {"id": {"S": "ann"}}
WORDS = "No item of Owners has this key: bob."


@pytest.fixture(params=["transaction", "engine", "history"])
def mode(request, on_alternator, moto_tables, settings, tmp_path, history_table):
    """With transactions, without, and with history."""
    if on_alternator and request.param == "transaction":
        pytest.skip("Alternator has no transactions.")
    settings.DYNAMODB_TRANSACTIONS = request.param != "engine" and not on_alternator
    write_map(settings, tmp_path, "history = true" if request.param == "history" else "")
    store("real-named", ANN)
    store("real-things", ITEM)
    return request.param


@pytest.fixture
def history_table(moto_tables, settings):
    create_history_table(settings.HISTORY_TABLE)


def write_map(settings, folder, own="", theirs=""):
    settings.TABLES_FILE = folder / "links.toml"
    text = SECTIONS.replace("OWN", own).replace("THEIRS", theirs)
    settings.TABLES_FILE.write_text(text)


def update_2011(door, name, attribute, value):
    entry = {"Action": "PUT", "Value": value}
    key = {"HashKeyElement": {"S": name}}
    return door.send("UpdateItem", TableName="Things", Key=key, AttributeUpdates={attribute: entry})


def put(door, name, body, **query):
    return door.send("PUT", body, table="Things", id=name, **query)


def v1(door, method, path, body, **how):
    return door.send(method, f"Things/items{path}", body, **how)


TWO = {"id": {"S": "two"}, "owner": {"S": "bob"}}
REFUSED = {
    "adminapi create": (
        "adminapi",
        lambda d: d.send("POST", {"id": "two", "owner": "bob"}, table="Things"),
    ),
    "adminapi over": (
        "adminapi",
        lambda d: d.send("POST", {"id": "one", "owner": "bob"}, table="Things"),
    ),
    "adminapi set": ("adminapi", lambda d: put(d, "one", {"set": {"owner": "bob"}})),
    "adminapi atomic": (
        "adminapi",
        lambda d: put(d, "one", {"set": {"owner": "bob"}}, atomic="true"),
    ),
    "adminapi new": ("adminapi", lambda d: put(d, "two", {"set": {"owner": "bob"}})),
    "adminapi list": ("adminapi", lambda d: put(d, "one", {"set": {"helpers": ["ann", "bob"]}})),
    "adminapi type": ("adminapi", lambda d: put(d, "one", {"set": {"owner": True}})),
    "adminapi own table": ("adminapi", lambda d: put(d, "one", {"set": {"above": "zero"}})),
    "v1 post": ("v1", lambda d: v1(d, "POST", "", {"id": "two", "owner": "bob"})),
    "v1 put": ("v1", lambda d: v1(d, "PUT", "/one", {"owner": "bob"})),
    "v1 patch": ("v1", lambda d: v1(d, "PATCH", "/one", {"owner": "bob"})),
    "v1 keyed": (
        "v1",
        lambda d: v1(d, "PATCH", "/one", {"owner": "bob"}, headers={"Idempotency-Key": "k"}),
    ),
    "putitem put": ("putitem", lambda d: d.add(TWO)),
    "putitem over": ("putitem", lambda d: d.add({**TWO, "id": {"S": "one"}})),
    "putitem update": ("putitem", lambda d: update_2011(d, "one", "owner", {"S": "bob"})),
    "putitem batch": (
        "putitem",
        lambda d: d.send(
            "BatchWriteItem", RequestItems={"Things": [{"PutRequest": {"Item": TWO}}]}
        ),
    ),
}
ACCEPTED = {
    "adminapi create": (
        "adminapi",
        lambda d: d.send("POST", {"id": "two", "owner": "ann"}, table="Things"),
    ),
    "adminapi set": ("adminapi", lambda d: put(d, "one", {"set": {"helpers": ["ann"]}})),
    "adminapi none": ("adminapi", lambda d: put(d, "one", {"remove": ["owner"]})),
    "adminapi null": ("adminapi", lambda d: put(d, "one", {"set": {"owner": None}})),
    "adminapi itself": ("adminapi", lambda d: put(d, "one", {"set": {"above": "one"}})),
    "adminapi counter": ("adminapi", lambda d: put(d, "one", {"add": {"n": 1}})),
    "v1 post": ("v1", lambda d: v1(d, "POST", "", {"id": "two", "owner": "ann"})),
    "v1 patch": ("v1", lambda d: v1(d, "PATCH", "/one", {"n": 2})),
    "putitem delete": ("putitem", lambda d: d.delete("one")),
    "putitem put": ("putitem", lambda d: d.add({**TWO, "owner": {"S": "ann"}})),
}


def ids(cases):
    return [pytest.param(*case, id=name) for name, case in cases.items()]


@pytest.mark.parametrize(("name", "send"), ids(REFUSED))
def test_a_link_to_no_item_is_refused_and_nothing_is_written(mode, enter, name, send):
    answer = send(enter(name, "staff"))

    assert answer.status_code in (400, 422), answer.content
    assert things_of("real-things") == [ITEM]


@pytest.mark.parametrize(("name", "send"), ids(ACCEPTED))
def test_a_link_that_leads_somewhere_or_is_none_is_written(mode, enter, name, send):
    answer = send(enter(name, "staff"))

    assert answer.status_code < 300, answer.content
    assert things_of("real-things") != [ITEM]


def test_each_door_says_in_its_own_shape_what_is_missing(mode, enter):
    problem = REFUSED["v1 patch"][1](enter("v1", "staff"))
    assert problem.status_code == 422
    assert loads(problem.content)["errors"] == [{"pointer": "/owner", "detail": WORDS}]

    error = REFUSED["adminapi create"][1](enter("adminapi", "staff")).json()["error"]
    assert (error["statusCode"], error["message"]) == (400, WORDS)

    entry = REFUSED["adminapi set"][1](enter("adminapi", "staff")).json()["results"][0]
    assert entry["statusCode"] == 400
    assert WORDS in entry["body"]

    old = loads(REFUSED["putitem put"][1](enter("putitem", "staff")).content)
    assert old["__type"].endswith("#ValidationException")
    assert old["message"] == WORDS


def test_who_may_not_see_the_other_table_is_told_nothing_of_it(mode, enter):
    problem = loads(REFUSED["v1 patch"][1](enter("v1", "blind")).content)

    assert problem["errors"] == [{"pointer": "/owner", "detail": "This leads to no item."}]
    assert "Owners" not in str(problem)
    assert "bob" not in str(problem)


def test_what_leads_nowhere_already_stays_editable(mode, enter):
    call("DeleteItem", TableName="real-named", Key=ANN)

    assert v1(enter("v1", "staff"), "PATCH", "/one", {"n": 2}).status_code == 200
    assert v1(enter("v1", "staff"), "PUT", "/one", {"owner": "ann", "n": 3}).status_code == 200
    assert v1(enter("v1", "staff"), "PATCH", "/one", {"owner": "bob"}).status_code == 422


@pytest.mark.parametrize("texts", [("transactions = false", ""), ("", "transactions = false")])
def test_a_table_that_takes_part_in_no_transaction_is_read_before(
    moto_tables, settings, tmp_path, enter, calls, texts
):
    write_map(settings, tmp_path, *texts)
    store("real-named", ANN)
    store("real-things", ITEM)
    assert REFUSED["v1 patch"][1](enter("v1", "staff")).status_code == 422
    assert ACCEPTED["adminapi set"][1](enter("adminapi", "staff")).status_code == 200
    assert "TransactWriteItems" not in calls


def test_a_batch_says_first_what_it_wrote_and_then_what_it_refuses(mode, enter):
    door = enter("putitem", "staff")
    good = {"id": {"S": "two"}, "owner": {"S": "ann"}}
    bad = {"id": {"S": "three"}, "owner": {"S": "bob"}}
    requests = [{"PutRequest": {"Item": item}} for item in (good, bad)]

    first = door.send("BatchWriteItem", RequestItems={"Things": requests})
    assert [
        r["PutRequest"]["Item"] for r in loads(first.content)["UnprocessedItems"]["Things"]
    ] == [bad]
    again = door.send("BatchWriteItem", RequestItems=loads(first.content)["UnprocessedItems"])
    assert loads(again.content)["message"] == WORDS
    assert stored("real-things", "two") == good
    assert stored("real-things", "three") is None


def test_more_links_than_a_transaction_checks_are_refused_in_words(
    with_transactions, moto_tables, settings, tmp_path, enter
):
    write_map(settings, tmp_path)
    store("real-things", ITEM)
    for number in range(100):
        store("real-named", {"id": {"S": f"h{number}"}})
    body = {"helpers": [f"h{number}" for number in range(100)]}

    answer = v1(enter("v1", "staff"), "PATCH", "/one", body)

    assert answer.status_code == 413
    assert "101 operations; DynamoDB takes 100" in loads(answer.content)["detail"]
    few = {"helpers": body["helpers"][:99]}
    assert v1(enter("v1", "staff"), "PATCH", "/one", few).status_code == 200


def test_calls_are_those_of_the_write_and_one_read(
    with_transactions, moto_tables, settings, tmp_path, enter, calls
):
    write_map(settings, tmp_path)
    store("real-named", ANN)
    door = enter("v1", "staff")
    v1(door, "GET", "/none", None)
    v1(door, "POST", "", {"id": "zero", "owner": "ann"})
    calls.clear()

    v1(door, "POST", "", {"id": "two", "owner": "ann"})
    assert calls == ["TransactWriteItems"]
    calls.clear()
    v1(door, "PATCH", "/two", {"owner": "ann", "n": 1})
    assert calls == ["GetItem", "UpdateItem"]
    calls.clear()
    put(enter("adminapi", "staff"), "two", {"add": {"n": 1}})
    assert calls == ["UpdateItem"]


def test_a_target_that_goes_between_check_and_write_wins(
    with_transactions, embedded_tables, settings, tmp_path, enter, monkeypatch
):
    """The delete arrives just before the transaction, after everything was decided."""
    write_map(settings, tmp_path)
    store("real-named", ANN)
    transact = writes.transact

    def deleted_first(*how, **more):
        call("DeleteItem", TableName="real-named", Key=ANN)
        return transact(*how, **more)

    monkeypatch.setattr(writes, "transact", deleted_first)
    answer = v1(enter("v1", "staff"), "POST", "", {"id": "two", "owner": "ann"})

    assert answer.status_code == 422
    assert things_of("real-things") == []


@pytest.mark.django_db(transaction=True)
def test_many_writers_that_check_one_item_all_get_through(
    embedded_tables, settings, tmp_path, signer
):
    """Two transactions that check one item stand in each other's way; none is refused for it."""
    write_map(settings, tmp_path)
    store("real-named", ANN)
    target = find_target(registry().get("Things"), Caller("a", "a", frozenset({"admins"})))
    together = threading.Barrier(8)

    def one(number):
        together.wait(30)
        try:
            perform(create(target, {"id": {"S": str(number)}, "owner": {"S": "ann"}}), itself)
        except TablesError as error:
            return error.code
        return "made"

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(one, range(8))) == ["made"] * 8
