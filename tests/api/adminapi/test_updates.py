"""Updates: five actions in payload order, each done whole or not at all, and told one by one."""

import json
from decimal import Decimal

import pytest

from tables.core.errors import Throttled, Unavailable
from tables.dynamodb import writes
from tables.items import updates
from tests.api.adminapi.conftest import EndpointCaller, make_tables
from tests.tables import store, stored

with_workers = pytest.mark.usefixtures("workers")
with_ann = pytest.mark.usefixtures("ann")
with_tables = pytest.mark.usefixtures("tables")
quickly = pytest.mark.usefixtures("moto_workers")
AUDIT = {"lastUpdatedBy", "lastUpdatedDateTime"}


@pytest.fixture
def ann(workers):
    """A worker with one attribute of each kind that actions care for."""
    store(
        "ttd-Workers",
        empId={"S": "1"},
        created={"S": "then"},
        createdBy={"S": "who"},
        text={"S": "x"},
        n={"N": "5"},
        big={"N": "12345678901234567890123456789012345"},
        colors={"SS": ["red", "blue"]},
        sizes={"NS": ["1", "2"]},
        blobs={"BS": ["AQ==", "Ag=="]},
        list={"L": [{"N": "1"}, {"S": "b"}, {"M": {"deep": {"N": "3"}}}]},
        training={"M": {"status": {"S": "new"}, "time": {"N": "10"}, "sids": {"L": [{"S": "a"}]}}},
    )


def ann_now():
    return stored("ttd-Workers", empId={"S": "1"})


def results_of(response, status=200):
    """The results, their bodies parsed."""
    assert response.status_code == status, response.content
    body = response.json()
    assert list(body)[:2] == ["success", "results"]
    assert body["success"] is all(entry["success"] for entry in body["results"])
    for entry in body["results"]:
        assert list(entry) == ["action", "success", "statusCode", "body"]
        assert isinstance(entry["body"], str)
        entry["body"] = json.loads(entry["body"], parse_float=Decimal, parse_int=Decimal)
        assert entry["body"]["success"] is entry["success"]
    return body["results"]


def done(response):
    """The attributes after an update of one action that succeeded."""
    (entry,) = results_of(response)
    assert list(entry["body"]) == ["success", "response"]
    assert entry["statusCode"] == 200
    return entry["body"]["response"]["Attributes"]


def failed(response):
    """The message of an update of one action that failed."""
    (entry,) = results_of(response, 400)
    assert list(entry["body"]) == ["success", "error"]
    error = entry["body"]["error"]
    assert list(error) == ["message", "code", "time", "requestId", "statusCode", "retryable"]
    assert entry["statusCode"] == error["statusCode"] == 400
    return error["message"]


def refused(response):
    """The message of an update that was refused as a whole."""
    assert response.status_code == 400, response.content
    body = response.json()
    assert list(body) == ["success", "error"]
    return body["error"]["message"]


# ---------------------------------------------------------------- the envelope


@with_ann
def test_the_reference_s_example(staff):
    response = staff.update(
        {
            "set": {"training.status": "timelimitmet"},
            "add": {"training.time": 180000},
            "setListAppend": {"training.sids": ["WT1", "WT2"]},
        }
    )
    results = results_of(response)
    assert [entry["action"] for entry in results] == ["set", "add", "setListAppend"]
    after = results[2]["body"]["response"]["Attributes"]
    assert after["training"] == {
        "status": "timelimitmet",
        "time": 180010,
        "sids": ["a", "WT1", "WT2"],
    }
    assert after["empId"] == "1"


@with_ann
def test_the_answer_byte_for_byte(staff):
    store("ttd-Workers", empId={"S": "1"})
    response = staff.update({"set": {"é": Decimal("1.0")}})
    when = ann_now()["lastUpdatedDateTime"]["S"]
    inner = (
        '{"success":true,"response":{"Attributes":{"empId":"1","é":1,'
        f'"lastUpdatedBy":"doe, jane","lastUpdatedDateTime":"{when}"}}}}}}'
    )
    outer = json.dumps(inner, ensure_ascii=False)
    assert response.content.decode() == (
        '{"success":true,"results":['
        f'{{"action":"set","success":true,"statusCode":200,"body":{outer}}}]}}'
    )
    assert response.headers["Content-Type"] == "application/json"


