"""The tables of the contract, and each door opened by whoever the test wants."""

from pathlib import Path

import pytest

from tables.dynamodb.history_table import create_history_table
from tables.dynamodb.state_table import create_state_table
from tests.contract.clients import WAYS_IN
from tests.contract.doors import DOORS
from tests.prepared import prepare
from tests.tables import create_table


def make_tables(settings, *, history=False):
    """The tables of the contract on the empty engine of this test, that of history if wanted."""
    settings.TABLES_FILE = Path(__file__).parent / "tables.toml"
    own = (settings.STATE_TABLE, settings.HISTORY_TABLE if history else None)
    prepare(f"contract {own}", lambda: _make_tables(*own))


def _make_tables(state_table, history_table):
    for name in ("real-things", "real-stamped", "real-named", "real-counted", "real-hidden"):
        create_table(name)
    create_table("real-pairs", {"country": "S", "rank": "N"})
    create_table("real-numbers", {"number": "N"})
    create_state_table(state_table)
    if history_table is not None:
        create_history_table(history_table)


@pytest.fixture(params=["moto", "embedded", "alternator"])
def engine(request):
    """Run a test on both engines, and by Alternator's rules."""
    request.getfixturevalue(f"dynamodb_{request.param}")
    return request.param


@pytest.fixture
def tables(engine, settings):
    """The tables, empty, on each engine."""
    make_tables(settings)
    return engine


@pytest.fixture
def moto_tables(dynamodb_moto, settings):
    """The tables, empty, on the quicker engine: for what no engine decides."""
    make_tables(settings)


@pytest.fixture
def embedded_tables(dynamodb_embedded, settings):
    """The tables, empty, where many threads may write."""
    make_tables(settings)


@pytest.fixture
def enter(signer, db):
    """Open a door: `enter("v1", "staff", way="session", sub="sam")`."""

    def enter(door, *groups, way=None, sub="sam"):
        way = way or DOORS[door].ways_in[0]
        return DOORS[door](WAYS_IN[way](signer, *groups, sub=sub))

    return enter
