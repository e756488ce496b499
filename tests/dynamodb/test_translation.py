"""Errors of AWS in our words: complete against botocore's own model of DynamoDB."""

import pytest
from botocore.exceptions import ClientError, NoRegionError, ParamValidationError

import tables.core.errors as tree
from tables.core.errors import (
    Conflict,
    InvalidRequest,
    PreconditionFailed,
    Refused,
    TablesError,
    Throttled,
    TransactionConflict,
    Unavailable,
)
from tables.dynamodb.client import client
from tables.dynamodb.translation import _REASONS, ERRORS, translate

SECRET = "User: arn:aws:sts::123456789012:assumed-role/x is not authorized on table/ttd-Workers"


def refused(code, message=SECRET, **members):
    return ClientError(
        {
            "Error": {"Code": code, "Message": message},
            "ResponseMetadata": {"RequestId": "R"},
            **members,
        },
        "GetItem",
    )


def shapes():
    model = client().meta.service_model
    return {
        shape.metadata.get("error", {}).get("code", shape.name)
        for name in model.operation_names
        for shape in model.operation_model(name).error_shapes
    }


def test_every_error_of_the_service_model_has_a_translation():
    assert shapes() - ERRORS.keys() == set()


@pytest.mark.parametrize("code", sorted(ERRORS))
def test_no_translation_repeats_what_names_accounts_roles_or_tables(code):
    error = translate(refused(code))
    kind = Conflict if code == "TransactionCanceledException" else ERRORS[code]
    assert type(error) is kind
    assert error.aws_code == code
    assert error.aws_request_id == "R"
    assert error.retry_after is None or kind.retryable
    if not issubclass(kind, InvalidRequest | tree.TooLarge):
        assert "arn" not in error.message
        assert error.message.endswith(".")


def test_an_unknown_error_is_an_unavailable_dynamodb():
    error = translate(refused("BrandNewException"))
    assert type(error) is Unavailable
    assert "arn" not in error.message


def test_what_dynamodb_says_of_the_request_itself_is_passed_on():
    error = translate(refused("ValidationException", "The provided key element does not match"))
    assert error.message == "The provided key element does not match"


def test_a_request_that_botocore_cannot_send_is_the_callers():
    assert type(translate(ParamValidationError(report="x"))) is InvalidRequest
    assert type(translate(NoRegionError())) is Refused


def test_a_failed_condition_brings_the_item_in_wire_form():
    item = {"b": {"B": b"\x00\x01"}, "l": {"L": [{"BS": [b"\xff"]}]}, "n": {"N": "1"}}
    error = translate(refused("ConditionalCheckFailedException", Item=item))
    assert type(error) is PreconditionFailed
    assert error.current == {"b": {"B": "AAE="}, "l": {"L": [{"BS": ["/w=="]}]}, "n": {"N": "1"}}
    assert translate(refused("ConditionalCheckFailedException")).current is None


def cancelled(*reasons):
    return translate(
        refused(
            "TransactionCanceledException",
            CancellationReasons=[
                reason if isinstance(reason, dict) else {"Code": reason} for reason in reasons
            ],
        )
    )


@pytest.mark.parametrize(
    ("reasons", "kind", "position"),
    [
        (["ConditionalCheckFailed", "None"], PreconditionFailed, 0),
        (["None", "ConditionalCheckFailed"], PreconditionFailed, 1),
        (["TransactionConflict", "None"], TransactionConflict, None),
        (["None", "ThrottlingError"], Throttled, None),
        (["ProvisionedThroughputExceeded"], Throttled, None),
        (["ValidationError"], InvalidRequest, None),
        (["ItemCollectionSizeLimitExceeded"], tree.TooLarge, None),
        (["DuplicateItem"], tree.ItemExists, None),
        (["None", "None"], Conflict, None),
        ([], Conflict, None),
        (["SomethingNew"], Conflict, None),
    ],
)
def test_a_cancelled_transaction_is_what_its_first_reason_says(reasons, kind, position):
    error = cancelled(*reasons)
    assert type(error) is kind
    assert "arn" not in error.message
    if position is not None:
        assert error.position == position


def test_a_cancelled_transaction_brings_the_item_too():
    error = cancelled({"Code": "ConditionalCheckFailed", "Item": {"b": {"B": b"x"}}})
    assert error.current == {"b": {"B": "eA=="}}


def test_the_reasons_are_translated_as_their_errors_are():
    assert set(_REASONS.values()) <= ERRORS.keys()


def test_every_error_of_ours_has_a_code_of_its_own():
    kinds = [
        kind
        for kind in vars(tree).values()
        if isinstance(kind, type) and issubclass(kind, TablesError)
    ]
    codes = [kind.code for kind in kinds]
    assert len(codes) == len(set(codes))
    assert all(400 <= kind.status < 600 for kind in kinds)
