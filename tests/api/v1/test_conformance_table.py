"""The table of promises names tests that exist, and all of them."""

import re
from pathlib import Path

import pytest

HERE = Path(__file__).parent
TABLE = HERE.parents[2] / "docs" / "rest-conformance.md"


def names_in(path):
    return set(re.findall(r"^def (test_\w+)", path.read_text(), re.MULTILINE))


def test_every_test_that_the_table_names_exists():
    known = set().union(*(names_in(path) for path in HERE.glob("test_*.py")))
    named = set(re.findall(r"`(test_\w+)`", TABLE.read_text()))
    assert named - known == set()


@pytest.mark.parametrize("path", sorted(HERE.glob("test_reference_*.py")), ids=lambda p: p.stem)
def test_every_reference_test_stands_in_the_table(path):
    text = TABLE.read_text()
    assert path.name in text
    assert [name for name in names_in(path) if f"`{name}`" not in text] == []
