"""Adding, deleting and looking at one item; what hand-made requests can't do."""

import re

import pytest
from django.core import signing
from django.core.cache import cache

from tests.admin.item_form.forms import fields_of
from tests.admin.item_form.person import store, stored, url

KEY = {"id": {"S": "x"}}
ITEM = {**KEY, "a": {"S": "one"}}
XSS = "<img src=x onerror=alert(1)>"


@pytest.fixture
def reader(person, sign_in):
    sign_in("readers")
    return person


def text(answer):
    return answer.content.decode()


# ---------------------------------------------------------------- adding


def test_a_new_item_has_its_key_its_stamps_and_a_message_with_a_link(person):
    person.add("Workers").type("empId", "7").new("name", "S", "Ann").new("n", "NS", "[1, 2]")
    answer = person.press()
    assert answer["Location"] == "/admin/tables/Workers/"
    item = stored("Workers", {"empId": {"S": "7"}})
    assert item["name"] == {"S": "Ann"}
    assert set(item["n"]["NS"]) == {"1", "2"}
    assert item["createdBy"] == item["lastUpdatedBy"] == {"S": "doe, jane"}
    page = text(person.client.get(answer["Location"]))
    assert '<a href="/admin/tables/Workers/7/change/"><bdi>7</bdi></a>” was added.' in page


def test_a_composite_key_takes_both_parts_in_their_types(person):
    person.add("Cities").type("country", "CH").type("number", "007")
    assert person.press("_continue")["Location"] == "/admin/tables/Cities/CH,7/change/"
    key = {"country": {"S": "CH"}, "number": {"N": "7"}}
    assert stored("Cities", key) == key


def test_an_existing_key_is_refused_with_a_link_to_that_item(person):
    store("Types", ITEM)
    answer = person.add("Types").type("id", "x").new("a", "S", "two").press()
    assert answer.status_code == 409
    assert f'<a href="{url("Types", ITEM)}">open that item</a>' in text(answer)
    assert "two" in person.fields.values()
    assert stored("Types", KEY) == ITEM


@pytest.mark.parametrize("key", ["", "x" * 2049])
def test_a_key_that_no_item_can_have_is_said_at_its_field(person, key):
    answer = person.add("Types").type("id", key).press()
    assert answer.status_code == 422
    assert f'id="a-{person.row("id")}-error"' in text(answer)


def test_texts_in_the_address_start_the_form(person):
    person.add("Types", id="from the link")
    assert person.fields[f"a-{person.row('id')}-value"] == "from the link"


def test_a_new_item_is_written_in_typed_json_too(person):
    person.add("Types", view="raw")
    person.fields["raw"] = '{"id": {"S": "raw"}, "b": {"B": "AQ=="}}'
    assert person.press().status_code == 302
    assert stored("Types", {"id": {"S": "raw"}})["b"] == {"B": "AQ=="}


def test_save_and_add_another_leads_to_an_empty_form(person):
    answer = person.add("Types").type("id", "1").press("_addanother")
    assert answer["Location"] == "/admin/tables/Types/add/"


def test_save_as_new_makes_another_item_and_leaves_the_first(person):
    store("Types", ITEM)
    answer = person.open("Types", ITEM).type("id", "y").type("a", "two").press("_saveasnew")
    assert answer.status_code == 302
    assert stored("Types", KEY) == ITEM
    assert stored("Types", {"id": {"S": "y"}}) == {"id": {"S": "y"}, "a": {"S": "two"}}


def test_save_as_new_with_the_old_key_says_that_it_is_there(person):
    store("Types", ITEM)
    answer = person.open("Types", ITEM).type("a", "two").press("_saveasnew")
    assert answer.status_code == 409
    assert stored("Types", KEY) == ITEM


def test_saving_with_another_key_is_refused_at_the_key(person):
    store("Types", ITEM)
    answer = person.open("Types", ITEM).type("id", "y").press()
    assert answer.status_code == 422
    assert "“Save as new” makes another item." in text(answer)
    assert f'id="a-{person.row("id")}-error"' in text(answer)
    assert stored("Types", KEY) == ITEM
    assert stored("Types", {"id": {"S": "y"}}) is None


# ---------------------------------------------------------------- schemas


