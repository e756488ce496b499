import copy
import csv
import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tables.core.descriptions import KeyAttribute, TableDescription
from tables.core.errors import InvalidValue
from tables.core.file_formats import look_at
from tables.core.file_rows import FileRow, Place, head_of, rows_of
from tables.core.import_rows import judge, row_item, row_key
from tables.core.import_rules import Choices, Fault, Rules
from tables.core.preconditions import state_of
from tables.core.sheet_cells import shown_cell
from tables.core.sheets import csv_lines, exact_heads, exact_row, head_line, parse_heads
from tables.core.values import dumps, plain_item
from tests.core.strategies import ITEMS, VALUES
from tests.core.test_mangled import MANGLED

TABLE = TableDescription("T", KeyAttribute("id", "S"), KeyAttribute("at", "N"))
KEY = {"id": {"S": "a"}, "at": {"N": "1"}}
KEYS = st.builds(
    lambda name, at: {"id": {"S": name or "-"}, "at": {"N": str(at)}},
    st.text("aé'=,"),
    st.integers(),
)
PLAINLY = Rules(TABLE)
KEYED = st.builds(lambda item, key: item | key, ITEMS, KEYS)


def judged(data, stored, rules=PLAINLY, delimiter=","):
    """Each row of a file beside the stored items, in their order; the rules with its heads."""
    stream = io.BytesIO(data)
    reading = look_at(stream, delimiter=delimiter if data[:1] not in b"[{" else "").reading
    if reading.format == "csv":
        rules = replace(rules, heads=parse_heads(head_of(stream, reading)))
    rows = list(rows_of(stream, reading))
    return [
        judge(row, row_key(row, rules), old, rules) for row, old in zip(rows, stored, strict=True)
    ]


def row(cells, heads, stored, **choices):
    """What one row of cells comes to beside a stored item."""
    rules = Rules(TABLE, Choices(**choices), parse_heads(["id", "at", *heads]))
    line = FileRow(2, 1, Place(), ["a", "1", *cells])
    return judge(line, row_key(line, rules), stored and KEY | stored, rules)


# ---------------------------------------------------------------- what we export comes back


@given(
    st.lists(KEYED, min_size=1, max_size=4),
    st.sampled_from(["upsert", "update", "create", "replace"]),
)
def test_exact_csv_comes_back_as_the_same_items(items, mode):
    heads = exact_heads(items[:2], TABLE)
    file = head_line(heads) + csv_lines(exact_row(item, heads) for item in items)
    found = judged(file, items, Rules(TABLE, Choices(mode)))
    assert [(each.verdict, each.faults) for each in found] == [("same", ())] * len(items)


@given(st.lists(KEYED, min_size=1, max_size=4), st.sampled_from(",;\t"))
def test_exact_csv_comes_back_as_a_spreadsheet_saves_it(items, delimiter):
    heads = exact_heads(items[:2], TABLE)
    rows = [[head.text for head in heads], *(exact_row(item, heads) for item in items)]
    # Quotes where they are needed alone, a mark, booleans in capitals.
    shouted = [[{"true": "TRUE", "false": "FALSE"}.get(c, c) for c in row] for row in rows]
    kinds = [head.kind for head in heads]
    saved = [
        [new if kind == "BOOL" else old for new, old, kind in zip(*both, kinds, strict=True)]
        for both in zip(shouted, rows, strict=True)
    ]
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter).writerows(saved)
    data = b"\xef\xbb\xbf" + file.getvalue().encode()
    rules = Rules(TABLE, Choices("replace"))
    assert {each.verdict for each in judged(data, items, rules, delimiter)} == {"same"}


@given(st.lists(KEYED, min_size=1, max_size=4))
def test_exact_csv_makes_the_same_items_where_there_are_none(items):
    heads = exact_heads(items[:2], TABLE)
    file = head_line(heads) + csv_lines([*exact_row(item, heads)[:-1], ""] for item in items)
    found = judged(file, [None] * len(items))
    assert [each.verdict for each in found] == ["new"] * len(items)
    assert [state_of(each.after) for each in found] == [state_of(item) for item in items]


@given(st.lists(KEYED, min_size=1, max_size=4), st.sampled_from(["upsert", "replace"]))
def test_json_lines_come_back_as_the_same_items(items, mode):
    rules = Rules(TABLE, Choices(mode))
    typed = b"\n".join(dumps(item) for item in items)
    plain = b"\n".join(dumps(plain_item(item)) for item in items)
    assert {each.verdict for each in judged(typed, items, rules)} == {"same"}
    assert {each.verdict for each in judged(plain, items, rules)} == {"same"}


