import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tables.core import strict_json
from tables.core.descriptions import KeyAttribute, TableDescription
from tables.core.errors import InvalidRequest
from tables.core.preconditions import state_of
from tables.core.sheet_cells import value_of
from tables.core.sheets import (
    OTHERS,
    VERSION,
    Head,
    csv_lines,
    exact_heads,
    exact_row,
    head_line,
    parse_head,
    parse_heads,
    undeclared,
)
from tables.core.typed_json import typed_item
from tests.core.strategies import ITEMS

TABLE = TableDescription("T", KeyAttribute("id", "S"), KeyAttribute("at", "N"))
KEYS = st.builds(
    lambda name, at: {"id": {"S": name or "-"}, "at": {"N": str(at)}},
    st.text("aé'=,"),
    st.integers(),
)


def read_back(heads, row):
    item = {}
    for head, cell in zip(heads, row, strict=True):
        if head.path and (value := value_of(cell, head.kind)) is not None:
            item[head.path[0]] = value
        if head.text == OTHERS and cell:
            item |= typed_item(strict_json.parse(cell, max_depth=100))
    return item


@given(
    st.lists(st.builds(lambda item, key: item | key, ITEMS, KEYS), min_size=1, max_size=4),
    st.integers(0, 4),
)
@example(
    [
        {
            "id": {"S": "=1"},
            "at": {"N": "1"},
            VERSION: {"S": "a"},
            "a:S": {"N": "1"},
            "'": {"NULL": True},
        }
    ],
    4,
)
def test_every_item_comes_back_whatever_was_looked_at_for_the_heads(items, looked_at):
    heads = exact_heads(items[:looked_at], TABLE)
    file = head_line(heads) + csv_lines(exact_row(item, heads) for item in items)
    first, *rows = csv.reader(io.StringIO(file.decode(), newline=""), strict=True)
    read = parse_heads(first)
    assert read == heads
    assert [state_of(read_back(read, row)) for row in rows] == [state_of(item) for item in items]
    assert [row[-1] for row in rows] == [state_of(item) for item in items]


def test_the_key_comes_first_and_each_head_says_its_type():
    items = [
        {"at": {"N": "1"}, "id": {"S": "a"}, "mixed": {"S": "a"}, "sizes": {"NS": ["1"]}},
        {
            "mixed": {"N": "1"},
            "map": {"M": {}},
            "deep": {"M": {"a": {"B": "AA=="}}},
            "a.b": {"S": ""},
        },
    ]
    assert [head.text for head in exact_heads(items, TABLE)] == [
        "id:S", "at:N", "mixed:JSON", "sizes:NS", "map:M", "deep:JSON", r"a\.b:S", OTHERS, VERSION,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "path", "kind"),
    [
        ("name", ("name",), ""),
        ("name:S", ("name",), "S"),
        ("name:s", ("name:s",), ""),
        ("a.b[0]:N", ("a", "b", 0), "N"),
        (r"a\.b:JSON", ("a.b",), "JSON"),
        ("a:S:S", ("a:S",), "S"),
        (r"a\:S", ("a:S",), ""),
        (r"a\:X", ("a:X",), ""),
        (r"a\\:S", ("a\\",), "S"),
        ("aws:rep:updatetime", ("aws:rep:updatetime",), ""),
        ("'=x:S", ("=x",), "S"),
        ("'=x", ("=x",), ""),
        ("'quoted", ("'quoted",), ""),
        ("price [EUR]", ("price [EUR]",), ""),
        (VERSION, (), ""),
        (OTHERS, (), ""),
        (f"{VERSION}:S", (VERSION,), "S"),
        ("", (), ""),
    ],
)
def test_a_head_is_a_path_and_perhaps_a_type(text, path, kind):
    assert parse_head(text) == Head(text, path, kind)


def test_heads_are_not_each_compared_with_each():
    asked = []

    class Watched(str):
        __slots__ = ()
        __hash__ = str.__hash__

        def __eq__(self, other):
            asked.append(other)
            return str.__eq__(self, other)

    heads = parse_heads([Watched(f"column{number}") for number in range(400)])
    assert len(heads) == 400
    assert len(asked) < 400 * 20


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (["id", "name", "name"], "'name' stands twice"),
        (["name:S", "name:N"], "'name:S' stands twice"),
        (["id", VERSION, VERSION], "'dynadmin:version' stands twice"),
        (["a", "a.b"], "'a' and 'a.b' overlap"),
        (["a..b:S"], "a name is empty"),
        (["", ""], "names no columns"),
        (["id", "dueDays:X"], "'dueDays:X' ends with a type that there is none of"),
        (["id", "dueDays:s"], "'dueDays:s' ends with a type"),
        (["id", " worker.site"], "' worker.site' begins or ends with a blank"),
        (["id "], "'id ' begins or ends with a blank"),
        (["id", "ä" * 32_768], "at most 65535 bytes"),
        (["id", "\u00a0n:N"], "begins or ends with a blank"),
    ],
)
def test_columns_that_can_not_both_be_are_refused_by_name(texts, message):
    with pytest.raises(InvalidRequest, match=message):
        parse_heads(texts)


@given(st.text(st.sampled_from(" a:SNXs\\.[\u00a0\n")).filter(bool))
@example("a:S")
@example(" a:X ")
@example("aws:rep:updatetime")
def test_a_head_without_a_type_names_any_attribute(name):
    assert parse_heads([undeclared((name,))]) == (Head(undeclared((name,)), (name,)),)