def test_the_schema_labels_the_form_and_the_server_makes_the_key(person):
    page = text(person.add("Notes").page)
    assert '<label class="name" for="a-0-value">Topic</label>' in page
    assert "What everybody should read." in page
    assert "<code>id</code> is made by the server" in page
    person.type("Topic", "Tea").type("Text", "At four.").type("Priority", "2").press()
    answer = person.press("_continue")
    item = stored("Notes", {"id": {"S": answer["Location"].split("/")[-3]}})
    assert item["priority"] == {"N": "2"}
    assert "pinned" not in item


def test_what_the_schema_refuses_is_said_at_its_field_and_the_text_kept(person):
    person.add("Notes").type("Topic", "").type("Text", "t").type("Priority", "9")
    answer = person.press()
    assert answer.status_code == 422
    assert "Fill this in." in text(answer)
    person.type("Topic", "Tea")
    answer = person.press()
    assert answer.status_code == 422
    assert "9 is greater than the maximum of 3" in text(answer)
    assert f'id="a-{person.row("Priority")}-error"' in text(answer)
    assert person.fields[f"a-{person.row('Text')}-value"] == "t"


def test_the_schema_judges_the_merged_item(person):
    note = {"id": {"S": "n"}, "topic": {"S": "T"}, "text": {"S": "t"}}
    store("Notes", note)
    answer = person.open("Notes", note).remove("Text").press()
    assert answer.status_code == 422
    assert "&#x27;text&#x27; is a required property" in text(answer)
    assert stored("Notes", {"id": {"S": "n"}}) == note


def student(number):
    return {
        "Student number": number,
        "First name": "Ada",
        "Last name": "Byron",
        "Date of birth": "2013-04-09",
    }


def test_a_natural_key_makes_the_key_and_cannot_be_changed(person):
    person.add("Students")
    for label, value in student("604823").items():
        person.type(label, value)
    answer = person.press("_continue")
    assert answer.status_code == 302, text(answer)
    person.look(answer["Location"]).type("Student number", "604824")
    answer = person.press()
    assert answer.status_code == 422
    assert "part of the key" in text(answer)
    person.look(person.url)
    assert 'type="date"' in text(person.page)
    assert person.type("First name", "Augusta").press().status_code == 302


def test_the_same_natural_key_twice_is_refused(person):
    for name, status in (("Ann", 302), ("Bea", 409)):
        person.add("Students")
        for label, value in {**student("604823"), "First name": name}.items():
            person.type(label, value)
        assert person.press().status_code == status


# ---------------------------------------------------------------- read-only


WORKER = {
    "empId": {"S": "1"},
    "name": {"S": "Ann"},
    "approved": {"BOOL": True},
    "training": {"M": {"certificate": {"S": "A1"}, "status": {"S": "open"}}},
    "created": {"S": "2026-01-01T00:00:00.000Z"},
    "createdBy": {"S": "first"},
    "lastUpdatedBy": {"S": "second"},
    "lastUpdatedDateTime": {"S": "2026-01-02T00:00:00.000Z"},
}


@pytest.fixture
def worker(person):
    store("Workers", WORKER)
    return person.open("Workers", WORKER)


def test_read_only_attributes_are_shown_without_a_field(worker):
    page = text(worker.page)
    assert "Last changed by second, 2026-01-02 00:00:00 UTC" in page
    assert '<th scope="row">approved</th>' in page
    assert '<th scope="row">createdBy</th>' in page
    assert 'for="a-4-value">created' not in page


def test_a_change_stamps_who_and_when(worker):
    worker.type("name", "Anna").press()
    after = stored("Workers", {"empId": {"S": "1"}})
    assert after["createdBy"] == {"S": "first"}
    assert after["lastUpdatedBy"] == {"S": "doe, jane"}
    assert after["lastUpdatedDateTime"]["S"] > "2026-11"


@pytest.mark.parametrize("name", ["approved", "createdBy", "lastUpdatedBy"])
def test_a_hand_made_row_of_a_read_only_attribute_is_refused(worker, name):
    assert worker.new(name, "S", "forged").press().status_code == 422
    worker.look(worker.url)
    worker.fields |= {"a-90-of": str(list(WORKER).index(name)), "a-90-remove": "1"}
    assert worker.press().status_code == 422
    assert stored("Workers", {"empId": {"S": "1"}}) == WORKER


