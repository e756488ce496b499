"""System checks of the alias map: `manage.py check` names every mistake in it."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from django.conf import settings
from django.core import checks

from tables.configuration import alias_map_mistakes, mapped_tables
from tables.core.descriptions import TableDescription
from tables.core.entities import may_overlap
from tables.core.errors import InvalidRequest, TablesError
from tables.core.expressions import format_path
from tables.core.links import Link, Related
from tables.core.operand_types import filter_types
from tables.core.plans import choose_plan
from tables.core.queries import parse_query
from tables.core.registry import Registry, Table
from tables.core.schemas import declared_types
from tables.core.sight import UNLIMITED
from tables.dynamodb.descriptions import describe_table


def check_alias_map(**_: Any) -> list[checks.CheckMessage]:
    """One error for each mistake in `TABLES_FILE`."""
    return [
        checks.Error(mistake.message, hint=mistake.hint or None, id=mistake.id)
        for mistake in alias_map_mistakes()
    ]


def check_types(**_: Any) -> list[checks.CheckMessage]:
    """A warning for each of `types` that the table's own schema contradicts."""
    return [
        checks.Warning(
            f"[{table.alias}.types] {path} is {tag}, and {declared} in its schema.",
            hint="Filters go by types; make the schema say the same.",
            id="tables.W002",
        )
        for table in mapped_tables()
        for path, declared in declared_types(table.schema).items()
        if (tag := table.types.get(path, declared)) != declared
    ]


def check_types_of_keys(**_: Any) -> list[checks.CheckMessage]:
    """An error for each of `types` that a key of the real table contradicts, where it answers."""
    return [
        checks.Error(
            f"[{table.alias}.types] {path} is {tag}, and the key attribute is {key_type}.",
            hint="Keys have the type of the table or index; leave it out here.",
            id="tables.E009",
        )
        for table in mapped_tables()
        for path, key_type in _key_types(table).items()
        if (tag := table.types.get(path, key_type)) != key_type
    ]


def _key_types(table: Table) -> dict[str, str]:
    if not table.types:
        return {}
    try:
        keys = describe_table(table.table).declared_types()
    except TablesError:
        return {}
    return {format_path((name,)): tag for name, tag in keys.items()}


def check_links(**_: Any) -> list[checks.CheckMessage]:
    """An error for each link and list that the real tables' keys contradict, where they answer."""
    found: list[checks.CheckMessage] = []
    for table in mapped_tables():
        for link in table.links:
            found += _link_mistakes(table, link)
        for related in table.related:
            found += _related_mistakes(table, related)
    return found


def _link_mistakes(table: Table, link: Link) -> list[checks.CheckMessage]:
    to = _known(link.to)
    if to is None or link.key.keys() == set(to.key_names):
        return []
    return [
        checks.Error(
            f"[{table.alias}.links.{link.name}] key names {', '.join(link.key)}; items of "
            f"{link.to} are found by {' and '.join(to.key_names)}.",
            hint="Name every key attribute of the table, and nothing else.",
            id="tables.E031",
        )
    ]


def _related_mistakes(table: Table, related: Related) -> list[checks.CheckMessage]:
    description = _known(related.table)
    if description is None:
        return []
    where = f"[{table.alias}.related.{related.name}]"
    to = _mapped(related.table)
    try:
        pairs = [
            (name, pattern.format(dict.fromkeys(pattern.names, "1")))
            for name, pattern in related.where.items()
        ]
        query = parse_query(pairs, types=filter_types(to, description))
        when = list(related.when.items())
        parse_query(when, types=filter_types(table, _known(table.alias)))
    except InvalidRequest as error:
        hint = "`when` and `where` are REST v1's parameters."
        return [checks.Error(f"{where} {error.message}", hint=hint, id="tables.E034")]
    plan = choose_plan(UNLIMITED.ask(query.filter), description)
    if plan.operation != "Scan":
        return []
    return [
        checks.Error(
            f"{where} would scan {to.table}: no key or index begins with what `where` fixes.",
            hint="Fix the partition key of the table, or of an index that holds whole items.",
            id="tables.E033",
        )
    ]


def _mapped(alias: str) -> Table:
    """The table of an alias. Raises TableNotFound."""
    return Registry({table.alias: table for table in mapped_tables()}).get(alias)


def _known(alias: str) -> TableDescription | None:
    try:
        return describe_table(_mapped(alias).table)
    except TablesError:
        return None


def check_kinds(**_: Any) -> list[checks.CheckMessage]:
    """A warning for each two entities of a table that an item may both be."""
    entities = [table for table in mapped_tables() if table.entity is not None]
    return [
        checks.Warning(
            f"An item of {left.of} may be of [{left.alias}] and of [{right.alias}].",
            hint="Let their `when` exclude each other, or accept that it is found under both.",
            id="tables.W026",
        )
        for left, right in combinations(entities, 2)
        if left.of == right.of and left.entity and right.entity
        if may_overlap(left.entity, right.entity)
    ]


def check_key_patterns(**_: Any) -> list[checks.CheckMessage]:
    """An error for each pattern of what is no key of the real table, where it answers, or of a
    number key that it can't make: one that is more than its value.
    """
    return [
        checks.Error(
            f"[{table.alias}] key names {name!r}, which its pattern can't make.",
            hint="Patterns make the partition key and the sort key: those that are strings, and"
            " numbers by a pattern that is no more than their value, as in {time}.",
            id="tables.E022",
        )
        for table in mapped_tables()
        for name in _unmade_keys(table)
    ]


def _unmade_keys(table: Table) -> list[str]:
    if table.entity is None or not table.entity.key:
        return []
    try:
        keys = {key.name: key.type for key in describe_table(table.table).key_attributes}
    except TablesError:
        return []
    return [
        name
        for name, pattern in table.entity.key.items()
        if keys.get(name) != "S" and not (keys.get(name) == "N" and pattern.is_value)
    ]


def check_discovery(**_: Any) -> list[checks.CheckMessage]:
    """A warning before every table of an account becomes reachable in production."""
    if not settings.DYNAMODB_DISCOVER:
        return []
    return [
        checks.Warning(
            "DYNAMODB_DISCOVER makes every table of the account reachable.",
            hint="Switch it off, and name the tables in TABLES_FILE.",
            id="tables.W001",
        )
    ]
