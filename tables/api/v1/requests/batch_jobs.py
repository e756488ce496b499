"""The operations of a batch as a job keeps them: each with its key, checked as far as it can be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rest_framework.exceptions import APIException

from tables.api.v1.requests.batch_operations import BatchOperation
from tables.api.v1.requests.bodies import draft_of, json_change, merge_change
from tables.api.v1.requests.preconditions import require_precondition
from tables.core.errors import TablesError
from tables.core.keys import decode_token, encode_token, key_of
from tables.items.creates import placed
from tables.items.target import Target
from tables.jobs.chunk_rows import refused
from tables.jobs.kinds.batch import StagedOperation


def stage(
    operations: Sequence[BatchOperation], target: Target, *, is_typed: bool
) -> list[StagedOperation]:
    """The operations as a job keeps them; what is wrong with one stands with it."""
    tokens: set[str] = set()
    staged = []
    for number, operation in enumerate(operations, 1):
        one = _staged(number, operation, target, is_typed=is_typed)
        if one.fault is None:
            one = replace(one, is_again=one.token in tokens)
            tokens.add(one.token)
        staged.append(one)
    return staged


def _staged(
    number: int, operation: BatchOperation, target: Target, *, is_typed: bool
) -> StagedOperation:
    plain = StagedOperation(
        number, operation.method, operation.key or "", operation.tags, is_typed=is_typed
    )
    try:
        return _with_body(plain, operation, target)
    except TablesError as error:
        row = refused("", error)
        fault = row.code, row.detail
    except APIException as error:
        fault = error.default_code, str(error.detail)
    return replace(plain, token=_named(plain.token, target), fault=fault)


def _named(token: str, target: Target) -> str:
    """The item's token, empty where it names none."""
    try:
        return encode_token(decode_token(token, target.description), target.description)
    except TablesError:
        return ""


def _with_body(
    plain: StagedOperation, operation: BatchOperation, target: Target
) -> StagedOperation:
    description, is_typed = target.description, plain.is_typed
    if operation.method == "POST":
        draft = placed(target, draft_of(operation.body, is_typed=is_typed), operation.tags)
        token = encode_token(key_of(draft.item, description), description)
        return replace(plain, token=token, body=draft.item)
    require_precondition(target.table, operation.method, operation.tags)
    key = decode_token(plain.token, description)
    named = replace(plain, token=encode_token(key, description))
    if operation.method == "DELETE":
        return named
    if operation.method == "PUT":
        draft = draft_of(operation.body, is_typed=is_typed).keyed(description)
        return replace(named, body=draft.item)
    if isinstance(operation.body, list):
        json_change(operation.body)
    else:
        merge_change(operation.body, is_typed=is_typed)
    return replace(named, body=operation.body)
