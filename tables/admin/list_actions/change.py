"""The dialog of a bulk change: what is done to which attributes, and first only looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.http import HttpResponseBase, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tables.admin.item_form.value_text import value_of
from tables.admin.item_list.changelist import ItemList
from tables.admin.list_actions.orders import dialog, how_of, ordered, which_items
from tables.admin.texts.core_messages import told
from tables.admin.texts.kinds import kind_words
from tables.core.errors import InvalidValue, TablesError
from tables.core.expressions import format_path, parse_path
from tables.core.values import SET_TYPES, TYPES, Item

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_MOST_ROWS = 50
# Deed -> its words, and whether it takes a type, a value.
DEEDS: Mapping[str, tuple[StrOrPromise, bool, bool]] = {
    "set": (gettext_lazy("set to"), True, True),
    "remove": (gettext_lazy("remove"), False, False),
    "add": (gettext_lazy("add to the number or set"), True, True),
    "delete": (gettext_lazy("take out of the set"), True, True),
    "append": (gettext_lazy("append to the list"), True, True),
    "rename": (gettext_lazy("rename to"), False, True),
    "retype": (gettext_lazy("give it the type"), True, False),
}


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A line of the dialog as it was filled in; `error` is what is wrong with it.

    `tag` is empty where the type is to be the one that the attribute is declared with.
    """

    deed: str = "set"
    path: str = ""
    tag: str = ""
    text: str = ""
    error: str = ""

    @property
    def is_empty(self) -> bool:
        return not self.path.strip()

    def change(self, declared: Mapping[str, str]) -> dict[str, Any]:
        """The change that it asks for; `declared` are type tags by path. Raises InvalidValue,
        InvalidExpression.
        """
        if self.deed not in DEEDS or self.tag not in ("", *TYPES):
            raise InvalidValue(_("Choose what to do, and a type."))
        path = self.path.strip()
        steps = parse_path(path)
        asked: dict[str, Any] = {"action": self.deed, "path": path}
        if self.deed == "rename":
            parse_path(self.text.strip())
            return {**asked, "to": self.text.strip()}
        if self.deed == "remove":
            return asked
        tag = self._tag(declared.get(format_path(steps), ""))
        if self.deed == "retype":
            return {**asked, "type": tag}
        value = value_of(tag, self.text, "lines" if tag in SET_TYPES else "plain")
        return {**asked, "value": {"L": [value]} if self.deed == "append" else value}

    def _tag(self, declared: str) -> str:
        """The type of the value: never a guess, or numbers would become texts unseen."""
        says_nothing = self.deed in ("append", "retype")  # of an element, of what is to come
        tag = self.tag or ("" if says_nothing else declared)
        if not tag:
            raise InvalidValue(_("Choose a type: nothing declares the one of this value."))
        return tag


def change_chosen(listing: ItemList, keys: Sequence[Item], *, everything: bool) -> HttpResponseBase:
    """Ask what to change; then order a job that looks, and writes once it is confirmed."""
    form = listing.visit.request.POST
    rows = _rows(form)
    if "look" not in form:
        more = [ChangeRow()] if "more" in form or not rows else []
        return _ask(listing, keys, [*rows, *more][:_MOST_ROWS], everything=everything)
    changes, marked_rows = _read([row for row in rows if not row.is_empty], listing.types)
    if any(row.error for row in marked_rows) or not changes:
        error = "" if changes or marked_rows else _("Say what to change.")
        shown = marked_rows or [ChangeRow()]
        return _ask(listing, keys, shown, everything=everything, error=error, status=422)
    try:
        given = {**which_items(listing, keys, everything=everything), "changes": changes}
        return ordered(listing, "change", given, how_of(form))
    except TablesError as error:
        if error.status not in (400, 409, 422):
            raise
        words = told(error.message)
        return _ask(listing, keys, rows, everything=everything, error=words, status=error.status)


def _ask(
    listing: ItemList,
    keys: Sequence[Item],
    rows: Sequence[ChangeRow],
    *,
    everything: bool,
    error: str = "",
    status: int = 200,
) -> HttpResponseBase:
    wrong = (place for place, row in enumerate(rows, 1) if row.error)
    new = len(rows) if "more" in listing.visit.request.POST else 1
    asked = {
        "focus": next(wrong, new),
        "title": _("Change many items of %(table)s") % {"table": listing.table.label},
        "action": "change_many",
        "rows": rows,
        "deeds": [(name, words) for name, (words, _type, _value) in DEEDS.items()],
        "types": [("", _("as declared")), *((tag, kind_words(tag)) for tag in TYPES)],
        "names": sorted(listing.names.with_sample()),
        "error": error,
    }
    return dialog(listing, keys, "change", asked, everything=everything, status=status)


def _rows(form: QueryDict) -> list[ChangeRow]:
    told_rows = (form.getlist(name) for name in ("deed", "path", "tag", "text"))
    return [ChangeRow(*row) for row in zip(*told_rows, strict=False)][:_MOST_ROWS]


def _read(
    rows: Sequence[ChangeRow], declared: Mapping[str, str]
) -> tuple[list[dict[str, Any]], list[ChangeRow]]:
    """The changes that the lines ask for, and the lines with what is wrong with each."""
    changes, marked = [], []
    for row in rows:
        try:
            changes.append(row.change(declared))
            marked.append(row)
        except TablesError as error:
            marked.append(replace(row, error=told(error.message)))
    return changes, marked
