import json
import random
import threading
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from tables import configuration
from tables.core.errors import (
    Forbidden,
    IdempotencyConflict,
    InvalidValue,
    Refused,
    Throttled,
    Unavailable,
)
from tables.core.operations import Put
from tables.dynamodb import client
from tables.dynamodb.client import call
from tables.dynamodb.writes import write
from tables.records.idempotency import perform, perform_parts
from tables.records.kept_answers import KEPT_SECONDS, Answer, Effect, Record
from tables.records.keyed_requests import KeyedRequest
from tests.records.conftest import (
    Died,
    all_things,
    connection_lost,
    make_tables,
    rebuild,
    thing,
    throttled,
    word,
)

REPLAYED = {"Idempotency-Replayed": "true"}


def state_items(settings):
    return call("Scan", TableName=settings.STATE_TABLE)["Items"]


def test_the_same_request_with_the_same_key_gets_the_same_answer(things, door):
    first = door.send("POST", "/things", b"text", key="k")
    again = door.send("POST", "/things", b"text", key="k")

    assert again == replace(first, headers={**first.headers, **REPLAYED})
    assert len(all_things()) == 1


def test_a_request_without_a_key_is_not_remembered(things, door, settings):
    door.send("POST", "/things", b"text")
    door.send("POST", "/things", b"text")

    assert len(all_things()) == 2
    assert state_items(settings) == []


def test_another_key_makes_another_item(things, door):
    door.send("POST", "/things", b"text", key="k")
    door.send("POST", "/things", b"text", key="K")

    assert len(all_things()) == 2


def test_another_request_with_the_same_key_is_refused(things, door):
    door.send("POST", "/things", b"text", key="k")

    with pytest.raises(IdempotencyConflict, match="another request") as conflict:
        door.send("POST", "/things", b"other", key="k")

    assert conflict.value.mismatch
    assert [entry["text"] for entry in all_things()] == [{"S": "text"}]


def test_another_callers_use_of_a_key_is_independent(things, door):
    first = door.send("POST", "/things", b"text", key="k")
    door.caller = "bob"
    other = door.send("POST", "/things", b"text", key="k")
    different = door.send("POST", "/things", b"text", key="K")

    assert "Idempotency-Replayed" not in other.headers
    assert len({first.body, other.body, different.body}) == 3


def test_the_same_key_at_another_url_is_independent(things, door):
    door.send("POST", "/things/a", b"text", key="k")
    other = door.send("POST", "/things/b", b"text", key="k")

    assert other.headers == {"Location": "/things/b"}


def test_a_refusal_is_kept_with_its_words(things, door):
    first = door.send("PATCH", "/things/none", key="k")
    write(Put("things", {"id": {"S": "none"}}))
    again = door.send("PATCH", "/things/none", key="k")

    assert (first.status, first.body) == (404, b"item_not_found")
    assert again == replace(first, headers=REPLAYED)
    assert thing("none") == {"id": {"S": "none"}}


def test_a_create_that_met_an_item_stays_refused(things, door):
    door.send("POST", "/things/a", b"text")
    first = door.send("POST", "/things/a", b"text", key="k")
    door.send("DELETE", "/things/a")
    again = door.send("POST", "/things/a", b"text", key="k")

    assert (first.status, first.body) == (409, b"item_exists")
    assert again == replace(first, headers=REPLAYED)
    assert all_things() == []


@pytest.mark.parametrize(
    "error",
    [Forbidden(), Throttled(retry_after=2), Unavailable(), Refused()],
    ids=lambda error: error.code,
)
def test_what_may_end_otherwise_next_time_is_raised_and_not_kept(things, settings, error):
    def fail(_keep):
        raise error

    request = KeyedRequest("idempotency#a", "f")
    with pytest.raises(type(error)):
        perform(request, fail, word=word, rebuild=rebuild)

    assert perform(request, lambda _: Answer(204), word=word, rebuild=rebuild) == Answer(204)


@pytest.mark.parametrize("status", [401, 403, 408, 425, 429, 500, 503])
def test_an_answer_of_a_passing_status_is_not_kept(things, settings, status):
    request = KeyedRequest("idempotency#a", "f")

    perform(request, lambda _: Answer(status), word=word, rebuild=rebuild)

    assert state_items(settings) == []


def test_a_refusal_before_any_write_is_kept(things):
    def refuse(_keep):
        raise InvalidValue("No.")

    request = KeyedRequest("idempotency#a", "f")
    first = perform(request, refuse, word=word, rebuild=rebuild)
    again = perform(request, lambda _: pytest.fail("ran again"), word=word, rebuild=rebuild)

    assert first == Answer(400, {}, b"invalid_value")
    assert again == replace(first, headers=REPLAYED)


