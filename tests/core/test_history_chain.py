from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tables.core.deltas import Contested, Delta, deltas_between
from tables.core.history import Author, Entry, fingerprint, needs_base
from tables.core.history_bodies import Body
from tables.core.history_chain import broken, chained, gaps, judged, missing, rebuilt
from tests.core.strategies import VALUES

SECRET, OLD_SECRET = b"new", b"old"
NAME = "real-orders#" + "0" * 32
AUTHOR = Author("sub-1", "Ann", "v1")
STATES = st.none() | st.dictionaries(st.sampled_from("abcd"), VALUES, max_size=4)


def written(states, *, outside=(), lifetime=0):
    """Entries and bodies of writes from state to state; before some a stranger came in between."""
    entries, bodies, state, past = [], {}, None, 0
    for n, after in enumerate(states, 1):
        if n in outside:
            state = outside[n]
        previous = entries[-1] if entries else None
        before = fingerprint(state)
        base = needs_base(n, previous.after if previous else None, before)
        bodies[n] = Body(deltas_between(state, after), state if base else None)
        entry = Entry(
            NAME, n, n, AUTHOR, "change", "real-orders", "Orders", {"pk": {"S": "1"}}, before,
            fingerprint(after), is_base=base, expires=n + lifetime if lifetime else 0, past=past,
        )  # fmt: skip
        entries.append(chained(entry, previous.hash if previous else "", SECRET))
        state, past = after, entry.expires
    return entries, bodies


@given(st.lists(STATES, min_size=1, max_size=8), st.dictionaries(st.integers(1, 8), STATES))
def test_every_version_is_rebuilt_as_it_was_whatever_came_from_outside(states, outside):
    entries, bodies = written(states, outside=outside)

    for n, state in enumerate(states, 1):
        item = rebuilt(entries, n, lambda entry: bodies[entry.n])
        assert fingerprint(item) == fingerprint(state)


def test_a_version_is_rebuilt_from_the_last_whole_state_before_it():
    entries, bodies = written([{"a": {"N": str(n)}} for n in range(120)])
    read = []

    def body_of(entry):
        read.append(entry.n)
        return bodies[entry.n]

    assert rebuilt(entries, 104, body_of) == {"a": {"N": "103"}}
    assert read == [100, 101, 102, 103, 104]


def test_36_a_version_whose_fingerprint_does_not_come_out_is_not_offered():
    entries, bodies = written([{"a": {"N": "1"}}, {"a": {"N": "2"}}])
    bodies[2] = Body([Delta(("a",), {"N": "1"}, {"N": "3"})])

    with pytest.raises(Contested):
        rebuilt(entries, 2, lambda entry: bodies[entry.n])
    with pytest.raises(Contested):
        rebuilt(entries[1:], 2, lambda entry: bodies[entry.n])
    with pytest.raises(Contested):
        rebuilt(entries, 3, lambda entry: bodies[entry.n])


def test_changes_from_outside_show_between_and_after():
    entries, _ = written(
        [{"a": {"N": "1"}}, {"a": {"N": "3"}}, {"a": {"N": "4"}}], outside={2: {"a": {"N": "2"}}}
    )
    now = fingerprint({"a": {"N": "5"}})

    found = gaps(entries, now)

    assert [(gap.older.n, gap.newer and gap.newer.n) for gap in found] == [(1, 2), (3, None)]
    assert gaps(entries, entries[-1].after)[1:] == []
    assert gaps(entries[2:]) == []


def announced(entries, *numbers):
    return [replace(entry, announced=entry.n in numbers) for entry in entries]


def test_an_announced_write_was_made_if_what_came_after_found_what_it_left():
    entries, _ = written([{"a": {"N": str(n)}} for n in (1, 2, 3)])

    told = judged(announced(entries, 2, 3), entries[-1].after)
    assert [entry.outcome for entry in told] == ["", "done", "done"]
    told = judged(announced(entries, 3), entries[1].after)
    assert [entry.outcome for entry in told] == ["", "", "void"]
    told = judged(announced(entries, 2, 3), entries[0].after)
    assert [(entry.outcome, entry.happened) for entry in told[1:]] == [("void", False)] * 2


