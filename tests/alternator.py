"""ScyllaDB Alternator's rules in front of the embedded engine: what it refuses and what it omits.

After its page for users of DynamoDB (docs/alternator/compatibility.md) and its source (alternator/
server.cc, executor.cc, executor_read.cc, consumed_capacity.cc, serialization.cc) of August 2026.
What it does as DynamoDB does is the embedded engine's to do.
"""

import json
from decimal import Decimal

from tests.proxies import forward, say, serving

OPERATIONS = {
    "BatchGetItem",
    "BatchWriteItem",
    "CreateTable",
    "DeleteItem",
    "DeleteTable",
    "DescribeContinuousBackups",
    "DescribeEndpoints",
    "DescribeTable",
    "DescribeTimeToLive",
    "GetItem",
    "ListTables",
    "ListTagsOfResource",
    "PutItem",
    "Query",
    "Scan",
    "TagResource",
    "UntagResource",
    "UpdateItem",
    "UpdateTable",
    "UpdateTimeToLive",
}
MAX_TABLE_NAME = 192
MAX_NESTING = 78
NO_CAPACITY = {"Query", "Scan"}
NO_COUNTS = ("ItemCount", "IndexSizeBytes")
TYPES = {"S", "N", "B", "BOOL", "NULL", "M", "L", "SS", "NS", "BS"}


class Denied(Exception):
    """An error of Alternator's: its name, and what it says."""

    def __init__(self, name, message):
        self.name, self.message = name, message


class Alternator:
    """Refuses what Alternator refuses, and leaves out of answers what it leaves out."""

    def __init__(self, engine):
        self.engine = engine
        self.url = ""

    def answer(self, handler, operation, body):
        request = json.loads(body)
        try:
            require_known(operation, request, nesting(body))
        except Denied as denied:
            say(handler, 400, None, error(denied.name, denied.message))
            return
        status, _, answer = forward(self.engine, handler.headers, body)
        members = json.loads(answer or b"{}")
        said = omit(operation, members, request) if status == 200 else words(members, request)
        # It sends no checksum.
        say(handler, status, None, json.dumps(said).encode())


def in_front_of(engine):
    """A running Alternator in front of the engine at this URL."""
    return serving(Alternator(engine))


def error(name, message):
    return json.dumps(
        {"__type": f"com.amazonaws.dynamodb.v20120810#{name}", "message": message}
    ).encode()


def require_known(operation, request, depth):
    """Raise Denied for a request that Alternator does not serve."""
    if operation not in OPERATIONS:
        raise Denied("UnknownOperationException", f"Unsupported operation {operation}")
    if depth > MAX_NESTING:
        raise Denied("SerializationException", f"Max nested level reached: {MAX_NESTING}")
    asked = request.get("ReturnConsumedCapacity", "TOTAL")
    if asked == "INDEXES":
        raise Denied("ValidationException", "INDEXES consumed capacity is not supported")
    if asked != "TOTAL":
        raise Denied("ValidationException", f"Unknown consumed capacity {asked}")
    if operation == "CreateTable":
        require_creatable(request)


def require_creatable(request):
    if len(request["TableName"]) > MAX_TABLE_NAME:
        raise Denied(
            "ValidationException", f"TableName must be at most {MAX_TABLE_NAME} characters long"
        )
    if request.get("SSESpecification", {}).get("Enabled"):
        raise Denied(
            "ValidationException",
            "SSESpecification: configuring encryption-at-rest is not yet supported.",
        )


def nesting(body):
    """The deepest level of objects and lists in JSON text."""
    depth = deepest = 0
    in_text = escaped = False
    for byte in body:
        if escaped:
            escaped = False
        elif in_text:
            escaped, in_text = byte == ord("\\"), byte != ord('"')
        elif byte == ord('"'):
            in_text = True
        elif byte in b"{[":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"}]":
            depth -= 1
    return deepest


def omit(operation, members, request):
    """An answer as Alternator gives it."""
    if operation in NO_CAPACITY or "ReturnConsumedCapacity" not in request:
        members.pop("ConsumedCapacity", None)
    if isinstance(members.get("ConsumedCapacity"), dict):
        units = members["ConsumedCapacity"].get("CapacityUnits", 0)
        members["ConsumedCapacity"] = {"CapacityUnits": units}
    members.pop("ItemCollectionMetrics", None)
    for name in ("Table", "TableDescription"):
        if name in members:
            members[name] = described(members[name])
    return as_stored(members)


def described(table):
    """A description without counts; its indexes project everything, local ones have no status."""
    left_out = (*NO_COUNTS, "DeletionProtectionEnabled", "TableClassSummary", "WarmThroughput")
    kept = {name: value for name, value in table.items() if name not in left_out}
    for name in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes"):
        if not kept.pop(name, None):
            continue
        kept[name] = [
            {
                **{part: index[part] for part in ("IndexName", "IndexArn", "KeySchema")},
                "Projection": {"ProjectionType": "ALL"},
                **({"IndexStatus": "ACTIVE"} if name.startswith("Global") else {}),
            }
            for index in table[name]
        ]
    return kept


def as_stored(answer):
    """Attributes of an item come sorted by name, and every number without an exponent."""
    if isinstance(answer, list):
        return [as_stored(each) for each in answer]
    if not isinstance(answer, dict):
        return answer
    if set(answer) == {"N"} and isinstance(answer["N"], str):
        return {"N": printed(answer["N"])}
    if set(answer) == {"NS"}:
        return {"NS": [printed(number) for number in answer["NS"]]}
    is_item = answer and all(
        isinstance(value, dict) and len(value) == 1 and set(value) <= TYPES
        for value in answer.values()
    )
    names = sorted(answer) if is_item else answer
    return {name: as_stored(answer[name]) for name in names}


def printed(number):
    """All digits of a number, as `big_decimal::to_string` prints it."""
    digits = f"{Decimal(number):f}"
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def words(members, request):
    """The engine's error in Alternator's words."""
    if str(members.get("__type", "")).endswith("#ResourceNotFoundException"):
        name = request.get("TableName") or next(iter(request.get("RequestItems", {})), "")
        said = f"Requested resource not found: Table: {name} not found"
        return {"__type": members["__type"], "message": said}
    return members
