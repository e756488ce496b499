import base64
import json
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tables.core import strict_json
from tables.core.descriptions import Index, KeyAttribute, TableDescription
from tables.core.errors import InvalidCursor, InvalidValue, ItemNotFound
from tables.core.keys import (
    coerce_binary_keys,
    decode_token,
    encode_token,
    encode_tokens,
    key_of,
    key_value_from_text,
    require_index_keys,
    start_key_attributes,
    start_key_from_plain,
)
from tests.core.strategies import NUMBERS, TEXT
from tests.core.tables import BINARY_KEY, COMPOSITE, NUMBER_KEY, STRING_KEY

KEY_VALUES = {
    "S": TEXT.filter(bool),
    "N": NUMBERS,
    "B": st.binary(min_size=1, max_size=12).map(lambda data: base64.b64encode(data).decode()),
}


@st.composite
def tables_and_keys(draw):
    """A table with one or two key attributes of any type, and a key of it."""
    types = draw(st.lists(st.sampled_from("SNB"), min_size=1, max_size=2))
    attributes = [KeyAttribute(name, tag) for name, tag in zip("pq", types, strict=False)]
    key = {
        attribute.name: {attribute.type: draw(KEY_VALUES[attribute.type])}
        for attribute in attributes
    }
    return TableDescription("t", *attributes), key


@given(tables_and_keys())
@example((STRING_KEY, {"id": {"S": "a,b/c?d#e%f~😀\0"}}))
@example((NUMBER_KEY, {"id": {"N": "9007199254740993"}}))
def test_a_key_has_a_token_and_the_token_is_that_key(table_and_key):
    table, key = table_and_key
    token = encode_token(key, table)
    assert re.fullmatch(r"[A-Za-z0-9_~,-]+", token)
    assert decode_token(token, table) == key


@given(st.lists(st.tuples(TEXT.filter(bool), TEXT.filter(bool)), max_size=4))
@example([("plain", "1"), ("Z_-9", "2")])
@example([("plain", "1"), ("a,b", "2"), ("", "3")])
def test_many_tokens_are_those_of_each_key(parts):
    keys = [{"country": {"S": first}, "name": {"S": second}} for first, second in parts]
    assert encode_tokens(keys, COMPOSITE) == [encode_token(key, COMPOSITE) for key in keys]


def test_many_tokens_of_numbers_and_bytes_are_those_of_each_key():
    for table, key in ((NUMBER_KEY, {"id": {"N": "1.50"}}), (BINARY_KEY, {"id": {"B": "AAE="}})):
        assert encode_tokens([key, key], table) == [encode_token(key, table)] * 2


@given(tables_and_keys(), st.text("abcZ019_-~,=+/. ", max_size=12))
def test_any_other_text_is_no_token(table_and_key, text):
    table, _ = table_and_key
    try:
        key = decode_token(text, table)
    except ItemNotFound:
        return
    assert encode_token(key, table) == text


@pytest.mark.parametrize(
    ("table", "key", "token"),
    [
        (STRING_KEY, {"id": {"S": "E-1_x"}}, "E-1_x"),
        (STRING_KEY, {"id": {"S": "a b"}}, "~YSBi"),
        (STRING_KEY, {"id": {"S": "~"}}, "~fg"),
        (STRING_KEY, {"id": {"S": "ü"}}, "~w7w"),
        (NUMBER_KEY, {"id": {"N": "-5"}}, "-5"),
        (NUMBER_KEY, {"id": {"N": "1.5"}}, "~MS41"),
        (NUMBER_KEY, {"id": {"N": "1.0"}}, "1"),
        (BINARY_KEY, {"id": {"B": "AAE="}}, "~AAE"),
        (COMPOSITE, {"country": {"S": "DE"}, "name": {"S": "Köln"}}, "DE,~S8O2bG4"),
    ],
)
def test_tokens_look_like_this(table, key, token):
    assert encode_token(key, table) == token


@pytest.mark.parametrize(
    ("table", "token"),
    [
        (STRING_KEY, ""),
        (STRING_KEY, "~"),
        (STRING_KEY, "~RS0xX3g"),  # E-1_x needs no base64
        (STRING_KEY, "~YSBi="),
        (STRING_KEY, "~YSBj "),
        (STRING_KEY, "~YSB"),
        (STRING_KEY, "~fh"),  # the spare bits of the last character are not zero
        (STRING_KEY, "~_w"),  # not UTF-8
        (STRING_KEY, "a b"),
        (STRING_KEY, "ü"),
        (STRING_KEY, "a,b"),
        (STRING_KEY, "~" + base64.urlsafe_b64encode(b"x y" * 1000).decode()),
        (NUMBER_KEY, "01"),
        (NUMBER_KEY, "1.0"),
        (NUMBER_KEY, "~MS4w"),
        (NUMBER_KEY, "-0"),
        (NUMBER_KEY, "1e5"),
        (NUMBER_KEY, "abc"),
        (NUMBER_KEY, "NaN"),
        (NUMBER_KEY, "~" + base64.urlsafe_b64encode(b"1" * 39).decode()),
        (COMPOSITE, "DE"),
        (COMPOSITE, "DE,"),
        (COMPOSITE, ",DE"),
        (COMPOSITE, "DE,a,b"),
    ],
)
def test_a_token_that_is_not_the_canonical_one_finds_nothing(table, token):
    with pytest.raises(ItemNotFound):
        decode_token(token, table)