@with_ann
def test_actions_run_in_payload_order_one_update_each(staff, calls):
    response = staff.update({"add": {"n": 1}, "set": {"n": 100}, "remove": ["text"]})
    results = results_of(response)
    assert [entry["action"] for entry in results] == ["add", "set", "remove"]
    seen = [entry["body"]["response"]["Attributes"]["n"] for entry in results]
    assert seen == [6, 100, 100]
    assert calls.count("UpdateItem") == 3
    assert calls.count("GetItem") == 0


@with_ann
def test_each_success_stamps_who_and_when(staff):
    after = done(staff.update({"set": {"a": 1}}))
    assert after["lastUpdatedBy"] == "doe, jane"
    assert after["lastUpdatedDateTime"].endswith("Z")
    assert (after["created"], after["createdBy"]) == ("then", "who")


@with_tables
def test_a_table_without_audit_attributes_is_not_stamped(staff):
    staff.update({"set": {"a": 1}}, table="Numbers", id="7")
    assert stored("ttd-Numbers", number={"N": "7"}) == {"number": {"N": "7"}, "a": {"N": "1"}}


@with_ann
def test_what_failed_is_told_and_what_was_done_stays(staff):
    response = staff.update({"set": {"a": 1}, "add": {"text": 1}, "remove": ["n"]})
    results = results_of(response, 400)
    assert [entry["success"] for entry in results] == [True, False, True]
    assert "text is a string" in results[1]["body"]["error"]["message"]
    item = ann_now()
    assert item["a"] == {"N": "1"}
    assert item["text"] == {"S": "x"}
    assert "n" not in item


@with_ann
def test_clients_of_the_original_may_have_their_206(staff, settings):
    settings.ADMINAPI_PARTIAL_STATUS = 206
    assert staff.update({"set": {"a": 1}}).status_code == 200
    results = results_of(staff.update({"set": {"a": 1}, "add": {"text": 1}}), 206)
    assert [entry["statusCode"] for entry in results] == [200, 400]


@quickly
@pytest.mark.parametrize("body", [{}, {"SET": {"a": 1}}, {"put": {}, "x": 1}])
def test_without_any_action_nothing_is_written(staff, body, calls):
    assert "set, remove, add, delete, setListAppend" in refused(staff.update(body))
    assert "UpdateItem" not in calls


@quickly
def test_unknown_keys_are_ignored_and_listed(staff):
    response = staff.update({"x": 1, "set": {"a": 1}, "id": 2})
    assert list(response.json()) == ["success", "results", "ignored"]
    assert response.json()["ignored"] == ["x", "id"]
    assert "ignored" not in staff.update({"set": {"a": 1}}).json()


@quickly
@pytest.mark.parametrize(
    "body", [{"set": {}}, {"remove": []}, {"remove": {}}, {"add": {}}, {"delete": {}, "set": {}}]
)
@pytest.mark.parametrize("atomic", ["", "true"])
def test_an_empty_action_is_a_success_that_did_nothing(staff, body, atomic, calls):
    for entry in results_of(staff.update(body, atomic=atomic)):
        assert entry["body"] == {"success": True, "response": {}}
    assert "UpdateItem" not in calls
    assert ann_now() is None


@quickly
@pytest.mark.parametrize("action", ["set", "add", "delete", "setListAppend", "remove"])
@pytest.mark.parametrize("payload", [None, 7, True, [1]])
def test_a_payload_of_another_shape_fails_its_entry(staff, action, payload):
    assert action in failed(staff.update({action: payload}))


@quickly
def test_an_id_is_needed(staff):
    assert "id is missing" in refused(staff.send("PUT", {"set": {"a": 1}}, table="Workers"))


@with_workers
def test_an_absent_item_is_created(staff):
    after = done(staff.update({"set": {"a": 1}}))
    assert after.keys() == {"empId", "a", *AUDIT}
    assert ann_now().keys() == {"empId", "a", *AUDIT}


@with_workers
def test_who_may_not_add_creates_nothing(staff):
    changer = EndpointCaller("changers")
    for body in ({"set": {"a": 1}}, {"delete": {"a": ["x"]}}, {"add": {"a": 1}, "set": {"b": 1}}):
        response = changer.update(body)
        assert response.status_code == 403
        assert response.content == b'{"success":false,"message":"Forbidden"}'
    assert ann_now() is None
    staff.create({"empId": "1"})
    assert done(changer.update({"set": {"a": 1}}))["a"] == 1


