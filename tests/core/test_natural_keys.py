"""Natural keys: one partition key for one natural key, however it is spelled."""

import uuid
from decimal import Decimal

import pytest

from tables.core.errors import InvalidRequest
from tables.core.natural_keys import has_same_natural_key, natural_partition_key
from tables.core.registry import Table
from tables.core.values import wire_item

TABLE = Table("Students", "students", "Students", natural_key=("school.id", "number"))


def key_of(**members):
    return natural_partition_key(wire_item(members), TABLE)


def test_the_key_is_a_uuid5_that_never_changes():
    key = key_of(school={"id": "A"}, number=Decimal(7))
    assert uuid.UUID(key).version == 5
    assert key == "85afa882-1328-58a5-b364-400cac9f26be"


def test_other_attributes_and_other_spellings_make_no_difference():
    key = key_of(school={"id": "A"}, number=Decimal(7))
    assert key_of(number=Decimal("7.0"), name="Ann", school={"id": "A", "x": True}) == key


@pytest.mark.parametrize(
    ("school", "number"), [("A", Decimal(8)), ("a", Decimal(7)), ("A", "7"), ("A", True)]
)
def test_another_value_or_type_is_another_key(school, number):
    assert key_of(school={"id": school}, number=number) != key_of(
        school={"id": "A"}, number=Decimal(7)
    )


@pytest.mark.parametrize(
    "value",
    [None, "", " ", "\t\n", "\u00a0\u3000", "\u200b\ufeff", "\x00", ["A"], {"a": "b"}],
)
def test_an_unusable_attribute_is_refused_with_its_pointer(value):
    with pytest.raises(InvalidRequest) as caught:
        key_of(school={"id": value})
    assert [p.pointer for p in caught.value.problems] == ["/school/id", "/number"]


def test_two_items_agree_in_their_natural_key_or_not():
    left = wire_item({"school": {"id": "A"}, "number": Decimal(1)})
    same = wire_item({"school": {"id": "A"}, "number": Decimal("1.0"), "more": "x"})
    other = wire_item({"school": {"id": "A"}})
    assert has_same_natural_key(left, same, TABLE)
    assert not has_same_natural_key(left, other, TABLE)
