import random
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tables.core.deltas import deltas_between
from tables.core.history_bodies import (
    CHUNK_BYTES,
    INLINE_BYTES,
    Body,
    BrokenBody,
    chunks_of,
    pack,
    unpack,
)
from tests.core.strategies import ITEMS


@given(st.none() | ITEMS, st.none() | ITEMS, st.none() | ITEMS)
def test_a_body_is_read_as_it_was_packed(before, after, base):
    body = Body(deltas_between(before, after), base)

    assert unpack(pack(body)) == body


def test_two_whole_items_of_the_largest_size_fit_into_a_body():
    text = "\x01" * (400 * 1024)  # told by six characters each
    body = Body(deltas_between({"a": {"S": text}}, {"b": {"S": text}}), {"a": {"S": text}})

    assert unpack(pack(Body(body.deltas))) == Body(body.deltas)


@pytest.mark.parametrize(
    "packed",
    [
        b"",
        b"\x02" + zlib.compress(b"{}"),
        b"\x01not zlib",
        b"\x01" + zlib.compress(b"[]"),
        b"\x01" + zlib.compress(b'{"deltas": [[]]}'),
        pack(Body([]))[:-1],
        b"\x01" + zlib.compress(b" " * 50_000_000),
    ],
)
def test_what_is_no_body_is_refused_before_it_fills_the_memory(packed):
    with pytest.raises(BrokenBody):
        unpack(packed)


@pytest.mark.parametrize(
    ("size", "counts"),
    [
        (INLINE_BYTES, []),
        (INLINE_BYTES + 1, [INLINE_BYTES + 1]),
        (CHUNK_BYTES + 5, [CHUNK_BYTES, 5]),
    ],
)
def test_only_long_bodies_are_cut(size, counts):
    packed = random.Random(1).randbytes(size)

    assert [len(chunk) for chunk in chunks_of(packed)] == counts
    assert b"".join(chunks_of(packed)) == (packed if counts else b"")
