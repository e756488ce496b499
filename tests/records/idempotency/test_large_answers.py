"""Answers of more than a record holds."""

import json
import random
import zlib

from tables.core.operations import Put
from tables.dynamodb.client import call
from tables.dynamodb.writes import write
from tables.records.idempotency.kept_answers import Answer, Effect
from tables.records.idempotency.keyed_requests import KeyedRequest
from tests.records.conftest import (
    all_things,
    granted,
    perform,
    rebuild,
    word,
)

REPLAYED = {"Idempotency-Replayed": "true"}


def state_items(settings):
    return call("Scan", TableName=settings.STATE_TABLE)["Items"]


def test_a_body_that_compresses_under_300_kb_is_kept_whole(things, door):
    text = b"abc" * 125_000
    first = door.send("POST", "/things/a", text, key="k")
    door.send("DELETE", "/things/a")
    again = door.send("POST", "/things/a", text, key="k")

    assert again.body == first.body


# zlib can't press it.
LARGE = random.Random(1).randbytes(300 * 1024 + 1)


def create_with_a_large_answer(keep):
    item = {"id": {"S": "a"}, "v": {"N": "1"}}
    answer = Answer(201, {"Location": "/things/a"}, LARGE)
    effect = Effect("things", {"id": {"S": "a"}}, item)
    write(Put("things", item), companions=keep(answer, effect))
    return answer


def test_beyond_300_kb_status_and_headers_are_kept_and_the_replay_reads_the_item(things, settings):
    request = KeyedRequest("idempotency#a", "f")
    first = perform(
        request, create_with_a_large_answer, word=word, rebuild=rebuild, require=granted
    )
    again = perform(
        request, create_with_a_large_answer, word=word, rebuild=rebuild, require=granted
    )

    assert first.body == LARGE
    assert "body" not in state_items(settings)[0]
    assert again == Answer(
        201,
        {"Location": "/things/a", **REPLAYED},
        json.dumps({"id": {"S": "a"}, "v": {"N": "1"}}).encode(),
    )


def test_beyond_300_kb_a_replay_after_the_item_has_gone_has_no_body(things):
    request = KeyedRequest("idempotency#a", "f")
    perform(request, create_with_a_large_answer, word=word, rebuild=rebuild, require=granted)
    call("DeleteItem", TableName="things", Key={"id": {"S": "a"}})
    again = perform(
        request, create_with_a_large_answer, word=word, rebuild=rebuild, require=granted
    )

    assert again == Answer(201, {"Location": "/things/a", **REPLAYED}, b"")
    assert all_things() == []


def test_a_body_of_exactly_300_kb_compressed_fits_into_the_record(things, settings):
    body = LARGE
    while len(zlib.compress(body)) > 300 * 1024:
        body = body[:-1]
    request = KeyedRequest("idempotency#a", "f")
    headers = {"Location": "/" + "x" * 5000, "ETag": '"' + "x" * 40 + '"'}
    perform(
        request, lambda _: Answer(200, headers, body), word=word, rebuild=rebuild, require=granted
    )

    assert perform(request, None, word=word, rebuild=rebuild, require=granted).body == body
