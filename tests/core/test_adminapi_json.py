from decimal import Decimal

import pytest

from tables.core import strict_json
from tables.core.adminapi_json import adminapi_special
from tables.core.errors import InvalidValue
from tables.core.values import wire_item, wire_value


def read(text):
    return wire_value(strict_json.parse(text), special=adminapi_special)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"wrapperName":"Set","type":"String","values":["a","b"]}', {"SS": ["a", "b"]}),
        ('{"values":[1.0,"2"],"type":"Number","wrapperName":"Set"}', {"NS": ["1", "2"]}),
        (
            '{"wrapperName":"Set","type":"Binary","values":[{"type":"Buffer","data":[0]},"AQ=="]}',
            {"BS": ["AA==", "AQ=="]},
        ),
        ('{"type":"Buffer","data":[]}', {"B": ""}),
        ('{"type":"Buffer","data":[0, 255]}', {"B": "AP8="}),
        (
            '[{"a":{"wrapperName":"Set","type":"String","values":["x"]}}]',
            {"L": [{"M": {"a": {"SS": ["x"]}}}]},
        ),
        ('{"type":"Buffer"}', {"M": {"type": {"S": "Buffer"}}}),
        ('{"type":"Buffer","data":"x"}', {"M": {"type": {"S": "Buffer"}, "data": {"S": "x"}}}),
        (
            '{"type":"String","values":["a"]}',
            {"M": {"type": {"S": "String"}, "values": {"L": [{"S": "a"}]}}},
        ),
    ],
)
def test_set_wrappers_and_buffers_stand_for_values_and_nothing_else_does(text, value):
    assert read(text) == value


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"wrapperName":"Set","type":"String","values":[]}', "at least one value"),
        ('{"wrapperName":"Set","type":"String","values":["a","a"]}', "same value twice"),
        ('{"wrapperName":"Set","type":"String","values":[1]}', "written as a JSON string"),
        ('{"wrapperName":"Set","type":"Number","values":[true]}', "written as a JSON string"),
        ('{"wrapperName":"Set","type":"Number","values":[1,1.0]}', "same value twice"),
        ('{"wrapperName":"Set","type":"Number","values":[1e400]}', "out of range"),
        ('{"wrapperName":"Set","type":"Colour","values":["a"]}', "String, Number or Binary"),
        ('{"wrapperName":"Set","type":"String","values":"a"}', "String, Number or Binary"),
        ('{"type":"Buffer","data":[256]}', "bytes from 0 to 255"),
        ('{"type":"Buffer","data":[-1]}', "bytes from 0 to 255"),
        ('{"type":"Buffer","data":[1.5]}', "bytes from 0 to 255"),
        ('{"type":"Buffer","data":[true]}', "bytes from 0 to 255"),
        ('{"type":"Buffer","data":["1"]}', "bytes from 0 to 255"),
    ],
)
def test_a_wrapper_of_something_else_is_refused(text, message):
    with pytest.raises(InvalidValue, match=message):
        read(text)


def test_a_wrong_wrapper_is_pointed_at():
    value = {"a": [{"wrapperName": "Set", "type": "Number", "values": [Decimal("1e400")]}]}
    with pytest.raises(InvalidValue) as caught:
        wire_item(value, special=adminapi_special)
    assert [problem.pointer for problem in caught.value.problems] == ["/a/0/values/0"]
