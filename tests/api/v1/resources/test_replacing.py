"""PUT on an item: the whole item stands at the URL afterwards."""

import pytest

from tables.core.operations import Put
from tables.dynamodb.writes import write
from tests.api.v1.conftest import PLAIN, TYPED, Door, ok, pointers, problem
from tests.tables import store, stored

pytestmark = pytest.mark.usefixtures("tables")
USES = ("Workers", "Events", "Numbers", "Blobs", "Checked", "Notes", "Settings", "Bare")


def bare():
    return stored("v1-Bare", id={"S": "1"})


def test_a_put_creates_with_201_and_replaces_with_200(staff):
    first = staff.put("Bare/items/1", {"a": 1, "b": 2})
    assert ok(first, 201) == {"id": "1", "a": 1, "b": 2}
    assert first["Location"] == "http://testserver/api/v1/tables/Bare/items/1"
    second = staff.put("Bare/items/1", {"id": "1", "b": 3})
    assert ok(second) == {"id": "1", "b": 3}
    assert "Location" not in second
    assert second["ETag"] == staff.get("Bare/items/1")["ETag"] != first["ETag"]
    assert bare() == {"id": {"S": "1"}, "b": {"N": "3"}}


def test_a_put_of_the_same_item_changes_nothing(staff):
    first = staff.put("Bare/items/1", {"a": 1})
    again = staff.put("Bare/items/1", {"a": 1})
    assert (again.status_code, again["ETag"]) == (200, first["ETag"])


def test_created_stays_and_updated_moves(staff):
    ok(staff.put("Workers/items/1", {"a": 1}), 201)
    store("v1-Workers", id={"S": "1"}, created={"S": "then"}, createdBy={"S": "them"})
    body = ok(staff.put("Workers/items/1", {"createdBy": "me", "lastUpdatedBy": "me"}))
    assert (body["created"], body["createdBy"]) == ("then", "them")
    assert body["lastUpdatedBy"] == "doe, jane"
    assert stored("v1-Workers", id={"S": "1"})["createdBy"] == {"S": "them"}


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"tags": ["x"]}, {"SS": ["x"]}),
        ({"tags": ["x", 1]}, {"L": [{"S": "x"}, {"N": "1"}]}),
        ({"tags": "x"}, {"S": "x"}),
    ],
)
def test_plain_json_keeps_a_set_that_the_value_fits(staff, sent, kept):
    store("v1-Bare", id={"S": "1"}, tags={"SS": ["a", "b"]})
    ok(staff.put("Bare/items/1", sent))
    assert bare()["tags"] == kept


def test_plain_json_keeps_binary_also_inside(staff):
    nested = {"M": {"photo": {"B": "AAEC"}}}
    write(Put("v1-Bare", {"id": {"S": "1"}, "data": {"B": "AAEC"}, "worker": nested}))
    body = {"data": "AQ==", "worker": {"photo": "AAEC", "name": "Ann"}}
    assert ok(staff.put("Bare/items/1", body)) == {"id": "1", **body}
    assert bare() == {
        "id": {"S": "1"},
        "data": {"B": "AQ=="},
        "worker": {"M": {"photo": {"B": "AAEC"}, "name": {"S": "Ann"}}},
    }


def test_typed_json_says_its_types_itself(staff):
    store("v1-Bare", id={"S": "1"}, tags={"SS": ["a"]})
    ok(staff.put("Bare/items/1", {"tags": {"L": [{"S": "a"}]}}, type=TYPED))
    assert bare()["tags"] == {"L": [{"S": "a"}]}


def test_what_was_read_can_be_put_back(staff):
    item = {
        "id": {"S": "1"},
        "tags": {"SS": ["a", "b"]},
        "sizes": {"NS": ["1", "2.5"]},
        "blobs": {"BS": ["AAEC", "AQ=="]},
        "data": {"B": "AAEC"},
        "n": {"N": "12345678901234567890.123456789012345678"},
        "list": {"L": [{"B": "AAEC"}, {"SS": ["x"]}, {"NULL": True}]},
        "a.b": {"M": {"c.d": {"S": ""}}},
    }
    write(Put("v1-Bare", item))
    for query, kind in (("format=json", PLAIN), ("format=dynamodb", TYPED)):
        before = staff.get("Bare/items/1", query)
        after = staff.put("Bare/items/1", before.content, type=kind, query=query)
        assert after.status_code == 200, after.content
        assert after["ETag"] == before["ETag"]


