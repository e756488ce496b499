"""A table whose programs count versions: every write through any door raises the number."""

import pytest

from tables.core.errors import PreconditionFailed
from tables.core.expressions import Placeholders
from tables.core.operations import Update
from tables.dynamodb import writes
from tests.contract.languages import loads
from tests.tables import store, stored

pytestmark = pytest.mark.usefixtures("moto_tables")
DOORS = ["adminapi", "v1", "putitem", "pages"]
ITEM = {"id": {"S": "x"}, "n": {"N": "1"}, "v": {"N": "7"}}


def version():
    return stored("real-counted", "x")["v"]


def programs_write(read, **changed):
    """What a program with optimistic locking does with what it has read."""
    pool = Placeholders()
    number = pool.value({"N": str(int(read["v"]["N"]) + 1)})
    parts = [f"{pool.name('v')} = {number}"]
    parts += [f"{pool.name(name)} = {pool.value(value)}" for name, value in changed.items()]
    condition = f"{pool.name('v')} = {pool.value(read['v'])}"
    key = {"id": read["id"]}
    writes.write(Update("real-counted", key, f"SET {', '.join(parts)}", condition, pool))


@pytest.mark.parametrize("name", DOORS)
def test_a_create_begins_at_1_whatever_the_client_says(enter, name):
    door = enter(name, "staff")
    item = {"id": {"S": "x"}, **({"v": {"N": "5"}} if name != "pages" else {})}
    assert door.add(item, alias="Counted").status_code == door.created
    assert version() == {"N": "1"}


@pytest.mark.parametrize("name", DOORS)
def test_a_change_raises_it(enter, name):
    store("real-counted", ITEM)
    door = enter(name, "staff")
    assert door.change("x", alias="Counted").status_code == door.changed
    assert version() == {"N": "8"}


@pytest.mark.parametrize("name", ["adminapi", "putitem"])
def test_a_put_over_an_item_raises_what_stood_there(enter, name):
    store("real-counted", ITEM)
    door = enter(name, "staff")
    assert door.add({"id": {"S": "x"}}, alias="Counted").status_code == door.created
    assert stored("real-counted", "x") == {"id": {"S": "x"}, "v": {"N": "8"}}


def test_each_action_of_an_update_raises_it_and_none_can_set_it(enter):
    store("real-counted", ITEM)
    actions = {"set": {"v": 99, "a": 1}, "add": {"n": 1}}
    answer = enter("adminapi", "staff").send("PUT", actions, table="Counted", id="x")
    assert answer.status_code == 200
    assert stored("real-counted", "x") == {
        "id": {"S": "x"},
        "n": {"N": "2"},
        "a": {"N": "1"},
        "v": {"N": "9"},
    }


def test_an_item_without_a_version_gets_its_first(enter):
    store("real-counted", {"id": {"S": "x"}})
    assert enter("v1", "staff").change("x", alias="Counted").status_code == 200
    assert version() == {"N": "1"}


@pytest.mark.parametrize("name", ["adminapi", "v1", "putitem"])
def test_a_version_that_is_no_number_is_left_alone_in_words(enter, name):
    store("real-counted", {"id": {"S": "x"}, "v": {"S": "seven"}})
    answer = enter(name, "staff").change("x", alias="Counted")
    assert 400 <= answer.status_code < 500
    assert b"v counts the versions of an item" in answer.content
    assert stored("real-counted", "x") == {"id": {"S": "x"}, "v": {"S": "seven"}}


@pytest.mark.parametrize("name", DOORS)
def test_a_program_that_read_before_our_write_can_not_overwrite_it(enter, name):
    store("real-counted", ITEM)
    read = stored("real-counted", "x")
    enter(name, "staff").change("x", alias="Counted")
    with pytest.raises(PreconditionFailed):
        programs_write(read, n={"N": "2"})


@pytest.mark.parametrize("name", DOORS)
@pytest.mark.parametrize("how", ["change", "delete"])
def test_what_a_program_writes_meanwhile_is_never_overwritten_unseen(enter, monkeypatch, name, how):
    store("real-counted", ITEM)
    met, write = [], writes.write

    def late(operation, **members):
        if not met:
            met.append(operation)
            with monkeypatch.context() as once:
                once.setattr(writes, "write", write)
                programs_write(ITEM, n={"N": "2"})
        return write(operation, **members)

    monkeypatch.setattr(writes, "write", late)
    door = enter(name, "staff")
    answer = getattr(door, how)("x", alias="Counted")
    if how == "delete":
        # A person is shown what changed; a program asked for the item of that key to go.
        assert (stored("real-counted", "x") is None) == (name != "pages")
        return
    assert answer.status_code == door.changed
    after = stored("real-counted", "x")
    assert (after["n"], after["v"], "changed" in after) == ({"N": "2"}, {"N": "9"}, True)


def test_a_batch_of_2011_raises_each_and_gives_back_what_never_rests(enter, monkeypatch):
    store("real-counted", ITEM)
    monkeypatch.setattr(writes, "pause", lambda _attempt: None)
    write, rivals = writes.write, []

    def restless(operation, **members):
        if operation.request().get("Key") == {"id": {"S": "x"}}:
            rivals.append(1)
            store("real-counted", {**ITEM, "v": {"N": str(100 + len(rivals))}})
        return write(operation, **members)

    monkeypatch.setattr(writes, "write", restless)
    puts = [{"PutRequest": {"Item": {"id": {"S": name}}}} for name in ("x", "y")]
    answer = enter("putitem", "staff").send("BatchWriteItem", RequestItems={"Counted": puts})
    assert answer.status_code == 200
    left = loads(answer.content)["UnprocessedItems"]["Counted"]
    assert [entry["PutRequest"]["Item"]["id"] for entry in left] == [{"S": "x"}]
    assert stored("real-counted", "y") == {"id": {"S": "y"}, "v": {"N": "1"}}
