"""The time of a request: each call gets what is left of it, and none is made without any."""

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ReadTimeoutError

from tables.core.errors import Unavailable, WriteInDoubt
from tables.dynamodb.client import call, client
from tables.dynamodb.deadline import CONNECT_SECONDS, READ_SECONDS, deadline, seconds_left
from tests.dynamodb.test_tries import Raw

KEY = {"id": {"S": "a"}}


class Clock:
    """The time of deadlines, which stands still between steps."""

    now = 1000.0

    def monotonic(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    made = Clock()
    monkeypatch.setattr("tables.dynamodb.deadline.time", made)
    return made


@pytest.fixture
def waits(clock, no_pauses):
    """An engine that answers 4 s after it was asked: for how long each call would have waited."""
    client.cache_clear()
    waited = []

    def answer(request, **_):
        patience = request.context.get("read_timeout", READ_SECONDS)
        waited.append(patience)
        if patience < 4:
            clock.now += patience
            raise ReadTimeoutError(endpoint_url=request.url)
        clock.now += 4
        return AWSResponse(request.url, 200, {}, Raw(b"{}"))

    client().meta.events.register_last("before-send.dynamodb", answer)
    yield waited
    client.cache_clear()


def test_each_call_gets_what_is_left(waits):
    with deadline(12):
        call("GetItem", TableName="t", Key=KEY)
        call("GetItem", TableName="t", Key=KEY)
        with pytest.raises(Unavailable):
            call("GetItem", TableName="t", Key=KEY)
    assert waits == [READ_SECONDS, 8 - CONNECT_SECONDS, 4 - CONNECT_SECONDS]


def test_a_write_that_the_deadline_cuts_is_told_as_unknown(waits):
    with deadline(4), pytest.raises(WriteInDoubt, match="not known whether"):
        call("PutItem", TableName="t", Item=KEY)
    assert waits == [4 - CONNECT_SECONDS]


def test_a_write_that_was_never_sent_is_not_in_doubt(waits):
    with deadline(1), pytest.raises(Unavailable) as caught:
        call("PutItem", TableName="t", Item=KEY)
    assert not isinstance(caught.value, WriteInDoubt)
    assert waits == []


def test_a_call_that_would_have_no_time_is_not_made(waits, clock):
    with deadline(12):
        clock.now += 11
        with pytest.raises(Unavailable, match="longer to answer than a request may wait") as caught:
            call("GetItem", TableName="t", Key=KEY)
    assert waits == []
    assert caught.value.retry_after


def test_what_is_outside_of_a_deadline_takes_its_own_time(waits):
    with deadline(12):
        pass
    assert seconds_left() is None
    for _ in range(5):
        call("GetItem", TableName="t", Key=KEY)
    assert waits == [READ_SECONDS] * 5


def test_a_silent_engine_costs_no_more_than_the_deadline(script, no_pauses, monkeypatch):
    """With the real client: its sockets give up when the time is over, however often it tries."""
    monkeypatch.setattr("tables.dynamodb.deadline.CONNECT_SECONDS", 0.0)
    script.seconds = 5
    script.will_answer({})
    with deadline(0.5), pytest.raises(Unavailable):
        call("GetItem", TableName="t", Key=KEY)
