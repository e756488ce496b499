"""The error tree: everything a room may raise on purpose; each door words it for its readers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self


class Sentence(str):
    """English for people, that still knows the template it was made from and what fills that.

    `Sentence("The path {path} is long.", path="a")` is the text for logs and JSON; pages translate
    `template` and fill in `parts`, those that are sentences translated as well. A sentence without
    parts is said as it stands, braces and all. A part that is a sentence leaves its full stop to a
    template that ends with one.
    """

    __slots__ = ("parts", "template")
    template: str
    parts: dict[str, Any]

    def __new__(cls, template: str, /, **parts: Any) -> Self:
        """Raise KeyError when the template names a part that is not given."""
        if isinstance(template, cls) and not parts:
            return template
        self = super().__new__(cls, _filled(template, parts))
        self.template, self.parts = str(template), parts
        return self


def _filled(template: str, parts: Mapping[str, Any]) -> str:
    """The template, in any language, with its parts in it."""
    if not parts:
        return template
    ends = template.endswith(".")
    return template.format_map({name: _part(part, ends) for name, part in parts.items()})


def _part(part: Any, ends: bool) -> Any:
    return part.removesuffix(".") if ends and isinstance(part, Sentence) else part


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a body: an RFC 6901 JSON pointer and a sentence for its writer.

    `detail` is a Sentence, unless the words are those of another library. `rule` is the keyword of
    a schema that is broken there, empty for anything else.
    """

    pointer: str
    detail: str
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Clash:
    """A document path, and three values there in wire form, None where nothing stands.

    Someone `left` one there, one stands there `now`, and one is `wanted` there.
    """

    path: tuple[str | int, ...]
    left: dict[str, Any] | None
    now: dict[str, Any] | None
    wanted: dict[str, Any] | None


class TablesError(Exception):
    """A failure that nobody foresaw.

    The root of the tree, whose branches were foreseen. `message` is a Sentence that may be shown to
    whoever made the request, made of a template and the `parts` that it names;
    `aws_code` and `aws_request_id` are set when DynamoDB refused; `reasons` are those of the
    operations of a cancelled transaction, by position.
    """

    code: ClassVar[str] = "internal_error"
    title: ClassVar[str] = "Internal error"
    status: ClassVar[int] = 500
    retryable: ClassVar[bool] = False

    def __init__(
        self,
        template: str = "",
        /,
        *,
        problems: Sequence[Problem] = (),
        retry_after: int | None = None,
        aws_code: str | None = None,
        aws_request_id: str | None = None,
        **parts: Any,
    ) -> None:
        words = template or f"{self.title}."
        self.message = Sentence(words, **parts)
        self.problems = tuple(problems)
        self.retry_after = retry_after
        self.aws_code = aws_code
        self.aws_request_id = aws_request_id
        self.reasons: Mapping[int, TablesError] = {}
        super().__init__(self.message)


class InvalidRequest(TablesError):
    """The request can't be read, or asks for something that has no meaning here."""

    code = "invalid_request"
    title = "Invalid request"
    status = 400


class InvalidExpression(InvalidRequest):
    """A filter, document path, projection or update that can't be compiled."""

    code = "invalid_expression"
    title = "Invalid expression"


class InvalidValue(InvalidRequest):
    """A well-formed value that DynamoDB or the table's schema can't hold."""

    code = "invalid_value"
    title = "Invalid value"


class InvalidCursor(InvalidRequest):
    """A cursor or last evaluated key that was altered, or belongs to another request."""

    code = "invalid_cursor"
    title = "Invalid cursor"


class NotFound(TablesError):
    """Nothing answers to that name."""

    code = "not_found"
    title = "Not found"
    status = 404


class TableNotFound(NotFound):
    """No alias of that name that the caller may view."""

    code = "table_not_found"
    title = "Table not found"


class ItemNotFound(NotFound):
    """No item has that key."""

    code = "item_not_found"
    title = "Item not found"


class JobNotFound(NotFound):
    """No job of that name that the caller may see."""

    code = "job_not_found"
    title = "Job not found"


class Conflict(TablesError):
    """The request and what is stored, or what is running, contradict each other."""

    code = "conflict"
    title = "Conflict"
    status = 409


