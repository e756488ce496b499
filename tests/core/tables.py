"""Table descriptions that tests of the core share."""

from tables.core.descriptions import Index, KeyAttribute, TableDescription

STRING_KEY = TableDescription("real-strings", KeyAttribute("id", "S"))
NUMBER_KEY = TableDescription("real-numbers", KeyAttribute("id", "N"))
BINARY_KEY = TableDescription("real-binaries", KeyAttribute("id", "B"))
COMPOSITE = TableDescription(
    "real-cities",
    KeyAttribute("country", "S"),
    KeyAttribute("name", "S"),
    (
        Index("by-zone", KeyAttribute("zone", "S"), None, None, is_global=True),
        Index(
            "by-zone-people",
            KeyAttribute("zone", "S"),
            KeyAttribute("people", "N"),
            None,
            is_global=True,
        ),
        Index(
            "names-only",
            KeyAttribute("mayor", "S"),
            KeyAttribute("people", "N"),
            frozenset({"country", "name", "mayor", "people", "party"}),
            is_global=True,
        ),
        Index(
            "by-founding",
            KeyAttribute("country", "S"),
            KeyAttribute("founded", "N"),
            None,
            is_global=False,
        ),
    ),
)