def test_typed_json_cannot_write_what_is_read_only(person):
    store("Workers", WORKER)
    person.open("Workers", WORKER, view="raw")
    assert "createdBy" not in person.fields["raw"]
    person.fields["raw"] = '{"empId": {"S": "1"}, "createdBy": {"S": "forged"}}'
    assert person.press().status_code == 422
    person.fields["raw"] = '{"empId": {"S": "1"}, "training": {"M": {}}}'
    assert person.press().status_code == 422
    assert stored("Workers", {"empId": {"S": "1"}}) == WORKER


@pytest.mark.parametrize(
    "value", ['{"certificate": "B2", "status": "open"}', '{"status": "open"}', "{}"]
)
def test_a_nested_read_only_path_stays_as_it_is(worker, value):
    answer = worker.type("training", value).press()
    assert answer.status_code == 422
    assert "training.certificate is read-only" in text(answer)
    assert stored("Workers", {"empId": {"S": "1"}}) == WORKER


def test_beside_a_nested_read_only_path_the_map_can_be_edited(worker):
    worker.type("training", '{"certificate": "A1", "status": "done"}')
    assert worker.press().status_code == 302
    after = stored("Workers", {"empId": {"S": "1"}})["training"]["M"]
    assert after == {"certificate": {"S": "A1"}, "status": {"S": "done"}}


# ---------------------------------------------------------------- hand-made requests


@pytest.mark.parametrize("forged", ["", "x", "eyJpZCI6eyJTIjoieCJ9fQ:1abc:forged"])
def test_an_altered_opened_item_is_refused(person, forged):
    store("Types", ITEM)
    answer = person.open("Types", ITEM).type("a", "two").press(opened=forged)
    assert answer.status_code == 400
    assert stored("Types", KEY) == ITEM


def test_the_opened_item_of_another_item_or_table_is_refused(person):
    store("Types", ITEM)
    store("Types", {"id": {"S": "y"}})
    person.open("Types", {"id": {"S": "y"}})
    person.url = url("Types", ITEM)
    assert person.press().status_code == 400
    store("Workers", {"empId": {"S": "x"}})
    sealed = person.open("Workers", {"empId": {"S": "x"}}).fields["opened"]
    assert person.open("Types", ITEM).press(opened=sealed).status_code == 400
    assert stored("Types", KEY) == ITEM


def test_28_altered_changes_of_a_conflict_are_refused(person):
    store("Types", ITEM)
    sealed = person.open("Types", ITEM).fields["opened"]
    forged = signing.dumps([[["set", ["a"], {"S": "forged"}]], []], salt="elsewhere")
    for changes in ("", "x", forged):
        answer = person.client.post(person.url, {"opened": sealed, "changes": changes})
        assert answer.status_code == 400
    assert stored("Types", KEY) == ITEM


@pytest.mark.parametrize("page", ["change", "delete"])
@pytest.mark.parametrize("token", ["nothing", "~eA", "a,b", "~!!", "%00"])
def test_a_key_that_is_nobodys_is_not_found(person, token, page):
    assert person.client.get(f"/admin/tables/Types/{token}/{page}/").status_code == 404


@pytest.mark.parametrize("page", ["x/change", "x/delete", "add"])
def test_an_unknown_alias_is_not_found(person, page):
    assert person.client.get(f"/admin/tables/items-types/{page}/").status_code == 404


def test_other_methods_are_refused(person):
    for method in ("put", "patch", "delete"):
        answer = getattr(person.client, method)(url("Types", ITEM))
        assert answer.status_code == 405
        assert answer["Allow"] == "GET, HEAD, POST"


def test_a_form_without_its_csrf_token_is_refused(person, client):
    store("Types", ITEM)
    person.open("Types", ITEM).type("a", "two")
    client.handler.enforce_csrf_checks = True
    del person.fields["csrfmiddlewaretoken"]
    assert person.press().status_code == 403
    assert stored("Types", KEY) == ITEM


def test_12_names_and_values_are_escaped_everywhere(person, sign_in):
    item = {**KEY, XSS: {"S": XSS}, "m": {"M": {XSS: {"S": "</script>" + XSS}}}}
    store("Types", item)
    pages = [person.client.get(url("Types", item, page)) for page in ("change", "delete")]
    pages.append(person.client.get(url("Types", item), {"view": "raw"}))
    person.open("Types", item).type(XSS.replace("<", "&lt;").replace(">", "&gt;"), "mine")
    store("Types", {**item, XSS: {"S": XSS + "theirs"}})
    pages.append(person.press())
    assert pages[-1].status_code == 409
    sign_in("readers")
    pages.append(person.client.get(url("Types", item)))
    for page in pages:
        assert "<img" not in text(page)
        assert "&lt;img src=x onerror=alert(1)&gt;" in text(page)


