"""What a job was ordered to do, in a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tables.admin.texts.kinds import kind_words
from tables.admin.texts.sentences import count_words, filter_words, items_words
from tables.admin.values.hidden_characters import visible
from tables.admin.values.one_line import summary
from tables.configuration import registry
from tables.core.adminapi_scan import parse_scan
from tables.core.errors import TablesError
from tables.core.file_formats import FORMATS as FILE_FORMATS
from tables.core.file_formats import FileReading
from tables.core.file_text import ENCODINGS
from tables.core.filters import Group
from tables.core.import_rules import MODES
from tables.core.queries import parse_query
from tables.core.strict_json import parse
from tables.core.values import type_of
from tables.jobs.kinds.exports import FORMATS
from tables.records.jobs.models import Job

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_VALUE_CHARACTERS = 80
# Texts that look like a number, a truth or nothing.
_LIKE_OTHERS = re.compile(r"\s*+(?:[-+.,0-9][-+.,0-9eE]*+|true|false|null)?+\s*+", re.IGNORECASE)
_DELIMITERS: Mapping[str, StrOrPromise] = {
    ",": gettext_lazy("comma"),
    ";": gettext_lazy("semicolon"),
    "\t": gettext_lazy("tab"),
    "|": gettext_lazy("bar"),
}


def order_words(job: Job) -> str:
    """What a job does to which items, in a sentence; empty for an undo, which leads to a job."""
    words = _ORDERS.get(job.kind)
    return words(job.spec) if words else ""


def _to_items(deeds: Callable[[Mapping[str, Any]], str]) -> Callable[[Mapping[str, Any]], str]:
    """The sentence of an order that is about items: which, and what is done to them."""
    return lambda spec: capfirst(f"{which_words(spec)} {deeds(spec)}.".strip())


def _changes(spec: Mapping[str, Any]) -> str:
    return "; ".join(change_words(change) for change in spec["changes"])


def _copy(spec: Mapping[str, Any]) -> str:
    table = registry().tables.get(spec["to"])
    words = _("copy each to %(table)s; what is there already is replaced")
    if spec["mode"] == "create":
        words = _("copy each to %(table)s; what is there already stays as it is")
    return words % {"table": table.label if table else spec["to"]}


def _export(spec: Mapping[str, Any]) -> str:
    return _("export as %(format)s") % {"format": _(FORMATS[spec["format"]].label.template)}


def _import(spec: Mapping[str, Any]) -> str:
    names = {"file": file_words(spec), "mode": _(str(MODES[spec["mode"]]))}
    return _("From %(file)s: %(mode)s.") % names


def _batch(spec: Mapping[str, Any]) -> str:
    return _("%(count)s operations of a batch.") % {"count": count_words(spec["count"])}


_ORDERS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "change": _to_items(_changes),
    "copy": _to_items(_copy),
    "delete": _to_items(lambda _spec: _("delete each")),
    "export": _to_items(_export),
    "import": _import,
    "batch": _batch,
}


def file_words(spec: Mapping[str, Any]) -> str:
    """The file of an import, and how it was read."""
    reading = FileReading(**spec["reading"])
    parts = [visible(spec["name"]) or _("a file")]
    if FILE_FORMATS[reading.format].container != "workbook":
        parts.append(ENCODINGS.get(reading.encoding, "UTF-8"))
    if reading.delimiter:
        mark = delimiter_words(reading.delimiter)
        parts.append(_("columns split by %(mark)s") % {"mark": mark})
    return ", ".join(parts)


def delimiter_words(mark: str) -> str:
    """What people call the sign that cuts lines into cells."""
    return str(_DELIMITERS.get(mark, mark))


def which_words(spec: Mapping[str, Any]) -> str:
    """Which items an order is about."""
    if spec.get("keys"):
        count = len(spec["keys"])
        words = ngettext("On %(items)s that was ticked:", "On %(items)s that were ticked:", count)
        return words % {"items": items_words(count)}
    try:
        conditions = filter_words(
            _filter_of(spec["query"]) if "query" in spec else parse_scan(parse(spec["filter"]))
        )
    except (KeyError, TablesError):
        return ""
    if not conditions:
        return _("On every item of the table:")
    return _("On every item where %(filter)s:") % {"filter": conditions}


def _filter_of(text: str) -> Group:
    """The filter of a list's query string. Raises TablesError."""
    return parse_query(parse_qsl(text, keep_blank_values=True), types={}).filter


def change_words(change: Mapping[str, Any]) -> str:
    """One change, such as `set status to “shipped”`."""
    action, path = change["action"], visible(str(change["path"]))
    if action == "remove":
        return _("remove %(path)s") % {"path": path}
    if action == "rename":
        return _("rename %(path)s to %(to)s") % {"path": path, "to": visible(change["to"])}
    if action == "retype":
        kind = kind_words(change["type"])
        return _("make %(path)s a %(type)s") % {"path": path, "type": kind}
    value = visible(summary(change["value"], _VALUE_CHARACTERS)[0])
    words = str(_DEEDS[action]) % {"path": path, "value": value}
    return f"{words} ({kind_words(type_of(change['value']))})" if _is_doubtful(change) else words


def _is_doubtful(change: Mapping[str, Any]) -> bool:
    """Whether a value reads like one of another type, so that its own has to be said."""
    value = change["value"]
    return type_of(value) != "S" or bool(_LIKE_OTHERS.fullmatch(value["S"]))


_DEEDS: Mapping[str, StrOrPromise] = {
    "set": gettext_lazy("set %(path)s to “%(value)s”"),
    "add": gettext_lazy("add %(value)s to %(path)s"),
    "delete": gettext_lazy("take %(value)s out of %(path)s"),
    "append": gettext_lazy("append %(value)s to %(path)s"),
}
