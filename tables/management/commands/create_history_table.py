"""Create the DynamoDB table that holds the history of items, when it is absent."""

from __future__ import annotations

from tables.dynamodb.history_table import SHAPE
from tables.management.own_tables import CreateTable


class Command(CreateTable):
    """`manage.py create_history_table`."""

    help = "Creates the table named by HISTORY_TABLE, with its two indexes, when it is absent."
    shape = SHAPE
