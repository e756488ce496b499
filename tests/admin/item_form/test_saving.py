"""Only what was changed is written; what others changed meanwhile is merged or asked about."""

import pytest
from django.core.cache import cache

from tables.access.callers import NOBODY
from tables.admin.item_form import saving as item_saves
from tables.admin.visit import Visit
from tables.core.descriptions import KeyAttribute, TableDescription
from tables.core.registry import Table
from tables.dynamodb import writes
from tables.items.target import Target
from tests.admin.item_form.forms import fields_of
from tests.admin.item_form.person import Person, store, stored, url

KEY = {"id": {"S": "x"}}
ITEM = {
    **KEY,
    "a": {"S": "one"},
    "b": {"N": "1"},
    "m": {"M": {"x": {"S": "mx"}, "y": {"S": "my"}}},
}


@pytest.fixture
def other(person, signer):
    """Somebody else with the same item."""
    return Person(person.client)


@pytest.fixture
def opened(person):
    store("Types", ITEM)
    return person.open("Types", ITEM)


def messages_after(person, answer):
    return person.client.get(answer["Location"]).content.decode()


def test_only_changed_paths_are_written(opened, monkeypatch):
    sent = []
    monkeypatch.setattr(
        "tables.dynamodb.writes.write",
        lambda operation, **_: sent.append(operation.request()) or type("W", (), {"capacity": 0}),
    )
    opened.type("m", '{"x": "other", "y": "my"}')
    assert opened.press().status_code == 302
    (request,) = sent
    assert request["UpdateExpression"] == "SET #0.#1 = :0"
    assert request["ExpressionAttributeNames"] == {"#0": "m", "#1": "x", "#2": "id"}
    assert request["ExpressionAttributeValues"] == {":0": {"S": "other"}, ":1": {"S": "mx"}}
    assert request["ConditionExpression"] == "attribute_exists(#2) AND #0.#1 = :1"


def test_attributes_are_added_retyped_and_removed(opened):
    opened.type("a", "12", type="N").remove("b").new("c", "SS", '["x", "y"]')
    answer = opened.press()
    assert stored("Types", KEY) == {
        **KEY,
        "a": {"N": "12"},
        "c": {"SS": ["x", "y"]},
        "m": ITEM["m"],
    }
    page = messages_after(opened, answer)
    assert "was changed: a, c, b." in page
    assert f'<a href="{url("Types", KEY)}"><span class="k2">x</span></a>' in page


def test_an_attribute_that_the_form_does_not_speak_of_stays(opened):
    opened.type("a", "two")
    number = opened.row("b")
    opened.fields = {n: v for n, v in opened.fields.items() if not n.startswith(f"a-{number}-")}
    assert opened.press().status_code == 302
    assert stored("Types", KEY) == {**ITEM, "a": {"S": "two"}}


def test_line_breaks_are_those_of_the_text_that_was_there(person):
    item = {**KEY, "unix": {"S": "a\nb"}, "windows": {"S": "a\r\nb"}, "odd": {"S": "a\rb\n"}}
    store("Types", item)
    person.open("Types", item)
    person.type("unix", "a\r\nb\r\nc").type("windows", "a\r\nb\r\nc")
    person.type("odd", '"a\\rb\\n\\u0000"')
    assert person.press().status_code == 302
    after = stored("Types", KEY)
    assert after["unix"] == {"S": "a\nb\nc"}
    assert after["windows"] == {"S": "a\r\nb\r\nc"}
    assert after["odd"] == {"S": "a\rb\n\0"}


def test_numbers_keep_38_digits(opened):
    digits = "1.2345678901234567890123456789012345678"
    opened.type("b", digits).type("m", '{"x": 12345678901234567890123456789012345678}')
    opened.press()
    after = stored("Types", KEY)
    assert after["b"] == {"N": digits}
    assert after["m"] == {"M": {"x": {"N": "12345678901234567890123456789012345678"}}}


