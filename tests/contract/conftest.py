"""The tables of the contract, and each door opened by whoever the test wants."""

from pathlib import Path

import pytest

from tables.dynamodb.state_table import create_state_table
from tests.contract.clients import WAYS_IN
from tests.contract.doors import DOORS
from tests.tables import create_table


def make_tables(settings):
    settings.TABLES_FILE = Path(__file__).parent / "tables.toml"
    for name in ("real-things", "real-stamped", "real-named", "real-counted", "real-hidden"):
        create_table(name)
    create_table("real-pairs", {"country": "S", "rank": "N"})
    create_table("real-numbers", {"number": "N"})
    create_state_table(settings.STATE_TABLE)


@pytest.fixture(params=["moto", "embedded", "alternator"])
def engine(request):
    """Run a test on both engines, and by Alternator's rules."""
    request.getfixturevalue(f"dynamodb_{request.param}")
    return request.param


@pytest.fixture
def on_alternator(request):
    """Whether this test meets Alternator's rules."""
    chosen = request.node.callspec.params.get("engine") == "alternator"
    return chosen or request.config.getoption("alternator")


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
