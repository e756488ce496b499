"""Lists and scans: every item once, page by page or all at once, and never a part for the whole."""

import json
import tracemalloc
from decimal import Decimal
from urllib.parse import quote

import pytest
import structlog
from structlog.testing import LogCapture

from tables.api.adminapi.lists import CutOff
from tables.core.errors import Throttled
from tables.dynamodb import reads
from tests.api.adminapi.conftest import EndpointCaller, body_of, exact, make_tables
from tests.tables import store

with_workers = pytest.mark.usefixtures("workers")
with_tables = pytest.mark.usefixtures("tables")
quickly = pytest.mark.usefixtures("moto_workers")


def fill(count):
    for number in range(count):
        store("ttd-Workers", empId={"S": str(number)}, n={"N": str(number)})


def ids(items):
    return sorted(item["empId"] for item in items)


def refused(response):
    assert response.status_code == 400, body_of(response)
    body = response.json()
    assert list(body) == ["success", "error"]
    return body["error"]["message"]


@pytest.fixture
def log(monkeypatch):
    """What this door has logged."""
    capture = LogCapture()
    logger = structlog.wrap_logger(None, processors=[capture], wrapper_class=structlog.BoundLogger)
    monkeypatch.setattr("tables.api.adminapi.lists.log", logger)
    return capture.entries


@pytest.fixture
def small_pages(monkeypatch):
    """DynamoDB reads two items a call, as if they were large."""
    read_page = reads.read_page

    def two_at_a_time(*args, **members):
        members["limit"] = min(members.get("limit") or 2, 2)
        return read_page(*args, **members)

    monkeypatch.setattr(reads, "read_page", two_at_a_time)
    monkeypatch.setattr("tables.api.adminapi.lists.read_page", two_at_a_time)


# ---------------------------------------------------------------- list


@with_workers
def test_an_empty_table_is_an_empty_array(staff):
    response = staff.get(table="Workers")
    assert (response.status_code, body_of(response)) == (200, b"[]")
    assert response.headers["Content-Type"] == "application/json"


@with_workers
@pytest.mark.usefixtures("small_pages")
def test_a_list_follows_every_page(staff):
    fill(7)
    assert body_of(staff.get(table="Workers")).count(b"[") == 1
    assert ids(exact(staff.get(table="Workers"))) == list("0123456")


@quickly
def test_an_empty_id_makes_a_list(staff):
    fill(2)
    assert ids(exact(staff.get(table="Workers", id=""))) == ["0", "1"]


@quickly
def test_lists_are_compact_utf_8(staff):
    store("ttd-Workers", empId={"S": "é"}, n={"N": "1"})
    assert body_of(staff.get(table="Workers")) == '[{"empId":"é","n":1}]'.encode()


@with_workers
@pytest.mark.parametrize("yes", ["true", "TRUE", "1", "yes", "On"])
def test_paginate_gives_one_page(staff, yes):
    fill(3)
    response = staff.get(table="Workers", paginate=yes)
    body = exact(response)
    assert list(body)[:3] == ["Items", "Count", "ScannedCount"]
    assert (ids(body["Items"]), body["Count"], body["ScannedCount"]) == (["0", "1", "2"], 3, 3)


@quickly
@pytest.mark.parametrize("no", ["false", "0", "no", "off", ""])
def test_anything_else_does_not_paginate(staff, no):
    assert body_of(staff.get(table="Workers", paginate=no)) == b"[]"


def pages(door, encode, **query):
    """Every page of a list, following LastEvaluatedKey."""
    start_key = ""
    while True:
        response = door.client.get(
            f"/endpoint?table=Workers&paginate=true&limit=2&LastEvaluatedKey={start_key}"
        )
        assert response.status_code == 200, response.content
        body = exact(response)
        yield body
        if "LastEvaluatedKey" not in body:
            return
        start_key = encode(json.dumps(body["LastEvaluatedKey"], separators=(",", ":")))


