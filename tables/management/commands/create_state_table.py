"""Create the DynamoDB table that holds what is remembered about requests, when it is absent."""

from __future__ import annotations

from tables.dynamodb.state_table import SHAPE
from tables.management.own_tables import CreateTable


class Command(CreateTable):
    """`manage.py create_state_table`."""

    help = "Creates the table named by STATE_TABLE when it is absent."
    shape = SHAPE
