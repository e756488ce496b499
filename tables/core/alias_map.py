"""The alias map read: a TOML file becomes a registry, and every mistake in it is told."""

from __future__ import annotations

import difflib
import json
import re
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import jsonschema

from tables.core.audit import AUDIT_ATTRIBUTES
from tables.core.entity_sections import (
    ENTITY_KEYS,
    as_entity,
    check_bases,
    check_dress,
    check_plain,
    read_entity,
)
from tables.core.errors import InvalidExpression
from tables.core.expressions import format_path, parse_path
from tables.core.link_sections import read_links, read_related
from tables.core.permissions import RIGHTS, granted
from tables.core.registry import Registry, Table
from tables.core.schemas import require_schema
from tables.core.values import TYPES

_ALIAS = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
_REAL_TABLE = re.compile(r"[A-Za-z0-9_.-]{3,255}")


@dataclass(frozen=True, slots=True)
class Mistake:
    """Something wrong in the file: an id such as `tables.E002`, what, and how to mend it."""

    id: str
    message: str
    hint: str = ""


# Key of a table's section -> the Python type that TOML must give.
_TABLE_KEYS: dict[str, type] = {
    "table": str,
    "label": str,
    "description": str,
    "group": str,
    "list_display": list,
    "list_filter": list,
    "search_fields": list,
    "search_lowercase": list,
    "readonly_fields": list,
    "list_per_page": int,
    "schema": str,
    "natural_key": list,
    "client_keys": bool,
    "require_precondition": bool,
    "audit_attributes": bool,
    "types": dict,
    "history": object,
    "history_days": int,
    "history_ignore": list,
    "transactions": bool,
    "version": str,
    "links": dict,
    "related": dict,
    "of": str,
    "when": dict,
    "key": dict,
    "key_only": list,
    "make": dict,
    "labels": dict,
    "icon": str,
    "permissions": dict,
}
_TOP_KEYS = ("staff_groups", "superuser_groups")
_PATH_KEYS = ("list_display", "list_filter", "search_fields", "readonly_fields", "natural_key")
# How to mend a mistake that has no hint of its own.
_HINTS = {
    "tables.E001": "It is TOML in UTF-8; docs/alias-map.md has an example.",
    "tables.E004": "docs/alias-map.md has an example of every key.",
    "tables.E006": "Name another table here, or another one in STATE_TABLE or HISTORY_TABLE.",
    "tables.E007": "The file is relative to the alias map, and holds one JSON Schema object.",
    "tables.E009": f"The types are {', '.join(TYPES)}.",
    "tables.E008": r"Such as worker.name or sizes[0]; \. is a dot in a name.",
}
_TYPE_WORDS = {str: "text", list: "a list of texts", int: "a whole number", dict: "a table"}


