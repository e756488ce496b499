import base64
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tables.core.cursors import MAX_CURSOR_CHARACTERS, read_cursor, sign_cursor
from tables.core.errors import InvalidCursor
from tests.core.strategies import ITEMS

KEY = {"id": {"S": "1"}}
ALPHABET = string.ascii_letters + string.digits + "-_"


@given(ITEMS, st.text(max_size=20))
def test_a_cursor_brings_back_its_start_key(key, bound_to):
    cursor = sign_cursor(key, bound_to=bound_to, secret="s")
    assert set(cursor) <= set(ALPHABET)
    assert read_cursor(cursor, bound_to=bound_to, secret="s") == key


def test_no_single_character_of_a_cursor_can_be_altered():
    cursor = sign_cursor(KEY, bound_to="x", secret="s")
    for position, character in enumerate(cursor):
        for other in {*ALPHABET, "=", " ", "é"} - {character}:
            with pytest.raises(InvalidCursor):
                read_cursor(
                    cursor[:position] + other + cursor[position + 1 :], bound_to="x", secret="s"
                )


@pytest.mark.parametrize(
    "alter",
    [
        lambda cursor: cursor[:-1],
        lambda cursor: cursor + "A",
        lambda cursor: cursor + "=",
        lambda cursor: cursor[4:],
        lambda cursor: "",
        lambda cursor: cursor * 2,
        lambda cursor: "A" * 100_000,
        lambda cursor: "\ud800",
        lambda cursor: base64.urlsafe_b64encode(b'{"id":{"S":"2"}}').decode(),
    ],
)
def test_an_altered_cursor_is_refused(alter):
    cursor = sign_cursor(KEY, bound_to="x", secret="s")
    with pytest.raises(InvalidCursor):
        read_cursor(alter(cursor), bound_to="x", secret="s")


def test_a_cursor_of_another_request_or_another_site_is_refused():
    cursor = sign_cursor(KEY, bound_to="x", secret="s")
    for bound_to, secret in (("y", "s"), ("x", "t"), ("", "s")):
        with pytest.raises(InvalidCursor, match="altered, or belongs to another request"):
            read_cursor(cursor, bound_to=bound_to, secret=secret)


def test_what_a_cursor_is_bound_to_cannot_leak_into_its_key():
    one = sign_cursor(KEY, bound_to="ab", secret="s")
    payload = base64.urlsafe_b64decode(one + "=" * (-len(one) % 4))
    moved = base64.urlsafe_b64encode(payload[:16] + b"b" + payload[16:]).decode().rstrip("=")
    with pytest.raises(InvalidCursor):
        read_cursor(moved, bound_to="a", secret="s")


def test_a_start_key_of_ten_attributes_at_their_limits_has_a_cursor():
    """Two of the table; four and four of an index; JSON makes six bytes of a control character."""
    sizes = [2048, 1024, *[2048] * 4, *[1024] * 4]
    key = {f"{n}{'x' * 254}": {"S": "\x01" * size} for n, size in enumerate(sizes)}
    cursor = sign_cursor(key, bound_to="x", secret="s")
    assert len(cursor) <= MAX_CURSOR_CHARACTERS
    assert read_cursor(cursor, bound_to="x", secret="s") == key