@with_tables
def test_items_with_a_sort_key_are_updated(staff):
    after = done(staff.update({"set": {"a": 1}}, table="Events", id="d", sk="1.50"))
    assert (after["device"], after["at"]) == ("d", Decimal("1.5"))
    assert "'at'" in refused(staff.update({"set": {"a": 1}}, table="Events", id="d"))


# ---------------------------------------------------------------- set, remove


@with_ann
def test_set_writes_every_type_at_every_path(staff):
    wrapped = {"wrapperName": "Set", "type": "Number", "values": [1, Decimal("2.50")]}
    done(
        staff.update(
            {
                "set": {
                    "training.status": None,
                    "training.new": [1, {"x": True}],
                    "list[2].deep": "now",
                    "list[0]": {"type": "Buffer", "data": [1]},
                    "a\\.b": Decimal("0.12345678901234567890123456789012345678"),
                    "set": wrapped,
                }
            }
        )
    )
    item = ann_now()
    assert item["training"]["M"]["status"] == {"NULL": True}
    assert item["training"]["M"]["new"] == {"L": [{"N": "1"}, {"M": {"x": {"BOOL": True}}}]}
    assert item["list"]["L"] == [{"B": "AQ=="}, {"S": "b"}, {"M": {"deep": {"S": "now"}}}]
    assert item["a.b"] == {"N": "0.12345678901234567890123456789012345678"}
    assert set(item["set"]["NS"]) == {"1", "2.5"}


@with_ann
@pytest.mark.parametrize(
    "payload", [{"training.status": ""}, ["training.status"], "training.status"]
)
def test_remove_takes_an_object_an_array_or_one_path(staff, payload):
    after = done(staff.update({"remove": payload}))
    assert "status" not in after["training"]


@with_ann
def test_removing_what_is_not_there_is_a_success(staff):
    assert done(staff.update({"remove": ["nope", "list[9]"]}))["text"] == "x"


@with_ann
@pytest.mark.parametrize(
    ("action", "path"),
    [
        ("set", "nope.x"),
        ("set", "text.x"),
        ("set", "list[0].x"),
        ("remove", "nope.x.y"),
        ("add", "nope.x"),
        ("add", "text.x"),
        ("set", "training[0]"),
        ("delete", "nope.x"),
        ("setListAppend", "nope.x"),
    ],
)
def test_a_path_without_a_parent_fails(staff, action, path):
    values = {"set": 1, "add": 1, "setListAppend": [1], "remove": "", "delete": "x"}
    before = ann_now()
    assert failed(staff.update({action: {path: values[action]}}))
    assert ann_now() == before


@quickly
@pytest.mark.parametrize("action", ["set", "remove", "add", "delete", "setListAppend"])
@pytest.mark.parametrize(
    "path", ["", "a..b", ".a", "a.", "a[-1]", "a[x]", "a[99999999999]", ".".join("a" * 1000)]
)
def test_a_path_that_can_t_be_read_fails(staff, action, path):
    value = {"set": 1, "remove": "", "add": 1, "delete": "x", "setListAppend": [1]}[action]
    assert "path" in failed(staff.update({action: {path: value}}))
    assert ann_now() is None


@quickly
@pytest.mark.parametrize("path", ["empId", "empId.x", "empId[0]"])
@pytest.mark.parametrize("action", ["set", "remove", "add"])
def test_a_key_attribute_can_t_be_changed(staff, action, path):
    assert "empId" in failed(staff.update({action: {path: 1}}))
    assert ann_now() is None


@quickly
def test_overlapping_paths_fail(staff):
    assert "overlap" in failed(staff.update({"set": {"a": {}, "a.b": 1}}))
    assert "overlap" in failed(staff.update({"remove": ["a", "a[0]"]}))


@with_ann
@pytest.mark.parametrize("action", ["set", "remove", "add"])
def test_audit_attributes_are_the_server_s_alone(staff, action):
    payload = dict.fromkeys(("created", "createdBy", "lastUpdatedBy", "lastUpdatedDateTime"), 7)
    after = done(staff.update({action: payload}))
    assert (after["created"], after["createdBy"]) == ("then", "who")
    assert after["lastUpdatedBy"] == "doe, jane"