# ---------------------------------------------------------------- rights


def test_whoever_may_only_look_sees_the_item_and_no_control(reader):
    store("Types", {**ITEM, "m": {"M": {"deep": {"L": [{"N": "1"}]}}}})
    page = text(reader.client.get(url("Types", ITEM)))
    assert "<h1>View “<bdi>x</bdi>”</h1>" in page
    assert "deep" in page
    content = page[page.index('id="content"') : page.index("<dialog")]
    assert not re.search(r"<(form|input|textarea|select|button)\b", content)
    assert "/delete/" not in page


@pytest.mark.parametrize("page", ["add", "delete"])
def test_whoever_may_only_look_gets_no_page_to_write(reader, page):
    store("Types", ITEM)
    address = "/admin/tables/Types/add/" if page == "add" else url("Types", ITEM, page)
    assert reader.client.get(address).status_code == 403
    assert reader.client.post(address, {}).status_code == 403


@pytest.mark.parametrize(
    "button", ["_save", "_saveasnew", "_tab", "_recreate", "_continue", "_addrow"]
)
def test_whoever_may_only_look_cannot_write_by_hand(person, sign_in, button):
    store("Types", ITEM)
    person.open("Types", ITEM).type("id", "y" if button == "_saveasnew" else "x").type("a", "2")
    sign_in("readers")
    assert person.press(button).status_code == 403
    assert person.press(button, changes="x").status_code == 403
    assert stored("Types", KEY) == ITEM
    assert stored("Types", {"id": {"S": "y"}}) is None


def test_without_the_right_to_delete_there_is_no_delete(person):
    store("Cities", city := {"country": {"S": "CH"}, "number": {"N": "1"}})
    assert "/delete/" not in text(person.open("Cities", city).page)
    assert person.client.get(url("Cities", city, "delete")).status_code == 403


def test_read_only_refuses_every_write(person, settings):
    store("Types", ITEM)
    person.open("Types", ITEM).type("a", "two")
    settings.READ_ONLY = True
    assert person.press().status_code == 403
    assert person.client.get("/admin/tables/Types/add/").status_code == 403
    assert 'id="item-form"' not in text(person.client.get(person.url))
    assert stored("Types", KEY) == ITEM


# ---------------------------------------------------------------- deleting


@pytest.fixture
def asked(person):
    """Somebody who is asked whether to delete."""
    store("Types", ITEM)
    person.url = url("Types", ITEM, "delete")
    person.page = person.client.get(person.url)
    person.fields = fields_of(person.page, None)
    return person


def test_deleting_shows_the_item_in_full_first(asked):
    assert "<h1>Delete “<bdi>x</bdi>”?</h1>" in text(asked.page)
    assert "\none</pre>" in text(asked.page)
    assert stored("Types", KEY) == ITEM
    answer = asked.press()
    assert answer["Location"] == "/admin/tables/Types/"
    assert stored("Types", KEY) is None
    assert "The item “x” was deleted." in text(asked.client.get(answer["Location"]))


def test_28_a_stale_delete_asks_again_and_shows_what_changed(asked):
    store("Types", {**ITEM, "a": {"S": "changed"}, "b": {"N": "5"}})
    answer = asked.press()
    assert answer.status_code == 409
    page = text(answer)
    assert page.index("\none</pre>") < page.index("\nchanged</pre>")
    assert "not there" in page
    assert stored("Types", KEY)["a"] == {"S": "changed"}
    asked.fields = fields_of(answer, None)
    assert asked.press().status_code == 302
    assert stored("Types", KEY) is None


def test_deleting_what_is_gone_says_so(asked):
    fields = dict(asked.fields)
    asked.press()
    asked.fields = fields
    answer = asked.press()
    assert answer["Location"] == "/admin/tables/Types/"
    assert "The item “x” was deleted already." in text(asked.client.get(answer["Location"]))


def test_a_delete_needs_the_state_that_was_shown(asked):
    assert asked.press(opened="").status_code == 400
    assert stored("Types", KEY) == ITEM


def test_the_json_twin_is_linked(person):
    store("Types", ITEM)
    page = text(person.open("Types", ITEM).page)
    twin = "/api/v1/tables/Types/items/x"
    assert f'<link rel="alternate" type="application/json" href="{twin}">' in page
    assert person.client.get(twin).json() == {"id": "x", "a": "one"}


