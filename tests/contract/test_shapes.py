"""Every body that a door takes, with every node of it replaced by every other kind of JSON."""

import copy

import pytest

from tests.tables import store

OTHERS = [
    None,
    True,
    7,
    -1.5,
    "",
    "x",
    "\u0000",
    [],
    [None],
    [[]],
    {},
    {"": ""},
    {"S": 1},
    {"S": "a", "N": "1"},
    {"N": "x"},
    {"X": "y"},
    {"wrapperName": "Set", "type": [], "values": {}},
    {"type": "Buffer", "data": [999]},
]
NAME = {"HashKeyElement": {"S": "seed"}}
EQ = {"AttributeValueList": [{"S": "v"}], "ComparisonOperator": "EQ"}

OLD = {
    "PutItem": {
        "TableName": "Things",
        "Item": {"id": {"S": "new"}, "s": {"SS": ["a"]}},
        "Expected": {"a": {"Exists": False}, "b": {"Value": {"S": "v"}}},
        "ReturnValues": "ALL_OLD",
    },
    "GetItem": {
        "TableName": "Things",
        "Key": NAME,
        "AttributesToGet": ["a"],
        "ConsistentRead": True,
    },
    "UpdateItem": {
        "TableName": "Things",
        "Key": NAME,
        "AttributeUpdates": {"a": {"Value": {"S": "v"}, "Action": "PUT"}},
        "Expected": {"a": {"Exists": False}},
        "ReturnValues": "ALL_NEW",
    },
    "DeleteItem": {
        "TableName": "Things",
        "Key": NAME,
        "Expected": {"a": {"Value": {"S": "v"}}},
        "ReturnValues": "NONE",
    },
    "Query": {
        "TableName": "Pairs",
        "HashKeyValue": {"S": "a"},
        "RangeKeyCondition": {"AttributeValueList": [{"N": "1"}], "ComparisonOperator": "GT"},
        "Limit": 2,
        "ScanIndexForward": False,
        "ExclusiveStartKey": {"HashKeyElement": {"S": "a"}, "RangeKeyElement": {"N": "1"}},
        "AttributesToGet": ["rank"],
        "Count": False,
    },
    "Scan": {
        "TableName": "Things",
        "ScanFilter": {"a": EQ},
        "Limit": 2,
        "ExclusiveStartKey": NAME,
        "AttributesToGet": ["a"],
        "Count": False,
    },
    "BatchGetItem": {"RequestItems": {"Things": {"Keys": [NAME], "AttributesToGet": ["a"]}}},
    "BatchWriteItem": {
        "RequestItems": {
            "Things": [
                {"PutRequest": {"Item": {"id": {"S": "new"}}}},
                {"DeleteRequest": {"Key": NAME}},
            ]
        }
    },
    "ListTables": {"Limit": 2, "ExclusiveStartTableName": "Things"},
    "DescribeTable": {"TableName": "Things"},
}
SCAN = {
    "a": "v",
    "b": {"comparator": "BETWEEN", "value": [1, 2]},
    "c": [["v"], ["w"]],
    "attributesExist": ["d"],
}
ADMINAPI = {
    "scan": (
        "POST",
        {
            "scan": SCAN,
            "attributesToGet": ["a"],
            "paginate": True,
            "limit": 2,
            "LastEvaluatedKey": {"id": "x"},
        },
        {"action": "scan"},
    ),
    "create": (
        "POST",
        {"id": "new", "s": {"wrapperName": "Set", "type": "String", "values": ["a"]}},
        {},
    ),
    "update": (
        "PUT",
        {
            "set": {"a": 1},
            "remove": ["b"],
            "add": {"n": 1},
            "delete": {"s": ["x"]},
            "setListAppend": {"l": [1]},
        },
        {"id": "seed"},
    ),
    "atomic update": ("PUT", {"set": {"a": 1}, "remove": "b"}, {"id": "seed", "atomic": "true"}),
}
V1 = {
    "POST": ("POST", "items", {"id": "new", "m": {"a": [1]}}, "application/json"),
    "typed POST": (
        "POST",
        "items",
        {"id": {"S": "new"}, "m": {"M": {"a": {"SS": ["x"]}}}},
        "application/vnd.dynamodb+json",
    ),
    "PUT": ("PUT", "items/seed", {"m": {"a": [1]}}, "application/json"),
    "merge patch": ("PATCH", "items/seed", {"m": {"a": None}}, "application/merge-patch+json"),
    "JSON patch": (
        "PATCH",
        "items/seed",
        [{"op": "add", "path": "/m", "value": 1}, {"op": "copy", "from": "/m", "path": "/n"}],
        "application/json-patch+json",
    ),
    "search": ("POST", "search", {"scan": SCAN, "fields": ["a"], "limit": 2}, "application/json"),
    "batch": (
        "POST",
        "batch",
        {
            "operations": [
                {"method": "PUT", "key": "seed", "body": {"a": 1}, "if_match": '"x"'},
                {"method": "POST", "body": {"id": "new"}},
            ]
        },
        "application/json",
    ),
}


def variants(body):
    """The body with each of its nodes replaced by each other kind of JSON, or taken out."""
    for path in list(paths(body)):
        for other in OTHERS:
            yield replaced(body, path, other)
    for path in list(paths(body)):
        if path:
            yield replaced(body, path, None, remove=True)


def paths(node, path=()):
    yield path
    children = node.items() if isinstance(node, dict) else ()
    if isinstance(node, list):
        children = enumerate(node)
    for name, child in children:
        yield from paths(child, (*path, name))


def replaced(body, path, other, *, remove=False):
    if not path:
        return other
    made = copy.deepcopy(body)
    parent = made
    for name in path[:-1]:
        parent = parent[name]
    if remove:
        del parent[path[-1]]
    else:
        parent[path[-1]] = other
    return made


@pytest.fixture
def seeded(embedded_tables):
    store("real-things", {"id": {"S": "seed"}, "s": {"SS": ["x", "y"]}, "l": {"L": []}})
    store("real-pairs", {"country": {"S": "a"}, "rank": {"N": "2"}})


@pytest.mark.parametrize("operation", OLD)
def test_an_old_request_of_any_shape_is_answered_by_an_error_of_that_time(seeded, enter, operation):
    door = enter("putitem", "admins")
    for body in variants(OLD[operation]):
        response = door.http.send("POST", "/dynamodb/", *door.request(operation, body))
        assert response.status_code in (200, 400), (body, response.content)


@pytest.mark.parametrize("operation", ADMINAPI)
def test_an_adminapi_request_of_any_shape_is_answered(seeded, enter, operation):
    door = enter("adminapi", "admins")
    method, good, query = ADMINAPI[operation]
    for body in variants(good):
        response = door.send(method, body, table="Things", **query)
        assert response.status_code in (200, 400), (body, response.content)
        response.close()


@pytest.mark.parametrize("operation", V1)
def test_a_v1_request_of_any_shape_is_answered(seeded, enter, operation):
    door = enter("v1", "admins")
    method, path, good, kind = V1[operation]
    for body in variants(good):
        response = door.send(method, f"Things/{path}", body, kind=kind)
        allowed = (200, 201, 207, 400, 409, 422)
        assert response.status_code in allowed, (body, response.content)