def load_registry(
    path: Path, *, read_only: bool = False, reserved: frozenset[str] = frozenset()
) -> tuple[Registry, list[Mistake]]:
    """Read an alias map. `reserved` are real tables that no alias may reach.

    Never raises: mistakes are returned, and what they concern is left out.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        hint = "Copy the example from docs/alias-map.md, or set TABLES_FILE."
        return Registry(), [Mistake("tables.E001", f"The alias map {path} does not exist.", hint)]
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        message = f"The alias map {path} can't be read: {error}"
        return Registry(), [Mistake("tables.E001", message, _HINTS["tables.E001"])]
    return _Reader(path.parent, reserved, read_only).read(document)


def discovered(names: list[str], *, read_only: bool, groups: Registry) -> Registry:
    """A registry of every real table under its own name, for development only."""
    superusers = groups.superuser_groups
    staff = groups.staff_groups | superusers
    tables = {
        name: Table(name, name, name, permissions=granted({}, staff, superusers, read_only))
        for name in names
        if _ALIAS.fullmatch(name)
    }
    return Registry({**tables, **groups.tables}, groups.staff_groups, superusers, read_only)


class _Reader:
    """Reads one document, collecting every mistake instead of stopping at the first."""

    def __init__(self, folder: Path, reserved: frozenset[str], read_only: bool) -> None:
        self.folder = folder
        self.reserved = reserved
        self.read_only = read_only
        self.mistakes: list[Mistake] = []

    def read(self, document: dict[str, Any]) -> tuple[Registry, list[Mistake]]:
        staff = frozenset(self._strings(document, "staff_groups", "the alias map"))
        superusers = frozenset(self._strings(document, "superuser_groups", "the alias map"))
        tables: dict[str, Table] = {}
        entities: dict[str, dict[str, Any]] = {}
        for alias, section in document.items():
            if alias in _TOP_KEYS:
                continue
            if not isinstance(section, dict):
                self._unknown_key(alias, _TOP_KEYS, document, "the alias map")
            elif isinstance(section.get("of"), str):
                entities[alias] = section
            elif table := self._table(alias, section, staff | superusers, superusers):
                tables[alias] = table
        check_bases(entities, tables, self._mistake)
        for alias, section in entities.items():
            base = None if section["of"] in entities else tables.get(section["of"])
            if entity := self._entity(alias, section, base, superusers):
                tables[alias] = entity
        self._check_targets(tables, document)
        in_order = {alias: tables[alias] for alias in document if alias in tables}
        return Registry(_agreeing(in_order), staff, superusers, self.read_only), self.mistakes

    def _entity(
        self, alias: str, section: dict[str, Any], base: Table | None, supers: frozenset[str]
    ) -> Table | None:
        before = len(self.mistakes)
        self._check_keys({key: section[key] for key in ENTITY_KEYS if key in section}, f"[{alias}]")
        entity = read_entity(section, f"[{alias}]", self._mistake)
        if base is None or len(self.mistakes) > before:
            return None
        rest = {key: value for key, value in section.items() if key not in (*ENTITY_KEYS, "table")}
        own = self._table(alias, {**rest, "table": base.table}, frozenset(), supers)
        if own is None:
            return None
        given = self._permissions(section.get("permissions", {}), f"[{alias}]")
        return as_entity(replace(own, of=base.alias, entity=entity), base, section, given)

    def _table(
        self, alias: str, section: dict[str, Any], staff: frozenset[str], supers: frozenset[str]
    ) -> Table | None:
        before = len(self.mistakes)
        where = f"[{alias}]"
        if not _ALIAS.fullmatch(alias):
            self._mistake(
                "tables.E002",
                f"{where} is not an alias.",
                "An alias is a letter, then up to 63 letters, digits, '_' or '-'.",
            )
        self._check_keys(section, where)
        check_plain(section, where, self._mistake)
        check_dress(section, where, self._mistake)
        real = section.get("table")
        if not isinstance(real, str) or not _REAL_TABLE.fullmatch(real):
            self._mistake("tables.E005", f"{where} names no DynamoDB table.", 'Add table = "…".')
        elif real in self.reserved:
            self._mistake("tables.E006", f"{where} reaches {real!r}, which is internal.")
        permissions = self._permissions(section.get("permissions", {}), where)
        schema = self._schema(section.get("schema"), where)
        types = self._types(section.get("types", {}), f"{where[:-1]}.types]")
        links = read_links(section.get("links", {}), f"{alias}.links", self._mistake)
        related = read_related(section.get("related", {}), f"{alias}.related", self._mistake)
        if len(self.mistakes) > before:
            return None
        values: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value
            for key, value in section.items()
        }
        values |= {"schema": schema, "types": types, "label": section.get("label", alias)}
        values |= {"links": links, "related": related}
        values["permissions"] = granted(permissions, staff, supers, self.read_only)
        return Table(alias=alias, **values)

    def _check_keys(self, section: dict[str, Any], where: str) -> None:
        for key, value in section.items():
            if key not in _TABLE_KEYS:
                self._unknown_key(key, tuple(_TABLE_KEYS), section, where)
            elif _TABLE_KEYS[key] is list:
                self._strings(section, key, where)
            elif type(value) is not _TABLE_KEYS[key] and _TABLE_KEYS[key] is not object:
                word = _TYPE_WORDS.get(_TABLE_KEYS[key], "true or false")
                self._mistake("tables.E004", f"{where} {key} must be {word}.")
        per_page = section.get("list_per_page", 100)
        if isinstance(per_page, int) and not 1 <= per_page <= 1000:
            self._mistake("tables.E004", f"{where} list_per_page must be from 1 to 1000.")
        self._check_history(section, where)
        for key in _PATH_KEYS:
            self._check_paths(section.get(key), f"{where} {key}")
        self._check_search(section, where)
        self._check_version(section, where)

    def _check_targets(self, tables: Mapping[str, Table], document: Mapping[str, Any]) -> None:
        """Links and lists lead to aliases of this file."""
        for table in tables.values():
            named = [(f"links.{link.name}", link.to) for link in table.links]
            named += [(f"related.{related.name}", related.table) for related in table.related]
            for name, to in named:
                if to not in document or to in _TOP_KEYS:
                    message = f"[{table.alias}.{name}] leads to {to!r}, which is no alias."
                    nearest = difflib.get_close_matches(to, tables, n=1, cutoff=0.0)
                    self._mistake("tables.E030", message, f"Did you mean {nearest[0]!r}?")

    def _check_search(self, section: dict[str, Any], where: str) -> None:
        lowercase = section.get("search_lowercase")
        for path in lowercase if isinstance(lowercase, list) else ():
            if path not in section.get("search_fields", ()):
                message = f"{where} search_lowercase names {path!r}, which is no search field."
                self._mistake("tables.E004", message, "Add it to search_fields too.")

    def _check_version(self, section: dict[str, Any], where: str) -> None:
        """A version is a number that every write raises: it can't be anything else besides."""
        version = section.get("version", "v")
        stamps = AUDIT_ATTRIBUTES if section.get("audit_attributes", True) else ()
        if version in ("", *stamps, *section.get("natural_key", ())):
            hint = "Name the attribute that the table's programs count versions in."
            self._mistake("tables.E004", f"{where} version can't be {version!r}.", hint)

    def _check_history(self, section: dict[str, Any], where: str) -> None:
        wanted = section.get("history", "announced")
        if wanted != "announced" and not isinstance(wanted, bool):
            self._mistake("tables.E004", f'{where} history must be true, false or "announced".')
        days = section.get("history_days", 0)
        if isinstance(days, int) and days < 0:
            self._mistake("tables.E004", f"{where} history_days must be 0 (for ever) or more.")

    def _check_paths(self, paths: Any, where: str) -> None:
        for path in paths if isinstance(paths, list) else ():
            try:
                parse_path(path if isinstance(path, str) else "-")
            except InvalidExpression as error:
                self._mistake("tables.E008", f"{where}: {error.message}")

    def _types(self, section: Any, where: str) -> dict[str, str]:
        types = {}
        for text, tag in section.items() if isinstance(section, dict) else ():
            self._check_paths([text], where)
            if not isinstance(tag, str) or tag not in TYPES:
                self._mistake("tables.E009", f"{where} {text} can't be of the type {tag!r}.")
                continue
            with suppress(InvalidExpression):
                types[format_path(parse_path(text))] = tag
        return types

    def _permissions(self, section: Any, where: str) -> dict[str, frozenset[str]]:
        if not isinstance(section, dict):
            return {}
        given = {}
        for right in section:
            if right in RIGHTS:
                given[right] = frozenset(self._strings(section, right, f"{where}.permissions"))
            else:
                self._unknown_key(right, RIGHTS, section, f"{where}.permissions")
        return given

    def _schema(self, name: Any, where: str) -> Mapping[str, Any] | None:
        if not isinstance(name, str):
            return None
        try:
            schema = json.loads((self.folder / name).read_text(encoding="utf-8"))
            require_schema(schema)
        except (OSError, ValueError) as error:
            self._mistake("tables.E007", f"{where} schema {name!r} can't be read: {error}")
            return None
        except (jsonschema.SchemaError, TypeError) as error:
            reason = getattr(error, "message", "it is not an object")
            self._mistake("tables.E007", f"{where} schema {name!r} is not a schema: {reason}")
            return None
        loaded: Mapping[str, Any] = schema
        return loaded

    def _strings(self, section: dict[str, Any], key: str, where: str) -> list[str]:
        value = section.get(key, [])
        if isinstance(value, list) and all(isinstance(entry, str) and entry for entry in value):
            return value
        self._mistake("tables.E004", f"{where} {key} must be a list of texts.")
        return []

    def _unknown_key(
        self, key: str, known: tuple[str, ...], section: dict[str, Any], where: str
    ) -> None:
        # What stands there already was not what was meant.
        free = [name for name in known if name not in section] or known
        nearest = difflib.get_close_matches(key, free, n=1, cutoff=0.0)[0]
        hint = f"Did you mean {nearest!r}? Known are {', '.join(known)}."
        self._mistake("tables.E003", f"{where} has an unknown key {key!r}.", hint)

    def _mistake(self, id: str, message: str, hint: str = "") -> None:
        self.mistakes.append(Mistake(id, message, hint or _HINTS[id]))


def _agreeing(tables: Mapping[str, Table]) -> dict[str, Table]:
    """What one alias of a real table leaves out of history, all of its aliases leave out.

    They share each item's entries: to another alias it would be a change from outside.
    """
    ignored: dict[str, dict[str, None]] = {}
    for table in tables.values():
        ignored.setdefault(table.table, {}).update(dict.fromkeys(table.history_ignore))
    return {
        alias: replace(table, history_ignore=tuple(ignored[table.table]))
        for alias, table in tables.items()
    }
