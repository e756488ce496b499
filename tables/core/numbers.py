"""DynamoDB numbers as exact text: 38 significant digits, magnitude 1E-130 to 9.99…E+125."""

from __future__ import annotations

import re
from decimal import Context, Decimal, InvalidOperation

import orjson

from tables.core.errors import InvalidValue

# AWS: Supported data types and naming rules, "Number".
MAX_DIGITS = 38
MAX_EXPONENT = 125
MIN_EXPONENT = -130

# RFC 8259, section 6.
JSON_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
# Most numbers are in their one spelling already: short integers, short fractions.
_CANONICAL = re.compile(r"0|-?[1-9][0-9]{0,37}|-?(?:0|[1-9][0-9]{0,18})\.[0-9]{0,17}[1-9]")
# Wide enough that no sum of two DynamoDB numbers is rounded (125 + 130 + 38 digits).
EXACT = Context(prec=400, Emax=999999, Emin=-999999)


def canonical_number(number: Decimal | int | str) -> str:
    """The one text of a number: no exponent, no leading `+`, no zeros at either end, `0` unsigned.

    Raises InvalidValue for text that is no number, NaN, infinities, more than 38 significant
    digits, and magnitudes out of DynamoDB's range.
    """
    text = str(number)
    if _CANONICAL.fullmatch(text):
        return text
    value = _decimal(number)
    if not value:
        return "0"
    if not MIN_EXPONENT <= value.adjusted() <= MAX_EXPONENT:
        raise InvalidValue(
            "A number is out of range: DynamoDB holds magnitudes from 1E-130 to 9.99E+125."
        )
    sign, digits, exponent = value.as_tuple()
    text = "".join(map(str, digits)).lstrip("0")
    significant = text.rstrip("0")
    if len(significant) > MAX_DIGITS:
        raise InvalidValue(
            "A number has {digits} significant digits; DynamoDB holds {most}.",
            digits=len(significant),
            most=MAX_DIGITS,
        )
    stripped = int(exponent) + len(text) - len(significant)
    return format(Decimal((sign, tuple(map(int, significant)), stripped)), "f")


def fragment(text: str) -> orjson.Fragment | int:
    """A stored number as it goes into JSON output: its own digits, never through a float.

    orjson's reading tells, five times as fast as a pattern, whether the text is a JSON number.
    """
    try:
        read = orjson.loads(text)
    except orjson.JSONDecodeError:
        return orjson.Fragment(canonical_number(text))
    if type(read) is int:
        return read
    return orjson.Fragment(text if type(read) is float else canonical_number(text))


def add(left: str, right: str) -> str:
    """The exact sum. Raises InvalidValue when DynamoDB can't hold it."""
    return canonical_number(EXACT.add(Decimal(left), Decimal(right)))


def _decimal(number: Decimal | int | str) -> Decimal:
    try:
        value = Decimal(number)
    except InvalidOperation as error:
        raise InvalidValue("A number must be written in decimal digits.") from error
    # Decimal also reads "NaN", "Infinity", "1_000", " 1 " and digits of other scripts.
    if not value.is_finite() or (isinstance(number, str) and not _is_plain_number(number)):
        raise InvalidValue("A number must be finite and written in decimal digits.")
    return value


def _is_plain_number(text: str) -> bool:
    return text.isascii() and "_" not in text and text == text.strip()