def test_the_record_expires_after_24_hours_whether_or_not_dynamodb_removed_it(
    things, door, settings, time_machine
):
    time_machine.move_to("2026-01-31T12:00:00Z", tick=False)
    door.send("PATCH", "/things/a", key="k")
    door.send("POST", "/things/a", b"")
    (record,) = state_items(settings)

    time_machine.shift(KEPT_SECONDS - 1)
    assert door.send("PATCH", "/things/a", key="k").status == 404
    time_machine.shift(1)
    after = door.send("PATCH", "/things/a", key="k")

    assert int(record["expires"]["N"]) == 1769860800 + 24 * 60 * 60
    assert after.status == 200
    assert thing("a")["count"] == {"N": "1"}
    assert door.send("PATCH", "/things/a", key="k").body == after.body


def test_an_expired_key_serves_another_request(things, door, time_machine):
    time_machine.move_to("2026-01-31T12:00:00Z", tick=False)
    door.send("POST", "/things", b"text", key="k")

    time_machine.shift(KEPT_SECONDS)
    other = door.send("POST", "/things", b"other", key="k")

    assert other.status == 201


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
    first = perform(request, create_with_a_large_answer, word=word, rebuild=rebuild)
    again = perform(request, create_with_a_large_answer, word=word, rebuild=rebuild)

    assert first.body == LARGE
    assert "body" not in state_items(settings)[0]
    assert again == Answer(
        201,
        {"Location": "/things/a", **REPLAYED},
        json.dumps({"id": {"S": "a"}, "v": {"N": "1"}}).encode(),
    )


def test_beyond_300_kb_a_replay_after_the_item_has_gone_has_no_body(things):
    request = KeyedRequest("idempotency#a", "f")
    perform(request, create_with_a_large_answer, word=word, rebuild=rebuild)
    call("DeleteItem", TableName="things", Key={"id": {"S": "a"}})
    again = perform(request, create_with_a_large_answer, word=word, rebuild=rebuild)

    assert again == Answer(201, {"Location": "/things/a", **REPLAYED}, b"")
    assert all_things() == []


def test_a_body_of_exactly_300_kb_compressed_fits_into_the_record(things, settings):
    body = LARGE
    while len(zlib.compress(body)) > 300 * 1024:
        body = body[:-1]
    request = KeyedRequest("idempotency#a", "f")
    headers = {"Location": "/" + "x" * 5000, "ETag": '"' + "x" * 40 + '"'}
    perform(request, lambda _: Answer(200, headers, body), word=word, rebuild=rebuild)

    assert perform(request, None, word=word, rebuild=rebuild).body == body


def test_a_change_that_changes_nothing_is_kept_like_any_other(things, door, settings):
    write(Put("things", {"id": {"S": "a"}}))

    def change_nothing(keep):
        answer = Answer(200, {}, b"same")
        effect = Effect("things", {"id": {"S": "a"}}, {"id": {"S": "a"}})
        write(Put("things", {"id": {"S": "a"}}), companions=keep(answer, effect))
        return answer

    request = KeyedRequest("idempotency#a", "f")
    first = perform(request, change_nothing, word=word, rebuild=rebuild)

    assert first == Answer(200, {}, b"same")
    assert perform(request, None, word=word, rebuild=rebuild) == replace(first, headers=REPLAYED)


def test_a_kept_request_is_one_finished_record_that_carries_its_expiry(things, door, settings):
    door.send("POST", "/things/a", b"text", key="k")

    (record,) = state_items(settings)
    assert record["finished"] == {"BOOL": True}
    assert int(record["expires"]["N"]) == int(record["started"]["N"]) + KEPT_SECONDS


def test_a_state_table_that_is_absent_refuses_keyed_requests_only(things, door, settings, caplog):
    settings.STATE_TABLE = "absent"

    with pytest.raises(Refused):
        door.send("POST", "/things", b"text", key="k")

    assert door.send("POST", "/things", b"text").status == 201
    assert "state_table_missing" in caplog.messages


def test_no_alias_reaches_the_records(things, settings, tmp_path):
    file = tmp_path / "tables.toml"
    file.write_text(f'[Records]\ntable = "{settings.STATE_TABLE}"\n')
    settings.TABLES_FILE = file

    assert [mistake.id for mistake in configuration.alias_map_mistakes()] == ["tables.E006"]


def test_discovery_does_not_find_the_records(things, settings, tmp_path):
    file = tmp_path / "tables.toml"
    file.write_text("")
    settings.TABLES_FILE = file
    settings.DYNAMODB_DISCOVER = True

    assert list(configuration.registry().tables) == ["things"]


