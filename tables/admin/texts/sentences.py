"""Plans, filters and counts in staff's words."""

from __future__ import annotations

import re

from django.utils.formats import number_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tables.admin.texts.kinds import kind_words
from tables.admin.values.hidden_characters import visible
from tables.admin.values.moments import ttl_words
from tables.admin.values.one_line import summary
from tables.core.descriptions import TableDescription
from tables.core.expressions import Path, format_path
from tables.core.filters import Group, Term, terms_of
from tables.core.plans import Plan
from tables.core.values import AttributeValue, Item, type_of
from tables.jobs.kinds.exports import FORMATS
from tables.speed import by_language

# Longest operand in a sentence, in characters.
_OPERAND_CHARACTERS = 40
# An eventually consistent read takes half a unit for every 4 KB (AWS: Read/write capacity).
_BYTES_PER_UNIT = 8192
# The audit attributes' own way to write a time.
_STAMP = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z", re.ASCII)


def count_words(number: int) -> str:
    """A whole number with its thousands apart."""
    return number_format(number, force_grouping=True)


def items_words(number: int) -> str:
    """A number of items."""
    return ngettext("%(count)s item", "%(count)s items", number) % {"count": count_words(number)}


def tables_words(number: int) -> str:
    """A number of tables."""
    return ngettext("%(count)s table", "%(count)s tables", number) % {"count": count_words(number)}


def about_words(description: TableDescription) -> str:
    """How many items the table is said to hold, and when that was asked."""
    if description.item_count is None:
        return _("number of items not known")
    words = _("about %(items)s") % {"items": items_words(description.item_count)}
    return ", ".join(filter(None, (words, counted_words(description))))


def counted_words(description: TableDescription) -> str:
    """When the table's counts were asked for."""
    if description.read_at is None:
        return ""
    return _("counted %(time)s") % {"time": localtime(description.read_at).strftime("%H:%M %Z")}


def moment_words(stamp: str) -> str:
    """An audit stamp's time as people read it; what is no such time stays as it is."""
    return _STAMP.sub(r"\1 \2 UTC", stamp) if _STAMP.fullmatch(stamp) else stamp


def expiry_words(item: Item, description: TableDescription) -> str:
    """When DynamoDB deletes the item of itself, or why never; empty where nothing says so."""
    return ttl_words(item.get(description.ttl_attribute or ""))


def term_words(term: Term) -> str:
    """One condition, such as `population is at least 100000`."""
    path, label = visible(format_path(term.path)), _(term.operator.label)
    operands = [_operand_words(operand) for operand in term.operands]
    if term.alternatives:
        operands = [visible(summary(operand, _OPERAND_CHARACTERS)[0]) for operand in term.operands]
    words = " ".join(filter(None, (path, label, ", ".join(operands))))
    if term.operator.words:
        words = _(term.operator.words).format(*operands, path=path, label=label)
    if term.alternatives:
        return f"{words} ({kinds_words(term)})"
    return _("%(condition)s (numbers only)") % {"condition": words} if term.is_guess else words


def kinds_words(term: Term) -> str:
    """The types that a term compares with, such as `text or number`."""
    tags = dict.fromkeys(map(type_of, term.every_operand))
    return _(" or ").join(kind_words(tag) for tag in tags)


def type_words(term: Term) -> str:
    """How a value is compared whose type nobody declared; empty where its type is known."""
    if not (term.alternatives or term.is_guess):
        return ""
    words = (
        _("%(path)s has no declared type: compared as %(types)s.")
        if term.alternatives
        else _("%(path)s has no declared type: compared with numbers only, not with text.")
    )
    return words % {"path": format_path(term.path), "types": kinds_words(term)}


def filter_words(filter: Group) -> str:
    """All conditions of a filter in one sentence."""
    words = []
    for part in filter.parts:
        joiner = _(" or ") if isinstance(part, Group) and part.joiner == "OR" else _(" and ")
        words.append(joiner.join(term_words(term) for term in terms_of(part)))
    return _(" and ").join(words)