class ItemExists(Conflict):
    """A create met an item with the same key.

    `current` is that item in wire form, or None where the engine did not give it.
    """

    code = "item_exists"
    title = "Item exists"

    def __init__(
        self, template: str = "", /, *, current: dict[str, Any] | None = None, **context: Any
    ) -> None:
        super().__init__(template, **context)
        self.current = current


class PatchConflict(Conflict):
    """A JSON patch does not apply to the item as it is: a test failed, or a path leads nowhere."""

    code = "patch_conflict"
    title = "Patch conflict"


class HistoryBroken(Conflict):
    """An entry of history is missing or was altered: what it told is not offered."""

    code = "history_broken"
    title = "History broken"


class UndoConflict(Conflict):
    """What would be taken back does not stand as it was left.

    `contested` are the paths with what was left, what stands now, and what undoing would set;
    `current` is the item as it is, None where there is none.
    """

    code = "undo_conflict"
    title = "Undo conflict"

    def __init__(
        self,
        template: str = "",
        /,
        *,
        contested: Sequence[Clash] = (),
        current: dict[str, Any] | None = None,
        **context: Any,
    ) -> None:
        super().__init__(template, **context)
        self.contested = tuple(contested)
        self.current = current


class JobConflict(Conflict):
    """A job is in a state in which that can't be done."""

    code = "job_conflict"
    title = "Job conflict"


class TransactionConflict(Conflict):
    """Another write held the item at that moment; nothing was written."""

    code = "transaction_conflict"
    title = "Transaction conflict"
    retryable = True


class IdempotencyConflict(Conflict):
    """An Idempotency-Key whose request is still running, or that belongs to another request.

    `mismatch` tells the second from the first.
    """

    code = "idempotency_conflict"
    title = "Idempotency conflict"

    def __init__(self, template: str = "", /, *, mismatch: bool = False, **context: Any) -> None:
        super().__init__(template, **context)
        self.mismatch = mismatch


class PreconditionFailed(TablesError):
    """The item is not in the state that the request was made for.

    `current` is the stored item in wire form, or None when there is none or it is not known;
    `position` is that of the failed operation in its transaction.
    """

    code = "precondition_failed"
    title = "Precondition failed"
    status = 412

    def __init__(
        self, template: str = "", /, *, current: dict[str, Any] | None = None, **context: Any
    ) -> None:
        super().__init__(template, **context)
        self.current = current
        self.position = 0


class Forbidden(TablesError):
    """The caller is known and may not do this."""

    code = "forbidden"
    title = "Forbidden"
    status = 403


class TooLarge(TablesError):
    """A body, item, key or expression over a limit of DynamoDB's or ours."""

    code = "too_large"
    title = "Too large"
    status = 413


class StorageFull(TablesError):
    """There is no room for what was sent."""

    code = "storage_full"
    title = "Storage full"
    status = 507  # RFC 4918, 11.5
    retryable = True


class Throttled(TablesError):
    """DynamoDB asks to slow down."""

    code = "throttled"
    title = "Throttled by DynamoDB"
    status = 503
    retryable = True


class Unavailable(TablesError):
    """DynamoDB can't be reached, or failed."""

    code = "unavailable"
    title = "DynamoDB unavailable"
    status = 503
    retryable = True

    @property
    def is_missing_index(self) -> bool:
        """Whether an index went, or began to be made, after its table was described."""
        return self.aws_code == "IndexNotFoundException"


class WriteInDoubt(Unavailable):
    """DynamoDB's answer to a write was lost: the write may have been made, or still be made.

    `current` is the item that a last, refused try met, where that is known.
    """

    code = "write_in_doubt"
    title = "Write in doubt"
    retryable = False

    def __init__(
        self,
        template: str = Sentence(
            "An answer of DynamoDB was lost, so it is not known whether this write was made. "
            "Read the item before you send it again."
        ),
        /,
        *,
        current: dict[str, Any] | None = None,
        **context: Any,
    ) -> None:
        super().__init__(template, **context)
        self.current = current


class Refused(Unavailable):
    """AWS refused this service itself (credentials, permission, missing table): ours to mend."""

    code = "upstream_refused"
    title = "AWS refused the request"
    status = 502
    retryable = False

    @property
    def is_missing_table(self) -> bool:
        """Whether DynamoDB has no such table, or the table no such index."""
        return self.aws_code == "ResourceNotFoundException"

    @property
    def is_denied(self) -> bool:
        """Whether this service's own role may not do it (AWS IAM)."""
        return self.aws_code == "AccessDeniedException"
