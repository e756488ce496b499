"""The same request more than once at the same time."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from tables.core.errors import (
    Forbidden,
    IdempotencyConflict,
    TransactionConflict,
)
from tables.core.operations import Put
from tables.dynamodb.writes import write
from tables.records.idempotency.kept_answers import Answer, Record
from tables.records.idempotency.keyed_requests import KeyedRequest
from tests.records.conftest import (
    all_things,
    granted,
    perform,
    rebuild,
    thing,
    word,
)

REPLAYED = {"Idempotency-Replayed": "true"}


def test_a_run_that_fails_because_its_twin_has_just_finished_replays_it(things, settings):
    request = KeyedRequest("idempotency#a", "f")
    twin = Record("idempotency#a", "f").answering(Answer(201, {}, b"made"))

    def lose_the_race(_keep):
        write(twin.put())
        raise Forbidden("The item exists, and you may not change it.")

    answer = perform(request, lose_the_race, word=word, rebuild=rebuild, require=granted)

    assert answer == Answer(201, REPLAYED, b"made")


@pytest.mark.parametrize("path", ["/things", "/things/a"])
def test_a_run_that_its_twin_overtakes_writes_nothing_and_replays_the_twin(things, door, path):
    """The twin begins after the first has found no record, and ends before the first writes."""
    twins = []
    create = door.create

    def create_late(keep, name, body):
        if not twins:
            twins.append(None)
            twins.append(door.send("POST", path, b"text", key="k"))
        return create(keep, name, body)

    door.create = create_late
    answer = door.send("POST", path, b"text", key="k")

    assert answer == replace(twins[1], headers={**twins[1].headers, **REPLAYED})
    assert len(all_things()) == 1


def test_a_change_that_its_twin_overtakes_is_made_once(things, door):
    write(Put("things", {"id": {"S": "a"}}))
    twins = []
    count_up = door.count_up

    def count_up_late(keep, name, body):
        if not twins:
            twins.append(None)
            twins.append(door.send("PATCH", "/things/a", key="k"))
        return count_up(keep, name, body)

    door.count_up = count_up_late
    answer = door.send("PATCH", "/things/a", key="k")

    assert answer == replace(twins[1], headers=REPLAYED)
    assert thing("a")["count"] == {"N": "1"}


THREADS = 32


def at_once(send):
    """What 32 threads are answered that send at the same moment; None for a 409.

    Whoever was overtaken too often is told to send again, and does.
    """
    gate = threading.Barrier(THREADS)

    def go(number):
        gate.wait(timeout=30)
        while True:
            try:
                return send(number)
            except TransactionConflict:
                continue
            except IdempotencyConflict as conflict:
                return None if not conflict.mismatch else conflict

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(go, range(THREADS)))


def test_32_threads_with_one_key_create_one_item(shared_things, door):
    answers = at_once(lambda _: door.send("POST", "/things", b"text", key="k"))

    (made,) = all_things()
    given = [answer for answer in answers if answer is not None]
    assert {answer.body for answer in given} == {json.dumps(made).encode()}
    assert sum("Idempotency-Replayed" not in answer.headers for answer in given) == 1


def test_32_threads_with_one_key_create_one_item_of_one_name(shared_things, door):
    answers = at_once(lambda _: door.send("POST", "/things/a", b"text", key="k"))

    given = [answer for answer in answers if answer is not None]
    assert {answer.status for answer in given} == {201}
    assert sum("Idempotency-Replayed" not in answer.headers for answer in given) == 1


def test_32_threads_with_one_key_count_once(shared_things, door):
    write(Put("things", {"id": {"S": "a"}}))

    at_once(lambda _: door.send("PATCH", "/things/a", key="k"))

    assert thing("a")["count"] == {"N": "1"}


def test_32_threads_with_a_key_each_count_32_times(shared_things, door):
    write(Put("things", {"id": {"S": "a"}}))

    def send(number):
        return door.send("PATCH", "/things/a", key=f"k{number}")

    answers = at_once(send)
    answers = [send(number) if answer is None else answer for number, answer in enumerate(answers)]

    assert thing("a")["count"] == {"N": str(THREADS)}
    assert sorted(int(json.loads(answer.body)["count"]["N"]) for answer in answers) == list(
        range(1, THREADS + 1)
    )
