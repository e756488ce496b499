import pytest

from tables.core.errors import InvalidRequest
from tables.records.idempotency.keyed_requests import keyed_request, parse_key


def request(caller="ann", method="POST", url="https://x.test/a?b=1", body=b"{}", **headers):
    return keyed_request(caller, method, url, {"Idempotency-Key": "k", **headers}, body)


def test_a_request_without_the_header_has_no_key():
    assert keyed_request("ann", "POST", "https://x.test/", {}, b"{}") is None


@pytest.mark.parametrize("key", ["k", "~" * 255, "8e03978e-40d5-43dd-bc93-6894a57f9324", "a;b=c"])
def test_a_key_is_1_to_255_visible_ascii_characters(key):
    assert parse_key(key) == key


def test_a_quoted_key_is_the_key_inside_the_quotes():
    assert parse_key('"8e03978e"') == "8e03978e"
    assert parse_key(r'"a\"b\\c"') == r"a\"b\c".replace('\\"', '"')


@pytest.mark.parametrize(
    "key",
    [
        "",
        " ",
        '""',
        "k" * 256,
        "a b",
        '"a b"',
        "é",
        "a\tb",
        '"a',
        'a, "b"',
        '"a"b',
        r'"a\b"',
        "a,b",
        '"a,b"',
        "a, b",
    ],
)
def test_any_other_key_is_refused_in_words(key):
    with pytest.raises(InvalidRequest, match="1 to 255 visible ASCII characters"):
        parse_key(key)


@pytest.mark.parametrize(
    "other",
    [
        {"caller": "bob"},
        {"method": "PUT"},
        {"url": "https://x.test/a?b=2"},
        {"url": "https://x.test/a"},
        {"Idempotency-Key": "K"},
    ],
)
def test_caller_method_path_query_and_key_are_the_scope(other):
    assert request(**other).record_id != request().record_id


@pytest.mark.parametrize(
    "url",
    ["http://x.test/a?b=1", "https://X.TEST/a?b=1", "https://x.test:443/a?b=1", "https://x/a/?b=1"],
)
def test_the_spelling_of_the_host_and_a_last_slash_are_no_other_scope(url):
    assert request(url=url).record_id == request().record_id


def test_the_former_scope_is_the_whole_url():
    ids = {request(url=f"https://x.test{path}?b=1").former_id for path in ("/a", "/a/")}
    assert len(ids) == 2
    # As version 1 named it: whoever upgrades has records of this name.
    assert request().former_id == (
        "idempotency#7c3dfdd92c5121d76baefa8a1fa854c4dab4c89a1204237ccf0efcf7598ae512"
    )


def test_parts_of_a_scope_can_not_be_shifted_into_each_other():
    left = keyed_request("a", "POST", "b", {"Idempotency-Key": "c"}, b"")
    right = keyed_request("aP", "OST", "b", {"Idempotency-Key": "c"}, b"")
    assert left.record_id != right.record_id


@pytest.mark.parametrize(
    "other",
    [
        {"body": b"{ }"},
        {"Content-Type": "application/merge-patch+json"},
        {"Accept": "application/vnd.dynamodb+json"},
        {"If-Match": '"a"'},
        {"If-None-Match": "*"},
        {"Prefer": "return=minimal"},
    ],
)
def test_body_and_decisive_headers_make_another_request_of_the_same_scope(other):
    assert request(**other).record_id == request().record_id
    assert request(**other).fingerprint != request().fingerprint


def test_other_headers_do_not_matter():
    assert request(**{"User-Agent": "x", "X-Request-ID": "1"}) == request()


def test_a_record_id_shows_neither_caller_nor_key():
    shown = request(caller="ann-of-accounts", **{"Idempotency-Key": "order-4711"}).record_id
    assert "ann" not in shown
    assert "4711" not in shown
