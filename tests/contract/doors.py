"""The doors, each with the same few methods, so that one test can go through all of them."""

from urllib.parse import quote, urlencode

from tables.core.keys import encode_token
from tests.contract import languages
from tests.contract.languages import dumps, loads
from tests.contract.pages import Pages
from tests.contract.tables import THINGS
from tests.tables import stored

TYPED = "application/vnd.dynamodb+json"

# No body at all; None would be JSON's null.
NOTHING = object()


def body_of(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


class AdminApi:
    name = "adminapi"
    ways_in = ("bearer", "session")
    created, changed, deleted = 200, 200, 200

    def __init__(self, http):
        self.http = http

    def send(self, method, body=NOTHING, *, headers=None, **query):
        data = body if isinstance(body, bytes) else b"" if body is NOTHING else dumps(body)
        return self.http.send(method, f"/endpoint?{urlencode(query)}", data, headers)

    def add(self, item, *, alias="Things", headers=None):
        return self.send("POST", languages.adminapi_payload(item), table=alias, headers=headers)

    def view(self, name, *, alias="Things"):
        return self.send("GET", table=alias, id=name)

    def change(self, name, *, alias="Things", headers=None):
        body = {"set": {"changed": True}}
        return self.send("PUT", body, table=alias, id=name, atomic="true", headers=headers)

    def delete(self, name, *, alias="Things", headers=None):
        return self.send("DELETE", table=alias, id=name, headers=headers)

    def everything(self, *, alias="Things"):
        return self.send("GET", table=alias)

    def is_forbidden(self, response):
        return response.status_code == 403 and response.json() == {
            "success": False,
            "message": "Forbidden",
        }

    def is_unknown_table(self, response):
        return response.status_code == 400 and response.json()["error"]["message"] != ""

    def refusal(self, response):
        """What a refused client reads, without what is new each time."""
        error = response.json()["error"]
        return response.status_code, error["code"], error["message"]

    # Each reader gives the item as a client sees it, beside what it should be.

    def reads(self, item):
        name = item["id"]["S"]
        expected = languages.adminapi(item)
        yield "get", loads(self.view(name).content)["item"], expected
        yield "list", _only(loads(body_of(self.everything())), name), expected
        page = loads(self.send("GET", table="Things", paginate="true").content)
        yield "page", _only(page["Items"], name), expected
        scan = self.send("POST", {"scan": {"id": name}}, table="Things", action="scan")
        yield "scan", loads(body_of(scan))[0], expected

    def writes(self):
        yield "create", lambda _: True, self.add


class V1:
    name = "v1"
    ways_in = ("bearer", "session")
    created, changed, deleted = 201, 200, 204

    def __init__(self, http):
        self.http = http

    def send(self, method, path, body=NOTHING, *, headers=None, kind="application/json"):
        data = body if isinstance(body, bytes) else b"" if body is NOTHING else dumps(body)
        headers = {**({"Content-Type": kind} if data else {}), **(headers or {})}
        return self.http.send(method, f"/api/v1/tables/{path}", data, headers)

    def add(self, item, *, alias="Things", headers=None):
        return self.send("POST", f"{alias}/items", item, headers=headers, kind=TYPED)

    def view(self, name, *, alias="Things"):
        return self.send("GET", self.path(name, alias))

    def change(self, name, *, alias="Things", headers=None):
        body = {"changed": True}
        return self.send("PATCH", self.path(name, alias), body, headers=headers)

    def delete(self, name, *, alias="Things", headers=None):
        return self.send("DELETE", self.path(name, alias), headers=headers)

    def everything(self, *, alias="Things"):
        return self.send("GET", f"{alias}/items")

    def path(self, name, alias="Things"):
        return f"{alias}/items/{encode_token({'id': {'S': name}}, THINGS)}"

    def is_forbidden(self, response):
        return response.status_code == 403 and response.json()["code"] == "forbidden"

    def is_unknown_table(self, response):
        return response.status_code == 404 and response.json()["code"] == "table_not_found"

    def refusal(self, response):
        problem = response.json()
        return response.status_code, problem["code"], problem.get("detail")

    def reads(self, item):
        name = item["id"]["S"]
        for kind, language in ((TYPED, languages.typed), ("application/json", languages.plain)):
            accept, expected = {"Accept": kind}, language(item)
            one = self.send("GET", self.path(name), headers=accept)
            yield f"item as {kind}", loads(one.content), expected
            page = self.send("GET", "Things/items", headers=accept)
            yield f"list as {kind}", _only(loads(page.content)["items"], name), expected
            query = self.send("GET", f"Things/items?id={quote(name)}", headers=accept)
            yield f"query as {kind}", loads(query.content)["items"][0], expected
            found = self.send("POST", "Things/search", {"scan": {"id": name}}, headers=accept)
            yield f"search as {kind}", loads(found.content)["items"][0], expected

    def writes(self):
        yield "typed POST", lambda _: True, self.add
        yield "typed PUT", lambda _: True, lambda item: self._put(item, item, TYPED)
        yield (
            "plain PUT",
            languages.is_plain,
            lambda item: self._put(item, languages.plain(item), "application/json"),
        )
        yield (
            "batch",
            lambda _: True,
            lambda item: self.send(
                "POST",
                "Things/batch",
                {"operations": [{"method": "POST", "body": item}]},
                kind=TYPED,
            ),
        )

    def _put(self, item, body, kind):
        return self.send("PUT", self.path(item["id"]["S"]), body, kind=kind)


class PutItem:
    name = "putitem"
    ways_in = ("bearer", "access key")
    created, changed, deleted = 200, 200, 200

    def __init__(self, http):
        self.http = http

    def send(self, operation, **members):
        return self.http.send("POST", "/dynamodb/", *self.request(operation, members))

    def request(self, operation, members):
        """The body and the headers of an operation."""
        return dumps(members), {
            "Content-Type": "application/x-amz-json-1.0",
            "X-Amz-Target": f"DynamoDB_20111205.{operation}",
        }

    def add(self, item, *, alias="Things"):
        return self.send("PutItem", TableName=alias, Item=item)

    def view(self, name, *, alias="Things"):
        return self.send("GetItem", TableName=alias, Key=_old_key(name), ConsistentRead=True)

    def change(self, name, *, alias="Things"):
        updates = {"changed": {"Value": {"S": "yes"}, "Action": "PUT"}}
        return self.send(
            "UpdateItem", TableName=alias, Key=_old_key(name), AttributeUpdates=updates
        )

    def delete(self, name, *, alias="Things"):
        return self.send("DeleteItem", TableName=alias, Key=_old_key(name))

    def everything(self, *, alias="Things"):
        return self.send("Scan", TableName=alias)

    def is_forbidden(self, response):
        return response.status_code == 400 and self._type(response) == "AccessDeniedException"

    def is_unknown_table(self, response):
        return response.status_code == 400 and self._type(response) == "ResourceNotFoundException"

    def refusal(self, response):
        return response.status_code, self._type(response), loads(response.content)["message"]

    def reads(self, item):
        if not languages.is_old(item):
            return
        name = item["id"]["S"]
        yield "GetItem", loads(self.view(name).content)["Item"], item
        query = self.send("Query", TableName="Things", HashKeyValue=item["id"])
        yield "Query", loads(query.content)["Items"][0], item
        condition = {"AttributeValueList": [item["id"]], "ComparisonOperator": "EQ"}
        scan = self.send("Scan", TableName="Things", ScanFilter={"id": condition})
        yield "Scan", loads(scan.content)["Items"][0], item

    def writes(self):
        yield "PutItem", languages.is_old, self.add

    def _type(self, response):
        return loads(response.content)["__type"].rpartition("#")[2]


DOORS = {door.name: door for door in (AdminApi, V1, PutItem, Pages)}


def _only(items, name):
    return next(item for item in items if item["id"] in (name, {"S": name}))


def _old_key(name):
    return {"HashKeyElement": {"S": name}}


def assert_every_door_reads_what_one_writes(enter, writer, item):
    """By each way that the writer has: what DynamoDB holds then is the item, and all read it."""
    for operation, can_say, write in enter(writer, "admins").writes():
        if not can_say(item):
            continue
        enter("adminapi", "admins").delete(item["id"]["S"])
        response = write(item)
        assert response.status_code in (200, 201, 207, 302), (operation, response.content)
        assert stored("real-things", item["id"]["S"]) == item, operation
        for reader in DOORS:
            for reading, seen, expected in enter(reader, "admins").reads(item):
                assert seen == expected, (operation, reader, reading)