@pytest.mark.parametrize(
    ("tag", "text", "words"),
    [
        ("N", "twelve", "decimal digits"),
        ("N", "", "Write a number."),
        ("N", "1e999", "out of range"),
        ("N", "1" * 39, "38"),
        ("B", "***", "base64"),
        ("BOOL", "maybe", "Choose true or false."),
        ("SS", "a, b", "This is not valid JSON"),
        ("SS", "[]", "at least one value"),
        ("SS", '["a", "a"]', "same value twice"),
        ("SS", "[1]", "JSON string"),
        ("NS", '["x"]', "decimal digits"),
        ("L", "{}", "a JSON array"),
        ("M", "[1]", "a JSON object"),
        ("M", '{"a": 1, "a": 2}', "stands twice"),
        ("M", "[" * 200, "not valid JSON"),
        ("", "x", "Choose one of the ten types."),
        ("Q", "x", "Choose one of the ten types."),
    ],
)
def test_what_cannot_be_read_is_said_at_its_field_and_the_text_kept(opened, tag, text, words):
    opened.type("a", text, type=tag).type("b", "7")
    number = opened.row("a")
    answer = opened.press()
    assert answer.status_code == 422
    page = answer.content.decode()
    assert f'href="#attribute-{number}"' in page
    assert f'id="a-{number}-error"' in page
    assert words in page.replace("&#x27;", "'").replace("&quot;", '"')
    assert opened.fields[f"a-{number}-value"] == text
    assert opened.fields[f"a-{opened.row('b')}-value"] == "7"
    assert stored("Types", KEY) == ITEM


def test_a_form_with_an_error_can_be_mended_and_saved(opened):
    opened.type("b", "x")
    opened.press()
    opened.type("b", "5")
    assert opened.press().status_code == 302
    assert stored("Types", KEY) == {**ITEM, "b": {"N": "5"}}


def test_two_rows_of_one_name_and_a_row_without_a_name_are_refused(opened):
    opened.new("a", "S", "again").new("", "S", "nameless")
    page = opened.press().content.decode()
    assert "Another row has this name." in page
    assert "Give the attribute a name." in page


def test_an_item_over_400_kb_is_refused_with_its_size(opened):
    opened.type("a", "x" * 409_700)
    answer = opened.press()
    assert answer.status_code == 413
    assert "DynamoDB holds at most 409600 bytes" in answer.content.decode()
    assert stored("Types", KEY) == ITEM


# ---------------------------------------------------------------- two editors


def test_changes_to_different_attributes_merge_without_asking(opened, other):
    other.open("Types", ITEM).type("b", "2").press()
    opened.type("a", "mine")
    assert opened.press().status_code == 302
    assert stored("Types", KEY) == {**ITEM, "a": {"S": "mine"}, "b": {"N": "2"}}


def test_changes_to_different_members_of_a_map_merge(opened, other):
    other.open("Types", ITEM).type("m", '{"x": "theirs", "y": "my"}').press()
    opened.type("m", '{"x": "mx", "y": "mine", "z": 1}')
    assert opened.press().status_code == 302
    assert stored("Types", KEY)["m"] == {
        "M": {"x": {"S": "theirs"}, "y": {"S": "mine"}, "z": {"N": "1"}}
    }


def test_what_was_merged_without_asking_is_told(opened, other):
    other.open("Types", ITEM).type("b", "2").type("m", '{"y": "theirs"}').press()
    page = messages_after(opened, opened.type("a", "mine").press())
    assert "was changed: a." in page
    assert "this was changed as well, and is kept: b, m.y, m.x." in page


def test_without_anybody_else_nothing_is_told_of_them(person):
    worker = {"empId": {"S": "w"}, "a": {"S": "one"}}
    store("Workers", worker)
    person.open("Workers", worker).type("a", "two")
    assert "as well" not in messages_after(person, person.press())


def test_the_same_change_on_both_sides_is_no_conflict(opened, other):
    other.open("Types", ITEM).type("a", "same").press()
    opened.type("a", "same").type("b", "3")
    assert opened.press().status_code == 302
    assert stored("Types", KEY) == {**ITEM, "a": {"S": "same"}, "b": {"N": "3"}}


@pytest.mark.parametrize(("choice", "kept"), [("mine", "mine"), ("theirs", "theirs")])
def test_the_same_attribute_asks_which_value_to_keep(opened, other, choice, kept):
    other.open("Types", ITEM).type("a", "theirs").press()
    answer = opened.type("a", "mine").type("b", "9").press()
    assert answer.status_code == 409
    page = answer.content.decode()
    assert page.index("\none</pre>") < page.index("\ntheirs</pre>") < page.index("\nmine</pre>")
    assert "<code>b</code>" in page
    assert stored("Types", KEY) == {**ITEM, "a": {"S": "theirs"}}
    opened.fields["keep-0"] = choice
    assert opened.press().status_code == 302
    assert stored("Types", KEY) == {**ITEM, "a": {"S": kept}, "b": {"N": "9"}}


def _edited(person, edit):
    """Open the item, and change, retype, remove or add one attribute."""
    person.open("Types", CLASHING)
    if edit is None:
        return person.remove("a")
    name, tag, text = edit
    return person.new(*edit) if name == "new" else person.type(name, text, type=tag)


