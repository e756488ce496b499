"""The buttons of an item's forms: one row for each, with the rights it takes and what it does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext as _
from rest_framework.exceptions import Throttled as TooOften

from tables.access.limits.rates import spend, wait_of
from tables.admin.errors import error_page
from tables.admin.item_form.form import ItemForm
from tables.admin.item_form.pages import form_page
from tables.admin.item_form.writing import change, create, recreate, require_same_item, resolve
from tables.admin.values.json_text import json_text
from tables.admin.visit import Visit
from tables.core.errors import Forbidden, InvalidRequest
from tables.core.values import Item

# What was pressed, at which item (None for a new one), and the value of the button.
Press = Callable[[Visit, Item | None, str], HttpResponse]


@dataclass(frozen=True, slots=True)
class Button:
    """The rights that a button takes, and what it does."""

    rights: tuple[str, ...]
    press: Press


def press(visit: Visit, where: Item | None) -> HttpResponse:
    """Do what the button that was pressed says, at the item of a key or (None) at a new one."""
    post = visit.request.POST
    name, button = _pressed(post, ADDING if where is None else CHANGING)
    refusal = _refusal(visit, button.rights, is_new=where is None)
    return refusal or button.press(visit, where, post.get(name, ""))


def _pressed(post: QueryDict, buttons: Mapping[str, Button]) -> tuple[str, Button]:
    """The first row of the table that was pressed; the last one saves, however it was asked."""
    *_others, last = buttons
    name = next((name for name in buttons if name in post), last)
    return name, buttons[name]


def _refusal(visit: Visit, rights: tuple[str, ...], *, is_new: bool) -> HttpResponse | None:
    """For whoever lost a right while they typed: what they typed, to be copied."""
    try:
        for right in rights:
            visit.require(right)
    except Forbidden as error:
        try:
            form = ItemForm.submitted(visit, is_new=is_new)
        except InvalidRequest:
            raise error from None
        typed = form.raw or json_text(form.edited)
        return error_page(visit.request, error, visit.table, typed=typed)
    return None


def _on_form(step: Callable[[Visit, ItemForm, str], HttpResponse]) -> Press:
    """A button that takes the submitted form, unless this person presses too often."""

    def press(visit: Visit, where: Item | None, value: str) -> HttpResponse:
        form = ItemForm.submitted(visit, is_new=where is None)
        if where is not None:
            require_same_item(visit, where, form.opened)
        return _wait(visit, form) or step(visit, form, value)

    return press


def _wait(visit: Visit, form: ItemForm) -> HttpResponse | None:
    """The form again, with what was typed, when this person writes too often."""
    try:
        spend(visit.request, "write")
    except TooOften as refusal:
        words = _("You save too often. What you typed is still here: wait a little.")
        answer = form_page(visit, form.in_trouble(words), status=429)
        answer["Retry-After"] = str(wait_of(refusal))
        return answer
    return None


def _look(turn: Callable[[ItemForm, str], ItemForm]) -> Press:
    """A button that shows the form again in another way and writes nothing."""

    def look(visit: Visit, form: ItemForm, value: str) -> HttpResponse:
        turned = turn(form, value)
        return form_page(visit, turned, status=422 if turned is form else 200)

    return _on_form(look)


def _in_mode(form: ItemForm, value: str) -> ItemForm:
    """In the other tab; what can't be read stays where it is."""
    return form.shown("raw" if value == "raw" else "rows") if form.is_valid else form


def _looks(right: str) -> dict[str, Button]:
    turns: dict[str, Callable[[ItemForm, str], ItemForm]] = {
        "_tab": _in_mode,
        "_view": ItemForm.switched,
        "_drop": ItemForm.dropped,
        "_grow": ItemForm.grown,
        "_addrow": lambda form, _value: form.with_room(),
    }
    return {name: Button((right,), _look(turn)) for name, turn in turns.items()}


ADDING: dict[str, Button] = {
    **_looks("add"),
    "_save": Button(("add",), _on_form(lambda visit, form, _value: create(visit, form))),
}
CHANGING: dict[str, Button] = {
    "_recreate": Button(("change", "add"), recreate),
    # The conflict page's own field: which of the changes to keep.
    "changes": Button(("change",), resolve),
    "_saveasnew": Button(("add",), ADDING["_save"].press),
    **_looks("change"),
    "_save": Button(("change",), _on_form(lambda visit, form, _value: change(visit, form))),
}
