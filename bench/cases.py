"""The cases: what the app does, what the bare SDK does for it, and the goal of their ratio."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config

from bench import data
from bench.app import Caller
from bench.shapes import BROAD, HEAVY, WIDE

_SCAN = json.dumps({"scan": {"status": {"comparator": "<>", "value": "done"}}}).encode()

_PATCH = b'{"status": "changed"}'
_ADD = b'{"add": {"total": 1}}'


@dataclass(frozen=True, slots=True)
class Case:
    """One row. The bench fails when the CPU ratio is above `fails_above`."""

    name: str
    ours: Callable[[], Any]
    theirs: Callable[[], Any]
    goal: float
    fails_above: float
    calls: int


def cases(program: Caller, person: Caller, engine: str) -> list[Case]:
    """Every case; `program` calls with a token, `person` with a session."""
    sdk = _sdk(engine)
    key = {"id": {"S": "thing-000007"}}
    adminapi, items = f"/endpoint?table={data.ALIAS}", f"/api/v1/tables/{data.ALIAS}/items"

    def get_item() -> None:
        sdk.get_item(TableName=data.TABLE, Key=key)

    def scan_100() -> None:
        sdk.scan(TableName=data.TABLE, Limit=100)

    def scan_all(**members: Any) -> None:
        for page in sdk.get_paginator("scan").paginate(TableName=data.TABLE, **members):
            len(page["Items"])

    def scan_filtered() -> None:
        scan_all(
            FilterExpression="#s <> :s",
            ExpressionAttributeNames={"#s": "status"},
            ExpressionAttributeValues={":s": {"S": "done"}},
        )

    def kept(request: Callable[[str], Any]) -> tuple[Callable[[], Any], Callable[[], Any]]:
        """A write with history, and the same without."""
        return lambda: request(data.KEPT_ALIAS), lambda: request(data.ALIAS)

    return [
        Case(
            "v1 PATCH, beside no history",
            *kept(lambda a: program("PATCH", f"/api/v1/tables/{a}/items/thing-000007", _PATCH)),
            1.60,
            1.90,
            30,
        ),
        Case(
            "AdminAPI PUT, beside no history",
            *kept(lambda a: program("PUT", f"/endpoint?table={a}&id=thing-000007", _ADD)),
            2.20,
            2.80,
            30,
        ),
        Case(
            "AdminAPI DELETE, beside no history",
            *kept(lambda a: program("DELETE", f"/endpoint?table={a}&id=thing-000007")),
            2.90,
            3.40,
            30,
        ),
        Case(
            "AdminAPI GET item",
            lambda: program("GET", f"{adminapi}&id=thing-000007"),
            get_item,
            1.15,
            1.40,
            60,
        ),
        Case(
            "v1 GET item",
            lambda: program("GET", f"{items}/thing-000007"),
            get_item,
            1.15,
            1.40,
            60,
        ),
        Case(
            "AdminAPI list of 100",
            lambda: program("GET", f"{adminapi}&paginate=true&limit=100"),
            scan_100,
            0.30,
            0.42,
            12,
        ),
        Case(
            "v1 list of 100",
            lambda: program("GET", f"{items}?limit=100"),
            scan_100,
            0.30,
            0.42,
            12,
        ),
        Case(
            "HTML list of 100",
            lambda: person("GET", f"/admin/tables/{data.ALIAS}/"),
            scan_100,
            0.45,
            0.62,
            12,
        ),
        Case(
            "AdminAPI filtered scan of 10k",
            lambda: program("POST", f"{adminapi}&action=scan", _SCAN),
            scan_filtered,
            0.25,
            0.35,
            1,
        ),
        Case(
            "AdminAPI unpaginated list of 10k",
            lambda: program("GET", adminapi),
            scan_all,
            0.25,
            0.35,
            1,
        ),
        *_wide_and_heavy(program, person, sdk),
    ]


def _wide_and_heavy(program: Caller, person: Caller, sdk: Any) -> list[Case]:
    """Items of 300 and 2,000 attributes and of 100 KB, and a page of a thousand."""

    def read(url: str) -> Callable[[], Any]:
        return lambda: person("GET", url)

    wide, heavy = _scanned(sdk, WIDE.table, 100), _scanned(sdk, HEAVY.table, 100)
    key = {"id": {"S": "thing-000007"}}

    def listed(alias: str) -> Callable[[], Any]:
        return lambda: program("GET", f"/api/v1/tables/{alias}/items?limit=100")

    return [
        Case("v1, 100 of 300 attributes", listed("Wide"), wide, 0.30, 0.45, 3),
        Case("HTML, 100 of 300 attributes", read("/admin/tables/Wide/"), wide, 0.25, 0.40, 3),
        Case("v1, 100 of 100 KB", listed("Heavy"), heavy, 1.00, 1.50, 3),
        Case("HTML, 100 of 100 KB", read("/admin/tables/Heavy/"), heavy, 2.00, 3.00, 3),
        Case(
            "HTML, 100 KB that no column shows", read("/admin/tables/Listed/"), heavy, 0.50, 0.80, 3
        ),
        Case(
            "form, 2,000 attributes",
            read("/admin/tables/Broad/thing-000007/change/"),
            lambda: sdk.get_item(TableName=BROAD.table, Key=key),
            8.0,
            12.0,
            3,
        ),
        Case(
            "HTML list of 1,000",
            read(f"/admin/tables/{data.ALIAS}/?limit=1000"),
            _scanned(sdk, data.TABLE, 1000),
            0.30,
            0.42,
            3,
        ),
    ]


def _scanned(sdk: Any, table: str, items: int) -> Callable[[], Any]:
    """As many calls as it takes to have so many items."""
    paging = {"MaxItems": items, "PageSize": items}
    pages = sdk.get_paginator("scan")
    return lambda: list(pages.paginate(TableName=table, PaginationConfig=paging))


def _sdk(engine: str) -> Any:
    """The client as anyone makes it: same region, pool and retries, nothing skipped."""
    return boto3.session.Session().client(
        "dynamodb",
        region_name="us-east-1",
        endpoint_url=engine,
        config=Config(max_pool_connections=32),
    )
