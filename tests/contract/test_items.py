"""What one door writes, DynamoDB holds and every door reads."""

import pytest

from tests.contract.doors import DOORS, assert_every_door_reads_what_one_writes
from tests.contract.samples import ITEMS
from tests.tables import store, stored

IDS = [item["id"]["S"] for item in ITEMS]


@pytest.mark.parametrize("reader", DOORS)
@pytest.mark.parametrize("item", ITEMS, ids=IDS)
def test_a_door_reads_what_dynamodb_holds(tables, enter, reader, item):
    store("real-things", item)
    store("real-things", {"id": {"S": "another"}})

    for operation, seen, expected in enter(reader, "admins").reads(item):
        assert seen == expected, operation


@pytest.mark.parametrize("writer", DOORS)
@pytest.mark.parametrize("item", ITEMS, ids=IDS)
def test_what_a_door_writes_is_what_dynamodb_holds_and_what_every_door_reads(
    embedded_tables, enter, writer, item
):
    assert_every_door_reads_what_one_writes(enter, writer, item)


def test_a_person_may_post_a_form_with_a_file(moto_tables, enter):
    body = (
        b'--x\r\nContent-Disposition: form-data; name="id"\r\n\r\na\r\n'
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n\xff\r\n'
        b"--x--\r\n"
    )
    door = enter("v1", "staff", way="session")

    response = door.send("POST", "Things/items", body, kind="multipart/form-data; boundary=x")

    assert response.status_code == 201, response.content
    assert stored("real-things", "a") == {"id": {"S": "a"}, "file": {"B": "/w=="}}
