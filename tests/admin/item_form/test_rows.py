"""Opening an item and saving it as it is changes nothing, whatever it holds."""

import pytest

from tests.admin.item_form.person import store, stored

DIGITS = "12345678901234567890123456789012345678"
EVERYTHING = {
    "id": {"S": "everything"},
    "text": {"S": "plain"},
    "empty text": {"S": ""},
    "crlf": {"S": "one\r\ntwo\r\n"},
    "cr": {"S": "one\rtwo"},
    "mixed": {"S": "one\rtwo\nthree\r\nfour"},
    "leading": {"S": "\n\nafter two line breaks"},
    "leading cr": {"S": "\rafter"},
    "nul": {"S": "a\0b\ufffdc"},
    "spaces": {"S": "  around\t"},
    "html": {"S": "</textarea><script>alert(1)</script>&amp;&#13;"},
    "number": {"N": DIGITS},
    "large": {"N": "1E+125"},
    "zeros": {"N": "1.500"},
    "binary": {"B": "AAECAw=="},
    "no bytes": {"B": ""},
    "yes": {"BOOL": True},
    "no": {"BOOL": False},
    "nothing": {"NULL": True},
    "strings": {"SS": ["b", "a\r\n", "c\0"]},
    "numbers": {"NS": ["3", DIGITS, "1E+125"]},
    "binaries": {"BS": ["AA==", "AQ=="]},
    "list": {"L": [{"S": "x"}, {"N": DIGITS}, {"L": []}, {"M": {}}, {"NULL": True}]},
    "plain map": {"M": {"a": {"N": "1.0"}, "b": {"L": [{"S": "\r\0\n"}]}}},
    "typed map": {"M": {"set": {"NS": ["1"]}, " ": {"B": "AQ=="}, "deep": {"M": {"x": {"S": ""}}}}},
    "a.b[0]": {"S": "dots"},
    "<b>&\"'": {"S": "markup"},
    "line\nbreak\r": {"S": "in the name"},
    "__proto__": {"S": "name"},
    "😀": {"S": "emoji 😀"},
    "a-1-type": {"S": "like ours"},
}


@pytest.mark.parametrize("view", ["rows", "raw"])
@pytest.mark.parametrize("button", ["_save", "_continue", "_addanother"])
def test_opening_and_saving_changes_nothing_and_writes_nothing(person, view, button, monkeypatch):
    store("Types", EVERYTHING)
    person.open("Types", EVERYTHING, view=view)
    monkeypatch.setattr("tables.dynamodb.writes.write", None)
    answer = person.press(button)
    assert answer.status_code == 302, answer.content.decode()
    assert stored("Types", {"id": {"S": "everything"}}) == EVERYTHING
    page = person.client.get(answer["Location"]).content.decode()
    assert "Nothing was changed, so nothing was written." in page


def test_an_empty_list_can_be_written_with_types_from_the_start(person):
    number = person.add("Students").row("Languages")
    answer = person.press("_view", f"{number}-typed")
    assert answer.status_code == 200
    assert 'id="errors"' not in answer.content.decode()
    assert person.fields[f"a-{number}-view"] == "typed"
