"""Health pages: one touches nothing, the other asks DynamoDB, and nobody can make it ask often."""

import threading

import pytest

from project import health
from tables.core.errors import Unavailable


@pytest.fixture(autouse=True)
def _patient(monkeypatch):
    """A machine may be busy."""
    monkeypatch.setattr(health, "PATIENCE_SECONDS", 60)


@pytest.mark.parametrize("path", ["/healthz", "/healthz/"])
def test_alive_answers_and_touches_nothing(client, calls, path):
    answer = client.get(path)
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert answer["Cache-Control"] == "no-store"
    assert calls == []


@pytest.mark.parametrize("path", ["/readyz", "/readyz/"])
def test_ready_where_dynamodb_answers_even_if_a_table_is_missing(
    client, calls, dynamodb_moto, path
):
    answer = client.get(path)
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert calls == ["DescribeTable"]


def test_not_ready_where_dynamodb_cannot_be_reached(client, monkeypatch):
    def refuse(*_, **_more):
        raise Unavailable

    monkeypatch.setattr(health, "call", refuse)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"DynamoDB can't be reached.\n")


def test_not_ready_where_dynamodb_hangs(client, monkeypatch):
    speaks = threading.Event()
    monkeypatch.setattr(health, "PATIENCE_SECONDS", 0.1)
    monkeypatch.setattr(health, "call", lambda *_, **_more: speaks.wait())
    answers = [client.get("/readyz") for _ in range(2)]
    speaks.set()
    assert [(a.status_code, a.content) for a in answers] == [
        (503, b"DynamoDB can't be reached.\n")
    ] * 2


def test_many_questions_in_a_row_make_one_call(client, calls, dynamodb_moto):
    assert {client.get("/readyz").status_code for _ in range(10)} == {200}
    assert calls == ["DescribeTable"]


def test_an_old_answer_is_renewed(client, calls, dynamodb_moto, monkeypatch):
    monkeypatch.setattr(health, "KEPT_SECONDS", 0)
    client.get("/readyz")
    client.get("/readyz")
    assert calls == ["DescribeTable", "DescribeTable"]


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_load_balancers_may_ask_by_address_and_over_plain_http(
    client, settings, dynamodb_moto, path
):
    settings.SECURE_SSL_REDIRECT = True
    answer = client.get(path, headers={"host": "10.0.0.7:8000"})
    assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_is_only_read(client, calls, path):
    answer = client.post(path)
    assert answer.status_code == 405
    assert answer["Allow"] == "GET, HEAD"
    assert calls == []