CLASHING = {**ITEM, "list": {"L": [{"S": "0"}, {"S": "1"}]}}


@pytest.mark.parametrize(
    ("theirs", "yours", "path"),
    [
        (("a", "S", "theirs"), None, "a"),
        (None, ("a", "S", "yours"), "a"),
        (("a", "N", "1"), ("a", "S", "yours"), "a"),
        (("new", "S", "theirs"), ("new", "S", "yours"), "new"),
        (("new", "N", "1"), ("new", "S", "1"), "new"),
        (("list", "L", '["theirs", "1"]'), ("list", "L", '["0", "yours"]'), "list"),
        (("m", "M", '{"x": "theirs", "y": "my"}'), ("m", "M", '{"x": "yours", "y": "my"}'), "m.x"),
        (("m", "M", '{"y": "my"}'), ("m", "M", '{"x": "yours", "y": "my"}'), "m.x"),
        (("m", "S", "theirs"), ("m", "M", '{"x": "yours", "y": "my"}'), "m"),
    ],
    ids=[
        *("edit-remove", "remove-edit", "retype-edit", "add-add", "add-add-other-type"),
        *("list-elements", "map-member", "removed-member", "map-retyped"),
    ],
)
@pytest.mark.parametrize("keep", ["mine", "theirs"])
def test_every_clash_asks_and_keeps_what_is_chosen(person, other, theirs, yours, path, keep):
    store("Types", CLASHING)
    assert _edited(person, yours).press().status_code == 302
    mine = stored("Types", KEY)
    store("Types", CLASHING)
    _edited(person, yours)
    assert _edited(other, theirs).press().status_code == 302
    after = stored("Types", KEY)
    answer = person.press()
    assert answer.status_code == 409
    assert f'<th scope="row">{path}</th>' in answer.content.decode()
    assert stored("Types", KEY) == after
    assert person.press(**{"keep-0": keep}).status_code == 302
    name = path.split(".")[0]
    wanted = mine if keep == "mine" else after
    assert stored("Types", KEY).get(name) == wanted.get(name)


@pytest.mark.parametrize("edit", [None, ("a", "N", "7"), ("new", "SS", '["x"]')])
def test_what_both_did_alike_asks_nothing(person, other, edit):
    store("Types", CLASHING)
    _edited(person, edit)
    assert _edited(other, edit).press().status_code == 302
    after = stored("Types", KEY)
    assert person.press().status_code == 302
    assert stored("Types", KEY) == after


def test_a_conflict_without_a_choice_writes_nothing(opened, other):
    other.open("Types", ITEM).type("a", "theirs").press()
    opened.type("a", "mine").press()
    assert opened.press().status_code == 400
    assert stored("Types", KEY)["a"] == {"S": "theirs"}


def test_a_resolution_meets_a_third_change(opened, other):
    other.open("Types", ITEM).type("a", "second").press()
    opened.type("a", "mine").press()
    other.open("Types", ITEM).type("a", "third").press()
    answer = opened.press(**{"keep-0": "mine"})
    assert answer.status_code == 409
    assert "\nsecond</pre>" in answer.content.decode()
    assert "\nthird</pre>" in answer.content.decode()
    assert stored("Types", KEY)["a"] == {"S": "third"}


def test_dropping_every_change_writes_nothing(opened, other):
    other.open("Types", ITEM).type("a", "theirs").press()
    opened.type("a", "mine").press()
    answer = opened.press(**{"keep-0": "theirs"})
    assert "Your changes were dropped" in messages_after(opened, answer)
    assert stored("Types", KEY) == {**ITEM, "a": {"S": "theirs"}}


def test_choices_that_come_too_often_are_not_lost_for_a_form_that_would_overwrite(
    opened, other, settings
):
    other.open("Types", ITEM).type("a", "theirs").press()
    opened.type("a", "mine").press()
    cache.clear()
    settings.THROTTLE_WRITE = "1/min"
    other.open("Types", ITEM).type("a", "third").press()
    answer = opened.press(**{"keep-0": "theirs"})
    assert answer.status_code == 429
    assert 'id="item-form"' not in answer.content.decode()
    assert stored("Types", KEY) == {**ITEM, "a": {"S": "third"}}


def test_a_map_that_vanished_under_a_new_member_is_a_conflict(opened, other):
    other.open("Types", ITEM).remove("m").press()
    answer = opened.type("m", '{"x": "mx", "y": "my", "z": 1}').press()
    assert answer.status_code == 409
    opened.press(**{"keep-0": "mine"})
    assert stored("Types", KEY)["m"]["M"]["z"] == {"N": "1"}


