"""Writes whose answer got lost on the way: botocore sends them again, and the condition fails."""

import io
import urllib.request

import pytest
from botocore.awsrequest import AWSResponse

from tables.core.descriptions import KeyAttribute, TableDescription
from tables.core.errors import PreconditionFailed, Unavailable
from tables.core.preconditions import compile_changes, compile_create
from tables.core.updates import Change
from tables.dynamodb.client import call, client
from tables.dynamodb.reads import get_item
from tables.dynamodb.writes import rewrite, write

THINGS = TableDescription("things", KeyAttribute("id", "S"))
KEY = {"id": {"S": "a"}}


@pytest.fixture
def things(dynamodb_embedded):
    call(
        "CreateTable",
        TableName="things",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


class Raw(io.BytesIO):
    def stream(self):
        return iter([self.read()])


def lose_first_answer(operation, *, status, arrives):
    """The first try is answered by an error, whether or not it arrived and was carried out."""
    sent = []

    def handle(request, **_):
        sent.append(request)
        if len(sent) > 1:
            return None
        if arrives:
            headers = dict(request.headers.items())
            urllib.request.urlopen(  # the embedded engine, on this machine
                urllib.request.Request(request.url, data=request.body, headers=headers), timeout=10
            ).close()
        body = b'{"__type":"ThrottlingException"}' if status == 400 else b"{}"
        return AWSResponse(request.url, status, {}, Raw(body))

    client().meta.events.register(f"before-send.dynamodb.{operation}", handle)
    return sent


def test_a_create_that_was_made_is_not_called_an_existing_item(things):
    sent = lose_first_answer("PutItem", status=500, arrives=True)

    with pytest.raises(Unavailable, match="not known whether this write was made"):
        write(compile_create(KEY, THINGS))

    assert len(sent) == 2
    assert get_item("things", KEY).item == KEY


def test_a_change_that_was_made_is_not_made_again(things):
    write(compile_create({**KEY, "n": {"N": "1"}}, THINGS))
    sent = lose_first_answer("UpdateItem", status=500, arrives=True)

    def increment(stored):
        return [compile_changes([Change("add", ("n",), {"N": "1"})], stored, THINGS)]

    with pytest.raises(Unavailable, match="not known whether this write was made"):
        rewrite(THINGS, KEY, increment)

    assert len(sent) == 2
    assert get_item("things", KEY).item["n"] == {"N": "2"}


def test_a_write_that_never_arrived_is_sent_again(things):
    sent = lose_first_answer("PutItem", status=500, arrives=False)

    write(compile_create(KEY, THINGS))

    assert len(sent) == 2
    assert get_item("things", KEY).item == KEY


def test_a_condition_that_fails_after_throttling_failed_for_sure(things):
    write(compile_create(KEY, THINGS))
    sent = lose_first_answer("PutItem", status=400, arrives=False)

    with pytest.raises(PreconditionFailed) as failure:
        write(compile_create(KEY, THINGS))

    assert len(sent) == 2
    assert failure.value.current == KEY
