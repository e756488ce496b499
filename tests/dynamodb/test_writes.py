"""Writes on both engines: conditions, transactions, batches, and rivals."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tables.core.errors import (
    InvalidRequest,
    PreconditionFailed,
    TransactionConflict,
)
from tables.core.expressions import Placeholders
from tables.core.operations import Delete, Put, Update
from tables.core.plans import Plan
from tables.core.preconditions import (
    absent,
    compile_changes,
    compile_create,
    compile_delete,
    compile_replace,
)
from tables.core.updates import Change, apply_changes
from tables.dynamodb.reads import iterate
from tables.dynamodb.writes import Decision, batch_write_once, rewrite, transact, write
from tests.core.tables import STRING_KEY
from tests.dynamodb.stub import refusal
from tests.tables import described, fill, stored

KEY = {"id": {"S": "a"}}
MORE = Change("add", ("n",), {"N": "1"})
ITEM = {**KEY, "n": {"N": "1"}, "b": {"B": "AAE="}}


def everything(table):
    return [item for page in iterate(table, Plan("Scan")) for item in page.items]


def test_a_write_hands_back_the_attributes_that_were_asked_for(things):
    assert write(Put("things", ITEM)).attributes is None
    old = write(Put("things", {**KEY, "n": {"N": "2"}}), return_values="ALL_OLD")
    assert old.attributes == ITEM
    pool = Placeholders()
    update = Update("things", KEY, f"SET {pool.name('n')} = {pool.value({'N': '3'})}", "", pool)
    assert write(update, return_values="ALL_NEW").attributes == {**KEY, "n": {"N": "3"}}
    assert write(Delete("things", KEY), return_values="ALL_OLD").attributes["n"] == {"N": "3"}
    assert stored("things", KEY) is None


def test_a_failed_condition_shows_what_is_stored(things):
    write(Put("things", ITEM))
    changed = {**ITEM, "n": {"N": "99"}}
    for operation in (
        compile_create(changed, things),
        compile_replace(changed, {**changed, "x": {"S": ""}}, things),
        compile_changes([Change("add", ("n",), {"N": "1"})], changed, things),
        compile_delete(changed, things),
    ):
        with pytest.raises(PreconditionFailed) as caught:
            write(operation)
        assert caught.value.current == ITEM
        assert stored("things", KEY) == ITEM


def test_a_failed_condition_on_nothing_shows_nothing(things):
    with pytest.raises(PreconditionFailed) as caught:
        write(compile_delete(ITEM, things))
    assert caught.value.current is None


def test_a_pinned_replace_leaves_alone_what_another_system_added(things):
    write(Put("things", ITEM))
    pool = Placeholders()
    write(Update("things", KEY, f"SET {pool.name('alien')} = {pool.value({'S': 'x'})}", "", pool))
    write(compile_replace(ITEM, {**KEY, "n": {"N": "2"}}, things))
    assert stored("things", KEY) == {**KEY, "n": {"N": "2"}, "alien": {"S": "x"}}


def test_an_attribute_that_was_to_be_new_is_not_overwritten(things):
    write(Put("things", {**ITEM, "new": {"S": "theirs"}}))
    with pytest.raises(PreconditionFailed):
        write(compile_replace(ITEM, {**ITEM, "new": {"S": "ours"}}, things))
    assert stored("things", KEY)["new"] == {"S": "theirs"}


def test_a_replace_by_itself_changes_nothing_and_still_checks(things):
    write(Put("things", ITEM))
    write(compile_replace(ITEM, ITEM, things))
    assert stored("things", KEY) == ITEM
    other = {**ITEM, "n": {"N": "7"}}
    with pytest.raises(PreconditionFailed):
        write(compile_replace(other, other, things))


def test_a_transaction_is_all_or_nothing_and_says_which_failed(things):
    write(Put("things", ITEM))
    fresh = compile_create({"id": {"S": "fresh"}}, things)
    taken = compile_create(ITEM, things)
    with pytest.raises(PreconditionFailed) as caught:
        transact([fresh, taken])
    assert caught.value.position == 1
    assert caught.value.current == ITEM
    assert stored("things", {"id": {"S": "fresh"}}) is None
    transact([fresh, compile_delete(ITEM, things)])
    assert everything(things) == [{"id": {"S": "fresh"}}]


def test_companions_go_with_the_write_or_stop_it(things):
    record = {"id": {"S": "record"}}
    write(compile_create(ITEM, things), companions=[compile_create(record, things)])
    assert len(everything(things)) == 2
    other = compile_create({"id": {"S": "other"}}, things)
    with pytest.raises(PreconditionFailed) as caught:
        write(other, companions=[compile_create(record, things)])
    assert caught.value.position == 1
    assert stored("things", {"id": {"S": "other"}}) is None


# ---------------------------------------------------------------- read, decide, write


def test_a_rewrite_decides_again_when_the_item_changed_in_between(things):
    write(Put("things", ITEM))
    seen = []

    def decide(item):
        seen.append(item["n"])
        if len(seen) == 1:
            write(Put("things", {**ITEM, "n": {"N": "5"}}))
        operation = compile_changes([Change("add", ("n",), {"N": "1"})], item, things)
        return Decision(operation, (), len(seen))

    done = rewrite(things, KEY, decide)
    assert seen == [{"N": "1"}, {"N": "5"}]
    assert done.before["n"] == {"N": "5"}
    assert done.result == 2
    assert stored("things", KEY)["n"] == {"N": "6"}


def test_a_rewrite_of_nothing_may_create(things):
    def decide(item):
        return Decision(compile_create({**KEY, "was": {"BOOL": bool(item)}}, things), (), None)

    done = rewrite(things, KEY, decide)
    assert done.before is None
    assert stored("things", KEY) == {**KEY, "was": {"BOOL": False}}


def test_what_the_decision_raises_ends_a_rewrite(things):
    def refuse(_item):
        raise InvalidRequest("No.")

    with pytest.raises(InvalidRequest, match="No"):
        rewrite(things, KEY, refuse)


def test_a_companion_that_fails_ends_a_rewrite(things):
    write(Put("things", ITEM))
    decisions = []

    def decide(item):
        decisions.append(item)
        companion = compile_create(ITEM | {"id": {"S": "a2"}}, things)
        return Decision(compile_delete(item, things), [companion], None)

    write(Put("things", {"id": {"S": "a2"}}))
    with pytest.raises(PreconditionFailed) as caught:
        rewrite(things, KEY, decide)
    assert (caught.value.position, len(decisions)) == (1, 1)
    assert stored("things", KEY) == ITEM


def test_a_rewrite_gives_up_in_words_when_others_never_rest(things, no_pauses):
    write(Put("things", ITEM))

    def decide(item):
        write(Put("things", {**ITEM, "n": {"N": str(int(item["n"]["N"]) + 1)}}))
        return Decision(compile_delete(item, things), (), None)

    with pytest.raises(TransactionConflict, match="keeps changing; nothing was written"):
        rewrite(things, KEY, decide, attempts=3)
    assert stored("things", KEY)["n"] == {"N": "4"}


@pytest.fixture
def shared(dynamodb_embedded):
    """A table of the one engine that keeps its promises under threads."""
    return described("things")


def test_no_increment_is_lost_when_many_write_at_once(shared):
    write(Put("things", {**KEY, "n": {"N": "0"}}))
    threads, each = 8, 10
    together = threading.Barrier(threads)

    def one_more(item):
        return Decision(compile_replace(item, apply_changes([MORE], item), shared), (), None)

    def increments():
        together.wait(30)
        for _ in range(each):
            rewrite(shared, KEY, one_more, attempts=100)

    with ThreadPoolExecutor(threads) as pool:
        for future in [pool.submit(increments) for _ in range(threads)]:
            future.result(timeout=120)
    assert stored("things", KEY)["n"] == {"N": str(threads * each)}


def test_of_many_creates_at_once_exactly_one_succeeds(shared):
    threads = 16
    together = threading.Barrier(threads)

    def creates(number):
        together.wait(30)
        try:
            write(compile_create({**KEY, "by": {"N": str(number)}}, shared))
        except PreconditionFailed:
            return False
        return True

    with ThreadPoolExecutor(threads) as pool:
        done = list(pool.map(creates, range(threads), timeout=60))
    assert done.count(True) == 1
    assert stored("things", KEY)["by"] == {"N": str(done.index(True))}


# ---------------------------------------------------------------- batches


def test_a_batch_puts_and_deletes(things):
    items = [{"id": {"S": f"{n:03}"}, "b": {"BS": ["AA=="]}} for n in range(60)]
    fill("things", items)
    assert sorted(everything(things), key=lambda item: item["id"]["S"]) == items
    batch_write_once("things", [("DeleteRequest", {"id": item["id"]}) for item in items[:25]])
    assert sorted(everything(things), key=lambda item: item["id"]["S"]) == items[25:]


def test_what_dynamodb_leaves_of_a_batch_is_given_back(script):
    left = {"PutRequest": {"Item": {"id": {"B": "AAE="}, "s": {"BS": ["/w=="]}}}}
    script.will_answer(
        {"UnprocessedItems": {"t": [left]}, "ConsumedCapacity": [{"CapacityUnits": 2.0}]}
    )
    entries = [("PutRequest", left["PutRequest"]["Item"]), ("DeleteRequest", KEY)]
    assert batch_write_once("t", entries) == (entries[:1], 2.0)
    ((_, members),) = script.requests
    assert members["RequestItems"]["t"] == [left, {"DeleteRequest": {"Key": KEY}}]


def test_a_transaction_is_tried_again_under_one_token(script, no_pauses):
    script.will_answer(refusal("InternalServerError", status=500), {})
    transact([Put("t", ITEM)])
    tokens = {members["ClientRequestToken"] for _, members in script.requests}
    assert (len(script.requests), len(tokens)) == (2, 1)


def test_a_transaction_conflict_is_tried_again_by_a_rewrite(script, no_pauses):
    script.will_answer(
        {"Item": ITEM},
        refusal(
            "TransactionCanceledException", CancellationReasons=[{"Code": "TransactionConflict"}]
        ),
        {"Item": ITEM},
        {},
    )
    pool = Placeholders()
    record = Put("r", {"id": {"S": "r"}}, absent(STRING_KEY, pool), pool)

    def decide(item):
        return Decision(compile_delete(item, STRING_KEY), [record], None)

    rewrite(STRING_KEY, KEY, decide)
    assert [operation for operation, _ in script.requests] == ["GetItem", "TransactWriteItems"] * 2