@with_workers
@pytest.mark.parametrize(
    "encode", [lambda text: quote(text, safe=""), lambda text: quote(quote(text, safe=""), safe="")]
)
def test_a_last_evaluated_key_goes_on_encoded_once_or_twice(staff, encode):
    fill(5)
    store("ttd-Workers", empId={"S": '50%25 "é+&'})
    read = list(pages(staff, encode))
    assert len(read) >= 3
    assert len(ids(i for page in read for i in page["Items"])) == 6
    assert all(page["Count"] == len(page["Items"]) <= 2 for page in read)
    assert all(list(page["LastEvaluatedKey"]) == ["empId"] for page in read[:-1])


@with_tables
def test_last_evaluated_keys_of_numbers_and_binary_go_on(staff):
    for number in ("1", "9007199254740993", "1E+100"):
        store("ttd-Numbers", number={"N": number})
    for blob in ("AA==", "/+8=", "AQI="):
        store("ttd-Blobs", blob={"B": blob})
    for table in ("Numbers", "Blobs"):
        seen, start_key = [], ""
        while start_key is not None:
            response = staff.client.get(
                f"/endpoint?table={table}&paginate=1&limit=1&LastEvaluatedKey={quote(start_key)}"
            )
            raw = response.content
            seen += exact(response)["Items"]
            _, found, rest = raw.partition(b'"LastEvaluatedKey":')
            start_key = rest[:-1].decode() if found else None
        assert len(seen) == 3


@quickly
@pytest.mark.parametrize(
    "start_key",
    [
        "x",
        "[]",
        "{}",
        '{"empId":1}',
        '{"empId":null}',
        '{"empId":""}',
        '{"id":"1"}',
        '{"empId":"1","other":"2"}',
        '{"empId":{"S":"1"}}',
        '{"empId":"1","empId":"2"}',
        '"1"',
        "%7Bx",
        "%7B%22empId%22:%22%FF%22%7D",
        '{"empId":"' + "x" * 100_000 + '"}',
    ],
)
def test_a_last_evaluated_key_of_another_shape_is_refused(staff, start_key):
    message = refused(staff.get(table="Workers", paginate="1", LastEvaluatedKey=start_key))
    assert "LastEvaluatedKey" in message


@quickly
@pytest.mark.parametrize(
    "query",
    [
        "LastEvaluatedKey%5BempId%5D=1",
        "LastEvaluatedKey[empId]=1",
        "LastEvaluatedKey[]=1",
        "LastEvaluatedKey=%5Bobject%20Object%5D",
        "id[empId]=1",
        "limit[a]=1",
    ],
)
def test_an_object_in_the_query_string_is_never_the_first_page(staff, query):
    response = staff.client.get(f"/endpoint?table=Workers&paginate=true&{query}")
    assert query[:2] in refused(response)


@quickly
def test_other_names_may_have_brackets(staff):
    assert staff.client.get("/endpoint?table=Workers&paginate=1&filter[a]=1").status_code == 200


@with_workers
@pytest.mark.parametrize("spell", [json.dumps, lambda key: quote(json.dumps(key), safe="")])
def test_a_last_evaluated_key_in_a_body_may_be_text(staff, spell):
    fill(5)
    seen, start_key = [], ""
    while start_key is not None:
        page = exact(staff.scan({}, paginate=True, limit=2, LastEvaluatedKey=start_key))
        seen += page["Items"]
        start_key = spell(page["LastEvaluatedKey"]) if "LastEvaluatedKey" in page else None
    assert len(ids(seen)) == len(seen) == 5


@quickly
@pytest.mark.parametrize("start_key", ["x", "[object Object]", '"1"', "7", "[]", 7, [], True])
def test_a_last_evaluated_key_in_a_body_is_an_object_or_its_json(staff, start_key):
    response = staff.scan({}, paginate=True, LastEvaluatedKey=start_key)
    assert "LastEvaluatedKey" in refused(response)


@quickly
@pytest.mark.parametrize("limit", ["0", "-1", "1.5", "x", "1e3", "\u0661"])
def test_a_limit_is_a_whole_number(staff, limit):
    assert "limit" in refused(staff.get(table="Workers", paginate="1", limit=limit))


@with_workers
def test_a_limit_bounds_an_array_too(staff):
    fill(5)
    assert len(exact(staff.get(table="Workers", limit="3"))) == 3