def test_what_was_written_is_among_the_recent_items(person):
    person.add("Types").type("id", "recent").press()
    assert url("Types", {"id": {"S": "recent"}}) in text(person.client.get("/admin/"))


def test_the_writes_of_a_person_are_counted(person, settings):
    cache.clear()
    settings.THROTTLE_WRITE = "2/min"
    store("Types", ITEM)
    statuses = [person.open("Types", ITEM).type("a", str(n)).press().status_code for n in range(3)]
    assert statuses == [302, 302, 429]
    assert stored("Types", KEY)["a"] == {"S": "1"}
    assert "What you typed is still here" in text(person.page)
    assert person.fields[f"a-{person.row('a')}-value"] == "2"


def test_a_date_that_no_calendar_has_is_shown_as_text(person):
    item = {"id": {"S": "s"}, "birthDate": {"S": "2013-02-31"}, "studentUniqueId": {"S": "1"}}
    store("Students", item)
    page = text(person.open("Students", item).page)
    assert 'type="date"' not in page
    assert 'value="2013-02-31"' in page


def test_what_the_schema_knows_can_be_filled_in_later(person):
    note = {"id": {"S": "n"}, "topic": {"S": "T"}, "text": {"S": "t"}}
    store("Notes", note)
    assert person.open("Notes", note).type("Pinned", "true").press().status_code == 302
    assert stored("Notes", {"id": {"S": "n"}})["pinned"] == {"BOOL": True}


def test_the_key_has_a_row_again_after_typed_json(person):
    person.add("Types", view="raw")
    person.fields["raw"] = "{}"
    person.press("_tab", "rows")
    assert person.type("id", "back").press().status_code == 302
    assert stored("Types", {"id": {"S": "back"}}) is not None


def test_an_item_of_very_many_attributes_is_typed_json_where_that_is_asked_for(person):
    item = {**KEY, **{f"a{n}": {"N": "1"} for n in range(2100)}}
    store("Types", item)
    person.open("Types", item, view="raw")
    assert person.fields["mode"] == "raw"
    person.fields["raw"] = person.fields["raw"].replace('"a7": {"N": "1"}', '"a7": {"N": "2"}')
    assert person.press().status_code == 302
    assert stored("Types", KEY) == {**item, "a7": {"N": "2"}}


def test_more_changes_than_rows_can_show_stay_typed_json(person):
    store("Types", KEY)
    person.open("Types", KEY, view="raw")
    many = ", ".join(f'"a{n}": {{"N": "{n}"}}' for n in range(2100))
    person.fields["raw"] = f'{{"id": {{"S": "x"}}, {many}}}'
    assert person.press("_tab", "rows").status_code == 200
    assert person.fields["mode"] == "raw"
    assert "More of this item was changed than rows can show." in text(person.page)


def test_more_changes_than_one_expression_holds_are_written_too(person):
    store("Workers", {"empId": {"S": "1"}})
    person.open("Workers", {"empId": {"S": "1"}}, view="raw")
    many = ", ".join(f'"a{n}": {{"N": "{n}"}}' for n in range(400))
    person.fields["raw"] = f'{{"empId": {{"S": "1"}}, {many}}}'
    assert person.press().status_code == 302, text(person.page)
    assert stored("Workers", {"empId": {"S": "1"}})["a399"] == {"N": "399"}


def test_retyping_without_a_script_asks_for_the_value(person):
    item = {**KEY, "nothing": {"NULL": True}}
    store("Types", item)
    person.open("Types", item)
    number = person.row("nothing")
    person.fields[f"a-{number}-type"] = "S"
    assert "Now write the value in its new type." in text(person.press())
    assert person.type("nothing", "").press().status_code == 302
    assert stored("Types", KEY)["nothing"] == {"S": ""}


def test_a_key_is_text_until_another_item_is_wanted(person):
    store("Types", ITEM)
    page = person.open("Types", ITEM).page.content.decode()
    assert re.search(r'<details class="key-text">\s*<summary[^>]*>x</summary>', page)
    answer = person.press("_saveasnew")
    assert answer.status_code == 409
    assert '<details class="key-text" open>' in answer.content.decode()
    answer = person.type("id", "y").press("_addrow")
    assert '<details class="key-text" open>' in answer.content.decode()


def test_a_new_item_has_fields_for_its_key(person):
    assert "key-text" not in person.add("Types").page.content.decode()