@given(st.lists(VALUES, min_size=1, max_size=3))
def test_cells_of_a_sheet_without_types_are_the_same_beside_what_they_show(values):
    stored = {f"a{i}": value for i, value in enumerate(values)}
    found = row([shown_cell(value) for value in values], [*stored], stored)
    assert (found.verdict, found.faults) == ("same", ())


# ---------------------------------------------------------------- modes and versions


def test_a_row_says_what_is_new_and_what_has_changed():
    assert row(["x"], ["name"], None).after == KEY | {"name": {"S": "x"}}
    changed = row(["x"], ["name"], {"name": {"S": "y"}, "left": {"N": "1"}})
    assert changed.verdict == "changed"
    assert changed.after == KEY | {"name": {"S": "x"}, "left": {"N": "1"}}


@pytest.mark.parametrize(
    ("mode", "stored", "verdict", "code"),
    [
        ("create", None, "new", None),
        ("create", {"name": {"S": "y"}}, "refused", "item_exists"),
        ("create", {"name": {"S": "x"}}, "same", None),
        ("update", None, "refused", "item_not_found"),
        ("update", {"name": {"S": "y"}}, "changed", None),
        ("upsert", None, "new", None),
        ("replace", {"name": {"S": "y"}}, "changed", None),
    ],
)
def test_a_mode_allows_what_it_says(mode, stored, verdict, code):
    found = row(["x"], ["name"], stored, mode=mode)
    assert (found.verdict, [fault.code for fault in found.faults]) == (
        verdict,
        [code] if code else [],
    )


def test_an_empty_cell_removes_where_that_was_chosen_and_an_absent_column_never_does():
    stored = {"name": {"S": "y"}, "other": {"S": "z"}}
    assert row([""], ["name"], stored).verdict == "same"
    for choices in ({"mode": "replace"}, {"cleared": frozenset({"name"})}):
        assert row([""], ["name"], stored, **choices).after == KEY | {"other": {"S": "z"}}


def test_an_item_of_json_takes_the_place_of_the_stored_one_only_in_its_mode():
    stored = KEY | {"old": {"S": "x"}, "tags": {"SS": ["a"]}}
    file = b'{"id": "a", "at": 1, "tags": ["b"]}'
    (merged,) = judged(file, [stored])
    (replaced,) = judged(file, [stored], Rules(TABLE, Choices("replace")))
    assert merged.after == KEY | {"old": {"S": "x"}, "tags": {"SS": ["b"]}}
    assert replaced.after == KEY | {"tags": {"SS": ["b"]}}


def versioned(cells, exported, stored):
    heads = exact_heads([KEY | exported], TABLE)
    line = exact_row(KEY | exported, heads)
    line[2 : 2 + len(cells)] = cells
    (found,) = judged(head_line(heads) + csv_lines([line]), [stored and KEY | stored])
    return found


NAME = {"name": {"S": "x"}}
OTHER = {"name": {"S": "y"}}


def test_a_version_pins_a_row_to_the_state_that_was_exported():
    assert versioned(["edited"], NAME, NAME).verdict == "changed"
    conflict = versioned(["edited"], NAME, OTHER)
    assert (conflict.verdict, conflict.faults[0].code) == ("conflict", "conflict")
    assert conflict.after == KEY | {"name": {"S": "edited"}}


def test_a_row_that_nobody_edited_is_left_whoever_changed_the_item():
    assert versioned([], NAME, OTHER).verdict == "same"
    assert versioned([], NAME, OTHER).after == KEY | OTHER


def test_an_edit_that_somebody_else_made_too_is_the_same():
    assert versioned(["y"], NAME, OTHER).verdict == "same"


def test_a_row_with_a_version_never_makes_an_item():
    gone = versioned([], NAME, None)
    assert (gone.verdict, gone.faults[0].code) == ("conflict", "item_not_found")
    assert "its key has changed" in gone.faults[0].detail


def test_attributes_that_the_service_keeps_are_left_to_it():
    rules = Rules(
        TABLE, kept=frozenset({"updatedAt"}), heads=parse_heads(["id", "at", "updatedAt"])
    )
    line = FileRow(2, 1, Place(), ["a", "1", "then"])
    stored = KEY | {"updatedAt": {"S": "now"}}
    assert judge(line, KEY, stored, rules).verdict == "same"
    item = FileRow(2, 1, Place(), item=KEY | {"updatedAt": {"S": "then"}}, is_typed=True)
    assert judge(item, KEY, stored, rules).verdict == "same"


