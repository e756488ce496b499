"""Tables that come and go: what each door says while DynamoDB makes, changes or deletes one."""

import pytest

from tests.contract.doors import DOORS
from tests.dynamodb.conftest import script
from tests.dynamodb.stub import Answer, refusal

__all__ = ["script"]  # fixture

THINGS = {
    "TableName": "real-things",
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "AttributeDefinitions": [
        {"AttributeName": "id", "AttributeType": "S"},
        {"AttributeName": "zone", "AttributeType": "S"},
    ],
}
NOT_THERE = refusal("ResourceNotFoundException", message="Requested resource not found")
ITEMS = "/api/v1/tables/Things/items"
NO_INDEX = "The table does not have the specified index: by-zone"
BACKFILLING = "Cannot read from backfilling global secondary index: by-zone"


@pytest.fixture
def table(script, settings):
    """`table(status, index=…, **operations)`: how DynamoDB describes and answers from here on."""
    settings.TABLES_FILE = settings.BASE_DIR / "tests" / "contract" / "tables.toml"

    def table(status="ACTIVE", index=None, **operations):
        described = {**THINGS, "TableStatus": status}
        if index is not None:
            described["GlobalSecondaryIndexes"] = [index]
        answers = {"DescribeTable": Answer({"Table": described}), **operations}

        def answer(operation, members):
            script.requests.append((operation, members))
            return answers.get(operation, NOT_THERE)

        script.answer = answer
        return script

    return table


def by_zone(status):
    return {
        "IndexName": "by-zone",
        "KeySchema": [{"AttributeName": "zone", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "ALL"},
        "IndexStatus": status,
    }


ROOM = Answer({"Items": [{"id": {"S": "a"}, "zone": {"S": "x"}}], "Count": 1, "ScannedCount": 1})


# Two doors have DynamoDB's own words for it; none blames the caller's request for more.
TOLD = {"adminapi": 400, "v1": 502, "putitem": 500, "pages": 502}


@pytest.mark.parametrize("status", ["CREATING", "DELETING", "ARCHIVING"])
@pytest.mark.parametrize("name", DOORS)
def test_a_table_that_is_not_there_is_told_and_no_write_is_told_as_made(table, enter, name, status):
    table(status)
    door = enter(name, "staff")
    assert door.view("a").status_code == TOLD[name]
    assert door.change("a").status_code >= 400


def test_a_table_that_changes_is_read(table, enter):
    table("UPDATING", Scan=ROOM)
    page = enter("v1", "staff").http.send("GET", ITEMS)
    assert [item["id"] for item in page.json()["items"]] == ["a"]


@pytest.mark.parametrize("status", ["CREATING", "DELETING"])
def test_an_index_that_is_made_or_deleted_is_not_taken(table, enter, status):
    script = table("UPDATING", by_zone(status), Scan=ROOM)
    page = enter("v1", "staff").http.send("GET", f"{ITEMS}?zone=x")
    assert [item["id"] for item in page.json()["items"]] == ["a"]
    asked = enter("v1", "staff").http.send("GET", f"{ITEMS}?zone=x&index=by-zone")
    assert asked.status_code == 400
    assert "by-zone is being made or deleted" in asked.json()["detail"]
    assert "Query" not in {operation for operation, _ in script.requests}


@pytest.mark.parametrize("words", [BACKFILLING, NO_INDEX])
@pytest.mark.parametrize(
    ("method", "path", "body", "way"),
    [
        ("GET", f"{ITEMS}?zone=x", b"", "bearer"),
        ("POST", "/endpoint?table=Things&action=scan", b'{"scan":{"zone":"x"}}', "bearer"),
        ("GET", "/admin/tables/Things/?zone=x", b"", "session"),
    ],
    ids=["v1", "adminapi", "pages"],
)
def test_an_index_that_went_since_it_was_described_costs_one_more_try(
    table, enter, words, method, path, body, way
):
    gone = refusal("ValidationException", message=words)
    table("ACTIVE", by_zone("ACTIVE"), Scan=ROOM, Query=gone)
    http = enter("v1", "staff", way=way).http
    first = http.send(method, path, body)
    assert first.status_code == 503
    assert b"made or deleted just now" in first.content
    table("UPDATING", by_zone("DELETING"), Scan=ROOM, Query=gone)
    again = http.send(method, path, body)
    assert again.status_code == 200
    content = b"".join(again.streaming_content) if again.streaming else again.content
    assert b"a" in content
