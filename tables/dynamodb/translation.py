"""AWS errors translated into ours: one row for each error DynamoDB can answer."""

from __future__ import annotations

import logging
from typing import Any

from botocore.exceptions import (
    ClientError,
    CredentialRetrievalError,
    NoCredentialsError,
    NoRegionError,
    ParamValidationError,
    PartialCredentialsError,
)

from tables.core.errors import (
    Conflict,
    InvalidRequest,
    ItemExists,
    PreconditionFailed,
    Refused,
    Sentence,
    TablesError,
    Throttled,
    TooLarge,
    TransactionConflict,
    Unavailable,
    WriteInDoubt,
)
from tables.dynamodb.deadline import OutOfTime
from tables.dynamodb.wire import from_parser

logger = logging.getLogger(__name__)

RETRY_AFTER_SECONDS = 2

# Every error shape of botocore's DynamoDB model, then the codes AWS answers outside of it.
ERRORS: dict[str, type[TablesError]] = {
    "BackupInUseException": Refused,
    "BackupNotFoundException": Refused,
    "ConditionalCheckFailedException": PreconditionFailed,
    "ContinuousBackupsUnavailableException": Refused,
    "DuplicateItemException": ItemExists,
    "ExportConflictException": Conflict,
    "ExportNotFoundException": Refused,
    "GlobalTableAlreadyExistsException": Refused,
    "GlobalTableNotFoundException": Refused,
    "IdempotentParameterMismatchException": Conflict,
    "ImportConflictException": Conflict,
    "ImportNotFoundException": Refused,
    "IndexNotFoundException": Refused,
    "InternalServerError": Unavailable,
    "InvalidEndpointException": Refused,
    "InvalidExportTimeException": Refused,
    "InvalidRestoreTimeException": Refused,
    "ItemCollectionSizeLimitExceededException": TooLarge,
    "LimitExceededException": Throttled,
    "PointInTimeRecoveryUnavailableException": Refused,
    "PolicyNotFoundException": Refused,
    "ProvisionedThroughputExceededException": Throttled,
    "ReplicaAlreadyExistsException": Refused,
    "ReplicaNotFoundException": Refused,
    "ReplicatedWriteConflictException": TransactionConflict,
    "RequestLimitExceeded": Throttled,
    "ResourceInUseException": Refused,
    "ResourceNotFoundException": Refused,
    "TableAlreadyExistsException": Refused,
    "TableInUseException": Refused,
    "TableNotFoundException": Refused,
    "ThrottlingException": Throttled,
    "TransactionCanceledException": Conflict,
    "TransactionConflictException": TransactionConflict,
    "TransactionInProgressException": TransactionConflict,
    "AccessDeniedException": Refused,
    "ExpiredTokenException": Refused,
    "IncompleteSignature": Refused,
    "IncompleteSignatureException": Refused,
    "InvalidClientTokenId": Refused,
    "InvalidSignatureException": Refused,
    "MissingAuthenticationToken": Refused,
    "MissingAuthenticationTokenException": Refused,
    "OptInRequired": Refused,
    "RequestExpired": Refused,
    "SerializationException": InvalidRequest,
    "ServiceUnavailable": Unavailable,
    "ServiceUnavailableException": Unavailable,
    "InternalFailure": Unavailable,
    "UnrecognizedClientException": Refused,
    "UnknownOperationException": Refused,
    "ValidationException": InvalidRequest,
    "ValidationError": InvalidRequest,
}
# Why one operation of a transaction failed, in the same words.
_REASONS = {
    "ConditionalCheckFailed": "ConditionalCheckFailedException",
    "TransactionConflict": "TransactionConflictException",
    "ProvisionedThroughputExceeded": "ProvisionedThroughputExceededException",
    "ThrottlingError": "ThrottlingException",
    "ItemCollectionSizeLimitExceeded": "ItemCollectionSizeLimitExceededException",
    "ValidationError": "ValidationException",
    "DuplicateItem": "DuplicateItemException",
}


