"""A table, the state table, and the smallest door that keeps answers."""

import json
import uuid
from dataclasses import replace

import botocore.exceptions
import pytest

from tables.core.descriptions import KeyAttribute, TableDescription
from tables.core.errors import ItemExists, ItemNotFound, PreconditionFailed
from tables.core.preconditions import compile_create, compile_delete, compile_replace
from tables.dynamodb import client
from tables.dynamodb.client import call
from tables.dynamodb.state_table import create_state_table
from tables.dynamodb.writes import Decision, rewrite, write
from tables.records.idempotency import keeping as keeping_module
from tables.records.idempotency.keeping import Keeping, keep_parts
from tables.records.idempotency.kept_answers import Answer, Effect
from tables.records.idempotency.keyed_requests import keyed_request
from tests.prepared import prepare
from tests.tables import create_table, stored

THINGS = TableDescription("things", KeyAttribute("id", "S"))


def perform(request, run, **how):
    """What every door does: `run` writes once, with the companions that it asks for."""
    keeping = Keeping(request, **how)
    while keeping.answer is None:
        with keeping:
            keeping.finish(run(keeping.companions))
    return keeping.answer


class Things:
    """Creates, counts up and deletes things, with a key where one is given."""

    caller = "ann"

    def send(self, method, path, body=b"", *, key=None, **headers):
        headers = {"Idempotency-Key": key, **headers} if key else headers
        request = keyed_request(self.caller, method, f"https://x.test{path}", headers, body)
        thing = path.removeprefix("/things/").removeprefix("/things")
        if path == "/batch":
            return keep_parts(
                request, lambda part: self.batch(part, body), word=word, require=granted
            )
        act = {"POST": self.create, "PATCH": self.count_up, "DELETE": self.delete}[method]
        return perform(
            request,
            lambda keep: act(keep, thing or None, body),
            word=word,
            rebuild=rebuild,
            require=granted,
        )

    def create(self, keep, thing, body):
        item = {"id": {"S": thing or uuid.uuid4().hex}, "text": {"S": body.decode()}}
        answer = Answer(201, {"Location": f"/things/{item['id']['S']}"}, json.dumps(item).encode())
        effect = Effect("things", {"id": item["id"]}, item)
        try:
            write(compile_create(item, THINGS), companions=keep(answer, effect))
        except PreconditionFailed as error:
            if error.position:
                raise
            raise ItemExists("There is a thing of that name.") from error
        return answer

    def count_up(self, keep, thing, _body):
        key = {"id": {"S": thing}}

        def decide(stored):
            if stored is None:
                raise ItemNotFound
            new = {**stored, "count": {"N": str(int(stored.get("count", {"N": "0"})["N"]) + 1)}}
            answer = Answer(200, {}, json.dumps(new).encode())
            companions = keep(answer, Effect("things", key, new))
            return Decision(compile_replace(stored, new, THINGS), companions, answer)

        return rewrite(THINGS, key, decide).result

    def delete(self, keep, thing, _body):
        key = {"id": {"S": thing}}
        answer = Answer(204)

        def decide(stored):
            if stored is None:
                raise ItemNotFound
            companions = keep(answer, Effect("things", key, None))
            return Decision(compile_delete(stored, THINGS), companions, answer)

        return rewrite(THINGS, key, decide).result

    def batch(self, part, body):
        things = json.loads(body)
        results = [
            perform(
                part(position),
                lambda keep, thing=thing: self.count_up(keep, thing, b""),
                word=word,
                rebuild=rebuild,
                require=granted,
            )
            for position, thing in enumerate(things)
        ]
        return Answer(207, {}, b"[" + b",".join(result.body for result in results) + b"]")


def word(error):
    return Answer(error.status, {}, error.code.encode())


def rebuild(answer, item):
    return replace(answer, body=json.dumps(item).encode() if item else b"")


def granted(_right):
    """The caller has every right."""


@pytest.fixture
def door():
    return Things()


@pytest.fixture(params=[True, False], ids=["transactions", "no transactions"])
def transactions(request, settings):
    settings.DYNAMODB_TRANSACTIONS = request.param
    return request.param


@pytest.fixture
def things(engine, transactions, settings):
    """An empty table of things and the state table, on each engine, in each mode."""
    make_tables(settings)


@pytest.fixture
def shared_things(dynamodb_embedded, transactions, settings):
    """As `things`, where many threads may write."""
    make_tables(settings)


def make_tables(settings):
    prepare(f"records {settings.STATE_TABLE}", lambda: _make_tables(settings.STATE_TABLE))


def _make_tables(state_table):
    create_state_table(state_table)
    create_table("things")


def all_things():
    return call("Scan", TableName="things")["Items"]


def thing(name):
    return stored("things", name)


@pytest.fixture(autouse=True)
def _a_day_after_the_upgrade(monkeypatch):
    """Nothing is asked for under former names: these tests count calls."""
    monkeypatch.setattr(keeping_module, "_FORMER_NAMES_UNTIL", 0)


class Died(BaseException):
    """The process ended here: nothing that comes after may run."""


class Injection:
    """Lets one call of DynamoDB fail: before it arrives, or after it was carried out."""

    def __init__(self, monkeypatch):
        self.calls = 0
        self.fail_at = 0
        self.arrives = False
        self.failure = Died
        self.original = client._send
        monkeypatch.setattr(client, "_send", self)

    def at(self, number, *, arrives, failure):
        self.calls, self.fail_at, self.arrives, self.failure = 0, number, arrives, failure

    def off(self):
        self.calls, self.fail_at = 0, 0

    def __call__(self, operation, members, **how):
        self.calls += 1
        if self.calls != self.fail_at:
            return self.original(operation, members, **how)
        if self.arrives:
            self.original(operation, members, **how)
        raise self.failure


def connection_lost():
    return botocore.exceptions.ReadTimeoutError(endpoint_url="http://x.test")


def throttled():
    code = {"Error": {"Code": "ProvisionedThroughputExceededException", "Message": ""}}
    return botocore.exceptions.ClientError(code, "PutItem")


@pytest.fixture
def injection(monkeypatch):
    return Injection(monkeypatch)