# ---------------------------------------------------------------- types


@pytest.mark.parametrize(
    ("head", "cell", "stored", "value"),
    [
        ("v:N", "2", {"S": "old"}, {"N": "2"}),
        ("v", "2", {"N": "1"}, {"N": "2"}),
        ("v", "2", {"S": "1"}, {"S": "2"}),
        ("v", "2", None, {"S": "2"}),
        ("v", "false", {"BOOL": True}, {"BOOL": False}),
        ("v", '["b"]', {"SS": ["a"]}, {"SS": ["b"]}),
        ("v", '{"t":["b"]}', {"M": {"t": {"SS": ["a"]}}}, {"M": {"t": {"SS": ["b"]}}}),
        ("v", "'=2", {"S": "=1"}, {"S": "=2"}),
        ("v", "'2", {"S": "'1"}, {"S": "'2"}),
        ("v:S", "'=2", {"S": "=1"}, {"S": "=2"}),
        ("v:JSON", '{"N":"2"}', {"S": "=1"}, {"N": "2"}),
    ],
)
def test_the_type_is_the_heads_or_the_stored_one_or_text(head, cell, stored, value):
    found = row([cell], [head], stored and {"v": stored})
    assert (found.after["v"], found.faults) == (value, ())


def test_a_chosen_type_and_a_declared_one_come_before_the_stored_one():
    rules = Rules(TABLE, types={"v": "N"}, heads=parse_heads(["id", "at", "v"]))
    line = FileRow(2, 1, Place(), ["a", "1", "2"])
    assert judge(line, KEY, KEY | {"v": {"S": "1"}}, rules).after["v"] == {"N": "2"}
    chosen = replace(rules, choices=Choices(kinds={"v": "S"}))
    assert judge(line, KEY, KEY | {"v": {"N": "1"}}, chosen).after["v"] == {"S": "2"}


def test_a_path_leads_into_maps_and_makes_them():
    assert row(["Riga"], ["to.city"], None).after["to"] == {"M": {"city": {"S": "Riga"}}}
    stored = {"to": {"M": {"zip": {"S": "1"}}}, "sizes": {"L": [{"N": "1"}]}}
    found = row(["Riga", "2", "3"], ["to.city", "sizes[0]", "sizes[1]:N"], stored)
    assert found.after == KEY | {
        "to": {"M": {"zip": {"S": "1"}, "city": {"S": "Riga"}}},
        "sizes": {"L": [{"N": "2"}, {"N": "3"}]},
    }
    assert stored["to"] == {"M": {"zip": {"S": "1"}}}


def test_a_name_with_a_dot_is_a_path_unless_the_item_has_that_name():
    assert row(["2"], ["a.b"], {"a.b": {"S": "1"}}).after == KEY | {"a.b": {"S": "2"}}


# ---------------------------------------------------------------- what is refused, and where


@pytest.mark.parametrize(
    ("cells", "heads", "stored", "column", "code"),
    [
        (["x"], ["n:N"], None, "n:N", "invalid_value"),
        (["x"], ["n"], {"n": {"N": "1"}}, "n", "invalid_value"),
        (["x", "y"], ["", "m"], None, "", "no_head"),
        (["x"], ["sizes[3]"], None, "sizes[3]", "invalid_expression"),
        (["x"], ["n.a"], {"n": {"S": ""}}, "n.a", "invalid_expression"),
        (["[]"], ["dynadmin:others"], None, "dynadmin:others", "invalid_value"),
    ],
)
def test_a_cell_that_can_not_be_taken_is_called_by_its_column(cells, heads, stored, column, code):
    found = row(cells, heads, stored)
    assert found.verdict == "refused"
    assert [(fault.column, fault.code) for fault in found.faults] == [(column, code)]


def test_a_row_with_a_wrong_cell_is_not_taken_in_part():
    found = row(["x", "new"], ["n:N", "name"], {"n": {"N": "1"}, "name": {"S": "old"}})
    assert (found.verdict, found.after) == ("refused", None)
    assert [fault.column for fault in found.faults] == ["n:N"]


@pytest.mark.parametrize("cells", [["a"], ["a", "1", "x", "y"]])
def test_a_line_of_another_width_is_refused(cells):
    rules = Rules(TABLE, heads=parse_heads(["id", "at", "v"]))
    with pytest.raises(InvalidValue, match="there are 3 columns"):
        row_key(FileRow(2, 1, Place(), cells), rules)


