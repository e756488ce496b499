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
    assert schemas["Checked.NewItem"]["properties"] == {
        "id": {"type": "string", "minLength": 1},
        "total": {"type": "number", "minimum": 0, "exclusiveMaximum": 1e126},
        "email": {"type": "string", "pattern": "@"},
    }
    assert schemas["Checked.NewItem"]["required"] == ["total"]
    assert schemas["Students.NewItem"]["required"] == ["school", "number"]
    assert "id" not in schemas["Students.NewItem"]["properties"]
    assert "id" not in schemas["Notes.NewItem"]["properties"]
    assert schemas["Events.NewItem"]["required"] == ["at"]
    assert schemas["Numbers.NewItem"]["required"] == ["number"]
    assert schemas["Workers.NewItem"]["properties"]["createdBy"]["readOnly"] is True


def test_what_is_shown_may_be_a_part_of_an_item_or_older_than_its_schema(admin):
    shown = document(admin)["components"]["schemas"]["Checked.Shown"]
    types = {name: part["type"] for name, part in shown["properties"].items()}
    assert types == {"id": "string", "total": "number", "email": "string"}
    assert "required" not in shown
    assert "minimum" not in shown["properties"]["total"]


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


def test_of_an_entity_a_new_item_brings_what_its_key_is_made_of(admin, settings, tmp_path):
    settings.TABLES_FILE = tmp_path / "tables.toml"
    settings.TABLES_FILE.write_text(
        'superuser_groups = ["admins"]\n[Workers]\ntable = "v1-Workers"\n'
        '[Guest]\nof = "Workers"\nwhen = { kind = "guest" }\n'
        'key = { id = "GUEST#{house}#{number}" }\nmake = { number = "ulid" }\n'
    )
    found = document(admin)
    new = found["components"]["schemas"]["Guest.NewItem"]
    assert new["required"] == ["house"]
    assert new["properties"]["kind"] == {"type": "string", "const": "guest"}
    pattern = new["properties"]["id"]["pattern"]
    assert pattern == r"^GUEST#[\s\S]+#[\s\S]+$"
    at_url = found["components"]["schemas"]["Guest.ItemAtUrl"]
    assert at_url["required"] == ["kind", "house", "number"]
    shown = found["components"]["schemas"]["Guest.Shown"]
    assert shown["properties"]["house"] == {"type": ["string", "number"]}
    assert new["properties"]["house"] == {"type": "string", "minLength": 1}
    post = found["paths"]["/api/v1/tables/Guest/items"]["post"]
    body = post["requestBody"]["content"]["application/json"]
    assert body["example"] == {"house": "text"}
    put = found["paths"]["/api/v1/tables/Guest/items/{token}"]["put"]
    example = put["requestBody"]["content"]["application/json"]["example"]
    assert example == {"kind": "guest", "house": "text", "number": "text"}


def test_a_number_with_zeros_before_it_is_asked_by_its_digits(admin, settings, tmp_path):
    settings.TABLES_FILE = tmp_path / "tables.toml"
    settings.TABLES_FILE.write_text(
        'superuser_groups = ["admins"]\n[Workers]\ntable = "v1-Workers"\n'
        '[Guest]\nof = "Workers"\nwhen = { kind = "guest" }\n'
        'key = { id = "GUEST#{house}#{number:03}" }\nkey_only = ["number", "house"]\n'
    )
    parameters = document(admin)["paths"]["/api/v1/tables/Guest/items"]["get"]["parameters"]
    schemas = {each["name"]: each["schema"] for each in parameters if "name" in each}
    assert schemas["number"] == {"type": "string", "pattern": "^[0-9]+$"}
    assert schemas["house"] == {"type": "string"}


def workers_with(schema, settings, folder):
    """An alias map of one table, whose items fit this schema."""
    (folder / "tables.toml").write_text(
        'superuser_groups = ["admins"]\n[Workers]\ntable = "v1-Workers"\nschema = "s.json"\n'
    )
    (folder / "s.json").write_text(json.dumps(schema))
    settings.TABLES_FILE = folder / "tables.toml"


