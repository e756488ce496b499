"""A write that another region's writes always overtake ends soon."""

import pytest

from tables.core.descriptions import KeyAttribute, TableDescription
from tables.core.errors import TransactionConflict
from tables.core.operations import Put
from tables.dynamodb.writes import Decision, rewrite
from tests.dynamodb.stub import refusal

KEY = {"id": {"S": "a"}}
TABLE = TableDescription("t", KeyAttribute("id", "S"))


def test_a_lasting_replicated_write_conflict_holds_nobody_longer_than_8_seconds(
    script, monkeypatch
):
    slept = []
    monkeypatch.setattr("random.uniform", lambda _least, most: most)
    monkeypatch.setattr("time.sleep", slept.append)
    conflict = refusal("ReplicatedWriteConflictException")
    script.will_answer(*[{"Item": KEY}, conflict] * 20)
    with pytest.raises(TransactionConflict):
        rewrite(TABLE, KEY, lambda item: Decision(Put("t", item), (), None))
    assert len(script.requests) <= 20  # ten times read and written, none sent again unread
    assert sum(slept) <= 6  # the longest that chance could make of it; the calls take the rest
