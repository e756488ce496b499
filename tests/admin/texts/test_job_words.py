"""What a job took, in words."""

import pytest

from tables.admin.texts.job_orders import order_words
from tables.admin.texts.job_words import units_words
from tables.core.values import dumps
from tables.jobs.finding import Progress
from tables.records.jobs.models import Job


def far(read, write, money=None):
    return Progress({}, read, write, money, None, None, None)


@pytest.mark.parametrize(
    ("progress", "words"),
    [
        (far(0, 0), "0 RCU"),
        (far(12.5, 0), "12 RCU"),
        (far(4.5, 1200), "1,200 WCU, 4.5 RCU"),
        (far(1, 60, 0.0000584), "60 WCU, 1 RCU, costs 0.000058"),
        (far(1, 60, 0.0), "60 WCU, 1 RCU, costs 0.00"),
        (far(1, 60, 0.5), "60 WCU, 1 RCU, costs 0.50"),
        (far(1, 60, 1234.567), "60 WCU, 1 RCU, costs 1,234.57"),
    ],
)
def test_units_are_told_and_their_price_as_exactly_as_it_says_something(progress, words):
    assert units_words(progress) == words


def told(kind, **spec):
    return order_words(Job(kind=kind, alias="Cities", spec=spec))


@pytest.mark.parametrize(
    ("kind", "spec", "words"),
    [
        ("delete", {}, "delete each."),
        ("export", {"format": "json_lines"}, "export as JSON lines."),
        ("copy", {"to": "Gone", "mode": "replace"}, "copy each to Gone; what is there already"),
    ],
)
def test_an_order_by_a_filter_says_which_items(kind, spec, words):
    narrow = dumps({"country": "CH", "name": {"comparator": "begins_with", "value": "Z"}}).decode()
    said = told(kind, filter=narrow, **spec)
    assert "On every item where country is “CH” and name begins with “Z”: " + words in said
    said = told(kind, filter="{}", **spec)
    assert "On every item of the table: " + words in said


def test_a_sentence_without_its_items_begins_as_one():
    assert told("delete", query="a__between=1") == "Delete each."
