import json

from hypothesis import given

from tables.api.adminapi.envelopes import adminapi_item
from tables.core import strict_json
from tables.core.adminapi_json import adminapi_special
from tables.core.values import dumps, fit_to_stored, wire_item, wire_value
from tests.core.strategies import BASE64, ITEMS


@given(BASE64)
def test_binary_reads_as_a_buffer_and_a_buffer_is_binary(text):
    shown = adminapi_item({"b": {"B": text}, "s": {"BS": [text]}})
    assert list(shown["b"]) == ["type", "data"]
    assert shown["s"] == [shown["b"]]
    assert wire_value(strict_json.parse(json.dumps(shown["b"])), special=adminapi_special) == {
        "B": text
    }


@given(ITEMS)
def test_an_item_as_shown_is_written_back_with_the_stored_types(item):
    shown = strict_json.parse(dumps(adminapi_item(item)), max_depth=100)
    again = wire_item(shown, special=adminapi_special)
    # A binary set comes back as a list of binaries: only the wrapper says set.
    expected = {name: as_lists(value) for name, value in item.items()}
    assert {name: as_lists(fit_to_stored(again[name], item[name])) for name in item} == expected


def as_lists(value):
    ((tag, content),) = value.items()
    if tag == "BS":
        return {"L": [{"B": entry} for entry in content]}
    if tag == "L":
        return {"L": [as_lists(child) for child in content]}
    if tag == "M":
        return {"M": {name: as_lists(child) for name, child in content.items()}}
    return value
