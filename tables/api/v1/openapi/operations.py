"""The operations of v1 as OpenAPI describes them, for one table or for any."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tables.api.v1.media_types import (
    FORM,
    JSON_PATCH,
    MERGE_PATCH,
    MULTIPART,
    PLAIN,
    TYPED,
)
from tables.api.v1.openapi.parts import FILTER_HELP, PARAMETERS, Part, headers, problems, ref
from tables.api.v1.openapi.schemas import page_of


@dataclass(frozen=True, slots=True)
class Subject:
    """What operations are about: a table by its alias, or any table.

    `filters` are parameters of declared attributes, `indexes` the names of the table's indexes.
    """

    alias: str = ""
    has_natural_key: bool = False
    creates_by_put: bool = True
    requires_precondition: bool = False
    example: Mapping[str, Any] | None = None
    example_at_url: Mapping[str, Any] | None = None
    filters: tuple[Part, ...] = ()
    indexes: tuple[str, ...] = ()

    def schema(self, name: str) -> Part:
        """The component of that name, the table's own where this is one table."""
        return ref("schemas", f"{self.alias}.{name}" if self.alias else name)

    def parameters(self, *names: str) -> list[Part]:
        """Parameters by reference, the alias first where it is one."""
        wanted = names if self.alias else ("alias", *names)
        return [ref("parameters", name) for name in wanted]

    def operation(self, name: str, summary: str, **members: Any) -> Part:
        """An operation under an id of its own."""
        words = f"{self.alias}_{name}" if self.alias else name
        tag = self.alias or "Any table"
        return {"operationId": words, "summary": summary, "tags": [tag], **members}


ANY = Subject()
Builder = Callable[[Subject], Part]


def _json(schema: Part) -> Part:
    return {PLAIN: {"schema": schema}}


def _both(plain: Part, typed: Part) -> Part:
    return {PLAIN: {"schema": plain}, TYPED: {"schema": typed}}


def _answer(description: str, content: Part, *names: str) -> Part:
    return {"description": description, "headers": headers(*names), "content": content}


def _item(subject: Subject, description: str, *names: str) -> Part:
    content = _both(subject.schema("Shown"), ref("schemas", "TypedItem"))
    return _answer(description, content, "ETag", "Idempotency-Replayed", *names)


def _empty(description: str, *names: str) -> Part:
    return {"description": description, "headers": headers(*names)}


def _body(content: Part) -> Part:
    return {"required": True, "content": content}


def _item_body(schema: Part, example: Mapping[str, Any] | None) -> Part:
    plain: Part = {"schema": schema}
    if example is not None:
        plain["example"] = dict(example)
    form = {"schema": {"type": "object"}}
    return _body(
        {
            PLAIN: plain,
            TYPED: {"schema": ref("schemas", "TypedItem")},
            FORM: form,
            MULTIPART: form,
        }
    )


def root(_subject: Subject) -> Part:
    answer = _answer("The links.", _json(ref("schemas", "Links")))
    return {
        "operationId": "root",
        "summary": "Links",
        "tags": ["Tables"],
        "responses": {"200": answer, **problems()},
    }


def tables(_subject: Subject) -> Part:
    answer = _answer("The tables.", _json(ref("schemas", "Tables")))
    return {
        "operationId": "tables",
        "summary": "The tables you may view",
        "tags": ["Tables"],
        "responses": {"200": answer, **problems()},
    }


def table(subject: Subject) -> Part:
    return subject.operation(
        "table",
        "Keys, indexes, size, your rights and the schema",
        parameters=subject.parameters(),
        responses={"200": _answer("The facts.", _json(ref("schemas", "Table"))), **problems()},
    )


def list_items(subject: Subject) -> Part:
    page = _both(page_of(subject.schema("Shown")), page_of(ref("schemas", "TypedItem")))
    names = ["fields", "limit", "cursor", "order", "plan", "format"]
    index: Part = ref("parameters", "index")
    if subject.indexes:
        index = {
            "name": "index",
            "in": "query",
            "description": "Forces a secondary index.",
            "schema": {"type": "string", "enum": list(subject.indexes)},
        }
    return subject.operation(
        "items",
        "Items, filtered and in pages",
        description=FILTER_HELP,
        parameters=[*subject.parameters(*names), index, *subject.filters],
        responses={"200": _answer("A page.", page, "Link", "RateLimit"), **problems()},
    )


def create_item(subject: Subject) -> Part:
    names = ["if_none_match", "prefer", "idempotency_key"]
    responses = {"201": _item(subject, "Created.", "Location", "Preference-Applied")}
    refusals = [403, 409, 412, 413, 415, 422]
    if subject.has_natural_key:
        names.append("use_snapshot")
        refusals.append(405)
        responses["200"] = _item(subject, "Updated: the natural key was stored.", "Location")
        responses["204"] = _empty("Updated, and `return=minimal`.", "ETag", "Location")
    else:
        names += ["fields", "format"]
    return subject.operation(
        "create",
        "Create an item, or update the one of the same natural key"
        if subject.has_natural_key
        else "Create an item",
        parameters=subject.parameters(*names),
        requestBody=_item_body(subject.schema("NewItem"), subject.example),
        responses={**responses, **problems(*refusals)},
    )


