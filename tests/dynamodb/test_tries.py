"""Writes whose answer got lost on the way: sent again where that is safe, else told as unknown."""

import io
import urllib.request

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ConnectionClosedError, EndpointConnectionError, ReadTimeoutError

from tables.core.descriptions import KeyAttribute, TableDescription
from tables.core.errors import PreconditionFailed, Throttled, Unavailable, WriteInDoubt
from tables.core.expressions import Placeholders
from tables.core.operations import Delete, Put, Update
from tables.core.preconditions import compile_changes, compile_create, compile_delete, present
from tables.core.updates import Change
from tables.dynamodb.client import client
from tables.dynamodb.writes import Decision, batch_write_once, rewrite, transact, write
from tests.tables import create_table, stored

THINGS = TableDescription("things", KeyAttribute("id", "S"))
KEY = {"id": {"S": "a"}}
ONE = {**KEY, "n": {"N": "1"}}
PLUS_ONE = Change("add", ("n",), {"N": "1"})


@pytest.fixture
def things(dynamodb_embedded, no_pauses):
    create_table("things")


class Raw(io.BytesIO):
    def stream(self):
        return iter([self.read()])


def answer(status, body, **headers):
    return lambda request: AWSResponse(request.url, status, headers, Raw(body))


def raising(error):
    def fail(_request):
        raise error

    return fail


# What comes back instead of DynamoDB's answer, where that leaves open whether it was carried out.
LOST = {
    "500": answer(500, b'{"__type":"InternalServerError"}'),
    "503": answer(503, b""),
    "timeout": raising(ReadTimeoutError(endpoint_url="http://x.test")),
    "cut": raising(ConnectionClosedError(endpoint_url="http://x.test")),
    "checksum": answer(200, b"{}", **{"x-amz-crc32": "1"}),
    "no checksum": answer(200, b"{}", **{"x-amz-crc32": "none"}),
    "no JSON": answer(200, b"<html>a proxy</html>"),
    "a list": answer(200, b"[]"),
}
# And where it surely was not.
REFUSED = {
    "throttled": answer(400, b'{"__type":"ThrottlingException"}'),
    "throughput": answer(400, b'{"__type":"ProvisionedThroughputExceededException"}'),
    "not reached": raising(EndpointConnectionError(endpoint_url="http://x.test")),
}


def lose_answers(operation, become, *, arrives, times=1):
    """The first tries come to `become`, whether or not the first arrived and was carried out."""
    sent = []

    def handle(request, **_):
        sent.append(request)
        if len(sent) > times:
            return None
        if arrives and len(sent) == 1:
            headers = dict(request.headers.items())
            again = urllib.request.Request(request.url, data=request.body, headers=headers)
            urllib.request.urlopen(again, timeout=10).close()  # the engine, on this machine
        return become(request)

    client().meta.events.register(f"before-send.dynamodb.{operation}", handle)
    return sent


def unconditional(kind):
    """A write that has no condition, or one that still holds once the write was made."""
    pool = Placeholders()
    if kind == "put":
        return Put("things", ONE)
    if kind == "delete":
        return Delete("things", KEY, present(THINGS, pool), pool)
    return Update("things", KEY, f"ADD {pool.name('n')} {pool.value({'N': '1'})}", "", pool)


KINDS = {"put": "PutItem", "delete": "DeleteItem", "add": "UpdateItem"}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("arrives", [True, False])
@pytest.mark.parametrize("how", LOST)
def test_a_write_that_could_be_made_twice_is_sent_once(things, how, arrives, kind):
    write(Put("things", ONE))
    sent = lose_answers(KINDS[kind], LOST[how], arrives=arrives)

    with pytest.raises(WriteInDoubt, match="not known whether this write was made") as doubt:
        write(unconditional(kind))

    assert len(sent) == 1
    assert (doubt.value.retry_after, doubt.value.retryable) == (None, False)
    made = {"put": ONE, "delete": None, "add": {**KEY, "n": {"N": "2"}}}[kind]
    assert stored("things", KEY) == (made if arrives else ONE)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("how", REFUSED)
def test_a_write_that_surely_was_not_made_is_sent_again(things, how, kind):
    write(Put("things", ONE))
    sent = lose_answers(KINDS[kind], REFUSED[how], arrives=False, times=2)

    write(unconditional(kind))

    assert len(sent) == 3
    assert (
        stored("things", KEY) == {"put": ONE, "delete": None, "add": {**KEY, "n": {"N": "2"}}}[kind]
    )


