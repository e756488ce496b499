"""The running site that the OpenAPI document is held against, and a token."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from demo.cognito import id_token
from tests.api.v1.conftest import definitions
from tests.running import running_on_engine


@dataclass(frozen=True)
class Served:
    """A running site, and the token of somebody who may do everything."""

    url: str
    token: str = field(repr=False)


@pytest.fixture(scope="package")
def served(tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    tables = str(Path(__file__).parent / "tables.toml")
    with running_on_engine(folder, create_tables, TABLES_FILE=tables) as site:
        yield Served(site.url, id_token(site.engine, site.pool, "ada.admin"))


def create_tables(engine):
    for definition in definitions():
        engine.dynamodb("CreateTable", **definition)
