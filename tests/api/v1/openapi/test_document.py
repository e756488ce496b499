"""The OpenAPI document: valid, complete, and about the tables of whoever asks."""

import json
import re

import pytest
import yaml
from django.core.management import call_command
from drf_spectacular.validation import validate_schema

from tables.api.v1.openapi.operations import PATHS
from tables.api.v1.urls import urlpatterns
from tables.core.errors import Unavailable
from tests.api.v1.conftest import Door, ok, problem

pytestmark = pytest.mark.usefixtures("moto_tables")
METHODS = ("get", "post", "put", "patch", "delete")


def document(door):
    response = door.get("/api/schema/")
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    return json.loads(response.content)


def operations(paths):
    return {
        (path, method) for path, methods in paths.items() for method in methods if method in METHODS
    }


def references(node):
    if isinstance(node, dict):
        for name, value in node.items():
            if name == "$ref":
                yield value
            else:
                yield from references(value)
    elif isinstance(node, list):
        for child in node:
            yield from references(child)


def test_the_document_is_openapi_3_1_and_valid(admin):
    found = document(admin)
    assert found["openapi"] == "3.1.0"
    validate_schema(found)


def test_every_reference_leads_somewhere(admin):
    found = document(admin)
    for reference in set(references(found)):
        node = found
        for name in reference.removeprefix("#/").split("/"):
            assert name in node, reference
            node = node[name]


def test_every_operation_has_an_id_of_its_own(admin):
    ids = [
        operation["operationId"]
        for methods in document(admin)["paths"].values()
        for operation in methods.values()
    ]
    assert len(set(ids)) == len(ids)


def test_every_route_of_v1_is_described():
    routes = set()
    for pattern in urlpatterns:
        path = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"{\1}", str(pattern.pattern))
        path = "/" + path.removeprefix("^").removesuffix(r"/?\Z")
        if path.startswith("/api/v1"):
            routes |= {(path, method) for method in pattern.callback.actions if method in METHODS}
    assert routes == operations(PATHS)


def test_nobody_gets_the_operations_without_any_table(nobody):
    paths = document(nobody)["paths"]
    assert set(paths) == set(PATHS)


def test_each_viewable_table_has_its_paths_and_items(reader):
    found = document(reader)
    assert "/api/v1/tables/Workers/items/{token}" in found["paths"]
    assert not [path for path in found["paths"] if "Hidden" in path or "Checked" in path]
    assert not [name for name in found["components"]["schemas"] if name.startswith("Hidden")]


def test_an_items_schema_is_made_of_its_tables_schema_and_keys(admin):
    schemas = document(admin)["components"]["schemas"]
    assert schemas["Checked.Item"]["properties"] == {
        "id": {"type": "string", "minLength": 1},
        "total": {
            "type": "number",
            "minimum": 0,
            "allOf": [{"$ref": "#/components/schemas/Number"}],
        },
        "email": {"type": "string", "pattern": "@"},
    }
    assert schemas["Checked.Item"]["required"] == ["id", "total"]
    assert schemas["Checked.NewItem"]["required"] == ["total"]
    assert schemas["Students.NewItem"]["required"] == ["school", "number"]
    assert "id" not in schemas["Students.NewItem"]["properties"]
    assert "id" not in schemas["Notes.NewItem"]["properties"]
    assert schemas["Events.NewItem"]["required"] == ["at"]
    assert schemas["Numbers.NewItem"]["required"] == ["number"]
    assert schemas["Workers.Item"]["properties"]["createdBy"]["readOnly"] is True


def test_a_part_of_a_natural_key_is_what_the_schema_says_or_any_scalar(admin, settings, tmp_path):
    settings.TABLES_FILE = tmp_path / "tables.toml"
    settings.TABLES_FILE.write_text(
        'superuser_groups = ["admins"]\n[Students]\ntable = "v1-Students"\nschema = "s.json"\n'
        'natural_key = ["school", "number"]\n'
    )
    schema = {
        "properties": {"school": {"type": "string", "pattern": "^A"}, "any": True, "no": False}
    }
    (tmp_path / "s.json").write_text(json.dumps(schema))
    properties = document(admin)["components"]["schemas"]["Students.NewItem"]["properties"]
    assert properties["school"] == {"type": "string", "pattern": "^A", "minLength": 1}
    assert {"type": "boolean"} in properties["number"]["anyOf"]
    assert (properties["any"], properties["no"]) == ({}, {"not": {}})