@quickly
def test_a_list_without_pages_goes_on_from_a_last_evaluated_key(staff):
    fill(5)
    page = exact(staff.get(table="Workers", paginate="1", limit="2"))
    rest = exact(staff.get(table="Workers", LastEvaluatedKey=json.dumps(page["LastEvaluatedKey"])))
    assert ids([*page["Items"], *rest]) == list("01234")


# ---------------------------------------------------------------- streaming


@quickly
@pytest.mark.usefixtures("small_pages")
def test_an_answer_that_breaks_off_never_looks_whole(staff, monkeypatch, log):
    fill(6)
    monkeypatch.setattr(
        "tables.api.adminapi.lists.iterate", failing_after(2, "secret item content")
    )
    sent = []
    stream = stream_of(staff)
    with pytest.raises(CutOff, match="cut off") as raised:
        sent.extend(stream)
    assert len(b"".join(sent)) > 10
    with pytest.raises(json.JSONDecodeError):
        json.loads(b"".join(sent))
    assert raised.value.__suppress_context__
    assert log == [
        {"event": "answer_cut_off", "log_level": "error", "reason": "throttled", "items": 4}
    ]


@quickly
def test_a_failure_of_the_first_page_is_an_ordinary_answer(staff, monkeypatch):
    monkeypatch.setattr("tables.api.adminapi.lists.iterate", failing_after(0, ""))
    response = staff.get(table="Workers")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "2")


@quickly
def test_a_stream_takes_one_page_at_a_time(staff, monkeypatch):
    read = []
    page = reads.Page([{"empId": {"S": "x" * 1000}}] * 1000, {"empId": {"S": "x"}}, 1000)

    def endless(*_, **__):
        for number in range(30):
            read.append(number)
            yield page

    monkeypatch.setattr("tables.api.adminapi.lists.iterate", endless)
    stream = stream_of(staff)
    assert len(read) == 1
    next(stream)
    tracemalloc.start()
    for chunk in stream:
        assert len(chunk) < 1_200_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(read) == 30
    assert peak < 8_000_000  # 30 pages are 30 MB


@quickly
@pytest.mark.usefixtures("small_pages", "db")
def test_the_scan_slot_is_held_until_the_stream_is_closed(staff):
    fill(3)
    held = [staff.client.get("/endpoint?table=Workers") for _ in range(2)]
    refusal = staff.get(table="Workers")
    assert refusal.status_code == 429
    assert refusal.headers["Retry-After"] == "1"
    assert json.loads(refusal.content)["error"]["code"] == "ThrottlingException"
    for response in held:
        response.close()
    assert staff.get(table="Workers").status_code == 200


@quickly
def test_pages_release_their_slot_at_once(staff):
    for _ in range(4):
        assert staff.get(table="Workers", paginate="1").status_code == 200
        assert staff.send("HEAD", table="Workers").status_code == 200
        assert staff.scan({"a": []}).status_code == 400


def stream_of(door):
    return iter(door.client.get("/endpoint?table=Workers").streaming_content)


def failing_after(pages, message):
    """`iterate`, but DynamoDB throttles after so many pages."""
    iterate = reads.iterate

    def failing(*args, **members):
        whole = iterate(*args, **members)
        for _ in range(pages):
            yield next(whole)
        raise Throttled(message, retry_after=2)

    return failing


# ---------------------------------------------------------------- the list limit


@with_workers
def test_a_table_over_the_list_limit_is_not_listed(staff, settings):
    fill(4)
    settings.ADMINAPI_LIST_LIMIT = 3
    for response in (staff.get(table="Workers"), staff.scan({})):
        assert "paginate=true" in refused(response)
    assert len(exact(staff.get(table="Workers", paginate="1"))["Items"]) == 4
    assert len(exact(staff.get(table="Workers", limit="3"))) == 3
    assert len(exact(staff.scan({"n": {"comparator": "<", "value": 3}}))) == 3


@quickly
def test_a_table_at_the_list_limit_is_listed(staff, settings):
    fill(3)
    settings.ADMINAPI_LIST_LIMIT = 3
    assert len(exact(staff.get(table="Workers"))) == 3


