"""What goes wrong around a form: DynamoDB is away, a form comes twice. Nothing typed is lost."""

import pytest

from tables.core.errors import PreconditionFailed, Throttled, Unavailable
from tables.dynamodb import writes
from tables.dynamodb.client import call
from tests.admin.html import Page
from tests.admin.item_form.forms import fields_of
from tests.admin.item_form.person import about, store, stored

ITEM = {"id": {"S": "x"}, "a": {"S": "one"}}
KEY = {"id": {"S": "x"}}
LOST = "An answer of DynamoDB was lost."


def text(answer):
    return answer.content.decode()


def notes():
    """The items of the table whose keys the server chooses."""
    return call("Scan", TableName=about("Notes").name)["Items"]


def add_note(person, topic):
    return person.add("Notes").type("Topic", topic).type("Text", "t")


def refusing(error, *, after=None):
    """A write that fails, before or after it was made."""

    def refuse(*args, **members):
        if after:
            after(*args, **members)
        raise error

    return refuse


@pytest.mark.parametrize("error", [Throttled("Slow down.", retry_after=7), Unavailable("Away.")])
def test_what_was_typed_stays_while_dynamodb_is_away(person, monkeypatch, error):
    store("Types", ITEM)
    person.open("Types", ITEM).type("a", "typed")
    with monkeypatch.context() as away:
        away.setattr(writes, "write", refusing(error))
        answer = person.press()
    assert answer.status_code == 503
    assert answer.headers.get("Retry-After") == ("7" if error.retry_after else None)
    words = f"{error.message} What you typed is still here: save again in a moment."
    assert words in Page(answer).text("div", id="errors")
    assert person.press().status_code == 302
    assert stored("Types", KEY) == {**ITEM, "a": {"S": "typed"}}


def test_a_change_whose_answer_was_lost_can_be_saved_again(person, monkeypatch):
    store("Types", ITEM)
    person.open("Types", ITEM).type("a", "typed")
    with monkeypatch.context() as lossy:
        lossy.setattr(writes, "write", refusing(Unavailable(LOST), after=writes.write))
        person.press()
    assert LOST in text(person.page)
    assert person.press().status_code == 302
    assert stored("Types", KEY) == {**ITEM, "a": {"S": "typed"}}


def test_an_item_whose_answer_was_lost_can_be_added_again(person, monkeypatch):
    person.add("Workers").type("empId", "7").new("n", "N", "1")
    with monkeypatch.context() as lossy:
        lossy.setattr(writes, "write", refusing(Unavailable(LOST), after=writes.write))
        person.press()
    answer = person.press()
    assert answer["Location"] == "/admin/tables/Workers/"
    assert "is there already, just as you wrote it" in text(person.client.get(answer["Location"]))


def test_a_form_sent_twice_makes_one_item(person):
    add_note(person, "twice")
    fields = dict(person.fields)
    person.press()
    person.fields = fields
    answer = person.press()
    assert answer.status_code == 302
    (note,) = notes()
    assert note["topic"] == {"S": "twice"}


def test_a_form_that_made_an_item_and_was_changed_since_asks_before_it_makes_another(person):
    add_note(person, "one")
    fields = dict(person.fields)
    person.press()
    person.fields = fields
    answer = person.type("Topic", "two").press()
    assert answer.status_code == 409
    assert "This form has made an item already" in text(answer)
    assert [note["topic"] for note in notes()] == [{"S": "one"}]
    assert person.press().status_code == 302
    assert sorted(note["topic"]["S"] for note in notes()) == ["one", "two"]


def test_a_made_up_key_is_not_taken(person):
    add_note(person, "one").press(new_key="mine")
    (note,) = notes()
    assert len(note["id"]["S"]) == 36


def test_an_engine_that_does_not_say_what_is_there_is_asked(person, monkeypatch):
    store("Types", ITEM)

    real = writes.write

    def silent(operation, **members):
        try:
            real(operation, **members)
        except PreconditionFailed as error:
            error.current = None
            raise

    monkeypatch.setattr(writes, "write", silent)
    assert person.add("Types").type("id", "x").new("a", "S", "two").press().status_code == 409
    assert person.add("Types").type("id", "x").new("a", "S", "one").press().status_code == 302
    assert stored("Types", KEY) == ITEM


def test_what_went_wrong_at_a_table_leads_back_to_its_list(person):
    answer = person.client.get("/admin/tables/Types/nobody/change/")
    assert answer.status_code == 404
    link = Page(answer).link(class_="button", href="/admin/tables/Types/")
    assert link == "/admin/tables/Types/"
    assert fields_of(answer) == {}


@pytest.mark.parametrize("mode", ["rows", "raw"])
def test_whoever_loses_the_right_while_typing_gets_the_text_back(person, settings, mode):
    store("Types", ITEM)
    person.open("Types", ITEM, view=mode)
    if mode == "raw":
        person.fields["raw"] = '{"id": {"S": "x"}, "a": {"S": "typed </textarea>"}}'
    else:
        person.type("a", "typed </textarea>")
    settings.READ_ONLY = True
    answer = person.press()
    assert answer.status_code == 403
    assert "typed </textarea>" in Page(answer).text("textarea", class_="typed")
    assert stored("Types", KEY) == ITEM
