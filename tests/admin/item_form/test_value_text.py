"""Each type in each way to edit it: sets, lists and maps, dates, JSON in a text, names."""

import re
from datetime import UTC, datetime

import pytest

from tables.admin.item_form.value_text import VIEWS, best_view, can_say, text_of, value_of
from tables.core.updates import same_value
from tests.admin.item_form.person import store, stored
from tests.admin.item_form.test_rows import EVERYTHING

KEY = {"id": {"S": "x"}}
DIGITS = "12345678901234567890123456789012345678"


def opened(person, alias="Types", **attributes):
    store(alias, {**KEY, **attributes})
    return person.open(alias, KEY)


def saved(person):
    answer = person.press()
    assert answer.status_code == 302, re.findall(r'class="errornote.*', answer.content.decode())
    return {name: value for name, value in stored("Types", KEY).items() if name != "id"}


def refused(person):
    answer = person.press()
    assert answer.status_code == 422
    return answer.content.decode().replace("&quot;", '"').replace("&#x27;", "'")


@pytest.mark.parametrize("name", EVERYTHING)
def test_every_view_that_can_say_a_value_reads_it_back(name):
    value = EVERYTHING[name]
    (tag,) = value
    views = [view for view in VIEWS.get(tag, ("plain",)) if can_say(value, view)]
    assert best_view(value) in views
    for view in views:
        back = value_of(tag, text_of(value, view), view, value)
        assert same_value(back, value) or view == "pretty", view


# ---------------------------------------------------------------- one line


@pytest.mark.parametrize(
    ("value", "tag"),
    [
        ("one line", "input"),
        ("two\nlines", "textarea"),
        ("x" * 120, "input"),
        ("x" * 121, "textarea"),
    ],
)
def test_a_text_of_one_line_is_a_field_in_which_enter_saves(person, value, tag):
    page = opened(person, a={"S": value}).page.content.decode()
    assert re.search(rf'<{tag}[^>]* id="a-{person.row("a")}-value"', page)


def test_several_lines_are_had_by_a_button_that_saves_nothing(person):
    opened(person, a={"S": "one"})
    answer = person.press("_view", f"{person.row('a')}-several")
    assert f'<textarea id="a-{person.row("a")}-value"' in answer.content.decode()
    assert stored("Types", KEY)["a"] == {"S": "one"}
    person.fields[f"a-{person.row('a')}-value"] = "one\r\ntwo"
    assert saved(person)["a"] == {"S": "one\ntwo"}


# ---------------------------------------------------------------- sets


def test_a_value_is_added_to_a_set_in_a_field_of_its_own(person):
    opened(person, tags={"SS": ["express", "gift, wrapped "]})
    number = person.row("tags")
    assert person.fields[f"a-{number}-entry-1"] == "gift, wrapped "
    person.fields[f"a-{number}-entry-2"] = "b2b"
    assert set(saved(person)["tags"]["SS"]) == {"express", "gift, wrapped ", "b2b"}


def test_a_value_is_dropped_from_a_set_by_a_button_or_by_emptying_its_field(person):
    opened(person, tags={"SS": ["a", "b", "c"]}, n={"NS": ["1", "2"]})
    number = person.row("tags")
    drop = [person.fields[f"a-{number}-entry-{n}"] for n in range(3)].index("b")
    assert person.press("_drop", f"{number}-{drop}").status_code == 200
    assert set(stored("Types", KEY)["tags"]["SS"]) == {"a", "b", "c"}
    person.fields[f"a-{person.row('n')}-entry-0"] = ""
    after = saved(person)
    assert set(after["tags"]["SS"]) == {"a", "c"}
    assert len(after["n"]["NS"]) == 1


def test_a_set_is_written_a_value_a_line(person):
    opened(person, tags={"SS": ["a", "b"]})
    person.press("_view", f"{person.row('tags')}-lines")
    number = person.row("tags")
    assert f"a-{number}-entry-0" not in person.fields
    person.fields[f"a-{number}-value"] = "a\r\nc, d\r\n\r\n"
    assert set(saved(person)["tags"]["SS"]) == {"a", "c, d"}


