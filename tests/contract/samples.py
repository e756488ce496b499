"""Items that between them hold every type, at its limits; numbers and sets in canonical form."""

import base64


def binary(data):
    return base64.b64encode(data).decode()


ALL_BYTES = binary(bytes(range(256)))

SCALARS = {
    "id": {"S": "scalars"},
    "text": {"S": "Ann"},
    "empty": {"S": ""},
    "unicode": {"S": "Ünïcödé 🦕 \u0000 \u202e <b>&amp;</b>\n"},
    "zero": {"N": "0"},
    "negative": {"N": "-1.5"},
    "digits": {"N": "12345678901234567890123456789012345678"},
    "fraction": {"N": "0.1"},
    "above double": {"N": "9007199254740993"},
    "largest": {"N": "9" * 38 + "0" * 88},
    "smallest": {"N": "0." + "0" * 129 + "1"},
    "yes": {"BOOL": True},
    "no": {"BOOL": False},
    "nothing": {"NULL": True},
}
BINARY = {
    "id": {"S": "binary"},
    "bytes": {"B": ALL_BYTES},
    "empty": {"B": ""},
    "bytes set": {"BS": [binary(b"\x00"), binary(b"\x00\xff")]},
}
SETS = {
    "id": {"S": "sets"},
    "strings": {"SS": ["", "a", "é"]},
    "numbers": {"NS": ["-1", "0.5", "12345678901234567890123456789012345678"]},
    "one": {"SS": ["a"]},
}
NESTED = {
    "id": {"S": "nested"},
    "map": {"M": {"list": {"L": [{"M": {}}, {"L": []}, {"NULL": True}]}}},
    "list": {"L": [{"N": "1"}, {"S": "1"}, {"BOOL": True}, {"L": [{"N": "2"}]}]},
    "deep": {"L": [{"L": [{"L": [{"M": {"a": {"M": {"b": {"N": "3"}}}}}]}]}]},
    "map of sets": {
        "M": {
            "s": {"SS": ["a", "b"]},
            "n": {"NS": ["1", "2"]},
            "b": {"BS": [binary(b"a")]},
            "raw": {"B": binary(b"\xff")},
        }
    },
}
NAMES = {
    "id": {"S": "names"},
    "a.b": {"S": "dot"},
    "a[0]": {"S": "bracket"},
    "#x": {"S": "name placeholder"},
    ":v": {"S": "value placeholder"},
    "__proto__": {"S": "ordinary"},
    "select": {"S": "reserved"},
    "🦕": {"N": "1"},
    "<img src=x onerror=alert(1)>": {"S": "markup"},
    "\\": {"S": "backslash"},
    '"': {"S": "quote"},
    "a/b~c": {"S": "pointer"},
}
LOOKALIKES = {
    "id": {"S": "lookalikes"},
    "S": {"S": "N"},
    "a type": {"M": {"S": {"S": "text"}}},
    "number text": {"S": "1"},
    "base64 text": {"S": "AAECAw=="},
    "a buffer": {"M": {"type": {"S": "Buffer"}}},
    "a wrapper": {"M": {"wrapperName": {"S": "Set"}}},
}
OLD = {
    "id": {"S": "of 2011"},
    "text": {"S": "Ann"},
    "number": {"N": "12345678901234567890123456789012345678"},
    "bytes": {"B": ALL_BYTES},
    "strings": {"SS": ["a", "b"]},
    "numbers": {"NS": ["-1", "2.5"]},
    "bytes set": {"BS": [binary(b"a"), binary(b"b")]},
}
PLAIN = {
    "id": {"S": "plain"},
    "text": {"S": "Ann"},
    "worker": {"M": {"name": {"S": "Ann"}, "tags": {"L": [{"S": "a"}, {"N": "0.1"}]}}},
    "n": {"N": "-0.000001"},
    "none": {"NULL": True},
    "yes": {"BOOL": True},
}
ITEMS = [SCALARS, BINARY, SETS, NESTED, NAMES, LOOKALIKES, OLD, PLAIN]
