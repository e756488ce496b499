"""The operations of v1 as OpenAPI describes them, for one table or for any."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tables.api.v1.media_types import (
    FORM,
    JSON_PATCH,
    MERGE_PATCH,
    MULTIPART,
    PLAIN,
    TYPED,
)
from tables.api.v1.openapi.jobs import JOB_PATHS, LATER, told_job
from tables.api.v1.openapi.objects import Part, ref
from tables.api.v1.openapi.parts import FILTER_HELP, PARAMETERS, headers, problems
from tables.api.v1.openapi.schemas import JSON_PATCH_BODY, page_of
from tables.api.v1.openapi.subject import Subject

Builder = Callable[[Subject], Part]


def _json(schema: Part) -> Part:
    return {PLAIN: {"schema": schema}}


def _both(plain: Part, typed: Part) -> Part:
    return {PLAIN: {"schema": plain}, TYPED: {"schema": typed}}


def _answer(description: str, content: Part, *names: str) -> Part:
    return {"description": description, "headers": headers(*names), "content": content}


def _item(subject: Subject, description: str, *names: str) -> Part:
    content = _both(subject.schema("Shown"), ref("schemas", "TypedItem"))
    return _answer(description, content, "ETag", "Idempotency-Replayed", "Link", *names)


def _empty(description: str, *names: str) -> Part:
    return {"description": description, "headers": headers(*names)}


def _changed(description: str, *names: str) -> Part:
    """The answer without the item that `return=minimal` asks for."""
    told = ("ETag", "Preference-Applied", "Idempotency-Replayed", "Link", *names)
    return _empty(description, *told)


def _body(content: Part) -> Part:
    return {"required": True, "content": content}


def _item_body(
    subject: Subject, name: str, form_name: str, example: Mapping[str, Any] | None
) -> Part:
    plain: Part = {"schema": subject.schema(name)}
    if example is not None:
        plain["example"] = dict(example)
    content = {PLAIN: plain, TYPED: {"schema": subject.schema(f"Typed{name}")}}
    if subject.takes_forms:
        form = {"schema": subject.schema(form_name)}
        content |= {FORM: form, MULTIPART: form}
    return _body(content)


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
    page = _both(
        _expanded(page_of(subject.schema("Shown")), subject),
        _expanded(page_of(ref("schemas", "TypedItem")), subject),
    )
    names = ["fields", "limit", "cursor", "order", "plan", "format"]
    return subject.operation(
        "items",
        "Items, filtered and in pages",
        description=FILTER_HELP,
        parameters=[
            *subject.parameters(*names),
            *_index(subject),
            *_expand(subject),
            *subject.filters,
        ],
        responses={"200": _answer("A page.", page, "Link"), **problems()},
    )


def _expanded(page: Part, subject: Subject) -> Part:
    """A page beside which the items may stand that its links lead to."""
    if subject.links == ():
        return page
    properties = {**page["properties"], "linked": ref("schemas", "Linked")}
    return {**page, "properties": properties}


def _expand(subject: Subject) -> list[Part]:
    if subject.links is None:
        return [ref("parameters", "expand")]
    if not subject.links:
        return []
    items = {"type": "string", "enum": list(subject.links)}
    schema = {**PARAMETERS["expand"]["schema"], "items": items}
    return [{**PARAMETERS["expand"], "schema": schema}]


def _index(subject: Subject) -> list[Part]:
    if subject.indexes is None:
        return [ref("parameters", "index")]
    if not subject.indexes:
        return []
    schema = {"type": "string", "enum": list(subject.indexes)}
    return [{**PARAMETERS["index"], "schema": schema}]


def create_item(subject: Subject) -> Part:
    names = ["if_none_match", "prefer", "idempotency_key"]
    responses = {"201": _item(subject, "Created.", "Location", "Preference-Applied")}
    if subject.may_upsert:
        names.append("use_snapshot")
        told = ("Location", "Preference-Applied")
        responses["200"] = _item(subject, "Updated: the natural key was stored.", *told)
        responses["204"] = _changed("Updated, and `return=minimal`.", "Location")
    if not subject.has_natural_key:
        names += ["fields", "format"]
    return subject.operation(
        "create",
        "Create an item, or update the one of the same natural key"
        if subject.has_natural_key
        else "Create an item",
        parameters=subject.parameters(*names),
        requestBody=_item_body(subject, "NewItem", "NewForm", subject.example),
        responses={**responses, **problems(403, 409, 412, 413, 415, 422, *subject.read_only)},
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


def _write_parameters(subject: Subject, *more: str, creates: bool = False) -> list[Part]:
    names = ["key", *more, "if_none_match", "prefer", "idempotency_key"]
    if subject.may_upsert:
        names.append("use_snapshot")
    if_match = ref("parameters", "if_match")
    if subject.requires_precondition and not creates:
        if_match = {**PARAMETERS["if_match"], "required": True}
    return [*subject.parameters(*names), if_match]


def replace_item(subject: Subject) -> Part:
    responses = {
        "200": _item(subject, "Replaced.", "Preference-Applied"),
        "204": _changed("Replaced, and `return=minimal`."),
    }
    if subject.creates_by_put:
        responses["201"] = _item(subject, "Created.", "Location", "Preference-Applied")
    return subject.operation(
        "replace",
        "Make this whole item stand at the URL",
        parameters=_write_parameters(subject, "fields", "format", creates=subject.creates_by_put),
        requestBody=_item_body(subject, "ItemAtUrl", "FormAtUrl", subject.example_at_url),
        responses={**responses, **subject.refusals(403, 409, 412, 413, 415, 422)},
    )


def change_item(subject: Subject) -> Part:
    merge: Part = {"schema": subject.schema("MergePatch"), "example": {"note": None}}
    return subject.operation(
        "change",
        "Change parts of an item, in one write",
        parameters=_write_parameters(subject, "fields", "format"),
        requestBody=_body(
            {
                MERGE_PATCH: merge,
                PLAIN: merge,
                JSON_PATCH: {"schema": JSON_PATCH_BODY},
                TYPED: {"schema": subject.schema("TypedPatch")},
            }
        ),
        responses={
            "200": _item(subject, "Changed.", "Preference-Applied"),
            "204": _changed("Changed, and `return=minimal`."),
            **subject.refusals(403, 409, 412, 413, 415, 422),
        },
    )


def delete_item(subject: Subject) -> Part:
    return subject.operation(
        "delete",
        "Delete an item",
        parameters=_write_parameters(subject),
        responses={
            "204": _empty("It is gone.", "Idempotency-Replayed", "Link"),
            **subject.refusals(403, 409, 412, 422),
        },
    )


def search(subject: Subject) -> Part:
    more = {"cursor": {"type": ["string", "null"]}}
    return subject.operation(
        "search",
        "Search with the scan language; a POST because the filter is a body",
        parameters=subject.parameters("cursor", "format", "respond_async", "idempotency_key"),
        requestBody=_body(_json(subject.schema("Search"))),
        responses={
            "200": _answer(
                "A page; `next` is where to POST the same body for the next one.",
                _both(
                    page_of(subject.schema("Shown"), **more),
                    page_of(ref("schemas", "TypedItem"), **more),
                ),
                *("Idempotency-Replayed", "Preference-Applied"),
            ),
            "202": told_job(
                "The whole result, as a job that exports it.", *LATER, "Idempotency-Replayed"
            ),
            **problems(403, 409, 413, 415, 422),
        },
    )


def batch(subject: Subject) -> Part:
    batches = {"schema": ref("schemas", "Batch")}
    results = ref("schemas", "BatchResults")
    return subject.operation(
        "batch",
        "Up to 100 operations, each on its own; as a job up to 10,000",
        parameters=subject.parameters("format", "batch_prefer", "idempotency_key"),
        requestBody=_body({PLAIN: batches, TYPED: batches}),
        responses={
            "202": told_job("A job that does them.", *LATER, "Idempotency-Replayed"),
            "207": _answer(
                "One result for each.",
                _both(results, results),
                *("Idempotency-Replayed", "Preference-Applied"),
            ),
            **problems(403, 409, 413, 415, 422, 507, *subject.read_only),
        },
    )


def history(subject: Subject) -> Part:
    versions = ref("schemas", "Versions")
    return subject.operation(
        "history",
        "The versions of an item, newest first, where a history is kept",
        parameters=subject.parameters("key", "limit", "cursor", "format"),
        responses={
            "200": _answer("A page.", _both(versions, versions), "Link"),
            **problems(403),
        },
    )


def version(subject: Subject) -> Part:
    found = ref("schemas", "Version")
    return subject.operation(
        "version",
        "What one version changed, and the item as it was then",
        parameters=subject.parameters("key", "version", "fields", "format"),
        responses={
            "200": _answer("The version.", _both(found, found), "Link"),
            **problems(403, 409),
        },
    )


def _taking_back(subject: Subject, name: str, summary: str) -> Part:
    return subject.operation(
        name,
        summary,
        parameters=_write_parameters(subject, "version", "fields", "format", creates=True),
        responses={
            "200": _item(subject, "The item after it.", "Preference-Applied"),
            "201": _item(subject, "It is there again.", "Location", "Preference-Applied"),
            "204": _empty("It is gone, or `return=minimal`.", "Idempotency-Replayed", "Link"),
            **subject.refusals(403, 409, 412, 413, 422),
        },
    )


def undo(subject: Subject) -> Part:
    return _taking_back(subject, "undo", "Take back what one version changed")


def restore(subject: Subject) -> Part:
    return _taking_back(subject, "restore", "Make the item what one version left")


def changes(subject: Subject) -> Part:
    names = ("person", "action", "since", "until", "limit", "cursor")
    return _changes(subject, "changes", "What was changed, newest first", *names)


def trash(subject: Subject) -> Part:
    names = ("q", "limit", "cursor")
    return _changes(subject, "trash", "Deleted items that are gone still", *names)


def _changes(subject: Subject, name: str, summary: str, *names: str) -> Part:
    answer = _answer("A page.", _json(ref("schemas", "Changes")), "Link")
    return subject.operation(
        name,
        summary,
        parameters=subject.parameters(*names),
        responses={"200": answer, **problems(403)},
    )


_TABLE = "/api/v1/tables/{alias}"
_VERSION = f"{_TABLE}/items/{{token}}/history/{{n}}"
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
    f"{_TABLE}/items/{{token}}/history": {"get": history},
    _VERSION: {"get": version},
    f"{_VERSION}/undo": {"post": undo},
    f"{_VERSION}/restore": {"post": restore},
    f"{_TABLE}/history": {"get": changes},
    f"{_TABLE}/trash": {"get": trash},
    f"{_TABLE}/search": {"post": search},
    f"{_TABLE}/batch": {"post": batch},
    **JOB_PATHS,
}
