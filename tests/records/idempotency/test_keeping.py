"""A request with an Idempotency-Key: once, and answered alike."""

import time
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
from tables.dynamodb.client import call
from tables.dynamodb.writes import write
from tables.records.idempotency import keeping as module
from tables.records.idempotency.kept_answers import KEPT_SECONDS, Answer, Effect
from tables.records.idempotency.keyed_requests import KeyedRequest, keyed_request
from tests.records import conftest
from tests.records.conftest import (
    all_things,
    granted,
    perform,
    rebuild,
    thing,
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
        perform(request, fail, word=word, rebuild=rebuild, require=granted)

    assert perform(
        request, lambda _: Answer(204), word=word, rebuild=rebuild, require=granted
    ) == Answer(204)


@pytest.mark.parametrize("status", [401, 403, 408, 425, 429, 500, 503])
def test_an_answer_of_a_passing_status_is_not_kept(things, settings, status):
    request = KeyedRequest("idempotency#a", "f")

    perform(request, lambda _: Answer(status), word=word, rebuild=rebuild, require=granted)

    assert state_items(settings) == []


def test_a_refusal_before_any_write_is_kept(things):
    def refuse(_keep):
        raise InvalidValue("No.")

    request = KeyedRequest("idempotency#a", "f")
    first = perform(request, refuse, word=word, rebuild=rebuild, require=granted)
    again = perform(
        request, lambda _: pytest.fail("ran again"), word=word, rebuild=rebuild, require=granted
    )

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


def test_a_change_that_changes_nothing_is_kept_like_any_other(things, door, settings):
    write(Put("things", {"id": {"S": "a"}}))

    def change_nothing(keep):
        answer = Answer(200, {}, b"same")
        effect = Effect("things", {"id": {"S": "a"}}, {"id": {"S": "a"}})
        write(Put("things", {"id": {"S": "a"}}), companions=keep(answer, effect))
        return answer

    request = KeyedRequest("idempotency#a", "f")
    first = perform(request, change_nothing, word=word, rebuild=rebuild, require=granted)

    assert first == Answer(200, {}, b"same")
    assert perform(request, None, word=word, rebuild=rebuild, require=granted) == replace(
        first, headers=REPLAYED
    )


def test_a_kept_request_is_one_finished_record_that_carries_its_expiry(things, door, settings):
    door.send("POST", "/things/a", b"text", key="k")

    (record,) = state_items(settings)
    assert record["finished"] == {"BOOL": True}
    assert int(record["expires"]["N"]) == int(record["started"]["N"]) + KEPT_SECONDS


def test_a_state_table_that_is_absent_refuses_keyed_requests_only(things, door, settings, caplog):
    settings.STATE_TABLE = "absent"

    with pytest.raises(Refused, match=r"manage\.py create_state_table"):
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


def named_as_formerly(*asked):
    request = keyed_request(*asked)
    return replace(request, record_id=request.former_id)


def test_what_the_former_version_kept_is_replayed_for_a_day(things, door, monkeypatch):
    monkeypatch.setattr(module, "_FORMER_NAMES_UNTIL", time.monotonic() + 60)
    monkeypatch.setattr(conftest, "keyed_request", named_as_formerly)
    first = door.send("POST", "/things", b"text", key="k")
    monkeypatch.setattr(conftest, "keyed_request", keyed_request)

    again = door.send("POST", "/things", b"text", key="k")
    assert again == replace(first, headers={**first.headers, **REPLAYED})

    monkeypatch.setattr(module, "_FORMER_NAMES_UNTIL", time.monotonic())
    assert door.send("POST", "/things", b"text", key="k").headers.keys() == first.headers.keys()
    assert len(all_things()) == 2


def test_a_batch_that_the_former_version_was_cut_off_in_goes_on(things, door, monkeypatch):
    for name in "ab":
        write(Put("things", {"id": {"S": name}}))
    monkeypatch.setattr(module, "_FORMER_NAMES_UNTIL", time.monotonic() + 60)
    with monkeypatch.context() as former:
        former.setattr(conftest, "keyed_request", named_as_formerly)
        former.setattr(module, "finish", lambda _record: None)
        door.send("POST", "/batch", b'["a", "b"]', key="k")

    door.send("POST", "/batch", b'["a", "b"]', key="k")
    assert [thing(name)["count"] for name in "ab"] == [{"N": "1"}] * 2


def test_a_right_that_the_answer_needed_is_asked_for_at_a_replay(things):
    request = KeyedRequest("idempotency#a", "f")
    asked = []

    def run(_keep):
        return Answer(200, rights=frozenset({"add", "change"}))

    perform(request, run, word=word, rebuild=rebuild, require=pytest.fail)
    perform(request, run, word=word, rebuild=rebuild, require=asked.append)

    assert asked == ["add", "change"]