def plan_words(plan: Plan, description: TableDescription) -> str:
    """What DynamoDB will do, before it does it."""
    if plan.operation == "GetItem":
        return _("Get item: one item at most has this key")
    if plan.operation == "Query":
        if plan.index:
            return _("Query on index %(index)s: reads only %(what)s") % _reads(plan)
        if plan.by_pattern:
            words = _("Query on the table, by the key pattern: reads only %(what)s")
            return words % _reads(plan)
        return _("Query on the table: reads only %(what)s") % _reads(plan)
    if not plan.filter:
        where = _("index %(index)s") % {"index": plan.index} if plan.index else _("the table")
        return _("Scan: reads %(where)s a page at a time, in no order") % {"where": where}
    if plan.index:
        return _("Scan: reads the whole index %(index)s") % {"index": plan.index}
    if description.item_count is None:
        return _("Scan: reads the whole table, however many items it has")
    return _("Scan: reads the whole table, about %(items)s") % {
        "items": items_words(description.item_count)
    }


def cost_words(plan: Plan, description: TableDescription) -> str:
    """What a whole scan takes, roughly; empty for other plans, or where sizes aren't known."""
    if plan.operation != "Scan" or plan.index or not plan.filter or not description.size_bytes:
        return ""
    units = description.size_bytes // _BYTES_PER_UNIT + 1
    return _("roughly %(units)s RCU") % {"units": count_words(units)}


@by_language
def export_words(columns: int) -> tuple[tuple[str, str], ...]:
    """The exports of everything that matches: the action's name, and what is in the file."""
    shown = ngettext("the column shown", "the %(count)s columns shown", columns)
    shown %= {"count": count_words(columns)}
    every = _("every attribute")
    return (
        ("export_csv", _("CSV, %(columns)s") % {"columns": shown}),
        ("export_csv_whole", _("CSV, %(columns)s") % {"columns": every}),
        ("export_excel", _("CSV for Excel, %(columns)s") % {"columns": shown}),
        ("export_excel_whole", _("CSV for Excel, %(columns)s") % {"columns": every}),
        ("export_jsonl", _("JSON lines, %(columns)s") % {"columns": every}),
        ("export_typed", _("Typed JSON lines, every attribute, lossless")),
    )


@by_language
def later_words() -> tuple[tuple[str, str], ...]:
    """The exports that are jobs: the action's name, and the format."""
    return tuple((f"job_{name}", _(str(row.label))) for name, row in FORMATS.items())


def position_words(shown: int, before: int | None) -> str:
    """Which items a page shows; only their number where nobody knows what came before."""
    if shown == 0:
        return _("No items")
    if before is None:
        return items_words(shown)
    return _("Items %(first)s–%(last)s") % {
        "first": count_words(before + 1),
        "last": count_words(before + shown),
    }


def role_words(path: Path, description: TableDescription, plan: Plan) -> str:
    """What a top-level attribute is to the table, or to the index that is read; often nothing."""
    if len(path) > 1:
        return ""
    name = path[0]
    if name == description.partition_key.name:
        return _("partition key")
    if description.sort_key and name == description.sort_key.name:
        return _("sort key")
    if name == description.ttl_attribute:
        return _("expires")
    index = description.index(plan.index) if plan.index else None
    if index and name in {key.name for key in index.key_attributes}:
        return _("key of %(index)s") % {"index": index.name}
    return ""


def _reads(plan: Plan) -> dict[str, str | None]:
    return {"index": plan.index, "what": filter_words(Group(plan.key_terms))}


def _operand_words(operand: AttributeValue) -> str:
    text = visible(summary(operand, _OPERAND_CHARACTERS)[0])
    return f"“{text}”" if type_of(operand) in ("S", "B") else text