def test_an_item_deleted_meanwhile_can_be_created_again(opened, other):
    other.look(url("Types", ITEM, "delete"))
    other.fields = fields_of(other.page, None)
    other.press()
    assert stored("Types", KEY) is None
    answer = opened.type("a", "mine").press()
    assert answer.status_code == 409
    assert "somebody else deleted it" in answer.content.decode()
    assert stored("Types", KEY) is None
    assert opened.press("_recreate").status_code == 302
    assert stored("Types", KEY) == {**ITEM, "a": {"S": "mine"}}


def test_a_write_between_reading_and_writing_is_merged_too(opened, monkeypatch):
    real, raced = writes.write, []

    def racing(operation, **members):
        if not raced:
            raced.append(1)
            store("Types", {**ITEM, "a": {"S": "late"}})
        return real(operation, **members)

    monkeypatch.setattr(writes, "write", racing)
    answer = opened.type("a", "mine").press()
    assert answer.status_code == 409
    assert stored("Types", KEY)["a"] == {"S": "late"}


# ---------------------------------------------------------------- other looks


def test_the_form_turns_to_typed_json_and_back_with_what_was_typed(opened):
    opened.type("a", "typed").new("n", "N", "5")
    assert opened.press("_tab", "raw").status_code == 200
    assert '"n": {"N": "5"}' in opened.fields["raw"]
    opened.fields["raw"] = opened.fields["raw"].replace('"typed"', '"raw"')
    opened.press("_tab", "rows")
    assert opened.fields[f"a-{opened.row('a')}-value"] == "raw"
    assert stored("Types", KEY) == ITEM
    opened.press()
    assert stored("Types", KEY) == {**ITEM, "a": {"S": "raw"}, "n": {"N": "5"}}


def test_typed_json_adds_changes_and_removes(person):
    store("Types", ITEM)
    person.open("Types", ITEM, view="raw")
    person.fields["raw"] = '{"id": {"S": "x"}, "a": {"S": "new"}, "s": {"BS": ["AA=="]}}'
    assert person.press().status_code == 302
    assert stored("Types", KEY) == {**KEY, "a": {"S": "new"}, "s": {"BS": ["AA=="]}}


@pytest.mark.parametrize(
    "raw",
    ["", "[]", "{", '{"id": {"S": "x"}, "a": {"N": "x"}}', '{"id": {"S": "x"}, "a": {"Q": "x"}}',
     '{"id": {"S": "other"}}', '{"a": {"S": "no key"}}', "[" * 10_000],
)  # fmt: skip
def test_typed_json_that_cannot_be_written_is_kept_with_the_reason(person, raw):
    store("Types", ITEM)
    person.open("Types", ITEM, view="raw")
    person.fields["raw"] = raw
    answer = person.press()
    assert answer.status_code == 422
    assert "Nothing was saved." in answer.content.decode()
    assert person.fields["raw"] == raw
    assert stored("Types", KEY) == ITEM


def test_a_list_is_edited_with_types_and_without(person):
    item = {**KEY, "l": {"L": [{"S": "x"}, {"N": "1"}]}, "t": {"L": [{"SS": ["a"]}]}}
    store("Types", item)
    person.open("Types", item)
    assert person.fields[f"a-{person.row('t')}-view"] == "rows"
    person.press("_view", f"{person.row('l')}-typed")
    assert '"S": "x"' in person.fields[f"a-{person.row('l')}-value"]
    person.type("l", '[{"SS": ["b"]}]').press()
    assert stored("Types", KEY)["l"] == {"L": [{"SS": ["b"]}]}


def test_what_plain_json_cannot_say_stays_typed(person):
    item = {**KEY, "t": {"L": [{"SS": ["a"]}]}}
    store("Types", item)
    person.open("Types", item)
    answer = person.press("_view", f"{person.row('t')}-plain")
    assert "can’t say all of this value" in answer.content.decode()
    assert person.fields[f"a-{person.row('t')}-view"] == "rows"


def test_more_rows_come_without_a_script(opened):
    before = sum("-name" in field for field in opened.fields)
    opened.press("_addrow")
    assert sum("-name" in field for field in opened.fields) == before + 4


def test_a_key_attribute_that_is_called_like_a_stamp_can_be_written():
    by_time = TableDescription("t", KeyAttribute("id", "S"), KeyAttribute("created", "S"))
    visit = Visit(None, Target(Table("T", "t", "T"), by_time, NOBODY, frozenset()))
    assert item_saves.read_only_names(visit) == {
        "createdBy",
        "lastUpdatedBy",
        "lastUpdatedDateTime",
    }
