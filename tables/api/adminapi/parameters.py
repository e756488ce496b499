"""The query string of this door: which table, which item, and how to answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, unquote

from tables.core import strict_json
from tables.core.descriptions import KeyAttribute, TableDescription
from tables.core.errors import InvalidCursor, InvalidRequest, InvalidValue
from tables.core.keys import key_value_from_text, require_key
from tables.core.values import TYPES, AttributeValue, Item

NAMES = frozenset(
    {"table", "id", "sk", "action", "paginate", "LastEvaluatedKey", "limit", "atomic"}
)
_YES = frozenset({"true", "1", "yes", "on"})
# Far more than any item has keys; each costs something to decode.
_MAX_PARAMETERS = 100


@dataclass(frozen=True, slots=True)
class Parameters:
    """What the query string says; empty values count as absent.

    `start_key` is the parsed LastEvaluatedKey, not yet checked against the table.
    """

    table: str = ""
    id: str = ""
    sk: str = ""
    action: str = ""
    paginate: bool = False
    start_key: Any = None
    limit: int | None = None
    atomic: bool = False


def parse_parameters(query_string: str) -> Parameters:
    """Read a query string as WSGI gives it. Parameters of other names mean nothing here.

    Raises InvalidRequest for bad UTF-8, for a parameter that stands twice and for one in parts.
    """
    given: dict[str, str] = {}
    for name, text in _pairs(query_string):
        _require_whole(name)
        if name not in NAMES:
            continue
        if name in given:
            raise InvalidRequest(f"The parameter {name} stands twice in the query string.")
        given[name] = text
    return Parameters(
        table=given.get("table", ""),
        id=given.get("id", ""),
        sk=given.get("sk", ""),
        action=given.get("action", "").lower(),
        paginate=is_yes(given.get("paginate")),
        start_key=_start_key(given.get("LastEvaluatedKey", "")),
        limit=_limit(given.get("limit") or None),
        atomic=is_yes(given.get("atomic")),
    )


def with_body(parameters: Mapping[str, Any], query: Parameters) -> Parameters:
    """The parameters of a scan: what its body says, else what the query string says.

    Clients that know the key as text put it into the body as they put it into a query string.
    """
    start_key = parameters.get("LastEvaluatedKey")
    if isinstance(start_key, str):
        start_key = _start_key(start_key)
    limit = parameters.get("limit")
    paginate = parameters.get("paginate")
    return Parameters(
        table=query.table,
        paginate=query.paginate if paginate is None else is_yes(paginate),
        start_key=query.start_key if start_key is None else start_key,
        limit=query.limit if limit is None else _limit(limit),
    )


def is_yes(value: Any) -> bool:
    """Whether a flag is up: `true`, `1`, `yes` or `on` as text in any case, or JSON's true or 1."""
    if isinstance(value, str):
        return value.strip().lower() in _YES
    return value is True or (isinstance(value, Decimal) and value == 1)


def item_key(parameters: Parameters, description: TableDescription) -> Item:
    """The key that `id` and `sk` name, coerced to the types of the key attributes.

    Raises InvalidRequest where one is missing, InvalidValue where one does not fit.
    """
    if not parameters.id:
        raise InvalidRequest("The parameter id is missing: give the item's partition key.")
    partition_key, sort_key = description.partition_key, description.sort_key
    key = {partition_key.name: _key_value("id", parameters.id, partition_key)}
    if sort_key is None:
        if parameters.sk:
            raise InvalidRequest("This table has no sort key: leave the parameter sk out.")
    elif not parameters.sk:
        raise InvalidRequest(
            f"This table has a sort key: give the value of {sort_key.name!r} in the parameter sk."
        )
    else:
        key[sort_key.name] = _key_value("sk", parameters.sk, sort_key)
    require_key(key, description)
    return key


def _require_whole(name: str) -> None:
    """Raise InvalidRequest for an object or array that a client has spread over the query string.

    Passed over, `LastEvaluatedKey[empId]=1` would be the first page, again and again.
    """
    known, bracket, _ = name.partition("[")
    if bracket and known in NAMES:
        raise InvalidRequest(
            f"The parameter {name[:100]} is a part of one: send {known} once, as text; "
            "a LastEvaluatedKey as its JSON, URL-encoded."
        )


def _key_value(parameter: str, text: str, attribute: KeyAttribute) -> AttributeValue:
    try:
        return key_value_from_text(text, attribute)
    except InvalidValue as error:
        raise InvalidValue(
            f"The parameter {parameter} must be a {TYPES[attribute.type]}, as the key attribute "
            f"{attribute.name!r} is: {error.message}"
        ) from error


def _pairs(query_string: str) -> list[tuple[str, str]]:
    try:
        # WSGI hands over bytes as latin-1; what is not percent-encoded is UTF-8 as well.
        text = query_string.encode("latin-1").decode("utf-8")
        return parse_qsl(
            text, keep_blank_values=True, errors="strict", max_num_fields=_MAX_PARAMETERS
        )
    except UnicodeDecodeError as error:
        raise InvalidRequest("The query string is not UTF-8.") from error
    except ValueError as error:
        raise InvalidRequest(f"The query string has over {_MAX_PARAMETERS} parameters.") from error


def _start_key(text: str) -> Any:
    """The JSON value of a LastEvaluatedKey that was URL-encoded once or, by the query string of
    some clients, twice.
    """
    if not text.strip():
        return None
    try:
        if text.lstrip()[:3].upper() == "%7B":
            text = unquote(text, errors="strict")
        return strict_json.parse(text)
    except (InvalidRequest, UnicodeDecodeError) as error:
        raise InvalidCursor("The LastEvaluatedKey is not the JSON of an object.") from error


def _limit(value: Any) -> int | None:
    text = str(value) if isinstance(value, Decimal | str) else ""
    if value is None:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > 9 or int(text) == 0:
        raise InvalidRequest("limit takes a whole number, 1 or more.")
    return int(text)
