"""The running site that the OpenAPI document is held against: gunicorn, the engine, a token."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from demo.client import EngineClient
from demo.cognito import ensure_pool, id_token
from demo.engine import start
from demo.environment import demo_settings
from tests.api.v1.conftest import definitions
from tests.running import free_url, running_site


@dataclass(frozen=True)
class Served:
    """A running site, and the token of somebody who may do everything."""

    url: str
    token: str = field(repr=False)


@pytest.fixture(scope="package")
def served(tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    url = free_url()
    with start(0, folder / "engine") as engine:
        client = EngineClient(engine.url)
        pool = ensure_pool(client, [url])
        for definition in definitions():
            client.dynamodb("CreateTable", **definition)
        settings = demo_settings(engine.url, pool, url, folder, given={"WEB_CONCURRENCY": "1"})
        settings["TABLES_FILE"] = str(Path(__file__).parent / "tables.toml")
        with running_site(settings, url, folder / "log"):
            yield Served(url, id_token(client, pool, "ada.admin"))
        client.session.close()
