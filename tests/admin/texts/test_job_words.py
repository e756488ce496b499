"""What a job took, in words."""

import pytest

from tables.admin.texts.job_words import units_words
from tables.jobs.finding import Progress


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
