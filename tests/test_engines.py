"""The fixtures every service test leans on: two engines, each empty at first."""

import pytest

from tables.dynamodb.descriptions import list_tables
from tests.tables import create_table


@pytest.mark.parametrize("_time", ["first", "second"])
def test_a_test_meets_an_engine_without_tables_and_may_make_some(engine, _time):
    assert list_tables() == []
    create_table("left-behind")
    assert list_tables() == ["left-behind"]