@pytest.mark.parametrize(
    ("tag", "text", "words"),
    [
        ("NS", "1\r\ntwo", "“two” is no number. Write one number a line, such as 12.5."),
        ("NS", "1, 2", "“1, 2” is no number."),
        ("BS", "AA==\r\n?", "“?” is no base64. Write one value a line, such as AAEC."),
        ("SS", "\r\n", "A set holds at least one value"),
        ("SS", "a\r\na", "can't hold the same value twice"),
    ],
)
def test_what_is_no_entry_of_a_set_is_said_in_words(person, tag, text, words):
    stored_set = {"SS": ["a"], "NS": ["1"], "BS": ["AA=="]}[tag]
    opened(person, s={tag: stored_set})
    person.press("_view", f"{person.row('s')}-lines")
    person.fields[f"a-{person.row('s')}-value"] = text
    assert words in refused(person)
    assert stored("Types", KEY)["s"] == {tag: stored_set}


@pytest.mark.parametrize(
    ("value", "view"),
    [
        ({"SS": ["a", "b"]}, "chips"),
        ({"SS": ["x" * 31]}, "lines"),
        ({"NS": [str(n) for n in range(31)]}, "lines"),
        ({"SS": ["a\nb"]}, "plain"),
        ({"SS": [""]}, "plain"),
        ({"BS": [""]}, "plain"),
    ],
)
def test_a_set_opens_in_the_first_view_that_can_say_it(value, view):
    assert best_view(value) == view


def test_a_text_is_retyped_to_a_set_without_a_script(person):
    opened(person, a={"S": "one"})
    number = person.row("a")
    person.fields[f"a-{number}-type"] = "SS"
    assert saved(person)["a"] == {"SS": ["one"]}


# ---------------------------------------------------------------- lists and maps

LINES = {
    "L": [
        {"M": {"product": {"S": "lamp"}, "quantity": {"N": "2"}, "gift": {"BOOL": False}}},
        {"M": {"product": {"S": "rug"}, "tags": {"SS": ["red"]}, "raw": {"B": "AA=="}}},
    ]
}


def leaf(person, title):
    """The field of a value inside a list or map, by its label."""
    page = person.page.content.decode()
    field = re.search(rf'name="(a-\d+-leaf-\d+)"[^>]* aria-label="{re.escape(title)}"', page)
    return field[1]


def test_one_value_inside_a_list_is_changed_in_its_row(person):
    opened(person, lines=LINES)
    person.fields[leaf(person, "lines [0].quantity")] = DIGITS
    person.fields[leaf(person, "lines [0].gift")] = "true"
    after = saved(person)["lines"]
    assert after["L"][0]["M"] == {
        "product": {"S": "lamp"},
        "quantity": {"N": DIGITS},
        "gift": {"BOOL": True},
    }
    assert after["L"][1] == LINES["L"][1]


def test_a_number_inside_that_is_none_is_said_with_its_place(person):
    opened(person, lines=LINES)
    person.fields[leaf(person, "lines [0].quantity")] = "two"
    assert "[0].quantity: A number must be written in decimal digits." in refused(person)
    assert person.fields[leaf(person, "lines [0].quantity")] == "two"


def test_entries_of_a_list_are_added_and_removed_without_a_script(person):
    opened(person, lines=LINES)
    number = person.row("lines")
    assert person.press("_drop", f"{number}-5").status_code == 200
    assert person.press("_grow", f"{number}-0").status_code == 200
    person.fields[leaf(person, "lines [1].product")] = "desk"
    person.fields[leaf(person, "lines [1].quantity")] = "4"
    assert stored("Types", KEY)["lines"] == LINES
    made = {"product": {"S": "desk"}, "quantity": {"N": "4"}, "gift": {"BOOL": False}}
    assert saved(person)["lines"]["L"] == [LINES["L"][0], {"M": made}]


