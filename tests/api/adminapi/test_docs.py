"""The page of this door names what clients meet."""

import re
from pathlib import Path

import pytest

from tables.api.adminapi.errors import CODES
from tables.api.adminapi.parameters import NAMES
from tables.api.adminapi.updates import ACTIONS
from tables.core.filters import BY_NAME

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "adminapi.md").read_text()


@pytest.mark.parametrize(
    "word", sorted({code for _, code in CODES} | NAMES | set(ACTIONS) | set(BY_NAME))
)
def test_what_clients_send_and_meet_is_named(word):
    assert re.search(rf"[`?&]{re.escape(word)}[`=]", PAGE, re.IGNORECASE)
