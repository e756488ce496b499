"""What schemathesis may find, each with its reason: whatever else it finds fails the test."""

import re
from dataclasses import dataclass

import schemathesis
from schemathesis.core.failures import AcceptedNegativeData
from schemathesis.openapi.checks import MissingHeaderNotRejected, RejectedPositiveData

from tables.api.v1.media_types import FILE_TYPES, FORM, MULTIPART, TYPED
from tables.api.v1.openapi.texts import LISTED_PATH
from tables.core.queries import PARAMETERS

_UNQUOTED_KEY = re.compile(r"[!#-~][!-~]{0,200}")


@dataclass(frozen=True)
class Finding:
    """A refusal that no schema can foretell: the kinds of failure, the status, the code, words of
    the detail, why it is right; and what only such a request has: a media type, a header whose
    name begins so.
    """

    kinds: tuple[type, ...]
    status: int
    code: str
    words: str
    reason: str
    media_type: str = ""
    header: str = ""

    def holds(self, failure, case, status, problem):
        return (
            isinstance(failure, self.kinds)
            and self.media_type in ("", case.media_type)
            and (not self.header or any(name.startswith(self.header) for name in case.headers))
            and status == self.status
            and problem.get("code") == self.code
            and self.words in problem.get("detail", "")
        )


REFUSED = (RejectedPositiveData,)
FINDINGS = (
    Finding(
        (RejectedPositiveData, AcceptedNegativeData),
        412,
        "precondition_failed",
        "",
        "A tag that was made up names no state; it is compared before the new item is looked at.",
        header="If-",
    ),
    Finding(
        (MissingHeaderNotRejected,),
        428,
        "precondition_required",
        "If-Match",
        "RFC 6585 has a status of its own for a header that is wanted; schemathesis knows 400.",
    ),
    Finding(
        REFUSED,
        428,
        "precondition_required",
        "If-Match",
        "OpenAPI can't say that a PUT takes one of two headers.",
    ),
    Finding(
        REFUSED,
        422,
        "idempotency_conflict",
        "was used for another request",
        "Odd keys stay as generated, and may have been generated before.",
    ),
    Finding(REFUSED, 400, "invalid_cursor", "", "Cursors are signed: none can be made up."),
    Finding(
        REFUSED, 400, "invalid_expression", "A scan has no order", "Only the plan tells a Query."
    ),
    Finding(
        REFUSED,
        400,
        "invalid_expression",
        "lower bound first",
        "JSON Schema can't compare two values with each other.",
    ),
    Finding(
        REFUSED,
        400,
        "invalid_expression",
        "overlap",
        "JSON Schema can't tell that one path leads into another.",
    ),
    Finding(
        REFUSED,
        400,
        "invalid_expression",
        "The expression needs",
        "DynamoDB counts the operators of a whole expression, not of one array.",
    ),
    Finding(
        REFUSED,
        422,
        "invalid_value",
        "A number",
        "Digits and closeness to zero can't be said of a number, nor anything of one in a value.",
    ),
    Finding(
        REFUSED,
        400,
        "invalid_expression",
        "A number",
        "As above, of a number that is compared with.",
    ),
    Finding(
        REFUSED,
        400,
        "invalid_request",
        "JSON, sent as a form",
        "A form may have any names, but for one that is the JSON of an object.",
        FORM,
    ),
    Finding(
        REFUSED,
        422,
        "invalid_value",
        "does not fit the table's schema",
        "A table's schema speaks of plain JSON; the document knows typed JSON's types only.",
        TYPED,
    ),
    Finding(
        REFUSED,
        422,
        "invalid_value",
        "A typed value is an object with one type",
        "An order is one schema for both media types, and only one of them types its values.",
        TYPED,
    ),
    *(
        Finding(
            REFUSED,
            422,
            "invalid_value",
            words,
            "A key is made of other attributes: no schema can say that they agree.",
        )
        for words in ("contradicts the key", "must look like THING", ": the key says")
    ),
    Finding(REFUSED, 422, "invalid_value", "is the id of a job that", "No job can be made up."),
    Finding(
        REFUSED,
        422,
        "invalid_value",
        "is no item's key here",
        "A key of two attributes, or of another type, is written like any other.",
    ),
    Finding(
        REFUSED,
        400,
        "invalid_expression",
        " takes a ",
        "What an action of an order takes, a number, a set or a list, goes by the value's type.",
    ),
    *(
        Finding(
            REFUSED,
            status,
            code,
            "",
            "For a schema a file is bytes; whether they are rows is for its reader to say.",
            media_type,
        )
        for media_type in (*FILE_TYPES, MULTIPART)
        for status, code in ((400, "invalid_request"), (422, "invalid_value"))
    ),
    *(
        Finding(
            REFUSED,
            422,
            "invalid_value",
            words,
            "Only the file tells whether its encoding, delimiter or columns have to be said.",
            media_type,
        )
        for media_type in (*FILE_TYPES, MULTIPART)
        for words in (
            "Say its encoding",
            "say the delimiter",
            "that is read; those are",
            "The file can't be read as",
            "The file has no column",
        )
    ),
)


@schemathesis.hook
def before_call(context, case, kwargs):
    """Give each request an Idempotency-Key of its own: a key is for one request.

    One that is none stays as it is.
    """
    key = case.headers.get("Idempotency-Key")
    if isinstance(key, str) and _UNQUOTED_KEY.fullmatch(key):
        case.headers["Idempotency-Key"] = f"{key}.{case.id}"


def means_something_in_a_url(failure, case):
    """In a URL an empty parameter is none (`allowEmptyValue`), and whatever reads as a path is one:
    schemathesis tells texts, numbers and arrays apart, which a URL can't.
    """
    if not isinstance(failure, AcceptedNegativeData):
        return False
    if any(case.query.get(name) in ("", [""]) for name in PARAMETERS):
        return True
    is_about_fields = getattr(case.meta.phase.data, "parameter", "") == "fields"
    return is_about_fields and re.match(LISTED_PATH["pattern"], str(case.query["fields"]))


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """Whether a failure counts."""
    if means_something_in_a_url(failure, case):
        return False
    kind = response.headers.get("content-type", [""])[0]
    problem = response.json() if kind == "application/problem+json" else {}
    status = response.status_code
    return not any(finding.holds(failure, case, status, problem) for finding in FINDINGS)
