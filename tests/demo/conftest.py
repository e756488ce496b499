"""What the demo's tests share: an engine that holds its pool and its tables, with few cities."""

import pytest

from demo.client import EngineClient
from demo.cognito import ensure_pool
from demo.engine import start
from demo.load import load

ORIGIN = "http://127.0.0.1:8000"
CITIES = 200


@pytest.fixture(scope="session")
def demo_engine(tmp_path_factory):
    with start(0, tmp_path_factory.mktemp("demo-engine")) as running:
        load(EngineClient(running.url), cities=CITIES)
        yield running


@pytest.fixture
def demo_client(demo_engine):
    return EngineClient(demo_engine.url)


@pytest.fixture
def pool(demo_client):
    return ensure_pool(demo_client, [ORIGIN])
