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
from tables.admin.item_form.writing import change, create, of_conflict, require_same_item, resolve
from tables.admin.values.json_text import json_text
from tables.admin.visit import Visit
from tables.core.errors import Forbidden, InvalidRequest
from tables.core.values import Item

# What a page sent, of an item or (None) of a new one.
Read = Callable[[Visit, Item | None], ItemForm]
# What is done with it; the text is the value of the button that was pressed.
Step = Callable[[Visit, ItemForm, str], HttpResponse]


def _submitted(visit: Visit, where: Item | None) -> ItemForm:
    """The form as it was sent. Raises InvalidRequest for that of another item."""
    form = ItemForm.submitted(visit, is_new=where is None)
    if where is not None:
        require_same_item(visit, where, form.opened)
    return form


@dataclass(frozen=True, slots=True)
class Button:
    """The rights that a button takes, what it does, and from which page it is sent."""

    rights: tuple[str, ...]
    step: Step
    read: Read = _submitted


def press(visit: Visit, where: Item | None) -> HttpResponse:
    """Do what the button that was pressed says, at the item of a key or (None) at a new one."""
    post = visit.request.POST
    name, button = _pressed(post, ADDING if where is None else CHANGING)
    if refused := _refusal(visit, where, button):
        return refused
    form = button.read(visit, where)
    try:
        spend(visit.request, "write")
    except TooOften as refusal:
        if button.read is of_conflict:
            raise  # the way back leads to its page, with the choices that were made
        return _wait(form, refusal)
    return button.step(visit, form, post.get(name, ""))


def _pressed(post: QueryDict, buttons: Mapping[str, Button]) -> tuple[str, Button]:
    """The first row of the table that was pressed; the last one saves, however it was asked."""
    *_others, last = buttons
    name = next((name for name in buttons if name in post), last)
    return name, buttons[name]


def _refusal(visit: Visit, where: Item | None, button: Button) -> HttpResponse | None:
    """For whoever lost a right while they typed: what they typed, to be copied."""
    try:
        for right in button.rights:
            visit.require(right)
    except Forbidden as error:
        try:
            form = button.read(visit, where)
        except InvalidRequest:
            raise error from None
        typed = form.raw or json_text(form.edited)
        return error_page(visit.request, error, visit.table, typed=typed)
    return None


def _wait(form: ItemForm, refusal: TooOften) -> HttpResponse:
    """The form again, with what was typed, for whoever writes too often."""
    words = _("You save too often. What you typed is still here: wait a little.")
    answer = form_page(form.visit, form.in_trouble(words), status=429)
    answer["Retry-After"] = str(wait_of(refusal))
    return answer


def _look(turn: Callable[[ItemForm, str], ItemForm]) -> Step:
    """A button that shows the form again in another way and writes nothing."""

    def look(visit: Visit, form: ItemForm, value: str) -> HttpResponse:
        turned = turn(form, value)
        return form_page(visit, turned, status=422 if turned is form else 200)

    return look


def _in_mode(form: ItemForm, value: str) -> ItemForm:
    """In the other tab; what can't be read stays where it is."""
    return form.shown("raw" if value == "raw" else "rows") if form.is_valid else form


def _looks(right: str) -> dict[str, Button]:
    turns: dict[str, Callable[[ItemForm, str], ItemForm]] = {
        "_tab": _in_mode,
        "_view": ItemForm.switched,
        "_drop": ItemForm.dropped,
        "_grow": ItemForm.grown,
        "_part": ItemForm.turned,
        "_addrow": lambda form, _value: form.with_room(),
    }
    return {name: Button((right,), _look(turn)) for name, turn in turns.items()}


ADDING: dict[str, Button] = {
    **_looks("add"),
    "_save": Button(("add",), create),
}
CHANGING: dict[str, Button] = {
    "_recreate": Button(("change", "add"), create, of_conflict),
    # The conflict page's own field: which of the changes to keep.
    "changes": Button(("change",), resolve, of_conflict),
    "_saveasnew": Button(("add",), create),
    **_looks("change"),
    "_save": Button(("change",), change),
}
