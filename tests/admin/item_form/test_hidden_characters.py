"""Keys, names and values that hold what can't be seen, on every page of an item."""

import re

from tables.core.keys import encode_token
from tests.admin.item_form.person import about, store, stored, url

ODD = "ad\u202emin\u200b "


def test_34_a_key_that_cannot_be_seen_is_told_on_every_page_of_its_item(person):
    item = {"id": {"S": ODD}, "na\u200bme": {"S": "va\u200blue"}}
    store("Types", item)
    for page in ("change", "delete"):
        html = person.client.get(url("Types", item, page)).content.decode()
        heading = re.search(r"<h1>(.*?)</h1>", html)[1]
        assert "<bdi>ad⟨U+202E⟩min⟨U+200B⟩·</bdi>" in heading
        crumbs = re.search(r'<div class="breadcrumbs">(.*?)</div>', html, re.DOTALL)[1]
        assert "ad⟨U+202E⟩min" in crumbs
        assert 'na<span class="unseen" title="zero width space (U+200B)">U+200B</span>me' in html
    assert "This key holds what can’t be seen: right-to-left override (U+202E)" in html
    person.open("Types", item)
    assert "Holds what can’t be seen: zero width space (U+200B)." in person.page.content.decode()
    number = re.search(r'for="a-(\d+)-value"><bdi>na', person.page.content.decode())[1]
    person.fields[f"a-{number}-value"] = "value"
    answer = person.client.get(person.press()["Location"]).content.decode()
    messages = re.search(r'class="messagelist">(.*?)</ul>', answer, re.DOTALL)[1]
    assert "<bdi>ad⟨U+202E⟩min⟨U+200B⟩·</bdi>" in messages
    assert "na⟨U+200B⟩me" in messages
    assert "\u202e" not in re.search(r"<title>(.*?)</title>", answer)[1]
    assert stored("Types", {"id": {"S": ODD}})["na\u200bme"] == {"S": "value"}


def test_34_two_keys_that_look_alike_say_so_before_they_are_deleted(person, sign_in):
    sign_in("admins")
    for key in ("é", "e\u0301", "e"):
        store("Types", {"id": {"S": key}})
    tokens = [encode_token({"id": {"S": key}}, about("Types")) for key in ("é", "e\u0301", "e")]
    form = {"action": "delete_selected", "_selected_action": tokens}
    page = person.client.post("/admin/tables/Types/", form).content.decode()
    rows = re.findall(r'<th scope="row">.*?</th>', page, re.DOTALL)
    assert ["looks like another key here" in row for row in rows] == [True, True, False]


def test_such_a_number_is_edited_as_it_is_stored(person):
    item = {"id": {"S": "x"}, "n": {"N": "1" + "0" * 125}}
    store("Types", item)
    assert person.open("Types", item).fields[f"a-{person.row('n')}-value"] == "1" + "0" * 125


def test_34_a_column_whose_name_cannot_be_seen_has_a_sign_in_its_head(person):
    store("Types", {"id": {"S": "x"}, "na\u200bme": {"S": "a"}})
    html = person.client.get("/admin/tables/Types/").content.decode()
    head = html.partition('id="result_list"')[2].partition("</thead>")[0]
    assert 'na<span class="unseen" title="zero width space (U+200B)">U+200B</span>me' in head
