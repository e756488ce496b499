"""Writers killed with -9 at any moment, also within each step: no write without its entry.

The engine itself ends amid writes, too, and comes back on its port with what it had. It keeps what
it holds in snapshots, so it is ended by SIGTERM, which cuts all connections and writes the last:
killed with -9 it would forget a second of writes that it had acknowledged, as no DynamoDB does.

`make test-crash` runs sixty rounds of each, six of the engine's; two and one are part of every run.
"""

import multiprocessing
import os
import random
import signal
import time
from collections import Counter
from contextlib import ExitStack, suppress
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from demo.engine import start
from tables.access.callers import Caller
from tables.access.log_fields import begin
from tables.configuration import registry
from tables.core.errors import TablesError
from tables.core.history import fingerprint, item_name
from tables.core.history_chain import broken, gaps, judged
from tables.core.updates import Change
from tables.dynamodb import client as client_module
from tables.dynamodb.client import client
from tables.dynamodb.history_table import all_entries_of
from tables.items.deletes import delete
from tables.items.drafts import Edit
from tables.items.history import version
from tables.items.target import find_target
from tables.items.undo import undo
from tables.items.updates import update
from tables.items.wanted import itself
from tables.items.writes import perform
from tables.records.history.entries import secrets
from tests.contract.conftest import make_tables
from tests.contract.tables import THINGS
from tests.tables import stored

ROUNDS = int(os.environ.get("CRASH_ROUNDS", "2"))
ITEMS = [f"item-{number}" for number in range(6)]
FORK = multiprocessing.get_context("fork")


@pytest.fixture(params=[True, False], ids=["in transactions", "announced"])
def things(request, dynamodb_embedded, settings):
    settings.DYNAMODB_TRANSACTIONS = request.param
    settings.HISTORY = True
    make_tables(settings, history=True)
    return find_target(registry().get("Things"), Caller("sub", "Ann", frozenset({"admins"})))


@pytest.fixture(params=[True, False], ids=["in transactions", "announced"])
def mortal(request, tmp_path, settings):
    """A table with history in an engine of its own: the target, and what lets it die once."""
    settings.DYNAMODB_TRANSACTIONS = request.param
    settings.HISTORY = True
    with ExitStack() as engines:
        settings.AWS_ENDPOINT_URL_DYNAMODB = engines.enter_context(start(0, tmp_path)).url
        port = urlsplit(settings.AWS_ENDPOINT_URL_DYNAMODB).port

        def die():
            engines.close()
            client.cache_clear()
            engines.enter_context(start(port, tmp_path))

        client.cache_clear()
        make_tables(settings, history=True)
        caller = Caller("sub", "Ann", frozenset({"admins"}))
        yield find_target(registry().get("Things"), caller), die


def test_no_write_lacks_its_entry_when_the_engine_dies(mortal):
    things, die = mortal
    acknowledged = []
    for number in range(max(ROUNDS // 10, 1)):
        writers = [_writer(_write_through, things, seed) for seed in (2 * number, 2 * number + 1)]
        time.sleep(random.Random(number).uniform(0.5, 1.5))
        die()
        time.sleep(1)
        for writer, _receiving in writers:
            os.kill(writer.pid, signal.SIGTERM)
        acknowledged += _told(writers)
        _require_whole(acknowledged)
    assert acknowledged


def _write_through(things, sending, seed):
    """Write at random whatever becomes of the engine, until told to end."""
    client.cache_clear()
    chance, is_over = random.Random(seed), []
    signal.signal(signal.SIGTERM, lambda *_: is_over.append(True))
    while not is_over:
        _tell_one_write(things, sending, chance)


@pytest.mark.parametrize("dies", ["at random", "within a step"])
def test_no_write_that_was_acknowledged_lacks_its_entry(things, dies):
    acknowledged, killed = [], 0
    for number in range(ROUNDS):
        told, deaths = _round(things, number, within=dies == "within a step")
        acknowledged += told
        killed += deaths
        _require_whole(acknowledged)
    assert killed == 2 * ROUNDS
    assert acknowledged


def _round(things, number, *, within):
    """Two writers at once, killed; what they were told was done."""
    writers = [_writer(_write, things, seed, within) for seed in (2 * number, 2 * number + 1)]
    if not within:
        time.sleep(random.Random(number).uniform(0.1, 0.6))
        for writer, _receiving in writers:
            os.kill(writer.pid, signal.SIGKILL)
    told = _told(writers)
    return told, sum(writer.exitcode == -signal.SIGKILL for writer, _receiving in writers)


def _writer(task, things, *given):
    """A process that does a task, and what it tells of writes that were acknowledged."""
    receiving, sending = FORK.Pipe(duplex=False)
    writer = FORK.Process(target=task, args=(things, sending, *given))
    writer.start()
    sending.close()
    return writer, receiving


def _told(writers):
    """What writers told until they ended."""
    told = [entry for _writer, receiving in writers for entry in _received(receiving)]
    for writer, _receiving in writers:
        writer.join(timeout=60)
    return told


def _received(receiving):
    with suppress(EOFError):
        while True:
            yield receiving.recv()


def _write(things, sending, seed, within):
    """Write at random for as long as it is let; tell each write that was acknowledged."""
    client.cache_clear()  # connections are the parent's
    chance = random.Random(seed)
    if within:
        _die_within(chance.randrange(5, 60), after=chance.random() < 0.5)
    for _ in range(400):
        _tell_one_write(things, sending, chance)
    os.kill(os.getpid(), signal.SIGKILL)


def _tell_one_write(things, sending, chance):
    """A write under an id of its own, as each request has: by it an entry tells whose it is."""
    begin(request_id=str(uuid4()))
    name = chance.choice(ITEMS)
    with suppress(TablesError):
        outcome = perform(_some_write(things, name, chance), itself)
        if outcome.version is not None:
            sending.send((name, outcome.version, fingerprint(outcome.after)))


def _some_write(things, name, chance):
    key = {"id": {"S": name}}
    dice = chance.random()
    if dice < 0.15:
        return delete(things, key)
    entries = all_entries_of(item_name(key, THINGS)) if dice < 0.3 else []
    if entries:
        return undo(things, version(things, key, entries[-1].n))
    return update(things, key, Edit([Change("add", ("n",), {"N": "1"})]))


def _die_within(call, *, after):
    """Let the process die at its call of that number: before it is sent, or after the answer."""
    send, calls = client_module._send, Counter()

    def dying(*args, **how):
        calls["made"] += 1
        if calls["made"] == call and not after:
            os.kill(os.getpid(), signal.SIGKILL)
        answer = send(*args, **how)
        if calls["made"] == call:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    client_module._send = dying


def _require_whole(acknowledged):
    by_item = {name: all_entries_of(item_name({"id": {"S": name}}, THINGS)) for name in ITEMS}
    for name, entries in by_item.items():
        state = fingerprint(stored("real-things", name))
        known = judged(entries, state)
        assert broken(entries, secrets(), 0) == []
        assert [entry.n for entry in entries] == [*range(1, len(entries) + 1)]
        assert gaps(known, state) == []
        made = {(name, entry.n, entry.after) for entry in known if entry.happened}
        told = [entry for entry in acknowledged if entry[0] == name]
        assert set(told) <= made
        assert len(told) == len(set(told))
