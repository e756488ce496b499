"""A client of strangers' making: generated from the document, it does what v1 does."""

import importlib
import json
import pkgutil
import re
import subprocess
import sys

import pytest
import requests


@pytest.fixture(scope="module", params=["", "Workers"], ids=["the whole document", "one table's"])
def client(request, served, tmp_path_factory):
    """The package that openapi-python-client makes of a document, and a client of it."""
    folder = tmp_path_factory.mktemp("generated")
    name = f"client_of_{request.param.lower() or 'everything'}"
    generate(served, f"/api/schema/{request.param}", folder / name)
    sys.path.insert(0, str(folder))
    made = Generated(name, served)
    yield made
    made.client.get_httpx_client().close()
    sys.path.remove(str(folder))


def generate(served, path, target):
    answer = requests.get(
        served.url + path, headers={"Authorization": f"Bearer {served.token}"}, timeout=30
    )
    assert answer.status_code == 200, answer.text
    document = target.with_suffix(".json")
    document.write_text(answer.text)
    config = target.with_suffix(".yaml")
    config.write_text("post_hooks: []\n")
    command = [
        *(sys.executable, "-m", "openapi_python_client", "generate", "--meta=none"),
        *(f"--path={document}", f"--config={config}", f"--output-path={target}"),
    ]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    told = ran.stdout + ran.stderr
    assert ran.returncode == 0, told
    # Of the bodies of a PATCH it leaves out the one that is an array, of a job's files that are no
    # JSON.
    left_out = set(re.findall(r"^WARNING parsing (\S+) \S*/tables/[^/]+(\S*)", told, re.MULTILINE))
    assert left_out == {("PATCH", "/items/{token}"), ("POST", "/jobs")}, told
    assert "Unable to process" not in told


class Generated:
    """Calls operations of the generated package by their names."""

    def __init__(self, name, served):
        self.name = name
        made = importlib.import_module(f"{name}.client")
        self.client = made.AuthenticatedClient(base_url=served.url, token=served.token)

    def modules(self):
        package = importlib.import_module(self.name)
        return [found.name for found in pkgutil.walk_packages(package.__path__, f"{self.name}.")]

    def model(self, name, **members):
        return getattr(importlib.import_module(f"{self.name}.models"), name).from_dict(members)

    def call(self, operation, **members):
        """The status, and what was parsed of the answer, as JSON again."""
        module = importlib.import_module(f"{self.name}.api.workers.workers_{operation}")
        answer = module.sync_detailed(client=self.client, **members)
        parsed = answer.parsed
        return answer.status_code, parsed.to_dict() if parsed is not None else None


def test_every_module_can_be_imported(client):
    modules = client.modules()
    assert len(modules) > 50
    for module in modules:
        importlib.import_module(module)


def test_it_creates_gets_lists_replaces_patches_and_deletes(client):
    key = f"of-{client.name}"
    item = {"id": key, "total": 1, "address": {"city": "Ulm", "at": [48.4, None]}, "on": True}
    new = client.model("WorkersNewItem", **item)

    status, created = client.call("create", body=new)
    assert (status, without_stamps(created)) == (201, item)
    assert created["createdBy"]

    assert without_stamps(client.call("item", token=key)[1]) == item
    status, page = client.call("items", limit=100)
    assert item in [without_stamps(shown) for shown in page["items"]]

    whole = client.model("WorkersItemAtUrl", total=2, email="ann@example.com")
    replaced = client.call("replace", token=key, body=whole)
    assert replaced[0] == 200
    assert without_stamps(replaced[1]) == {"id": key, "total": 2, "email": "ann@example.com"}

    patch = client.model("WorkersMergePatch", email=None, note="x" * 100)
    changed = client.call("change", token=key, body=patch)
    assert without_stamps(changed[1]) == {"id": key, "total": 2, "note": "x" * 100}

    search = client.model(
        "WorkersSearch", scan={"note": {"comparator": "BEGINS_WITH", "value": "x"}}
    )
    assert key in [found["id"] for found in client.call("search", body=search)[1]["items"]]

    assert client.call("delete", token=key)[0] == 204
    status, problem = client.call("item", token=key)
    assert (status, problem["code"]) == (404, "item_not_found")


def test_typed_json_goes_too(client):
    key = f"typed-{client.name}"
    typed = client.model("WorkersTypedNewItem", id={"S": key}, total={"N": "1"}, tags={"SS": ["a"]})
    assert client.call("create", body=typed)[0] == 201
    patch = client.model("WorkersTypedPatch", total={"N": "5"}, note=None)
    status, changed = client.call("change", token=key, body=patch)
    assert (status, changed["total"], changed["tags"]) == (200, 5, ["a"])
    assert client.call("delete", token=key)[0] == 204


def without_stamps(item):
    stamps = ("created", "createdBy", "lastUpdatedBy", "lastUpdatedDateTime")
    return {name: value for name, value in item.items() if name not in stamps}


def test_the_document_of_one_table_speaks_of_no_other(served):
    answer = requests.get(
        f"{served.url}/api/schema/Events",
        headers={"Authorization": f"Bearer {served.token}"},
        timeout=30,
    )
    of_tables = [path for path in answer.json()["paths"] if path.startswith("/api/v1/tables/")]
    assert {path.split("/")[4] for path in of_tables} == {"Events"}
    assert "Students" not in json.dumps(answer.json())