@quickly
@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("scan", [False, True])
def test_crossing_the_list_limit_later_ends_the_answer_abruptly(staff, settings, log, scan):
    body = b'{"scan":{"n":{"comparator":">=","value":0}}}'
    staff.get(table="Workers")  # describes the table while it is empty
    fill(5)
    settings.ADMINAPI_LIST_LIMIT = 3
    response = (
        staff.client.generic("POST", "/endpoint?table=Workers&action=scan", body)
        if scan
        else staff.client.get("/endpoint?table=Workers")
    )
    assert response.status_code == 200
    with pytest.raises(CutOff):
        list(response.streaming_content)
    assert [line["reason"] for line in log] == ["list_limit"]


# ---------------------------------------------------------------- scan


WORKERS = [
    {
        "empId": "1",
        "worker": {"name": "Ann", "empGroupIds": ["-989357139129.0", "-988766726027.0"]},
        "training": {"status": ["completed"], "isActive": "1", "list": [{"a": 5}]},
        "dueDays": "10",
        "total": 99,
    },
    {
        "empId": "2",
        "worker": {"name": "Bob", "empGroupIds": ["-989357139129.0"]},
        "training": {"status": ["timelimitmet"], "isActive": "1", "timeOfCompletion": "x"},
        "dueDays": "05",
        "total": 100,
        "a.b": 1,
    },
    {"empId": "3", "training": {"status": "completed"}, "total": "99", "nothing": None},
]


@pytest.fixture
def three(dynamodb_embedded, staff):
    """On the embedded engine only: the other one can't compare values of two types."""
    make_tables("ttd-Workers")
    for item in WORKERS:
        assert staff.create(item).status_code == 200
    return staff


REFERENCE = {
    "worker.empGroupIds": [["-989357139129.0"], ["-988766726027.0"]],
    "training.status": ["completed", "timelimitmet"],
    "training.isActive": "1",
    "attributesNotExist": ["training.timeOfCompletion"],
    "dueDays": {"comparator": "<=", "value": "10"},
}


@pytest.mark.parametrize(
    ("scan", "found"),
    [
        ({}, "123"),
        ({"worker.name": "Ann"}, "1"),
        ({"total": 99}, "1"),
        ({"total": "99"}, "3"),
        ({"total": Decimal("99.0")}, "1"),
        ({"nothing": None}, "3"),
        ({"training.isActive": True}, ""),
        ({"training.status": ["completed", "timelimitmet"]}, "123"),
        ({"training.status": [["completed", "timelimitmet"]]}, "123"),
        ({"worker.empGroupIds": [["-989357139129.0"], ["-988766726027.0"]]}, "1"),
        ({"training.status": ["let"]}, "3"),
        ({"total": {"value": 99}}, "1"),
        ({"total": {"comparator": "<", "value": 100}}, "1"),
        ({"total": {"comparator": "LE", "value": 100}}, "12"),
        ({"total": {"comparator": "!=", "value": 99}}, "23"),
        ({"total": {"comparator": "<>", "value": 99}}, "23"),
        ({"total": {"comparator": "between", "value": [99, 100]}}, "12"),
        ({"total": {"comparator": "IN", "value": [1, 100, "99"]}}, "23"),
        ({"worker.name": {"comparator": "begins_with", "value": "B"}}, "2"),
        ({"worker.name": {"comparator": "contains", "value": "n"}}, "1"),
        ({"worker.name": {"comparator": "NOT_CONTAINS", "value": "n"}}, "23"),
        ({"worker": {"comparator": "exists"}}, "12"),
        ({"worker": {"comparator": "NULL"}}, "3"),
        ({"total": {"comparator": "attribute_type", "value": "S"}}, "3"),
        ({"attributesExist": ["worker", "dueDays"]}, "12"),
        ({"attributesExist": ["worker"], "attributesNotExist": ["a\\.b"]}, "1"),
        ({"a\\.b": 1}, "2"),
        ({"a.b": 1}, ""),
        ({"training.list[0].a": 5}, "1"),
        ({"training.status[0]": "completed"}, "1"),
        ({"worker.name": "Ann", "total": 100}, ""),
        ({"empId": "2"}, "2"),
        ({"empId": "nope"}, ""),
        (REFERENCE, "1"),
    ],
)
def test_what_a_scan_finds(three, scan, found):
    assert "".join(ids(exact(three.scan(scan)))) == found


