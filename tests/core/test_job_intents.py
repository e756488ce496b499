"""Intents of a chunk: kept and read again, and judged after a worker died."""

from hypothesis import given
from hypothesis import strategies as st

from tables.core.job_intents import Intent, Intents, judge, unpack

STATES = st.sampled_from(["", "a", "b", "c"])
NUMBERS = st.integers(0, 9)
INTENTS = st.builds(Intent, st.text(), STATES, STATES, NUMBERS, st.text(), NUMBERS)


@given(st.lists(INTENTS), st.integers(0, 2**45), st.none() | st.dictionaries(st.text(), st.text()))
def test_intents_are_read_as_they_were_kept(writes, moment, cursor):
    kept = Intents(moment, writes, [["a", "same"]], cursor, 7, 1.5)
    assert unpack(kept.pack()) == kept


@given(INTENTS.filter(lambda intent: intent.before != intent.after), STATES, st.booleans())
def test_nothing_is_written_that_may_have_been(intent, state, is_certain):
    verdict = judge(intent, state, is_ours=False, is_certain=is_certain)
    assert (verdict == "write") == (state == intent.before)
    assert (verdict == "done") == (state == intent.after)
    assert (verdict == "unsure") == (state not in {intent.before, intent.after} and not is_certain)


@given(INTENTS, STATES)
def test_what_history_tells_counts_whatever_stands_there_now(intent, state):
    assert judge(intent, state, is_ours=True, is_certain=True) == "done"