def test_a_schemas_references_to_itself_still_lead_there(admin, settings, tmp_path):
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "properties": {"home": {"$ref": "#/$defs/place"}, "near": {"$ref": "#/$defs/place"}},
        "$defs": {
            "place": {"type": "object", "properties": {"in": {"$ref": "#/$defs/place"}}},
        },
    }
    workers_with(schema, settings, tmp_path)
    schemas = document(admin)["components"]["schemas"]
    place = {"$ref": "#/components/schemas/Workers.Part1Place"}
    properties = schemas["Workers.NewItem"]["properties"]
    assert (properties["home"], properties["near"]) == (place, place)
    assert schemas["Workers.Part1Place"] == {
        "type": "object",
        "properties": {"in": place},
        "additionalProperties": {},
    }


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
    assert len(scripts) == 6  # three of ours in the shared head, three of Swagger UI
    assert "".join(scripts) == ""
    assert [url for url in re.findall(r'(?:src|href)="([^"]+)"', html) if "//" in url] == []
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


# ---------------------------------------------------------------- what generators of clients need


def schemas_in(node):
    """Each JSON Schema of a document; what stands under `properties` is none itself."""
    if isinstance(node, dict):
        if {"type", "enum", "anyOf", "oneOf", "items", "properties", "$ref"} & node.keys():
            yield node
        for key, child in node.items():
            if key not in ("example", "examples", "enum", "required", "propertyNames"):
                yield from schemas_in(child)
    elif isinstance(node, list):
        for child in node:
            yield from schemas_in(child)


def require_readable(found):
    """What openapi-typescript, openapi-python-client and openapi-generator read, by rule."""
    components = found["components"]["schemas"]
    for schema in schemas_in(components):
        if isinstance(schema.get("type"), dict) or isinstance(schema.get("properties"), list):
            continue  # attributes that are called like a keyword
        kinds = [schema["type"]] if isinstance(schema.get("type"), str) else schema.get("type", [])
        assert "type" in schema or "enum" not in schema, schema
        assert "array" not in kinds or "items" in schema, schema
        assert "object" not in kinds or {"properties", "additionalProperties"} & schema.keys()
        assert not {"allOf", "if", "patternProperties", "$defs", "prefixItems"} & schema.keys()
        assert not {"title", "$dynamicRef", "dependentSchemas"} & schema.keys()
    folded = [re.sub(r"[^a-z0-9]", "", name.lower()) for name in components]
    assert len(set(folded)) == len(folded)


def test_the_document_is_what_generators_read(admin):
    require_readable(document(admin))


ODD = {
    "title": "Whatever",
    "allOf": [{"$ref": "#/$defs/base"}, {"properties": {"b": {"type": "integer", "minimum": 1}}}],
    "properties": {
        "tree": {"$ref": "#/$defs/tree"},
        "self": {"$ref": "#"},
        "odd": {"enum": [1, "a", None, {"a": 1}]},
        "twins": {"type": "string", "enum": ["a-b", "A_B"]},
        "small": {"type": "number", "enum": [0.5, 1.5]},
        "pair": {"type": "array", "prefixItems": [{"type": "string"}], "items": False},
        "any": {"type": "array"},
        "open": {"type": "object"},
        "names": {"type": "object", "patternProperties": {"^x": {}}, "additionalProperties": False},
        "maybe": {"anyOf": [{"type": "string"}, {"$ref": "#/$defs/pair"}]},
        "when": {"if": {"type": "string"}, "then": {"minLength": 2}},
        "anchor": {"$ref": "#there"},
        "type": {"type": "string"},
        "properties": {"type": ["string", "null"]},
        "limit": {"type": "number"},
        "big": {"type": "integer", "exclusiveMinimum": 0, "default": "none"},
    },
    "required": ["tree"],
    "$defs": {
        "base": {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]},
        "tree": {"type": "array", "items": {"$ref": "#/$defs/tree"}},
        "pair": {"type": "object", "properties": {"l": {"$ref": "#/$defs/pair"}}},
        "place": {"$anchor": "there", "type": "string"},
    },
}


