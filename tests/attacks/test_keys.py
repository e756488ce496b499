"""Row 19: keys that try to be another key."""

import pytest

from tables.dynamodb.client import call
from tests.tables import store

SEEDS = ["1", "01", "1.0", "true", "null", "[1]", '"1"', "é", "a,b", "%31"]


@pytest.fixture
def seeds(embedded_tables):
    for name in SEEDS:
        store("real-things", {"id": {"S": name}, "own": {"S": name}})
    call("PutItem", TableName="real-numbers", Item={"number": {"N": "1"}, "own": {"S": "one"}})
    call(
        "PutItem",
        TableName="real-pairs",
        Item={"country": {"S": "a"}, "rank": {"N": "1"}, "own": {"S": "pair"}},
    )


def test_19_each_id_finds_its_own_item_and_no_other(seeds, enter):
    door = enter("adminapi", "staff")

    for name in SEEDS:
        assert door.view(name).json()["item"]["own"] == name


@pytest.mark.parametrize("text", ["1", "1.0", "01", "1e0", "0.1e1", "1.000"])
def test_19_a_number_key_is_a_number_however_it_is_spelt(seeds, enter, text):
    response = enter("adminapi", "staff").send("GET", table="Numbers", id=text)

    assert response.status_code in (200, 400)
    assert response.status_code == 400 or response.json()["item"]["own"] == "one"


@pytest.mark.parametrize(
    "query",
    [
        "table=Numbers&id=a",
        "table=Numbers&id=%221%22",
        "table=Numbers&id=true",
        "table=Numbers&id=null",
        "table=Numbers&id=%5B1%5D",
        "table=Numbers&id=NaN",
        "table=Numbers&id=1e400",
        "table=Numbers&id=0x1",
        "table=Numbers&id=1_0",
        "table=Numbers&id=%D9%A1",
        "table=Numbers&id=+",
        "table=Numbers&id=" + "1" * 39,
        "table=Things&id=" + "x" * 3000,
        "table=Things&id=1&id=2",
        "table=Things&id=1&id=1",
        "table=Things&table=Stamped&id=1",
        "table=Pairs&id=a",
        "table=Pairs&id=a&sk=",
        "table=Pairs&id=a&sk=x",
        "table=Pairs&id=a&sk=1&sk=2",
        "table=Things&id=1&sk=1",
        "table=Things&id=%FF",
    ],
    ids=lambda query: query[:60],
)
@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT"])
def test_19_an_id_that_can_not_be_a_key_is_400(seeds, enter, method, query):
    door = enter("adminapi", "admins")
    body = b'{"set":{"hit":true}}' if method == "PUT" else b""

    response = door.http.send(method, f"/endpoint?{query}", body)

    assert response.status_code == 400
    assert call("Scan", TableName="real-things")["Count"] == len(SEEDS)
    assert call("Scan", TableName="real-numbers")["Count"] == 1
    assert call("Scan", TableName="real-pairs")["Count"] == 1
    assert not any("hit" in item for item in call("Scan", TableName="real-things")["Items"])


@pytest.mark.parametrize(
    "id", ["\x00", "1\x00", " 1", "1 ", "~MQ", "\n", "../1", "%31%00"], ids=ascii
)
def test_19_an_id_is_taken_as_it_stands(seeds, enter, id):
    response = enter("adminapi", "staff").view(id)

    assert response.status_code == 404
    assert response.content == b'{"success":false,"error":"Item not found."}'


@pytest.mark.parametrize(
    ("alias", "token"),
    [
        ("Numbers", "01"),
        ("Numbers", "1.0"),
        ("Numbers", "1e0"),
        ("Numbers", "~MQ"),
        ("Numbers", "~MS4w"),
        ("Numbers", "a"),
        ("Numbers", "NaN"),
        ("Things", "~MQ"),
        ("Things", "~MQ=="),
        ("Things", "~"),
        ("Things", "~MR"),
        ("Things", "~_w"),
        ("Things", "%FF"),
        ("Things", "%00"),
        ("Things", "1%00"),
        ("Things", "1,1"),
        ("Things", "1,"),
        ("Things", ","),
        ("Things", "%2E%2E"),
        ("Things", "a%2Cb"),
        ("Things", "x" * 3000),
        ("Pairs", "a"),
        ("Pairs", "a,"),
        ("Pairs", ",1"),
        ("Pairs", "a,x"),
        ("Pairs", "a,01"),
        ("Pairs", "a,1,1"),
        ("Pairs", "1,a"),
    ],
    ids=lambda text: text[:20],
)
@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT", "PATCH"])
def test_19_a_token_that_is_not_the_one_of_its_key_is_404(seeds, enter, method, alias, token):
    body = b'{"hit":true}' if method in ("PUT", "PATCH") else b""
    response = enter("v1", "admins").send(method, f"{alias}/items/{token}", body)

    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"
    assert call("Scan", TableName="real-things")["Count"] == len(SEEDS)
    assert call("Scan", TableName="real-numbers")["Count"] == 1
    assert call("Scan", TableName="real-pairs")["Count"] == 1


@pytest.mark.parametrize(
    ("alias", "body"),
    [
        ("Things", b'{"id":1}'),
        ("Things", b'{"id":true}'),
        ("Things", b'{"id":["1"]}'),
        ("Things", b'{"id":{"S":"1"}}'),
        ("Things", b'{"id":"%s"}' % (b"x" * 3000)),
        ("Numbers", b'{"number":"1"}'),
        ("Numbers", b'{"number":null}'),
        ("Numbers", b'{"number":true}'),
        ("Numbers", b'{"number":[1]}'),
        ("Numbers", b"{}"),
        ("Numbers", b'{"number":1.00000000000000000000000000000000000000001}'),
        ("Pairs", b'{"country":"a"}'),
        ("Pairs", b'{"country":"a","rank":"1"}'),
        ("Pairs", b'{"country":"a","rank":null}'),
    ],
)
def test_19_a_body_whose_key_is_none_is_refused(embedded_tables, enter, alias, body):
    adminapi = enter("adminapi", "admins").send("POST", body, table=alias)
    v1 = enter("v1", "admins").send("POST", f"{alias}/items", body)

    assert (adminapi.status_code, v1.status_code) == (400, 422)
    for table in ("real-things", "real-numbers", "real-pairs"):
        assert call("Scan", TableName=table)["Count"] == 0


@pytest.mark.parametrize("body", [b'{"id":null}', b'{"id":""}'])
def test_19_v1_takes_no_empty_key_and_the_adminapi_makes_one(embedded_tables, enter, body):
    v1 = enter("v1", "admins").send("POST", "Things/items", body)
    adminapi = enter("adminapi", "admins").send("POST", body, table="Things")

    assert v1.status_code == 422
    assert adminapi.status_code == 200
    assert len(adminapi.json()["item"]["id"]) == 36