@pytest.mark.parametrize("part", ["99", "x", "", "0", "-1"])
@pytest.mark.parametrize("button", ["_drop", "_grow"])
def test_a_part_that_is_not_there_changes_nothing(person, button, part):
    opened(person, lines={"L": [{"S": "a"}]}, m={"M": {"a": {"S": "b"}}})
    assert person.press(button, f"{person.row('m')}-{part}").status_code == 200
    assert saved(person)["m"] == {"M": {"a": {"S": "b"}}}


def test_what_many_rows_or_levels_hold_opens_as_json():
    assert best_view({"L": [{"N": "1"}] * 60}) == "rows"
    assert best_view({"L": [{"N": "1"}] * 61}) == "plain"
    deep = {"S": "bottom"}
    for _ in range(5):
        deep = {"M": {"a": deep}}
    assert best_view(deep) == "plain"


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"S": "x"}', '{"M": {"a": {"Q": 1}}}', '{"M": {"a": 1}}', "[" * 500]
)
def test_rows_that_were_made_by_hand_are_refused(person, text):
    opened(person, m={"M": {"a": {"S": "b"}}})
    person.fields[f"a-{person.row('m')}-value"] = text
    assert "The rows can’t be read" in refused(person)
    assert stored("Types", KEY)["m"] == {"M": {"a": {"S": "b"}}}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            '[\n  {"a": "lamp"\n   "b": 1}\n]',
            'line 3: a comma or a closing bracket is missing after "lamp"',
        ),
        ('{"a" 1}', 'line 1: a colon is missing after "a"'),
        ("[lamp]", "line 1: a value is missing after [; texts stand in double quotes"),
        ('["lamp', "line 1: a text has no closing quote"),
        ('["a"] b', "line 1: something is left over after ]"),
        ("{a: 1}", "line 1: a name in double quotes is missing after {"),
    ],
)
def test_a_mistake_in_json_is_said_at_its_line_in_words(person, text, words):
    opened(person, l={"L": [{"S": "x"}]}).type("l", text)
    page = refused(person)
    assert words in page
    assert "Expecting" not in page


# ---------------------------------------------------------------- dates


@pytest.mark.parametrize(
    ("digits", "drawn", "date", "after"),
    [
        ("1798761600", "2027-01-01T00:00", "2027-01-08T00:00", "1799366400"),
        ("1798761600000", "2027-01-01T00:00", "2027-01-01T00:00:01.5", "1798761601500"),
        ("1798761661", "2027-01-01T00:01:01", "2027-01-01T00:02", "1798761720"),
    ],
)
def test_a_date_beside_a_number_keeps_its_seconds_or_milliseconds(
    person, digits, drawn, date, after
):
    opened(person, at={"N": digits})
    number = person.row("at")
    assert person.fields[f"a-{number}-moment"] == drawn
    person.fields[f"a-{number}-moment"] = date
    assert saved(person)["at"] == {"N": after}


def test_the_digits_win_when_only_they_were_changed(person):
    opened(person, at={"N": "1798761600"}).type("at", "5")
    assert saved(person)["at"] == {"N": "5"}


def test_a_number_and_a_date_that_contradict_are_both_kept_and_refused(person):
    opened(person, at={"N": "1798761600"}).type("at", "1798761601")
    person.fields[f"a-{person.row('at')}-moment"] = "2028-01-01T00:00"
    assert "to different times: change one" in refused(person)
    assert person.fields[f"a-{person.row('at')}-value"] == "1798761601"


@pytest.mark.parametrize(("digits", "size"), [("1798761600", 1), ("1798761600000", 1000)])
def test_a_distance_typed_beside_a_date_is_counted_from_now(person, digits, size):
    opened(person, at={"N": digits}).type("at", "in 7 days")
    before = datetime.now(UTC).timestamp()
    after = int(saved(person)["at"]["N"]) / size
    assert before - 1 <= after - 7 * 86_400 <= datetime.now(UTC).timestamp()