@quickly
@pytest.mark.parametrize(
    "value", [{"type": "Buffer", "data": [256]}, {"wrapperName": "Set", "type": "X", "values": []}]
)
def test_values_that_can_t_be_stored_fail(staff, value):
    assert failed(staff.update({"set": {"a": value}}))


@quickly
def test_values_over_400_kb_fail(staff):
    (entry,) = results_of(staff.update({"set": {"a": "x" * 401 * 1024}}), 400)
    assert entry["statusCode"] == 413


@with_tables
def test_an_index_key_keeps_its_type(staff):
    response = staff.update({"set": {"kind": 7}}, table="Events", id="d", sk="1")
    assert "'kind'" in failed(response)


@quickly
@pytest.mark.parametrize("name", ["#x", ":v", "size", "a = :x", "%s", "__proto__", "a b"])
def test_names_never_become_expressions(staff, name):
    assert done(staff.update({"set": {name: {"x": 1}}}))[name] == {"x": 1}


@quickly
@pytest.mark.parametrize(("count", "limit"), [(900, "4096"), (1025, "1024")])
def test_more_changes_than_dynamodb_takes_fail(staff, count, limit):
    names = [f"a{n}" for n in range(count)]
    assert limit in failed(staff.update({"set": dict.fromkeys(names, 1)}))
    assert limit in failed(staff.update({"remove": [f"attribute{n}" for n in range(count)]}))
    assert ann_now() is None


# ---------------------------------------------------------------- add


@with_ann
def test_add_adds_numbers_exactly(staff):
    after = done(staff.update({"add": {"n": Decimal("-2.5"), "new": 7, "training.time": 1}}))
    assert (after["n"], after["new"], after["training"]["time"]) == (Decimal("2.5"), 7, 11)


@pytest.mark.usefixtures("dynamodb_moto")
def test_add_keeps_38_digits(staff):
    # The embedded engine rounds at 28.
    make_tables("ttd-Workers")
    store("ttd-Workers", empId={"S": "1"}, big={"N": "12345678901234567890123456789012345"})
    assert done(staff.update({"add": {"big": 1}}))["big"] == 12345678901234567890123456789012346


@with_ann
@pytest.mark.parametrize(
    ("path", "value", "tag", "union"),
    [
        ("colors", ["blue", "green"], "SS", {"red", "blue", "green"}),
        ("sizes", [2, Decimal("3.0")], "NS", {"1", "2", "3"}),
        ("blobs", [{"type": "Buffer", "data": [3]}], "BS", {"AQ==", "Ag==", "Aw=="}),
        ("fresh", ["a"], "SS", {"a"}),
        (
            "colors",
            {"wrapperName": "Set", "type": "String", "values": ["x"]},
            "SS",
            {"red", "blue", "x"},
        ),
    ],
)
def test_add_unites_sets(staff, path, value, tag, union):
    done(staff.update({"add": {path: value}}))
    assert set(ann_now()[path][tag]) == union


@with_ann
@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("text", 1, "text is a string"),
        ("n", ["a"], "n is a number"),
        ("colors", [1], "colors is a string set"),
        ("list", ["x"], "list is a list"),
        ("n", "1", "add takes"),
        ("n", None, "add takes"),
        ("colors", [], "not empty"),
        ("colors", ["a", 1], "strings, of numbers"),
        ("colors", ["a", "a"], "twice"),
        ("colors", [["a"]], "strings, of numbers"),
    ],
)
def test_add_of_something_else_fails(staff, path, value, message):
    before = ann_now()
    assert message in failed(staff.update({"add": {path: value}}))
    assert ann_now() == before


# ---------------------------------------------------------------- delete


@with_ann
@pytest.mark.parametrize(
    ("path", "value", "tag", "rest"),
    [
        ("colors", ["red"], "SS", {"blue"}),
        ("colors", "red", "SS", {"blue"}),
        ("colors", ["red", "not there"], "SS", {"blue"}),
        ("sizes", [Decimal("1.0")], "NS", {"2"}),
        ("sizes", 2, "NS", {"1"}),
        ("blobs", {"type": "Buffer", "data": [1]}, "BS", {"Ag=="}),
        ("blobs", ["AQ=="], "BS", {"Ag=="}),
        (
            "colors",
            {"wrapperName": "Set", "type": "String", "values": ["blue"]},
            "SS",
            {"red"},
        ),
    ],
)
def test_delete_takes_elements_out_of_sets(staff, path, value, tag, rest):
    done(staff.update({"delete": {path: value}}))
    assert set(ann_now()[path][tag]) == rest


