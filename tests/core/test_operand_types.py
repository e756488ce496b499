"""Declared types of what a filter compares with."""

from tables.core.descriptions import KeyAttribute, TableDescription
from tables.core.operand_types import filter_types
from tables.core.registry import Table

SCHEMA = {"properties": {"c": {"type": "string"}, "a.b": {"type": "string"}}}


def test_keys_overrule_what_the_alias_map_and_the_schema_declare():
    dotted = TableDescription("t", KeyAttribute("a.b", "N"))
    table = Table("T", "t", "T", schema=SCHEMA, types={"c": "N", r"a\.b": "B", "d.e": "SS"})
    assert filter_types(table, dotted) == {"c": "N", r"a\.b": "N", "d.e": "SS"}
    assert filter_types(Table("T", "t", "T", schema=SCHEMA), dotted) == {"c": "S", r"a\.b": "N"}


def test_the_ttl_attribute_is_a_number_unless_the_alias_map_knows_better():
    expiring = TableDescription("t", KeyAttribute("id", "S"), ttl_attribute="expires.at")
    assert filter_types(Table("T", "t", "T"), expiring) == {"id": "S", r"expires\.at": "N"}
    text = Table("T", "t", "T", types={r"expires\.at": "S"})
    assert filter_types(text, expiring) == {"id": "S", r"expires\.at": "S"}


def test_types_are_known_before_the_table_is():
    assert filter_types(Table("T", "t", "T", types={"total": "N"}), None) == {"total": "N"}
