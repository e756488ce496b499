"""Tables of the service's tests, on every engine."""

import pytest

from tables.dynamodb.client import client
from tests.dynamodb.stub import Script, serve
from tests.tables import described


@pytest.fixture
def script(settings):
    """A scripted engine in place of DynamoDB; retries follow each other at once."""
    script = Script()
    stop = serve(script)
    settings.AWS_ENDPOINT_URL_DYNAMODB = script.url
    client.cache_clear()
    yield script
    stop()


@pytest.fixture
def no_pauses(monkeypatch):
    """Retries follow each other at once."""
    monkeypatch.setattr("time.sleep", lambda _seconds: None)


@pytest.fixture
def things(engine):
    """An empty table with a string key."""
    return described("things")


@pytest.fixture
def cities(engine):
    """An empty table with two key attributes and two indexes."""
    return described(
        "cities",
        {"country": "S", "name": "S"},
        {"by-zone": {"zone": "S"}, "by-zone-people": {"zone": "S", "people": "N"}},
        copied={"by-zone-people": []},
    )