@pytest.mark.parametrize(
    ("table", "item", "message"),
    [
        (STRING_KEY, {}, "'id' is missing"),
        (STRING_KEY, {"id": {"S": ""}}, "can't be empty"),
        (STRING_KEY, {"id": {"N": "1"}}, "must be a string, not a number"),
        (STRING_KEY, {"id": {"BOOL": True}}, "must be a string, not a boolean"),
        (STRING_KEY, {"id": {"NULL": True}}, "must be a string, not a null"),
        (STRING_KEY, {"id": {"L": []}}, "must be a string, not a list"),
        (STRING_KEY, {"id": {"S": "é" * 1025}}, "is 2050 bytes; DynamoDB takes 2048"),
        (NUMBER_KEY, {"id": {"S": "1"}}, "must be a number, not a string"),
        (BINARY_KEY, {"id": {"B": ""}}, "can't be empty"),
        (BINARY_KEY, {"id": {"B": base64.b64encode(b"x" * 2049).decode()}}, "is 2049 bytes"),
        (COMPOSITE, {"country": {"S": "DE"}}, "'name' is missing"),
        (
            COMPOSITE,
            {"country": {"S": "DE"}, "name": {"S": "x" * 1025}},
            "1025 bytes; DynamoDB takes 1024",
        ),
    ],
)
def test_what_cannot_be_a_key_is_refused_by_name(table, item, message):
    with pytest.raises(InvalidValue, match=re.escape(message)):
        key_of(item, table)


def test_the_longest_keys_are_taken():
    key = {"country": {"S": "x" * 2048}, "name": {"S": "x" * 1024}}
    assert key_of({**key, "other": {"S": "y"}}, COMPOSITE) == key
    assert decode_token(encode_token(key, COMPOSITE), COMPOSITE) == key


def test_1_and_1_0_are_one_number_key_and_the_text_1_is_none():
    assert key_value_from_text("1.0", NUMBER_KEY.partition_key) == {"N": "1"}
    assert key_value_from_text("7", NUMBER_KEY.partition_key) == {"N": "7"}
    assert key_value_from_text("1.0", STRING_KEY.partition_key) == {"S": "1.0"}
    with pytest.raises(InvalidValue, match="decimal digits"):
        key_value_from_text("seven", NUMBER_KEY.partition_key)
    with pytest.raises(InvalidValue, match="base64"):
        key_value_from_text("?", BINARY_KEY.partition_key)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"S": "many"}, "'people' must be a number"),
        ({"NULL": True}, "'people' must be a number"),
    ],
)
def test_an_index_key_of_the_wrong_type_is_refused_before_dynamodb_does(value, message):
    with pytest.raises(InvalidValue, match=message):
        require_index_keys({"people": value}, COMPOSITE)


def test_an_index_key_can_be_absent_but_not_empty_or_too_long():
    require_index_keys({"people": {"N": "5"}}, COMPOSITE)
    with pytest.raises(InvalidValue, match="'zone' can't be empty"):
        require_index_keys({"zone": {"S": ""}}, COMPOSITE)
    with pytest.raises(InvalidValue, match="DynamoDB takes 2048"):
        require_index_keys({"zone": {"S": "z" * 2049}}, COMPOSITE)


def test_a_binary_key_is_written_as_base64_in_plain_json():
    item = {"id": {"S": "AAE="}, "note": {"S": "AAE="}}
    assert coerce_binary_keys(item, BINARY_KEY) == {"id": {"B": "AAE="}, "note": {"S": "AAE="}}
    assert coerce_binary_keys({"id": {"S": "?"}}, BINARY_KEY) == {"id": {"S": "?"}}


MIXED = TableDescription(
    "t",
    KeyAttribute("id", "N"),
    KeyAttribute("part", "B"),
    (Index("i", KeyAttribute("group", "S"), KeyAttribute("part", "B"), None, is_global=True),),
)


def test_a_start_key_is_made_of_the_tables_keys_then_the_indexs():
    assert [a.name for a in start_key_attributes(MIXED)] == ["id", "part"]
    assert [a.name for a in start_key_attributes(MIXED, "i")] == ["id", "part", "group"]


@pytest.mark.parametrize(
    ("text", "index", "key"),
    [
        ('{"id":1.0,"part":"AAE="}', None, {"id": {"N": "1"}, "part": {"B": "AAE="}}),
        (
            '{"part":{"type":"Buffer","data":[0,1]},"id":-5,"group":"g"}',
            "i",
            {"id": {"N": "-5"}, "part": {"B": "AAE="}, "group": {"S": "g"}},
        ),
    ],
)
def test_a_start_key_is_read_from_plain_json(text, index, key):
    assert start_key_from_plain(strict_json.parse(text), MIXED, index) == key


@pytest.mark.parametrize(
    "text",
    [
        "null",
        "[]",
        '"x"',
        "{}",
        '{"id":1}',
        '{"id":1,"part":"AAE=","extra":1}',
        '{"id":"1","part":"AAE="}',
        '{"id":true,"part":"AAE="}',
        '{"id":1e400,"part":"AAE="}',
        '{"id":1,"part":"?"}',
        '{"id":1,"part":""}',
        '{"id":1,"part":{"type":"Buffer","data":[300]}}',
        '{"id":1,"part":{"wrapperName":"Set","type":"String","values":["a"]}}',
        json.dumps({"id": 1, "part": base64.b64encode(b"x" * 100_000).decode()}),
    ],
)
def test_a_forged_start_key_is_refused(text):
    with pytest.raises(InvalidCursor, match="LastEvaluatedKey"):
        start_key_from_plain(strict_json.parse(text), MIXED)
