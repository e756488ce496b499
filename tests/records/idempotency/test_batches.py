"""Requests of many operations."""

import random
from dataclasses import replace

import pytest

from tables.core.errors import (
    IdempotencyConflict,
    InvalidValue,
)
from tables.core.operations import Put
from tables.dynamodb.writes import write
from tables.records.idempotency.keeping import keep_parts
from tables.records.idempotency.kept_answers import Answer
from tables.records.idempotency.keyed_requests import KeyedRequest
from tests.records.conftest import (
    granted,
    perform,
    rebuild,
    thing,
    word,
)

REPLAYED = {"Idempotency-Replayed": "true"}


# zlib can't press it.
LARGE = random.Random(1).randbytes(300 * 1024 + 1)


def test_a_batch_with_a_key_replays_as_a_whole(things, door):
    for name in "ab":
        write(Put("things", {"id": {"S": name}}))
    first = door.send("POST", "/batch", b'["a", "b", "a"]', key="k")
    again = door.send("POST", "/batch", b'["a", "b", "a"]', key="k")

    assert again == replace(first, headers=REPLAYED)
    assert (thing("a")["count"], thing("b")["count"]) == ({"N": "2"}, {"N": "1"})


def test_a_batch_with_the_key_of_another_is_refused_before_any_write(things, door):
    for name in "abc":
        write(Put("things", {"id": {"S": name}}))
    door.send("POST", "/batch", b'["a"]', key="k")

    with pytest.raises(IdempotencyConflict) as conflict:
        door.send("POST", "/batch", b'["b", "c"]', key="k")

    assert conflict.value.mismatch
    assert "count" not in thing("b")


def test_a_batch_with_a_part_that_may_end_otherwise_runs_that_part_again(things):
    request = KeyedRequest("idempotency#a", "f")
    ran = []

    def run(part, *, final):
        done = perform(
            part(0),
            lambda _: ran.append(0) or Answer(200, {}, b"0"),
            word=word,
            rebuild=rebuild,
            require=granted,
        )
        return Answer(207, {}, done.body, final=final)

    first = keep_parts(request, lambda part: run(part, final=False), word=word, require=granted)
    second = keep_parts(request, lambda part: run(part, final=True), word=word, require=granted)
    third = keep_parts(request, None, word=word, require=granted)

    assert ran == [0]
    assert first.headers == second.headers == {}
    assert third == Answer(207, REPLAYED, b"0")


def test_a_batch_whose_answer_is_too_large_is_put_together_from_its_parts(things):
    request = KeyedRequest("idempotency#a", "f")
    ran = []

    def run(part):
        for position in (0, 1):
            perform(
                part(position),
                lambda _: ran.append(0) or Answer(200),
                word=word,
                rebuild=rebuild,
                require=granted,
            )
        return Answer(207, {}, LARGE)

    first = keep_parts(request, run, word=word, require=granted)
    again = keep_parts(request, run, word=word, require=granted)

    assert len(ran) == 2
    assert again == replace(first, headers=REPLAYED)


def test_a_batch_that_can_not_be_taken_keeps_its_refusal(things):
    def refuse(_part):
        raise InvalidValue("No.")

    request = KeyedRequest("idempotency#a", "f")
    first = keep_parts(request, refuse, word=word, require=granted)

    assert first == Answer(400, {}, b"invalid_value")
    assert keep_parts(request, None, word=word, require=granted) == replace(first, headers=REPLAYED)