@quickly
@pytest.mark.parametrize(
    "scan",
    [
        None,
        [],
        "x",
        {"a": []},
        {"a": [[]]},
        {"a": ["x", ["y"]]},
        {"a": [[["x"]]]},
        {"a": {}},
        {"a": {"comparator": "~", "value": 1}},
        {"a": {"comparator": "= :v OR b", "value": 1}},
        {"a": {"comparator": None, "value": 1}},
        {"a": {"comparator": "="}},
        {"a": {"comparator": "<", "value": True}},
        {"a": {"comparator": "BETWEEN", "value": [1]}},
        {"a": {"comparator": "BETWEEN", "value": [2, 1]}},
        {"a": {"comparator": "IN", "value": []}},
        {"a": {"comparator": "IN", "value": list(range(101))}},
        {"a": {"comparator": "attribute_type", "value": "X"}},
        {"a": {"value": 1, "other": 2}},
        {"a": {"type": "Buffer", "data": [999]}},
        {"attributesExist": "a"},
        {"attributesNotExist": [1]},
        {"": 1},
        {"a..b": 1},
        {".a": 1},
        {"a.": 1},
        {"a[-1]": 1},
        {"a[x]": 1},
        {"a[99999999999]": 1},
        {"a[0] OR c": 1},
        {".".join("a" * 1000): 1},
        {"a": [str(n) for n in range(1000)]},
    ],
)
def test_a_scan_that_can_t_be_read_is_refused(staff, scan):
    assert refused(staff.scan(scan))


@quickly
@pytest.mark.parametrize(
    "name", ["#x", ":v", "select", "a = :x OR b", "%s", "<>; ", "__proto__", "a b"]
)
def test_names_never_become_expressions(staff, name):
    staff.create({"empId": "1", name: "here"})
    staff.create({"empId": "2"})
    assert ids(exact(staff.scan({name: "here"}))) == ["1"]


@quickly
def test_scan_is_needed(staff):
    assert '"scan"' in refused(staff.send("POST", {}, table="Workers", action="scan"))


@pytest.mark.parametrize("action", ["scan", "SCAN", "Scan"])
def test_the_action_is_scan_in_any_case(three, action):
    response = three.send("POST", {"scan": {}}, table="Workers", action=action)
    assert len(exact(response)) == 3


def test_a_set_or_buffer_is_a_value_in_a_scan(three):
    wrapped = {"wrapperName": "Set", "type": "String", "values": ["b", "a"]}
    three.create({"empId": "4", "s": wrapped, "b": {"type": "Buffer", "data": [1]}})
    assert ids(exact(three.scan({"s": wrapped}))) == ["4"]
    assert ids(exact(three.scan({"s": ["a"]}))) == ["4"]
    assert ids(exact(three.scan({"b": {"type": "Buffer", "data": [1]}}))) == ["4"]


def test_numbers_of_38_digits_are_compared_exactly(three):
    large = Decimal(12345678901234567890123456789012345678)
    three.create({"empId": "4", "big": large})
    assert ids(exact(three.scan({"big": large}))) == ["4"]
    assert exact(three.scan({"big": large + 1})) == []


def test_attributes_to_get_keep_their_nesting_and_nothing_else(three):
    response = three.scan({"empId": "1"}, attributesToGet=["worker.name", "training.list[0].a"])
    assert body_of(response) == b'[{"worker":{"name":"Ann"},"training":{"list":[{"a":5}]}}]'


def test_attributes_to_get_are_kept_to_in_every_plan(three):
    for scan in ({}, {"empId": "1"}, {"total": 99}):
        for members in ({}, {"paginate": True}, {"paginate": True, "limit": 5}):
            body = exact(three.scan(scan, attributesToGet=["total"], **members))
            items = body["Items"] if members else body
            assert items
            assert all(item.keys() <= {"total"} for item in items)


@quickly
@pytest.mark.parametrize(
    "attributes", [["a", "a.b"], ["a[0]", "a"], ["a..b"], "a", [1], {"a": 1}, [""]]
)
def test_attributes_that_overlap_or_can_t_be_read_are_refused(staff, attributes):
    assert refused(staff.scan({}, attributesToGet=attributes))


