"""Every place that takes a document path from a JSON client."""

from urllib.parse import urlencode


def path_takers(enter, path):
    """The answers of every place that takes a document path from a JSON client."""
    adminapi, v1 = enter("adminapi", "admins"), enter("v1", "staff")
    adminapi.send("PUT", {"set": {"b": 1}}, table="Things", id="seed")
    for scan in ({path: "v"}, {"attributesExist": [path]}, {"attributesNotExist": [path]}):
        yield adminapi.send("POST", {"scan": scan}, table="Things", action="scan")
        yield v1.send("POST", "Things/search", {"scan": scan})
    projected = {"scan": {}, "attributesToGet": [path]}
    yield adminapi.send("POST", projected, table="Things", action="scan")
    yield v1.send("POST", "Things/search", {"scan": {}, "fields": [path]})
    for atomic in ("true", "false"):
        for actions in (
            {"set": {path: "v"}},
            {"remove": {path: ""}},
            {"add": {path: 1}},
            {"delete": {path: ["v"]}},
            {"setListAppend": {path: ["v"]}},
        ):
            yield adminapi.send("PUT", actions, table="Things", id="seed", atomic=atomic)
    if path:
        yield v1.send("GET", f"Things/items?{urlencode({path + '__eq': 'v'})}")
