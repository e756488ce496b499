"""Anything DynamoDB can hold, for tests that must be true of all of it."""

import base64
from decimal import Decimal

from hypothesis import strategies as st

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
BASE64 = st.binary(max_size=9).map(lambda data: base64.b64encode(data).decode())


@st.composite
def decimals(draw):
    """A number that DynamoDB holds: up to 38 digits, magnitude 1E-130 to 9.99E+125."""
    digits = draw(st.integers(0, 10 ** draw(st.sampled_from([1, 3, 17, 38])) - 1))
    adjusted = draw(st.one_of(st.integers(-5, 20), st.integers(-130, 125)))
    exponent = adjusted - len(str(digits)) + 1
    return Decimal((draw(st.integers(0, 1)), tuple(map(int, str(digits))), exponent))


def canonical(number):
    """The one text of a number, made another way than the core makes it."""
    if not number:
        return "0"
    text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text


NUMBERS = decimals().map(canonical)


def sets(tag, entries):
    return st.builds(
        lambda content: {tag: content}, st.lists(entries, min_size=1, max_size=4, unique=True)
    )


SCALARS = st.one_of(
    TEXT.map(lambda text: {"S": text}),
    NUMBERS.map(lambda text: {"N": text}),
    BASE64.map(lambda text: {"B": text}),
    st.booleans().map(lambda flag: {"BOOL": flag}),
    st.just({"NULL": True}),
)
SETS = st.one_of(sets("SS", TEXT), sets("NS", NUMBERS), sets("BS", BASE64))
VALUES = st.recursive(
    st.one_of(SCALARS, SETS),
    lambda children: st.one_of(
        st.lists(children, max_size=4).map(lambda content: {"L": content}),
        st.dictionaries(NAMES, children, max_size=4).map(lambda content: {"M": content}),
    ),
    max_leaves=12,
)
ITEMS = st.dictionaries(NAMES, VALUES, max_size=6)
