"""Writers killed with -9 at any moment, also within each step: no write without its entry.

`make test-crash` runs sixty rounds of each; two rounds are part of every run of the tests.
"""

import multiprocessing
import os
import random
import signal
import time
from collections import Counter
from contextlib import suppress

import pytest

from tables.access.callers import Caller
from tables.configuration import registry
from tables.core.errors import TablesError
from tables.core.history import fingerprint, item_name
from tables.core.history_chain import broken, gaps, judged
from tables.core.updates import Change
from tables.dynamodb import client as client_module
from tables.dynamodb.client import client
from tables.dynamodb.history_table import all_entries_of, create_history_table
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
    make_tables(settings)
    create_history_table(settings.HISTORY_TABLE)
    return find_target(registry().get("Things"), Caller("sub", "Ann", frozenset({"admins"})))


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
    writers = []
    for seed in (2 * number, 2 * number + 1):
        receiving, sending = FORK.Pipe(duplex=False)
        writer = FORK.Process(target=_write, args=(things, sending, seed, within))
        writer.start()
        sending.close()
        writers.append((writer, receiving))
    if not within:
        time.sleep(random.Random(number).uniform(0.1, 0.6))
        for writer, _receiving in writers:
            os.kill(writer.pid, signal.SIGKILL)
    told = [entry for _writer, receiving in writers for entry in _received(receiving)]
    for writer, _receiving in writers:
        writer.join(timeout=60)
    return told, sum(writer.exitcode == -signal.SIGKILL for writer, _receiving in writers)


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
        name = chance.choice(ITEMS)
        with suppress(TablesError):
            outcome = perform(_some_write(things, name, chance), itself)
            if outcome.version is not None:
                sending.send((name, outcome.version, fingerprint(outcome.after)))
    os.kill(os.getpid(), signal.SIGKILL)


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