def test_an_untouched_chain_is_whole_whichever_key_signed_it():
    entries, _ = written([{"a": {"N": str(n)}} for n in range(5)])

    assert broken(entries, [SECRET], 0) == []
    assert broken(entries, [b"newer", SECRET], 0) == []
    assert {finding.kind for finding in broken(entries, [OLD_SECRET], 0)} == {"altered"}


@pytest.mark.parametrize(
    "part",
    [
        {"at": 99}, {"action": "delete"}, {"table": "x"}, {"alias": "x"}, {"of": 1},
        {"key": {"pk": {"S": "2"}}}, {"before": "x"}, {"after": "x"}, {"digest": "x"},
        {"chunks": 9}, {"is_base": True}, {"expires": 9}, {"past": 9}, {"hash": "0" * 32},
        {"author": replace(AUTHOR, name="other")}, {"named": "x"},
        {"author": replace(AUTHOR, sub="other")}, {"author": replace(AUTHOR, door="admin")},
        {"author": replace(AUTHOR, request="other")}, {"author": replace(AUTHOR, group="other")},
    ],
)  # fmt: skip
def test_36_an_altered_entry_is_found(part):
    entries, _ = written([{"a": {"N": str(n)}} for n in range(5)])
    entries[2] = replace(entries[2], **part)

    assert ("altered", 3) in {(finding.kind, finding.n) for finding in broken(entries, [SECRET], 0)}


def test_a_name_may_be_erased_and_an_announcement_confirmed():
    entries, _ = written([{"a": {"N": "1"}}])
    entries[0] = replace(entries[0], author=replace(AUTHOR, name="erased"), outcome="done")

    assert broken(entries, [SECRET], 0) == []


def test_36_exchanged_and_removed_entries_are_found():
    entries, _ = written([{"a": {"N": str(n)}} for n in range(5)])
    first, second, third, fourth, fifth = entries
    exchanged = [first, replace(third, n=2), replace(second, n=3), fourth, fifth]

    assert {finding.n for finding in broken(exchanged, [SECRET], 0)} >= {2, 3}
    found = broken([first, third, fourth, fifth], [SECRET], 0)
    assert [(finding.kind, finding.n) for finding in found] == [("removed", 2)]
    found = broken([third, fourth], [SECRET], 0)
    assert [(finding.kind, finding.n) for finding in found] == [("removed", 1), ("removed", 2)]


def test_36_an_entry_signed_anew_with_another_key_is_found():
    entries, _ = written([{"a": {"N": str(n)}} for n in range(3)])
    entries[1] = chained(replace(entries[1], after="x"), entries[0].hash, b"a guess")

    assert [finding.n for finding in broken(entries, [SECRET], 0)] == [2, 3]


def test_what_has_expired_may_be_gone_and_nothing_else():
    entries, _ = written([{"a": {"N": str(n)}} for n in range(5)], lifetime=100)

    assert missing(entries[2:], 102) == []
    assert missing(entries[2:], 101) == [1, 2]
    assert missing([*entries[:1], *entries[2:]], 102) == []
    assert broken(entries[2:], [SECRET], 102) == []


def test_what_was_forgotten_left_an_entry_that_says_so():
    entries, _ = written([{"a": {"N": str(n)}} for n in range(3)])
    forgotten = replace(entries[2], n=4, action="forgotten", before="", after="", is_base=False)
    chain = [chained(forgotten, "", SECRET)]
    again = replace(entries[0], n=5, is_base=True, before="y", past=0)
    chain.append(chained(again, chain[0].hash, SECRET))

    assert missing(chain, 0) == []
    assert broken(chain, [SECRET], 0) == []
    assert gaps(chain, again.after) == []