def read_item(subject: Subject) -> Part:
    return subject.operation(
        "item",
        "An item, read consistently",
        parameters=subject.parameters("key", "fields", "format", "if_none_match"),
        responses={
            "200": _answer(
                "The item.", _both(subject.schema("Shown"), ref("schemas", "TypedItem")), "ETag"
            ),
            "304": _empty("The client has it.", "ETag"),
            **problems(412),
        },
    )


def _write_parameters(subject: Subject, *more: str) -> list[Part]:
    names = ["key", *more, "if_none_match", "prefer", "idempotency_key"]
    if subject.has_natural_key:
        names.append("use_snapshot")
    if_match = ref("parameters", "if_match")
    if subject.requires_precondition:
        if_match = {**PARAMETERS["if_match"], "required": True}
    return [*subject.parameters(*names), if_match]


def _write_problems(subject: Subject, *more: int) -> Part:
    return problems(403, 409, 412, 422, 428, *more, *([405] if subject.has_natural_key else []))


def replace_item(subject: Subject) -> Part:
    responses = {
        "200": _item(subject, "Replaced.", "Preference-Applied"),
        "204": _empty("Replaced, and `return=minimal`.", "ETag", "Preference-Applied"),
    }
    if subject.creates_by_put:
        responses["201"] = _item(subject, "Created.", "Location", "Preference-Applied")
    return subject.operation(
        "replace",
        "Make this whole item stand at the URL",
        parameters=_write_parameters(subject, "fields", "format"),
        requestBody=_item_body(subject.schema("ItemAtUrl"), subject.example_at_url),
        responses={**responses, **_write_problems(subject, 413, 415)},
    )


def change_item(subject: Subject) -> Part:
    merge: Part = {"schema": ref("schemas", "MergePatch"), "example": {"note": None}}
    return subject.operation(
        "change",
        "Change parts of an item, in one write",
        parameters=_write_parameters(subject, "fields", "format"),
        requestBody=_body(
            {
                MERGE_PATCH: merge,
                PLAIN: merge,
                JSON_PATCH: {"schema": ref("schemas", "JsonPatch")},
                TYPED: {"schema": ref("schemas", "TypedPatch")},
            }
        ),
        responses={
            "200": _item(subject, "Changed.", "Preference-Applied"),
            "204": _empty("Changed, and `return=minimal`.", "ETag", "Preference-Applied"),
            **_write_problems(subject, 413, 415),
        },
    )


def delete_item(subject: Subject) -> Part:
    return subject.operation(
        "delete",
        "Delete an item",
        parameters=_write_parameters(subject),
        responses={
            "204": _empty("It is gone.", "Idempotency-Replayed"),
            **_write_problems(subject),
        },
    )


def search(subject: Subject) -> Part:
    more = {"cursor": {"type": ["string", "null"]}}
    return subject.operation(
        "search",
        "Search with the scan language; a POST because the filter is a body",
        parameters=subject.parameters("cursor", "format"),
        requestBody=_body(_json(ref("schemas", "Search"))),
        responses={
            "200": _answer(
                "A page; `next` is where to POST the same body for the next one.",
                _both(
                    page_of(subject.schema("Shown"), **more),
                    page_of(ref("schemas", "TypedItem"), **more),
                ),
            ),
            **problems(413, 415, 422),
        },
    )


def batch(subject: Subject) -> Part:
    batches = {"schema": ref("schemas", "Batch")}
    results = ref("schemas", "BatchResults")
    natural = [405] if subject.has_natural_key else []
    return subject.operation(
        "batch",
        "Up to 100 operations, each on its own",
        parameters=subject.parameters("format", "prefer", "idempotency_key"),
        requestBody=_body({PLAIN: batches, TYPED: batches}),
        responses={
            "207": _answer("One result for each.", _both(results, results), "Idempotency-Replayed"),
            **problems(403, 409, 413, 415, 422, *natural),
        },
    )


_TABLE = "/api/v1/tables/{alias}"
# Path -> method -> its operation.
PATHS: dict[str, dict[str, Builder]] = {
    "/api/v1": {"get": root},
    "/api/v1/tables": {"get": tables},
    _TABLE: {"get": table},
    f"{_TABLE}/items": {"get": list_items, "post": create_item},
    f"{_TABLE}/items/{{token}}": {
        "get": read_item,
        "put": replace_item,
        "patch": change_item,
        "delete": delete_item,
    },
    f"{_TABLE}/search": {"post": search},
    f"{_TABLE}/batch": {"post": batch},
}