@pytest.mark.parametrize(
    ("url", "body", "pointer"),
    [
        ("Bare/items/1", {"id": "2"}, "/id"),
        ("Bare/items/1", {"id": None}, "/id"),
        ("Bare/items/1", {"id": 1}, "/id"),
        ("Events/items/d,7", {"device": "d", "at": 8}, "/at"),
        ("Numbers/items/7", {"number": "7"}, "/number"),
    ],
)
@pytest.mark.parametrize("is_there", [False, True])
def test_a_key_that_contradicts_the_url_is_422(staff, url, body, pointer, is_there):
    if is_there:
        ok(staff.put(url, {}), 201)
    assert pointers(problem(staff.put(url, body), 422, "invalid_value")) == [pointer]


def test_a_key_that_says_the_same_in_other_words_is_fine(staff):
    ok(staff.put("Numbers/items/7", b'{"number": 7.0}'), 201)
    ok(staff.put("Blobs/items/~AAEC", {"blob": "AAEC", "a": 1}), 201)
    ok(staff.put("Blobs/items/~AAEC", {"blob": "AAEC", "a": 2}))
    ok(staff.put("Events/items/d,~LTEuNQ", {"x": 1}), 201)


def test_a_token_that_is_none_is_404(staff):
    problem(staff.put("Numbers/items/7.0", {}), 404, "item_not_found")
    problem(staff.put("Events/items/d", {}), 404, "item_not_found")


def test_an_absent_item_is_404_where_the_server_makes_keys(staff):
    problem(staff.put("Notes/items/1", {"a": 1}), 404, "item_not_found")
    problem(staff.put("Notes/items/1", {"a": 1}, If_None_Match="*"), 404, "item_not_found")
    store("v1-Notes", id={"S": "1"})
    assert ok(staff.put("Notes/items/1", {"a": 1}))["a"] == 1
    assert ok(staff.put("Notes/items/1", {"id": "1", "a": 2}))["a"] == 2


def test_the_schema_holds_for_the_whole_item(staff):
    problem(staff.put("Checked/items/1", {}), 422, "invalid_value")
    ok(staff.put("Checked/items/1", {"total": 1}), 201)
    refusal = problem(staff.put("Checked/items/1", {"total": -1}), 422, "invalid_value")
    assert pointers(refusal) == ["/total"]


def test_a_query_parameter_that_means_nothing_is_400(staff):
    problem(staff.put("Bare/items/1", {}, query="x=1"), 400, "invalid_request")
    assert bare() is None


def test_a_put_needs_the_right_for_what_it_does():
    adder, changer, reader = Door("adders"), Door("changers"), Door("readers")
    problem(changer.put("Workers/items/1", {}), 403, "forbidden")
    ok(adder.put("Workers/items/1", {}), 201)
    problem(adder.put("Workers/items/1", {}), 403, "forbidden")
    ok(changer.put("Workers/items/1", {}))
    problem(reader.put("Workers/items/1", {}), 403, "forbidden")


def test_an_item_with_many_attributes_can_be_replaced(staff):
    wide = {f"a{n}": "x" for n in range(400)}
    ok(staff.put("Workers/items/1", wide), 201)
    body = ok(staff.put("Workers/items/1", {**wide, "a0": "y"}))
    assert body["a0"] == "y"
    assert stored("v1-Workers", id={"S": "1"})["a0"] == {"S": "y"}


def test_a_wide_item_without_stamps_can_be_replaced_unless_it_must_be_compared(staff):
    wide = {f"a{n}": "x" for n in range(400)}
    tag = staff.put("Bare/items/1", wide)["ETag"]
    refusal = problem(staff.put("Bare/items/1", {**wide, "a0": "y"}, If_Match=tag), 409, "conflict")
    assert "single attributes" in refusal["detail"]
    assert bare()["a0"] == {"S": "x"}
    assert ok(staff.put("Bare/items/1", {**wide, "a0": "y"}))["a0"] == "y"
    assert bare()["a0"] == {"S": "y"}
    other = {f"b{n}": "z" for n in range(400)}
    ok(staff.put("Bare/items/1", other))
    assert bare() == {"id": {"S": "1"}, **{name: {"S": "z"} for name in other}}
    assert ok(staff.patch("Bare/items/1", {"b0": "y"}))["b0"] == "y"
    assert bare()["b0"] == {"S": "y"}