@with_ann
def test_deleting_the_last_element_removes_the_attribute(staff):
    assert "colors" not in done(staff.update({"delete": {"colors": ["red", "blue"]}}))


@with_ann
def test_deleting_from_what_is_not_there_is_a_success(staff):
    assert "nope" not in done(staff.update({"delete": {"nope": ["x"]}}))


@with_ann
@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("text", "x", "text is a string"),
        ("list", ["b"], "list is a list"),
        ("training", ["status"], "training is a map"),
        ("colors", [1], "colors is a string set"),
        ("sizes", ["1"], "sizes is a number set"),
        ("colors", [None], "colors is a string set"),
        ("colors", [], "at least one"),
        (
            "colors",
            {"wrapperName": "Set", "type": "Number", "values": [1]},
            "colors is a string set",
        ),
    ],
)
def test_delete_of_something_else_fails(staff, path, value, message):
    before = ann_now()
    assert message in failed(staff.update({"delete": {path: value}}))
    assert ann_now() == before


@with_ann
def test_a_race_can_t_turn_delete_on_something_else(staff, monkeypatch):
    read = reads_once_then(monkeypatch, colors={"S": "a string now"})
    message = failed(staff.update({"delete": {"colors": ["red"]}}))
    assert read == ["before"]
    assert "colors is a string" in message
    assert ann_now()["colors"] == {"S": "a string now"}


def reads_once_then(monkeypatch, **changed):
    """Let another writer change the item right after this door has read it."""
    get_item, read = updates.get_item, []

    def get_and_change(*args, **members):
        found = get_item(*args, **members)
        if not read:
            read.append("before")
            store("ttd-Workers", **{**found.item, **changed})
        return found

    monkeypatch.setattr(updates, "get_item", get_and_change)
    return read


# ---------------------------------------------------------------- setListAppend


@with_ann
def test_append_pushes_values_of_every_type(staff):
    wrapped = {"wrapperName": "Set", "type": "String", "values": ["a"]}
    after = done(staff.update({"setListAppend": {"training.sids": [1, None, ["x"], wrapped]}}))
    assert after["training"]["sids"] == ["a", 1, None, ["x"], ["a"]]


@with_ann
@pytest.mark.parametrize("path", ["nope", "text", "colors", "training"])
def test_append_to_what_is_no_list_fails(staff, path):
    before = ann_now()
    assert f"{path} is not a list" in failed(staff.update({"setListAppend": {path: ["x"]}}))
    assert ann_now() == before


@with_workers
def test_append_to_an_absent_item_fails_and_creates_nothing(staff):
    assert "is not a list" in failed(staff.update({"setListAppend": {"list": ["x"]}}))
    assert ann_now() is None


@quickly
@pytest.mark.parametrize("value", ["x", 1, {"a": 1}, None])
def test_append_takes_arrays_only(staff, value):
    assert "setListAppend takes an array" in failed(staff.update({"setListAppend": {"l": value}}))


# ---------------------------------------------------------------- all at once


@with_ann
def test_atomic_makes_one_write_of_all_actions(staff, calls):
    response = staff.update(
        {
            "set": {"a": 1},
            "add": {"n": 1, "colors": ["green"]},
            "remove": "text",
            "setListAppend": {"training.sids": ["b"]},
            "delete": {"sizes": 1},
            "unknown": 1,
        },
        atomic="true",
    )
    results = results_of(response)
    assert [entry["action"] for entry in results] == [
        "set",
        "add",
        "remove",
        "setListAppend",
        "delete",
    ]
    for entry in results:
        after = entry["body"]["response"]["Attributes"]
        assert (after["a"], after["n"], after["sizes"]) == (1, 6, [2])
        assert after["training"]["sids"] == ["a", "b"]
        assert "text" not in after
    assert response.json()["ignored"] == ["unknown"]
    assert calls.count("UpdateItem") == 1


