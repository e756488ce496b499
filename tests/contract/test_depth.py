"""How deep a request goes: few frames of ours from view to botocore, each right asked once."""

import sys
from collections import Counter
from pathlib import Path

import pytest
from botocore.client import BaseClient

import tables as product
from tables.access import rights

pytestmark = pytest.mark.usefixtures("moto_tables")
OURS = str(Path(product.__file__).parent)


@pytest.fixture
def depths(monkeypatch):
    """Operation -> our functions from botocore's caller outwards, as it was last called."""
    found, send = {}, BaseClient._make_api_call

    def note(self, operation, members):
        found[operation] = [*our_frames(sys._getframe(1))]
        return send(self, operation, members)

    monkeypatch.setattr(BaseClient, "_make_api_call", note)
    return found


def our_frames(frame):
    while frame is not None:
        if frame.f_code.co_filename.startswith(OURS):
            yield frame.f_code.co_name
        frame = frame.f_back


def up_to(view, frames):
    return frames[: frames.index(view) + 1]


def patch_with_tag_and_key(enter):
    door = enter("v1", "staff")
    door.add({"id": {"S": "x"}})
    headers = {"If-Match": door.view("x")["ETag"], "Idempotency-Key": "k"}
    assert door.change("x", headers=headers).status_code == 200


def test_a_scan_of_the_adminapi(enter, depths):
    scan = {"scan": {"n": 1}}
    enter("adminapi", "staff").send("POST", scan, table="Things", action="scan", paginate="true")
    assert len(up_to("post", depths["Scan"])) == 7


def test_a_keyed_and_conditional_patch(with_transactions, enter, depths):
    patch_with_tag_and_key(enter)
    assert len(up_to("change", depths["TransactWriteItems"])) == 8


def test_a_form_that_is_saved(enter, depths):
    enter("adminapi", "staff").add({"id": {"S": "x"}})
    assert enter("pages", "staff").change("x").status_code == 302
    assert len(up_to("change_item", depths["UpdateItem"])) == 10


def test_a_page_of_the_list(enter, depths):
    enter("pages", "staff").everything()
    assert len(up_to("list_items", depths["Scan"])) == 9


def test_each_right_is_asked_once(enter, monkeypatch):
    asked, can = Counter(), rights.can

    def count(caller, action, table):
        asked[action] += 1
        return can(caller, action, table)

    patch_with_tag_and_key(enter)
    door = enter("v1", "staff")
    monkeypatch.setattr(rights, "can", count)
    assert door.change("x", headers={"If-Match": "*"}).status_code == 200
    assert asked["change"] == asked["view"] == 1
    assert set(asked.values()) == {1}