def test_no_attributes_mean_whole_items(three):
    for attributes in ([], None):
        assert len(exact(three.scan({"empId": "1"}, attributesToGet=attributes))[0]) > 5


@with_workers
@pytest.mark.parametrize("limit", [None, 2, "2"])
@pytest.mark.usefixtures("small_pages")
def test_a_paginated_scan_goes_on_until_the_end(staff, limit):
    fill(9)
    condition = {"n": {"comparator": ">=", "value": 3}}
    found, start_key, pages = [], None, 0
    while True:
        body = exact(staff.scan(condition, paginate=True, LastEvaluatedKey=start_key, limit=limit))
        assert body["Count"] == len(body["Items"]) <= body["ScannedCount"]
        found += body["Items"]
        pages += 1
        start_key = body.get("LastEvaluatedKey")
        if start_key is None:
            break
    assert ids(found) == list("345678")
    assert pages >= 3


@quickly
@pytest.mark.usefixtures("small_pages")
def test_pages_without_a_match_are_still_pages(staff):
    fill(3)
    body = exact(staff.scan({"none": 1}, paginate=True))
    assert (body["Items"], body["Count"], body["ScannedCount"]) == ([], 0, 2)
    assert "LastEvaluatedKey" in body
    assert exact(staff.scan({"none": 1})) == []


@quickly
def test_a_page_under_a_limit_stops_at_the_budget(staff, settings):
    fill(6)
    settings.SCAN_BUDGET_ITEMS = 4
    body = exact(staff.scan({"none": 1}, paginate="yes", limit=2))
    assert (body["Count"], body["ScannedCount"]) == (0, 4)
    assert "LastEvaluatedKey" in body
    assert len(exact(staff.get(table="Workers", paginate="1", limit="100"))["Items"]) == 4


@with_tables
def test_a_scan_that_names_a_key_reads_only_what_it_needs(staff):
    for at in range(5):
        for device in ("a", "b"):
            kind = "odd" if at % 2 else "even"
            staff.create({"device": device, "at": at, "kind": kind}, table="Events")
    by_key = exact(staff.scan({"device": "a"}, table="Events", paginate=True))
    assert (by_key["Count"], by_key["ScannedCount"]) == (5, 5)
    by_index = exact(staff.scan({"kind": "odd"}, table="Events", paginate=True))
    assert (by_index["Count"], by_index["ScannedCount"]) == (4, 4)
    one = exact(staff.scan({"device": "a", "at": 2}, table="Events", paginate=True))
    assert (one["Count"], one["ScannedCount"]) == (1, 1)


@with_tables
def test_pages_of_an_index_go_on(staff):
    for at in range(5):
        staff.create({"device": "a", "at": at, "kind": "x"}, table="Events")
    found, start_key = [], None
    for _ in range(10):
        body = exact(
            staff.scan(
                {"kind": "x"}, table="Events", paginate=True, limit=2, LastEvaluatedKey=start_key
            )
        )
        found += body["Items"]
        start_key = body.get("LastEvaluatedKey")
        if start_key is None:
            break
    assert sorted(item["at"] for item in found) == [0, 1, 2, 3, 4]


@with_tables
@pytest.mark.parametrize("condition", [{"kind": "x"}, {"device": "b"}, {"device": "b", "at": 1}])
def test_any_key_of_the_table_is_a_place_to_go_on_from(staff, condition):
    """Where the conditions would be read from an index, from one partition or by key, too."""
    for at in range(3):
        for device in ("a", "b"):
            staff.create({"device": device, "at": at, "kind": "x"}, table="Events")
    everything = exact(staff.get(table="Events"))
    for position, item in enumerate(everything):
        start_key = {"device": item["device"], "at": item["at"]}
        found = exact(staff.scan(condition, table="Events", LastEvaluatedKey=start_key))
        rest = everything[position + 1 :]
        wanted = [each for each in rest if condition.items() <= each.items()]
        assert found == wanted


@pytest.mark.usefixtures("dynamodb_moto")
def test_readers_scan_and_list():
    make_tables("ttd-Workers")
    reader = EndpointCaller("readers")
    assert exact(reader.scan({})) == exact(reader.get(table="Workers")) == []
