"""Every button of an item's forms is a row of one table."""

import re
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from tables.admin.item_form.buttons import ADDING, CHANGING
from tables.admin.item_form.form import ItemForm
from tests.admin.item_form.person import store, stored

TEMPLATES = Path(__file__).parents[3] / "templates/admin/tables"
# They save as “Save” does; where they lead afterwards is another table's.
_WAYS_ON = {"_continue", "_addanother"}


def test_every_button_on_the_pages_has_its_row():
    text = "".join(path.read_text() for path in TEMPLATES.glob("item_*.html"))
    pressed = set(re.findall(r'<button[^>]* name="(_\w+)"', text)) - _WAYS_ON
    assert pressed == {name for name in CHANGING if name.startswith("_")}
    assert set(ADDING) <= set(CHANGING)


def test_the_last_row_saves_however_that_was_asked():
    assert list(ADDING)[-1] == list(CHANGING)[-1] == "_save"


def test_a_form_is_never_changed_in_place():
    form = ItemForm(None, {})
    with pytest.raises(FrozenInstanceError):
        form.errors = ("late",)


def test_a_button_that_only_looks_wins_over_one_that_saves(person):
    store("Types", {"id": {"S": "x"}, "n": {"N": "1"}})
    answer = person.open("Types", {"id": {"S": "x"}}).type("n", "2").press("_addrow", _save="1")
    assert answer.status_code == 200
    assert stored("Types", {"id": {"S": "x"}}) == {"id": {"S": "x"}, "n": {"N": "1"}}
