"""The key set is asked for seldom, kept through an outage, and trusted no further than it goes."""

import socket
import threading

import pytest

from tables.access.tokens.jwks import (
    COOL_DOWN_SECONDS,
    FRESH_SECONDS,
    STALE_SECONDS,
    KeyCache,
    KeysUnavailable,
    fetch_keys,
)
from tests.access.provider import jwk_of, make_key


class Endpoint:
    """A key endpoint that may be down, and counts who asks."""

    def __init__(self, **keys):
        self.keys = keys
        self.is_down = False
        self.asked = 0

    def __call__(self, _url):
        self.asked += 1
        if self.is_down:
            raise KeysUnavailable("down")
        return dict(self.keys)


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def endpoint():
    return Endpoint(first="key one")


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def cache(endpoint, clock):
    return KeyCache("https://keys.example.com/", fetch=endpoint, clock=clock)


def test_keys_are_fetched_at_first_use_and_then_kept_for_an_hour(cache, endpoint, clock):
    assert endpoint.asked == 0
    for clock.now in (0.0, 60.0, FRESH_SECONDS - 1.0):
        assert cache.get("first") == "key one"
    assert endpoint.asked == 1
    clock.now = FRESH_SECONDS
    assert cache.get("first") == "key one"
    assert endpoint.asked == 2


def test_two_hundred_unknown_kids_cost_one_fetch(cache, endpoint, clock):
    cache.get("first")
    clock.now = COOL_DOWN_SECONDS
    assert {cache.get(f"unknown {number}") for number in range(200)} == {None}
    assert endpoint.asked == 2
    assert cache.get("first") == "key one"


def test_failed_attempts_cool_down_too(cache, endpoint, clock):
    cache.get("first")
    endpoint.is_down = True
    clock.now = COOL_DOWN_SECONDS
    for _ in range(20):
        assert cache.get("unknown") is None
    assert endpoint.asked == 2


def test_a_new_key_works_after_the_cool_down(cache, endpoint, clock):
    cache.get("first")
    endpoint.keys["second"] = "key two"
    clock.now = COOL_DOWN_SECONDS - 1.0
    assert cache.get("second") is None
    clock.now = COOL_DOWN_SECONDS
    assert cache.get("second") == "key two"


def test_a_removed_key_is_refused_after_the_refresh(cache, endpoint, clock):
    cache.get("first")
    endpoint.keys = {"second": "key two"}
    clock.now = FRESH_SECONDS
    assert cache.get("first") is None


def test_keys_outlive_an_outage_by_a_day(cache, endpoint, clock):
    cache.get("first")
    endpoint.is_down = True
    clock.now = STALE_SECONDS - 1.0
    assert cache.get("first") == "key one"
    clock.now = STALE_SECONDS
    with pytest.raises(KeysUnavailable):
        cache.get("first")


def test_without_any_key_set_one_attempt_is_made_and_nobody_knows(cache, endpoint):
    endpoint.is_down = True
    for _ in range(20):
        with pytest.raises(KeysUnavailable):
            cache.get("first")
    assert endpoint.asked == 1


def test_one_thread_fetches_and_the_others_use_what_they_have(endpoint, clock):
    fetching, go_on = threading.Event(), threading.Event()

    def fetch(url):
        keys = endpoint(url)
        if endpoint.asked > 1:
            fetching.set()
            assert go_on.wait(30)
        return keys

    cache = KeyCache("https://keys.example.com/", fetch=fetch, clock=clock)
    cache.get("first")
    clock.now = FRESH_SECONDS
    slow = threading.Thread(target=cache.get, args=["first"])
    slow.start()
    assert fetching.wait(30)
    assert cache.get("first") == "key one"
    assert cache.get("unknown") is None
    go_on.set()
    slow.join(30)
    assert endpoint.asked == 2


