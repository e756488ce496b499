import pytest

from tables.core.descriptions import KeyAttribute, TableDescription
from tables.core.history import Author, fingerprint, item_name
from tables.core.registry import Table
from tables.dynamodb.history_table import create_history_table, last_entry
from tables.dynamodb.writes import transact
from tables.records.history.entries import new_entry, previous_of

ORDERS = TableDescription("real-orders", KeyAttribute("pk", "S"))
ALIAS = Table("Orders", "real-orders", "Orders", history=True)
ANN = Author("sub-ann", "Ann", "v1", "request-1")


@pytest.fixture
def history(engine, settings):
    """An empty history table on each engine."""
    settings.HISTORY = True
    create_history_table(settings.HISTORY_TABLE)


@pytest.fixture
def remember(history):
    """Write the entry of one item's change from `before` to `after`; the entry."""

    def remember(before, after, *, table=ALIAS, author=ANN, **parts):
        last = last_entry(item_name(before or after, ORDERS))
        previous = previous_of(last, fingerprint(before))
        recorded = new_entry(table, ORDERS, before, after, previous, author, **parts)
        transact(recorded.operations())
        return recorded.entry

    return remember