@pytest.mark.parametrize(("how", "error"), [("throttled", Throttled), ("not reached", Unavailable)])
def test_a_write_that_never_gets_through_is_no_doubt(things, how, error):
    sent = lose_answers("PutItem", REFUSED[how], arrives=False, times=99)

    with pytest.raises(error) as refused:
        write(unconditional("put"))

    assert type(refused.value) is error
    assert refused.value.retry_after
    assert len(sent) == 4
    assert stored("things", KEY) is None


@pytest.mark.parametrize("times", [1, 2, 99])
@pytest.mark.parametrize("how", LOST)
def test_a_create_that_was_made_is_told_as_made(things, how, times):
    sent = lose_answers("PutItem", LOST[how], arrives=True, times=times)

    write(compile_create(ONE, THINGS))

    assert len(sent) == min(times + 1, 4)
    assert stored("things", KEY) == ONE


def test_a_create_that_met_another_item_is_told_as_unknown(things):
    """It may have been made and changed since, or never have arrived: nobody can tell."""
    write(compile_create({**KEY, "n": {"N": "7"}}, THINGS))
    lose_answers("PutItem", LOST["500"], arrives=False)

    with pytest.raises(WriteInDoubt):
        write(compile_create(ONE, THINGS))

    assert stored("things", KEY) == {**KEY, "n": {"N": "7"}}


def one_more(item):
    return Decision(compile_changes([PLUS_ONE], item, THINGS), (), None)


def test_a_change_that_was_made_is_not_made_again(things):
    write(compile_create(ONE, THINGS))
    sent = lose_answers("UpdateItem", LOST["500"], arrives=True)

    with pytest.raises(WriteInDoubt, match="not known whether this write was made"):
        rewrite(THINGS, KEY, one_more)

    assert len(sent) == 2
    assert stored("things", KEY)["n"] == {"N": "2"}


@pytest.mark.parametrize("how", LOST)
def test_a_pinned_write_that_never_arrived_is_sent_again(things, how):
    write(compile_create(ONE, THINGS))
    sent = lose_answers("UpdateItem", LOST[how], arrives=False)
    rewrite(THINGS, KEY, one_more)
    assert len(sent) == 2
    assert stored("things", KEY)["n"] == {"N": "2"}

    sent = lose_answers("DeleteItem", LOST[how], arrives=False)
    write(compile_delete(stored("things", KEY), THINGS))
    assert len(sent) == 2
    assert stored("things", KEY) is None


def test_a_condition_that_fails_after_throttling_failed_for_sure(things):
    write(compile_create(KEY, THINGS))
    sent = lose_answers("PutItem", REFUSED["throttled"], arrives=False)

    with pytest.raises(PreconditionFailed) as failure:
        write(compile_create(KEY, THINGS))

    assert len(sent) == 2
    assert failure.value.current == KEY


@pytest.mark.parametrize("how", LOST)
def test_a_transaction_is_made_once_however_often_it_is_sent(things, how):
    write(Put("things", ONE))
    sent = lose_answers("TransactWriteItems", LOST[how], arrives=True)
    other = compile_create({"id": {"S": "other"}}, THINGS)

    transact([unconditional("add"), other])

    assert len(sent) == 2
    assert stored("things", KEY)["n"] == {"N": "2"}


def test_a_batch_is_sent_once(things):
    sent = lose_answers("BatchWriteItem", LOST["cut"], arrives=True)

    with pytest.raises(WriteInDoubt):
        batch_write_once("things", [("PutRequest", ONE)])

    assert len(sent) == 1
    assert stored("things", KEY) == ONE


@pytest.mark.parametrize("how", LOST)
def test_a_read_is_sent_again_and_never_in_doubt(things, how):
    write(Put("things", ONE))
    sent = lose_answers("GetItem", LOST[how], arrives=False, times=3)
    assert stored("things", KEY) == ONE
    assert len(sent) == 4

    lose_answers("GetItem", LOST[how], arrives=False, times=99)
    with pytest.raises(Unavailable) as refused:
        stored("things", KEY)
    assert type(refused.value) is Unavailable
    assert refused.value.retryable
