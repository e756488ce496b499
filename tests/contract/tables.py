"""What the tests know of the tables before they are made."""

from tables.core.descriptions import KeyAttribute, TableDescription

THINGS = TableDescription("real-things", KeyAttribute("id", "S"))