def test_at_the_very_start_everybody_waits_for_the_one_that_fetches(endpoint, clock):
    fetching, go_on = threading.Event(), threading.Event()

    def fetch(url):
        fetching.set()
        assert go_on.wait(30)
        return endpoint(url)

    cache = KeyCache("https://keys.example.com/", fetch=fetch, clock=clock)
    got = []
    threads = [threading.Thread(target=lambda: got.append(cache.get("first"))) for _ in range(4)]
    threads[0].start()
    assert fetching.wait(30)
    for thread in threads[1:]:
        thread.start()
    go_on.set()
    for thread in threads:
        thread.join(30)
    assert got == ["key one"] * 4
    assert endpoint.asked == 1


@pytest.fixture(scope="module")
def rsa_key():
    return make_key()


def test_usable_keys_are_those_for_rs256_signatures(web_server, rsa_key):
    good = jwk_of(rsa_key, "good")
    web_server.answers["/jwks"] = {
        "keys": [
            good,
            {**good, "kid": "for encryption", "use": "enc"},
            {**good, "kid": "of another algorithm", "alg": "RS512"},
            {**good, "kid": 7},
            {name: value for name, value in good.items() if name != "kid"},
            {"kty": "oct", "kid": "a secret", "k": "c2VjcmV0"},
            {"kty": "RSA", "kid": "incomplete", "n": "AQAB"},
            {"kty": "RSA", "kid": "not base64", "n": "!", "e": "AQAB"},
            jwk_of(make_key(1024), "too short"),
            "not a key",
        ]
    }
    keys = fetch_keys(f"{web_server.url}/jwks")
    assert list(keys) == ["good"]
    assert keys["good"].public_numbers() == rsa_key.public_key().public_numbers()


@pytest.mark.parametrize(
    "answer",
    [
        (500, {}, b"{}"),
        (302, {"Location": "/elsewhere"}, b""),
        (200, {}, b"<!doctype html><title>Sign in</title>"),
        (200, {}, b"[]"),
        (200, {}, b'{"keys":[]}'),
        (200, {}, b'{"keys":{"a":1}}'),
        (200, {}, b"[" * 100_000),
        (200, {}, b'{"keys":[' + b" " * 200_000 + b"]}"),
        (200, {"Content-Encoding": "gzip"}, b"not gzip"),
        (200, {"Content-Length": "1000"}, b"{}"),
    ],
    ids=[
        *("an error", "a redirect", "HTML", "an array", "no key", "keys an object", "nested"),
        *("huge", "not gzip", "cut off"),
    ],
)
def test_an_answer_that_is_no_key_set_is_none(web_server, answer):
    web_server.answers["/jwks"] = answer
    with pytest.raises(KeysUnavailable):
        fetch_keys(f"{web_server.url}/jwks")
    assert web_server.asked == ["GET /jwks"]


def test_an_endpoint_that_is_down_or_hangs_is_unavailable(web_server, monkeypatch):
    monkeypatch.setattr("tables.access.tokens.jwks.TIMEOUT_SECONDS", 0.2)
    with pytest.raises(KeysUnavailable):
        fetch_keys("http://127.0.0.1:9/jwks")
    web_server.answers["/jwks"] = web_server.HANG
    with pytest.raises(KeysUnavailable):
        fetch_keys(f"{web_server.url}/jwks")


def test_headers_in_drops_that_are_each_in_time_hold_nobody(monkeypatch):
    monkeypatch.setattr("tables.access.tokens.jwks.WHOLE_SECONDS", 0.2)
    over = threading.Event()

    def drip(connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        while not over.wait(0.05):
            connection.sendall(b"X-Drop: 1\r\n")
        connection.close()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = threading.Thread(target=lambda: drip(listener.accept()[0]))
        server.start()
        with pytest.raises(KeysUnavailable, match="no answer in time"):
            fetch_keys(f"http://127.0.0.1:{listener.getsockname()[1]}/jwks")
        over.set()
        server.join(30)