@pytest.mark.parametrize(("stored", "cell", "code"), MANGLED)
@pytest.mark.parametrize("declared", [True, False])
def test_a_mangled_cell_keeps_what_is_stored(stored, cell, code, declared):
    head = f"v:{next(iter(stored))}" if declared else "v"
    found = row([cell, "new"], [head, "name"], {"v": stored})
    assert found.after == KEY | {"v": stored, "name": {"S": "new"}}
    assert [(fault.column, fault.code) for fault in found.faults] == [(head, f"mangled_{code}")]
    assert "stored value is kept" in found.faults[0].detail
    assert row([cell], [head], {"v": stored}).verdict == "refused"


def test_a_mangled_cell_is_taken_where_that_was_chosen():
    found = row(["1000"], ["zip"], {"zip": {"S": "01000"}}, taken=frozenset({"zip"}))
    assert found.after["zip"] == {"S": "1000"}


@pytest.mark.parametrize("head", ["card", "card:N"])
def test_a_shortened_number_in_a_new_row_is_a_warning(head):
    found = row(["1.23457E+15"], [head], None)
    assert (found.verdict, found.faults[0].is_warning) == ("new", True)


def test_a_column_that_is_left_out_is_not_read():
    assert row(["x"], ["n:N"], None, left_out=frozenset({"n:N"})).after == KEY


def test_cells_of_a_workbook_in_doubt_are_refused_until_they_are_taken():
    rules = Rules(TABLE, heads=parse_heads(["id", "at", "v"]))
    line = FileRow(2, 1, Place(), ["a", "1", "2"], unsure={2: "Long."})
    found = judge(line, KEY, KEY | {"v": {"S": "1"}}, rules)
    assert (found.verdict, found.faults) == ("refused", (Fault("v", "unsure_cell", "Long."),))
    taken = replace(rules, choices=Choices(taken=frozenset({"v"})))
    assert judge(line, KEY, KEY | {"v": {"S": "1"}}, taken).after["v"] == {"S": "2"}


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (["", "1"], "'id' is missing"),
        (["a", ""], "'at' is missing"),
        (["a", "x"], "decimal digits"),
    ],
)
def test_a_row_without_a_key_is_refused(cells, message):
    rules = Rules(TABLE, heads=parse_heads(["id", "at"]))
    with pytest.raises(InvalidValue, match=message):
        row_key(FileRow(2, 1, Place(), cells), rules)


def test_the_item_of_a_row_is_known_before_its_key_is():
    rules = Rules(TABLE, heads=parse_heads(["id", "n:N"]))
    assert row_item(FileRow(2, 1, Place(), ["", "1"]), rules) == {"n": {"N": "1"}}
    assert row_item(FileRow(2, 1, Place(), item={"n": {"N": "1"}}), rules) == {"n": {"N": "1"}}


# ---------------------------------------------------------------- paths into what nests


@pytest.mark.parametrize(
    ("head", "code"),
    [
        ("m.new", None),
        ("m.old", None),
        ("fresh.a.b", None),
        ("l[0]", None),
        ("l[1]", None),
        ("l[2]", "invalid_expression"),
        ("l.a", "invalid_expression"),
        ("m[0]", "invalid_expression"),
        ("s.a", "invalid_expression"),
        ("l[1].a", "invalid_expression"),
        ("fresh[0]", "invalid_expression"),
    ],
)
def test_a_cell_goes_where_its_path_leads_or_is_refused(head, code):
    stored = {"m": {"M": {"old": {"S": "x"}}}, "l": {"L": [{"S": "y"}]}, "s": {"S": "z"}}
    kept = dumps(stored)
    found = row(["new"], [f"{head}:S"], stored)
    assert dumps(stored) == kept
    assert found.verdict == ("refused" if code else "changed")
    assert [fault.code for fault in found.faults] == ([code] if code else [])


def test_an_item_is_copied_once_for_all_the_cells_that_go_into_what_it_nests(monkeypatch):
    copied, original = [], copy.deepcopy

    def counted(each):
        copied.append(each)
        return original(each)

    monkeypatch.setattr("tables.core.import_cells.copy.deepcopy", counted)
    found = row(["x"] * 50, [f"m.a{number}:S" for number in range(50)], {"m": {"M": {}}})
    assert (found.verdict, len(found.after["m"]["M"]), len(copied)) == ("changed", 50, 1)
