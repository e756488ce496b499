"""The tables of promises name tests that exist, and all of them."""

import ast
import re
from pathlib import Path

import pytest

HERE = Path(__file__).parent
TABLE = HERE.parents[2] / "docs" / "rest-conformance.md"
ROOMS = (HERE, HERE.parents[1] / "records")


def names_in(path):
    return set(re.findall(r"^def (test_\w+)", path.read_text(), re.MULTILINE))


def test_every_test_that_a_table_names_exists():
    known = set().union(*(names_in(path) for room in ROOMS for path in room.rglob("test_*.py")))
    named = set(re.findall(r"`(test_\w+)`", TABLE.read_text()))
    assert named - known == set()


@pytest.mark.parametrize(
    "path", sorted((HERE / "references").glob("test_*.py")), ids=lambda p: p.stem
)
def test_every_reference_test_stands_in_the_table(path):
    text = TABLE.read_text()
    assert path.name in text
    assert [name for name in names_in(path) if f"`{name}`" not in text] == []


def test_every_conformance_file_stands_in_the_table_and_the_other_way_round():
    files = {path.name for path in (HERE / "conformance").glob("test_*.py")}
    assert set(re.findall(r"`(test_(?:rfc|draft)\w+\.py)`", TABLE.read_text())) == files


@pytest.mark.parametrize(
    "path", sorted((HERE / "conformance").glob("test_*.py")), ids=lambda p: p.stem
)
def test_every_conformance_test_names_its_section(path):
    functions = [n for n in ast.parse(path.read_text()).body if isinstance(n, ast.FunctionDef)]
    told = {f.name: ast.get_docstring(f) or "" for f in functions if f.name.startswith("test_")}
    unnamed = [name for name, words in told.items() if not re.search("Sections?|Appendix", words)]
    assert unnamed == []
