"""The table of a job's states, and what no run of events can make of a job."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tables.core.errors import JobConflict
from tables.core.job_states import ACTIVE, ENDED, TRANSITIONS, after, can

EVENTS = ["claim", "finish", "confirm", "pause", "go on", "cancel", "fail", "expire"]
WAYS = st.lists(st.sampled_from(EVENTS), max_size=30)
STARTS = st.sampled_from(["checking", "queued"])


def walked(state, events):
    """The states of a job through these events; what can't happen to it does not."""
    phase = "check" if state == "checking" else "write"
    states = [state]
    for event in events:
        if event == "confirm" and can(state, event):
            phase = "write"
        if can(state, event):
            state = after(state, event, phase)
            states.append(state)
    return states


@given(STARTS, WAYS)
def test_what_has_ended_stays_as_it_is(start, events):
    states = walked(start, events)
    ends = [position for position, state in enumerate(states) if state in ENDED]
    assert (
        all(states[position] == states[ends[0]] for position in range(ends[0], len(states)))
        if (ends)
        else True
    )


@given(WAYS)
def test_what_must_be_checked_writes_after_its_confirmation_alone(events):
    states = walked("checking", events)
    if "running" in states or "queued" in states:
        assert "ready" in states[: states.index("queued")]


@given(STARTS, WAYS)
def test_everything_that_has_not_ended_can_be_cancelled(start, events):
    last = walked(start, events)[-1]
    assert can(last, "cancel") is (last not in {"finished", "expired"})


def test_a_paused_check_goes_on_as_a_check():
    assert after("paused", "go on", "check") == "checking"
    assert after("failed", "go on", "check") == "checking"
    assert after("paused", "go on", "write") == "queued"


def test_what_is_not_possible_is_said():
    with pytest.raises(JobConflict) as refused:
        after("finished", "pause", "write")
    assert str(refused.value) == "The job is finished: that can't be done now."


def test_every_state_is_told_and_none_leads_out_of_the_table():
    reached = {state for follows in TRANSITIONS.values() for state in follows.values()}
    assert reached | {"checking", "queued"} == set(TRANSITIONS)
    assert all(can(state, "claim") for state in ACTIVE)