class TestUnfinished:
    """Without transactions: a record that announces a write, found by another request."""

    @pytest.fixture(autouse=True)
    def ordered(self, dynamodb_moto, settings):
        settings.DYNAMODB_TRANSACTIONS = False
        make_tables(settings)

    def announce(self, door, monkeypatch, *, written):
        """Leave what a request leaves that dies before or after its write."""
        original = client._send

        def die(operation, members):
            if members["TableName"] != "things" or operation == "GetItem":
                return original(operation, members)
            if written:
                original(operation, members)
            raise Died

        with monkeypatch.context() as patch:
            patch.setattr(client, "_send", die)
            with pytest.raises(Died):
                door.send("POST", "/things/a", b"text", key="k")

    def test_the_same_request_meets_409_and_when_to_come_back(self, door, monkeypatch):
        self.announce(door, monkeypatch, written=False)

        with pytest.raises(IdempotencyConflict, match="still running") as conflict:
            door.send("POST", "/things/a", b"text", key="k")

        assert (conflict.value.mismatch, conflict.value.retry_after) == (False, 1)
        assert all_things() == []

    def test_after_a_minute_it_is_told_to_look_at_the_item(self, door, monkeypatch, time_machine):
        time_machine.move_to("2026-01-31T12:00:00Z", tick=False)
        self.announce(door, monkeypatch, written=False)
        time_machine.shift(60)

        with pytest.raises(IdempotencyConflict, match="not known whether it took effect") as told:
            door.send("POST", "/things/a", b"text", key="k")

        assert told.value.retry_after == KEPT_SECONDS - 60
        assert all_things() == []

    def test_another_request_with_its_key_is_refused(self, door, monkeypatch):
        self.announce(door, monkeypatch, written=False)

        with pytest.raises(IdempotencyConflict) as conflict:
            door.send("POST", "/things/a", b"other", key="k")

        assert conflict.value.mismatch

    def test_an_item_as_announced_completes_it(self, door, monkeypatch):
        self.announce(door, monkeypatch, written=True)

        again = door.send("POST", "/things/a", b"text", key="k")

        assert again == Answer(
            201, {"Location": "/things/a", **REPLAYED}, json.dumps(thing("a")).encode()
        )

    def test_an_item_that_changed_since_does_not(self, door, monkeypatch):
        self.announce(door, monkeypatch, written=True)
        door.send("PATCH", "/things/a")

        with pytest.raises(IdempotencyConflict, match="still running"):
            door.send("POST", "/things/a", b"text", key="k")

        assert thing("a")["count"] == {"N": "1"}

    def test_an_identical_item_of_someone_else_is_not_taken_for_the_announced_one(
        self, door, monkeypatch
    ):
        door.send("POST", "/things/a", b"text")
        self.announce(door, monkeypatch, written=False)

        assert door.send("POST", "/things/a", b"text", key="k").status == 409

    def test_a_refused_write_frees_the_key(self, door, injection):
        injection.at(4, arrives=False, failure=throttled())
        with pytest.raises(Throttled):
            door.send("POST", "/things/a", b"text", key="k")
        injection.off()

        again = door.send("POST", "/things/a", b"text", key="k")

        assert again == Answer(201, {"Location": "/things/a"}, json.dumps(thing("a")).encode())

    def test_a_write_whose_answer_was_lost_is_answered_as_made(self, door, injection):
        injection.at(4, arrives=True, failure=connection_lost())
        first = door.send("POST", "/things/a", b"text", key="k")
        injection.off()

        assert first.status == 201
        assert door.send("POST", "/things/a", b"text", key="k").body == first.body


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
            part(0), lambda _: ran.append(0) or Answer(200, {}, b"0"), word=word, rebuild=rebuild
        )
        return Answer(207, {}, done.body, final=final)

    first = perform_parts(request, lambda part: run(part, final=False), word=word)
    second = perform_parts(request, lambda part: run(part, final=True), word=word)
    third = perform_parts(request, None, word=word)

    assert ran == [0]
    assert first.headers == second.headers == {}
    assert third == Answer(207, REPLAYED, b"0")


def test_a_batch_whose_answer_is_too_large_is_put_together_from_its_parts(things):
    request = KeyedRequest("idempotency#a", "f")
    ran = []

    def run(part):
        for position in (0, 1):
            perform(
                part(position), lambda _: ran.append(0) or Answer(200), word=word, rebuild=rebuild
            )
        return Answer(207, {}, LARGE)

    first = perform_parts(request, run, word=word)
    again = perform_parts(request, run, word=word)

    assert len(ran) == 2
    assert again == replace(first, headers=REPLAYED)


def test_a_batch_that_can_not_be_taken_keeps_its_refusal(things):
    def refuse(_part):
        raise InvalidValue("No.")

    request = KeyedRequest("idempotency#a", "f")
    first = perform_parts(request, refuse, word=word)

    assert first == Answer(400, {}, b"invalid_value")
    assert perform_parts(request, None, word=word) == replace(first, headers=REPLAYED)


def test_a_run_that_fails_because_its_twin_has_just_finished_replays_it(things, settings):
    request = KeyedRequest("idempotency#a", "f")
    twin = Record("idempotency#a", "f").answering(Answer(201, {}, b"made"))

    def lose_the_race(_keep):
        write(twin.put())
        raise Forbidden("The item exists, and you may not change it.")

    answer = perform(request, lose_the_race, word=word, rebuild=rebuild)

    assert answer == Answer(201, REPLAYED, b"made")


THREADS = 32


def at_once(send):
    """What 32 threads are answered that send at the same moment; None for a 409."""
    gate = threading.Barrier(THREADS)

    def go(number):
        gate.wait(timeout=30)
        try:
            return send(number)
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
