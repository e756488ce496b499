"""Times and errors in staff's words."""

import pytest

from tables.admin.texts.sentences import expiry_words, moment_words
from tables.core.descriptions import KeyAttribute, TableDescription

CARTS = TableDescription("carts", KeyAttribute("id", "S"), ttl_attribute="until")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"N": "4102444800"}, "Expires 2100-01-01 00:00:00 UTC"),
        ({"N": "1000000000"}, "Expired 2001-09-09 01:46:40 UTC"),
        (
            {"N": "4102444800000"},
            "Milliseconds: DynamoDB counts seconds, so this never expires",
        ),
        ({"N": "1e10"}, ""),
        (
            {"S": "4102444800"},
            "Text: DynamoDB wants a number of seconds, so this never expires",
        ),
    ],
)
def test_an_item_that_expires_says_when(value, words):
    assert expiry_words({"id": {"S": "x"}, "until": value}, CARTS) == words


def test_an_item_without_a_time_to_live_says_nothing():
    assert expiry_words({"id": {"S": "x"}}, CARTS) == ""
    plain = TableDescription("plain", KeyAttribute("id", "S"))
    assert expiry_words({"id": {"S": "x"}, "until": {"N": "4102444800"}}, plain) == ""


def test_an_audit_stamp_is_worded_and_anything_else_stays():
    assert moment_words("2026-01-02T03:04:05.678Z") == "2026-01-02 03:04:05 UTC"
    assert moment_words("yesterday") == "yesterday"
