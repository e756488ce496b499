"""The state table: what is remembered about requests, each record until its time has passed."""

from __future__ import annotations

from tables.dynamodb.own_tables import Shape, create_table

PARTITION_KEY = "id"
SHAPE = Shape("STATE_TABLE", {PARTITION_KEY: "S"})


def create_state_table(name: str) -> bool:
    """Create the table; whether it was absent. Raises as `create_table` does."""
    return create_table(name, SHAPE)