def test_words_that_are_no_time_are_kept_and_refused(person):
    opened(person, at={"N": "1798761600"}).type("at", "in 7 moons")
    assert "in 7 moons" in refused(person)


@pytest.mark.parametrize("date", ["", "soon", "2027-13-01T00:00", "99999-01-01T00:00"])
def test_a_date_that_is_none_leaves_the_number(person, date):
    opened(person, at={"N": "1798761600"}, other={"S": "a"}).type("other", "b")
    person.fields[f"a-{person.row('at')}-moment"] = date
    assert saved(person) == {"at": {"N": "1798761600"}, "other": {"S": "b"}}


@pytest.mark.parametrize("digits", ["5", "999999999", "12345678901", "1798761600.5", "-1798761600"])
def test_a_number_that_is_no_time_has_no_date(person, digits):
    assert "datetime-local" not in opened(person, at={"N": digits}).page.content.decode()


# ---------------------------------------------------------------- JSON in a text


def test_json_in_a_text_opens_laid_out_and_is_saved_compact(person):
    text = '{"name":"lamp","price":0.12345678901234567890,"sizes":[1,2,3]}'
    opened(person, doc={"S": text})
    person.press("_view", f"{person.row('doc')}-pretty")
    number = person.row("doc")
    assert person.fields[f"a-{number}-value"] != text
    assert person.press("_continue").status_code == 302
    assert stored("Types", KEY)["doc"] == {"S": text}
    laid_out = person.fields[f"a-{number}-value"]
    person.fields[f"a-{number}-value"] = laid_out.replace("lamp", "desk")
    assert saved(person)["doc"] == {"S": text.replace("lamp", "desk")}


def test_json_that_was_not_touched_keeps_its_blanks(person):
    text = '{ "a" : 1.0,\n  "b":[ ] }'
    opened(person, doc={"S": text}, n={"N": "1"})
    person.press("_view", f"{person.row('doc')}-pretty")
    person.type("n", "2")
    assert saved(person) == {"doc": {"S": text}, "n": {"N": "2"}}


@pytest.mark.parametrize("text", ["{not json", '{"a":1,"a":2}', "1", '"text"', "[1] 2"])
def test_what_is_no_json_document_is_not_offered_as_one(person, text):
    assert "-pretty" not in opened(person, doc={"S": text}).page.content.decode()


# ---------------------------------------------------------------- names


def test_an_attribute_is_renamed_with_its_value_to_the_byte(person):
    value = {"M": {"a": {"N": DIGITS}, "s": {"SS": ["b", "a"]}}}
    opened(person, old=value)
    person.fields[f"a-{person.row('old')}-rename"] = "new.name[0]"
    assert saved(person) == {"new.name[0]": value}


def test_a_rename_and_a_change_go_together(person):
    opened(person, old={"N": "1"}).type("old", "2")
    person.fields[f"a-{person.row('old')}-rename"] = "new"
    assert saved(person) == {"new": {"N": "2"}}


@pytest.mark.parametrize("name", ["other", "id"])
def test_a_name_that_is_there_already_is_refused(person, name):
    opened(person, old={"N": "1"}, other={"N": "2"})
    person.fields[f"a-{person.row('old')}-rename"] = name
    assert "Another row has this name." in refused(person)
    assert stored("Types", KEY) == {**KEY, "old": {"N": "1"}, "other": {"N": "2"}}


def test_a_rename_meets_what_somebody_else_wrote_there(person):
    opened(person, old={"N": "1"})
    person.fields[f"a-{person.row('old')}-rename"] = "new"
    store("Types", {**KEY, "old": {"N": "1"}, "new": {"S": "theirs"}})
    assert person.press().status_code == 409
    assert stored("Types", KEY)["new"] == {"S": "theirs"}


def test_the_key_has_no_other_name(person):
    opened(person, a={"S": "b"})
    assert f"a-{person.row('id')}-rename" not in person.fields
    person.fields[f"a-{person.row('id')}-rename"] = "key"
    assert refused(person)
    assert stored("Types", KEY) == {**KEY, "a": {"S": "b"}}
