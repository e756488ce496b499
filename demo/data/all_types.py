"""Every type, limit and awkward name that DynamoDB allows, to see that nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from demo.data.tables import DemoTable, Item, item

_DIGITS_38 = 12345678901234567890123456789012345678
_SMALLEST = Decimal("1E-130")
_LARGEST = Decimal("9.9999999999999999999999999999999999999E+125")
_ABOVE_DOUBLE = 9_007_199_254_740_993  # 2**53 + 1: the first integer that a double can't hold
_DEEPEST = 31  # maps around a value: AWS allows 32 levels

# Texts that are awkward as a key in a URL, a form or a file name.
_KEYS = (
    *("a,b", "a/b", "a?b=c", "a#b", "100%", "%2F", "a b", " a ", "a+b&c=d", "..", "~tilde", "é"),
    *("e\u0301", "日本語", "😀", '"quoted"', "it's", "<b>x</b>", "back\\slash", "tab\there"),
    *("line\nbreak", "null", "1", "1.0"),
)
_NAMES = (
    *("a.b", "a[0]", "[0]", "#x", ":v", "a b", " ", "<b>x</b>", '"', "'", "\\", "__proto__"),
    *("constructor", "size", "order", "limit", "status__gte", "__bytes__", "=1+1", "é", "😀"),
    "x" * 255,
)
_NUMBERS = (0, 1, 7, -1, Decimal("0.5"), _ABOVE_DOUBLE, _DIGITS_38, Decimal("1E+125"), -_SMALLEST)


def all_types() -> Iterator[Item]:
    for name, attributes in _SPECIMENS.items():
        yield item({"id": name, **attributes})
    for key in _KEYS:
        yield item({"id": key, "about": "an awkward key"})


def number_keys() -> Iterator[Item]:
    for number in _NUMBERS:
        yield item({"id": number, "about": f"the number {number}"})


def binary_keys() -> Iterator[Item]:
    keys = (b"\x00", b"\x00\x01", b"\xff\xfe\xfd", b"a,b/c?d#e%", "naïve ☕".encode(), b"plain")
    for key in keys:
        yield item({"id": key, "about": f"{len(key)} bytes", "copy": key})


_EVERY_TYPE: dict[str, Any] = {
    "string": "Füße 😀",
    "number": Decimal("-12.5"),
    "binary": b"\x00\x01\xfe\xff",
    "boolean": True,
    "null": None,
    "list": ["text", 1, None, False, b"\x00", ["nested"], {"in": "a list"}],
    "map": {"text": "in a map", "list": [1, [2, [3]]]},
    "string set": frozenset({"red", "blue", "😀"}),
    "number set": frozenset({Decimal(1), Decimal("2.5"), Decimal(_DIGITS_38)}),
    "binary set": frozenset({b"\x00", b"\x01\x02"}),
}


def _nested(depth: int) -> Any:
    return {"deeper": _nested(depth - 1)} if depth else "the bottom"


_SPECIMENS: dict[str, dict[str, Any]] = {
    "every-type": {**_EVERY_TYPE, "nested": {**_EVERY_TYPE, "again": [_EVERY_TYPE]}},
    "numbers": {
        "zero": 0,
        "38 digits": _DIGITS_38,
        "38 digits, negative": -_DIGITS_38,
        "38 decimals": Decimal(f"0.{_DIGITS_38}"),
        "1E+125": Decimal("1E+125"),
        "largest": _LARGEST,
        "smallest": _SMALLEST,
        "above 2**53": _ABOVE_DOUBLE,
        "above 2**64": 2**64 + 1,
        "a tenth": Decimal("0.1"),
        "in a list": [_DIGITS_38, {"in a map": Decimal("1E+125")}],
    },
    "sets": {
        "one string": frozenset({"alone"}),
        "strings": frozenset({"a", "A", "á", "1"}),
        "one number": frozenset({Decimal(1)}),
        "numbers": frozenset({Decimal("0.1"), Decimal("1E+125"), Decimal(_ABOVE_DOUBLE)}),
        "one binary": frozenset({b"\x00"}),
        "binaries": frozenset({b"", b"\xff" * 3}),
        "in a list": [frozenset({"x", "y"}), frozenset({Decimal(1), Decimal(2)})],
    },
    "empty": {
        "string": "",
        "binary": b"",
        "null": None,
        "list": [],
        "map": {},
        "inside": {"string": "", "binary": b"", "list": [[], {}, "", None]},
    },
    # What the AdminAPI writes for binary, and reads for sets, stored as ordinary maps.
    "lookalikes": {
        "buffer": {"type": "Buffer", "data": [1, 2, 3]},
        "set": {"wrapperName": "Set", "type": "String", "values": ["a", "b"]},
        "typed": {"S": "not a tag"},
    },
    "names": {name: f"the attribute {name}" for name in _NAMES},
    "texts": {
        "lines": "first\nsecond\r\nthird\ttabbed",
        "html": "<script>alert(1)</script>",
        "link": "https://example.com/?a=1&b=2",
        "no link": "javascript:alert(1)",
        "formula": "=1+1",
        "formula, minus": "-2+3",
        "formula, at": "@SUM(A1)",
        "zero": "a\u0000b",
        "right to left": "שלום",
        "invisible": "zero\u200bwidth",
        "long": "All work and no play. " * 100,
        "json": '{"looks": "like JSON"}',
    },
    "binary": {"every byte": bytes(range(256))},
    "deep": {"top": _nested(_DEEPEST - 1)},
    "wide": {f"attribute {number:03}": number for number in range(320)},
    "large": {f"part {part}": f"{part}" * 10_000 for part in range(9)},
}

TABLES = (
    DemoTable("ttd-Types", ("id",), {"id": "S"}, all_types),
    DemoTable("ttd-TypesNumberKey", ("id",), {"id": "N"}, number_keys),
    DemoTable("ttd-TypesBinaryKey", ("id",), {"id": "B"}, binary_keys),
)