# AWS's own text goes out only where it speaks of the request itself: the rest may name accounts,
# roles and tables.
_SENTENCES: dict[type[TablesError], Sentence] = {
    Conflict: Sentence("Another operation stands in the way of this one."),
    ItemExists: Sentence("An item has this key already."),
    Refused: Sentence("AWS refused a request of this service."),
    Throttled: Sentence("DynamoDB asks to slow down. Try again in a moment."),
    TransactionConflict: Sentence("Another write holds the item; nothing was written. Try again."),
    Unavailable: Sentence("DynamoDB failed to answer. Try again in a moment."),
}
# What DynamoDB calls invalid where an index went, or began to be made, after it was described.
_NO_SUCH_INDEX = (
    "Cannot read from backfilling global secondary index",
    "The table does not have the specified index",
)
# This service has nothing to call DynamoDB with: ours to mend.
_NOT_SET_UP = (
    CredentialRetrievalError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
)


def translate(error: Exception, *, in_doubt: bool = False) -> TablesError:
    """Our error for what the last try of a call raised; raise it `from` that.

    `in_doubt` where the call is a write that may have been made in spite of it.
    """
    if in_doubt:
        return _translate_doubt(error)
    if isinstance(error, ClientError):
        return _translate_answer(error)
    if isinstance(error, ParamValidationError):
        logger.error("request_not_accepted", extra={"reason": type(error).__name__})
        return InvalidRequest("DynamoDB can't take this request.")
    if isinstance(error, _NOT_SET_UP):
        logger.error("dynamodb_not_set_up", extra={"reason": type(error).__name__})
        return Refused(_SENTENCES[Refused])
    logger.error("dynamodb_unreachable", extra={"reason": type(error).__name__})
    if isinstance(error, OutOfTime):
        return Unavailable(
            "DynamoDB takes longer to answer than a request may wait.",
            retry_after=RETRY_AFTER_SECONDS,
        )
    return Unavailable("DynamoDB can't be reached.", retry_after=RETRY_AFTER_SECONDS)


def _translate_doubt(error: Exception) -> WriteInDoubt:
    response: Any = error.response if isinstance(error, ClientError) else {}
    code = response.get("Error", {}).get("Code")
    logger.error("write_in_doubt", extra={"reason": type(error).__name__, "aws_code": code})
    item = response.get("Item")
    return WriteInDoubt(
        current=from_parser(item) if item else None,
        aws_request_id=response.get("ResponseMetadata", {}).get("RequestId"),
    )


def _translate_answer(error: ClientError) -> TablesError:
    response: Any = error.response
    code = response.get("Error", {}).get("Code", "")
    request_id = response.get("ResponseMetadata", {}).get("RequestId")
    if code == "TransactionCanceledException":
        return _translate_cancellation(response, request_id)
    return _make(
        code, response.get("Error", {}).get("Message", ""), request_id, response.get("Item")
    )


def _translate_cancellation(response: Any, request_id: str | None) -> TablesError:
    made: dict[int, TablesError] = {}
    for position, reason in enumerate(response.get("CancellationReasons") or ()):
        code = _REASONS.get(reason.get("Code") or "None")
        if code is not None:
            error = _make(code, reason.get("Message") or "", request_id, reason.get("Item"))
            if isinstance(error, PreconditionFailed):
                error.position = position
            made[position] = error
    if made:
        first = made[min(made)]
        first.reasons = made
        return first
    return Conflict(
        "The transaction was cancelled; nothing was written.",
        aws_code="TransactionCanceledException",
        aws_request_id=request_id,
    )


def _make(code: str, message: str, request_id: str | None, item: Any) -> TablesError:
    if message.startswith(_NO_SUCH_INDEX):
        return Unavailable(
            "An index of this table was made or deleted just now. Try again.",
            retry_after=RETRY_AFTER_SECONDS,
            aws_code="IndexNotFoundException",
            aws_request_id=request_id,
        )
    kind = ERRORS.get(code, Unavailable)
    if kind is PreconditionFailed:
        return PreconditionFailed(
            "The item is not in the state that this request expects.",
            current=from_parser(item) if item else None,
            aws_code=code,
            aws_request_id=request_id,
        )
    if kind in (Refused, Unavailable):
        logger.error("dynamodb_refused", extra={"aws_code": code, "aws_request_id": request_id})
    retry_after = RETRY_AFTER_SECONDS if kind.retryable else None
    words = _SENTENCES.get(kind, message)
    return kind(words, retry_after=retry_after, aws_code=code, aws_request_id=request_id)
