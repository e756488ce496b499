"""Items of very many attributes: a part of them is in rows, and the others stay as they are."""

import re

import pytest

from tables.admin.item_form.attribute_part import PART, AttributePart
from tables.core.sizes import item_size
from tests.admin.html import Page
from tests.admin.item_form.forms import row_named
from tests.admin.item_form.person import store, stored

KEY = {"id": {"S": "x"}}
WIDE = {**KEY, **{f"name{n:04}": {"S": f"text {n}"} for n in range(1, 2001)}}


def labels(page):
    return re.findall(r'<label class="name" for="a-\d+-value">([^<]+)</label>', page)


@pytest.fixture
def wide(person):
    store("Types", WIDE)
    return person.open("Types", KEY)


def page(person):
    return person.page.content.decode()


def test_a_hundred_are_shown_however_many_there_are(wide):
    html = page(wide)
    assert labels(html) == list(WIDE)[: PART + 1]
    assert "Attributes 1 to 100 of 2,000" in html
    # Beyond what every row takes, nothing grows with what is not shown but the sealed item.
    assert html.count("<") < 120 * PART
    assert f'data-fixed="{item_size({n: WIDE[n] for n in list(WIDE)[PART + 1 :]})}"' in html


def test_what_was_typed_goes_along_to_another_part_and_is_saved_with_it(wide):
    wide.type("name0002", "changed").press("_part", "19")
    html = page(wide)
    assert labels(html) == ["id", "name0002", *list(WIDE)[1901:2001]]
    assert "Attributes 1,901 to 2,000 of 2,000" in html
    wide.type("name2000", "also").press()
    changed = {"name0002": {"S": "changed"}, "name2000": {"S": "also"}}
    assert stored("Types", KEY) == {**WIDE, **changed}


def test_attributes_are_found_by_their_names(wide):
    wide.fields["find"] = "NAME19"
    wide.press("_part", "0")
    assert labels(page(wide)) == ["id", *(f"name{n}" for n in range(1900, 2000))]
    assert "1 to 100 of 100 found, 2,000 in all" in page(wide)
    wide.fields["find"] = "nowhere"
    wide.press("_part", "0")
    assert labels(page(wide)) == ["id"]
    assert "None of 2,000 attributes has this in its name" in page(wide)


def test_what_was_removed_comes_along_as_removed(wide):
    wide.fields[f"a-{row_named(wide.fields, wide.page, 'name0003')}-remove"] = "1"
    wide.press("_part", "1")
    assert "name0003" in labels(page(wide))
    wide.press()
    assert stored("Types", KEY) == {n: v for n, v in WIDE.items() if n != "name0003"}


def test_what_cannot_be_read_keeps_the_part_where_it_is(wide):
    person = wide.new("n", "N", "many")
    answer = person.press("_part", "3")
    assert answer.status_code == 422
    assert labels(page(person))[:2] == ["id", "name0001"]


def test_saving_to_go_on_comes_back_to_the_same_part(wide):
    wide.press("_part", "4")
    answer = wide.type("name0450", "new").press("_continue")
    again = wide.client.get(answer["Location"]).content.decode()
    assert labels(again)[1] == "name0401"


def test_the_other_tab_has_the_whole_item(wide):
    wide.type("name0002", "changed").press("_tab", "raw")
    html = page(wide)
    assert "changed" in html
    assert "text 2000" in html
    wide.press("_tab", "rows")
    assert labels(page(wide)) == list(WIDE)[: PART + 1]


@pytest.mark.parametrize("part", ["", "-1", "²", "99999999", "x", "7"])
def test_a_part_that_is_not_there_is_the_first_or_the_last(part):
    names = [str(n) for n in range(PART * 2 + 1)]
    shown = AttributePart.of({"_part": part}).names(names)
    assert shown == (names[-1:] if part == "7" else names[:PART])


def test_an_item_of_a_few_attributes_has_no_parts(person):
    store("Types", dict(list(WIDE.items())[: PART + 1]))
    assert 'name="_part"' not in page(person.open("Types", KEY))


def shown(html):
    """The attributes of a page that is only to be read."""
    return [e["text"] for e in html.all("th", scope="row") if "content" in e["within"]]


def test_whoever_may_only_look_looks_at_a_hundred_at_a_time(wide, sign_in):
    reader = sign_in("readers")
    seen, address = [], "?"
    while address:
        html = Page(reader.get(f"{wide.url}{address}"))
        seen.append(shown(html))
        further = [e["attrs"]["href"] for e in html.all("a") if "more attribute" in e["text"]]
        address = further[0] if further else ""
    assert [len(part) for part in seen] == [PART] * 20 + [1]
    assert [name for part in seen for name in part] == list(WIDE)


def test_what_is_to_be_deleted_is_shown_in_part_and_leads_to_the_rest(wide):
    html = Page(wide.client.get(wide.url.replace("/change/", "/delete/")))
    assert shown(html) == list(WIDE)[:PART]
    assert "and 1901 more attributes" in html.text("main")