@with_ann
@pytest.mark.parametrize(
    "bad",
    [
        {"add": {"text": 1}},
        {"setListAppend": {"nope": [1]}},
        {"delete": {"text": "x"}},
        {"remove": ["set"]},
        {"add": {"empId": 1}},
        {"remove": 7},
    ],
)
def test_atomic_writes_nothing_when_one_action_fails(staff, bad, settings):
    settings.ADMINAPI_PARTIAL_STATUS = 206
    before = ann_now()
    assert refused(staff.update({"set": {"set": 1}, **bad}, atomic="true"))
    assert ann_now() == before


@with_workers
def test_atomic_is_forbidden_where_it_would_create(staff):
    assert EndpointCaller("changers").update({"set": {"a": 1}}, atomic="1").status_code == 403
    assert done(staff.update({"set": {"a": 1}}, atomic="1"))["a"] == 1


# ---------------------------------------------------------------- DynamoDB fails


@pytest.fixture
def failing(monkeypatch):
    """Make the n-th write fail with an error; gives the number of writes tried."""
    tried = []

    def arrange(number, error):
        real = writes.write

        def write(*args, **members):
            tried.append(1)
            if len(tried) == number:
                raise error
            return real(*args, **members)

        monkeypatch.setattr(writes, "write", write)
        return tried

    return arrange


@quickly
@pytest.mark.parametrize("kind", [Throttled, Unavailable])
def test_when_nothing_was_done_it_is_503(staff, failing, kind):
    tried = failing(1, kind(retry_after=2))
    response = staff.update({"set": {"a": 1}, "add": {"b": 1}})
    assert (response.status_code, response.headers["Retry-After"]) == (503, "2")
    assert response.json()["error"]["retryable"] is True
    assert len(tried) == 1
    assert ann_now() is None


@quickly
def test_when_something_was_done_the_rest_is_told_as_failed(staff, failing):
    tried = failing(2, Throttled(retry_after=2))
    response = staff.update({"set": {"a": 1}, "add": {"b": 1}, "remove": ["a"]})
    results = results_of(response, 400)
    assert [entry["statusCode"] for entry in results] == [200, 503, 503]
    assert results[2]["body"]["error"]["retryable"] is True
    assert len(tried) == 2
    assert ann_now()["a"] == {"N": "1"}


# ---------------------------------------------------------------- tables with a schema


@with_tables
@pytest.mark.parametrize("atomic", ["", "true"])
def test_a_schema_is_kept_by_updates(staff, atomic):
    staff.create({"id": "1", "name": "Ann", "total": 99}, table="Checked")
    assert done(staff.update({"add": {"total": 1}}, table="Checked", atomic=atomic))["total"] == 100
    for body in ({"add": {"total": 1}}, {"set": {"name": ""}}, {"remove": "name"}):
        response = staff.update(body, table="Checked", atomic=atomic)
        message = refused(response) if atomic else failed(response)
        assert "schema" in message
    assert stored("ttd-Checked", id={"S": "1"})["total"] == {"N": "100"}


@with_tables
def test_a_schema_is_kept_by_creates(staff):
    response = staff.create({"id": "1", "total": 101, "name": 7}, table="Checked")
    assert "schema" in refused(response)
    assert stored("ttd-Checked", id={"S": "1"}) is None


@with_tables
def test_an_update_under_a_schema_may_create(staff):
    assert "schema" in failed(staff.update({"set": {"total": 1}}, table="Checked"))
    after = done(staff.update({"set": {"name": "Ann"}}, table="Checked"))
    assert after.keys() == {"id", "name", *AUDIT}


@with_tables
def test_updates_under_a_schema_follow_the_same_rules(staff):
    staff.create({"id": "1", "name": "Ann", "list": [1], "n": 1}, table="Checked")
    wrapped = {"wrapperName": "Set", "type": "String", "values": ["a", "b"]}
    assert done(staff.update({"set": {"s": wrapped}}, table="Checked"))["s"] == ["a", "b"]
    assert done(staff.update({"delete": {"s": "a"}}, table="Checked"))["s"] == ["b"]
    assert "is a number" in failed(staff.update({"delete": {"n": "a"}}, table="Checked"))
    assert "not a list" in failed(staff.update({"setListAppend": {"n": [1]}}, table="Checked"))
    assert "isn't there" in failed(staff.update({"set": {"x.y": 1}}, table="Checked"))
    assert "'id'" in failed(staff.update({"set": {"id": 1}}, table="Checked"))
    after = done(staff.update({"set": {"createdBy": "evil"}}, table="Checked"))
    assert after["createdBy"] == "doe, jane"
