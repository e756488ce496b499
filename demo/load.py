"""Create the demo's tables and fill them, picking up where an interrupted start left off."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable

from demo.client import EngineCallError, EngineClient
from demo.data import all_types, orders, rules, workers
from demo.data import cities as geonames
from demo.data.tables import DemoTable, Item

TABLES: tuple[DemoTable, ...] = (
    *workers.TABLES,
    *orders.TABLES,
    *all_types.TABLES,
    *rules.TABLES,
    *geonames.TABLES,
)
# Tags a table that was filled: what staff delete afterwards must not come back.
_FILLED = "demo-items"
_BATCH = 25  # items: AWS's limit of BatchWriteItem

Progress = Callable[[DemoTable, int], None]  # a table, and how many items it has got so far


def load(
    client: EngineClient, *, cities: int | None = None, progress: Progress | None = None
) -> None:
    """Make and fill what is missing. `cities` is how many, in the source's order; None: all."""
    for table in TABLES:
        limit = cities if table in geonames.TABLES else None
        arn = _ensure_table(client, table)
        filled = "all" if limit is None else str(limit)
        if _filled(client, arn) in {"all", filled}:
            continue
        if table.expires:
            _ensure_expiry(client, table)
        _fill(client, table, itertools.islice(table.items(), limit), progress)
        client.dynamodb("TagResource", ResourceArn=arn, Tags=[{"Key": _FILLED, "Value": filled}])


def _ensure_table(client: EngineClient, table: DemoTable) -> str:
    """The table's ARN; made when absent."""
    try:
        made = client.dynamodb("CreateTable", **table.definition())
    except EngineCallError as error:
        if error.code != "ResourceInUseException":
            raise
        return str(client.dynamodb("DescribeTable", TableName=table.name)["Table"]["TableArn"])
    return str(made["TableDescription"]["TableArn"])


def _ensure_expiry(client: EngineClient, table: DemoTable) -> None:
    described = client.dynamodb("DescribeTimeToLive", TableName=table.name)
    if described["TimeToLiveDescription"]["TimeToLiveStatus"] == "DISABLED":
        client.dynamodb(
            "UpdateTimeToLive",
            TableName=table.name,
            TimeToLiveSpecification={"Enabled": True, "AttributeName": table.expires},
        )


def _filled(client: EngineClient, arn: str) -> str:
    """How a table was filled: `all`, a number of items, or empty."""
    tags = client.dynamodb("ListTagsOfResource", ResourceArn=arn)["Tags"]
    return next((tag["Value"] for tag in tags if tag["Key"] == _FILLED), "")


def _fill(
    client: EngineClient, table: DemoTable, items: Iterable[Item], progress: Progress | None
) -> None:
    remaining, written = iter(items), 0
    while batch := list(itertools.islice(remaining, _BATCH)):
        requests = [{"PutRequest": {"Item": item}} for item in batch]
        client.dynamodb("BatchWriteItem", RequestItems={table.name: requests})
        written += len(batch)
        if progress:
            progress(table, written)