def test_a_schemas_references_to_itself_still_lead_there(admin, settings, tmp_path):
    (tmp_path / "tables.toml").write_text(
        'superuser_groups = ["admins"]\n[Workers]\ntable = "v1-Workers"\nschema = "s.json"\n'
    )
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "properties": {"home": {"$ref": "#/$defs/place"}},
        "$defs": {"place": {"type": "string"}},
    }
    (tmp_path / "s.json").write_text(json.dumps(schema))
    settings.TABLES_FILE = tmp_path / "tables.toml"
    item = document(admin)["components"]["schemas"]["Workers.Item"]
    assert item["properties"]["home"] == {"$ref": "#/components/schemas/Workers.Item/$defs/place"}
    assert item["$defs"] == {"place": {"type": "string"}}


def test_every_operation_has_an_example_or_no_body(admin):
    for path, methods in document(admin)["paths"].items():
        if "{alias}" in path:
            continue
        for operation in methods.values():
            content = operation.get("requestBody", {}).get("content", {})
            plain = content.get("application/json")
            if plain is not None:
                schema = plain["schema"].get("$ref", "").rpartition("/")[2]
                known = document(admin)["components"]["schemas"][schema]
                assert "example" in plain or "example" in known, (path, operation["operationId"])


def test_the_example_of_each_problem_is_one_of_that_status(admin):
    responses = document(admin)["components"]["responses"]
    for name, response in responses.items():
        example = response["content"]["application/problem+json"]["example"]
        assert name == f"Problem{example['status']}"
    assert responses["Problem412"]["content"]["application/problem+json"]["example"]["code"] == (
        "precondition_failed"
    )


def test_the_document_comes_as_yaml_too(staff):
    response = staff.get("/api/schema", "format=yaml")
    assert yaml.safe_load(response.content)["openapi"] == "3.1.0"


def test_without_dynamodb_the_document_comes_at_once(staff, monkeypatch):
    asked = []

    def unreachable(table):
        asked.append(table)
        raise Unavailable

    monkeypatch.setattr("tables.api.v1.openapi.generator.description", unreachable)
    assert "/api/v1/tables/Workers/items" in document(staff)["paths"]
    assert len(asked) == 1


def test_a_bad_token_is_a_problem(nobody):
    response = nobody.get("/api/schema", Authorization="Bearer x.y.z")
    assert response.status_code == 401
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "unauthorized"


def test_the_command_line_finds_nothing_to_warn_of(tmp_path, capsys):
    target = tmp_path / "schema.yaml"
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(target))
    assert "/api/v1/tables/Hidden/items" in yaml.safe_load(target.read_text())["paths"]
    assert "warning" not in capsys.readouterr().err.lower()


def test_swagger_ui_has_nothing_inline(nobody):
    page = nobody.get("/api/docs/", Accept="text/html")
    html = page.content.decode()
    assert page.status_code == 200
    assert "<style" not in html
    scripts = re.findall(r"<script[^>]*>([^<]*)</script>", html)
    assert len(scripts) == 3
    assert "".join(scripts) == ""
    assert "//" not in "".join(re.findall(r'(?:src|href)="([^"]+)"', html))
    script = nobody.get("/api/docs/", "script=", Accept="*/*")
    assert script.status_code == 200
    assert b"swaggerSettings" in script.content


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["/api/schema", "/api/docs", "/api/docs/errors"])
def test_documentation_is_only_read(method, path):
    door = Door()
    door.client.handler.enforce_csrf_checks = True
    response = door.send(method, path, {})
    problem(response, 405, "method_not_allowed")
    assert response["Allow"] == "GET, HEAD, OPTIONS"
    assert door.send("OPTIONS", path)["Allow"] == "GET, HEAD, OPTIONS"


def test_docs_answer_with_and_without_a_slash(nobody):
    for path in ("/api/schema", "/api/schema/", "/api/docs", "/api/docs/"):
        assert nobody.get(path, Accept="*/*").status_code == 200
    assert ok(Door("staff").get("/api/v1"))["schema"].endswith("/api/schema")
