"""Types as people call them, alike wherever a page says one."""

import re

import pytest

from tables.admin.item_list.filter_choices import kind_options
from tables.admin.texts.kinds import kind_words
from tables.core.values import TYPES

pytestmark = pytest.mark.django_db


def test_the_common_types_have_words_of_people():
    assert [kind_words(tag) for tag in ("S", "BOOL", "SS")] == ["text", "true or false", "text set"]
    assert not {"string", "boolean", "string set"} & {*map(kind_words, TYPES)}
    assert (kind_words(""), kind_words("X")) == ("", "X")


def test_the_form_of_changes_and_the_filter_say_the_same(sign_in, people):
    form = {"action": "change_many", "select_across": "1", "_selected_action": []}
    page = sign_in("admins").post("/admin/tables/People/", form).content.decode()
    found = re.findall(r'<option value="(\w+)"[^>]*>([^<]+)</option>', page)
    offered = {tag: words for tag, words in found if tag in TYPES}
    assert offered == {tag: kind_words(tag) for tag in TYPES}
    assert all(kind_words(tag) in kind_options("") for tag in TYPES)
