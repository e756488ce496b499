"""How deep a write goes: few frames of ours from view to botocore, each right asked once."""

import sys
from collections import Counter
from pathlib import Path

import pytest
from botocore.client import BaseClient

import tables as product
from tables.access import rights
from tests.api.v1.conftest import ok

pytestmark = pytest.mark.usefixtures("tables")
USES = ("Bare", "dynadmin-state")
OURS = str(Path(product.__file__).parent)


@pytest.fixture
def patched(staff):
    """Change an item under a tag and a key."""
    response = staff.post("Bare/items", {"id": "1", "n": 1})

    def patch():
        conditions = {"If_Match": response["ETag"], "Idempotency_Key": "k"}
        return ok(staff.patch("Bare/items/1", {"n": 2}, **conditions))

    return patch


def frames_from_view(frame):
    """Names of our functions, from botocore's caller out to the view's method."""
    while frame is not None:
        code = frame.f_code
        if code.co_filename.startswith(OURS):
            yield f"{Path(code.co_filename).stem}.{code.co_name}"
            if code.co_filename.endswith("resources/items.py"):
                return
        frame = frame.f_back


def test_ten_frames_lie_between_the_view_of_a_keyed_patch_and_botocore(patched, monkeypatch):
    depths, send = {}, BaseClient._make_api_call

    def note(self, operation, members):
        depths[operation] = [*frames_from_view(sys._getframe(1))]
        return send(self, operation, members)

    monkeypatch.setattr(BaseClient, "_make_api_call", note)
    patched()
    assert len(depths["TransactWriteItems"]) <= 10, depths["TransactWriteItems"]
    assert depths["TransactWriteItems"][-1] == "items.change"


def test_each_right_is_asked_once(patched, monkeypatch):
    asked, can = Counter(), rights.can

    def count(caller, action, table):
        asked[action] += 1
        return can(caller, action, table)

    monkeypatch.setattr(rights, "can", count)
    patched()
    assert asked["change"] == asked["view"] == 1
    assert set(asked.values()) == {1}