def test_of_a_tables_schema_the_document_says_what_generators_read(admin, settings, tmp_path):
    workers_with(ODD, settings, tmp_path)
    found = document(admin)
    require_readable(found)
    validate_schema(found)
    schemas = found["components"]["schemas"]
    new = schemas["Workers.NewItem"]
    assert new["required"] == ["tree", "a"]
    properties = new["properties"]
    assert properties["a"] == {"type": "string"}
    assert (properties["odd"], properties["when"], properties["anchor"]) == ({}, {}, {})
    assert properties["twins"] == {"type": "string"}
    assert "enum" not in properties["small"]
    assert properties["names"]["additionalProperties"] == {}
    assert properties["pair"] == {"type": "array", "items": {}}
    pair = {"$ref": "#/components/schemas/Workers.Part2Pair"}
    assert properties["maybe"] == {"anyOf": [{"type": "string"}, pair]}
    assert schemas["Workers.Part2Pair"]["properties"] == {"l": pair}
    big = {"type": "integer", "exclusiveMinimum": 0, "exclusiveMaximum": 1e126}
    assert properties["big"] == big
    names = [
        part.get("name")
        for part in found["paths"]["/api/v1/tables/Workers/items"]["get"]["parameters"]
    ]
    assert "limit__eq" in names
    assert "limit" not in names


def test_aliases_that_differ_in_case_or_punctuation_have_names_of_their_own(
    admin, settings, tmp_path
):
    settings.TABLES_FILE = tmp_path / "tables.toml"
    aliases = ["Workers", "workers", "WORK-ERS", "Typed"]
    settings.TABLES_FILE.write_text(
        'superuser_groups = ["admins"]\n'
        + "".join(f'[{alias}]\ntable = "v1-Workers"\n' for alias in aliases)
    )
    found = document(admin)
    require_readable(found)
    names = {"Workers.NewItem", "workers2.NewItem", "WORK-ERS3.NewItem", "Typed2.NewItem"}
    assert names <= found["components"]["schemas"].keys()
    assert {f"/api/v1/tables/{alias}/items" for alias in aliases} <= found["paths"].keys()


# ---------------------------------------------------------------- many tables, and one


def many(count, settings, folder):
    settings.TABLES_FILE = folder / "tables.toml"
    tables = "".join(f'[T{number}]\ntable = "v1-Workers"\n' for number in range(count))
    settings.TABLES_FILE.write_text(f'superuser_groups = ["admins"]\n{tables}')


def test_beyond_schema_aliases_the_document_is_one_of_operations(admin, settings, tmp_path, calls):
    settings.SCHEMA_ALIASES = 3
    many(3, settings, tmp_path)
    assert "/api/v1/tables/T2/items" in document(admin)["paths"]
    many(4, settings, tmp_path)
    found = document(admin)
    assert set(found["paths"]) == set(PATHS)
    assert "4 tables" in found["info"]["description"]
    assert "/api/schema/{alias}" in found["info"]["description"]


def test_of_2000_tables_the_document_is_small_and_asks_for_none(admin, settings, tmp_path, calls):
    many(2000, settings, tmp_path)
    response = admin.get("/api/schema/")
    assert len(response.content) < 400_000
    assert set(json.loads(response.content)["paths"]) == set(PATHS)
    assert calls == []


def test_50_tables_are_described_as_a_whole(admin, settings, tmp_path):
    many(50, settings, tmp_path)
    assert "/api/v1/tables/T49/items" in document(admin)["paths"]


@pytest.mark.parametrize("path", ["/api/schema/Workers", "/api/schema/Workers/"])
def test_one_table_has_a_document_of_its_own(reader, path, calls):
    response = reader.get(path)
    found = json.loads(response.content)
    validate_schema(found)
    require_readable(found)
    about = {"/api/v1", "/api/v1/tables", *(p for p in PATHS if p.startswith("/api/v1/jobs"))}
    assert {p for p in found["paths"] if not p.startswith("/api/v1/tables/Workers")} == about
    assert "Workers.NewItem" in found["components"]["schemas"]
    assert set(calls) <= {"DescribeTable", "DescribeTimeToLive"}


@pytest.mark.parametrize("alias", ["Hidden", "Nothing", "v1-Workers"])
def test_a_table_that_may_not_be_viewed_has_no_document(reader, nobody, alias):
    problem(reader.get(f"/api/schema/{alias}"), 404, "table_not_found")
    problem(nobody.get(f"/api/schema/{alias}"), 401, "unauthorized")


def test_swagger_ui_shows_one_table(nobody):
    page = nobody.get("/api/docs/tables/Workers/", Accept="text/html")
    assert page.status_code == 200
    script = nobody.get("/api/docs/tables/Workers/", "script=", Accept="*/*")
    assert b"/api/schema/Workers" in script.content
