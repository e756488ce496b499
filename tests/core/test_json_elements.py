import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tables.core import json_elements
from tables.core.errors import InvalidRequest, TooLarge
from tables.core.json_elements import Elements

JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=8)),
    lambda children: st.one_of(
        st.lists(children, max_size=3), st.dictionaries(st.text(max_size=4), children, max_size=3)
    ),
    max_leaves=8,
)


def elements_of(text, offset=1, line=1):
    stream = io.BytesIO(text)
    stream.seek(offset)
    return list(Elements(stream, line))


@given(st.lists(JSON, max_size=6), st.sampled_from([None, 1]), st.booleans(), st.integers(1, 40))
def test_the_elements_are_those_of_the_array_wherever_blocks_end(values, indent, is_ascii, block):
    text = json.dumps(values, indent=indent, ensure_ascii=is_ascii).encode()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(json_elements, "_BLOCK", block)
        found = elements_of(text)
    assert [json.loads(element.text) for element in found] == values
    for element in found:
        assert element.text.split(b"\n")[0] in text.split(b"\n")[element.line - 1]


@given(st.lists(JSON, min_size=2, max_size=5), st.data())
def test_reading_goes_on_after_any_element(values, data):
    text = json.dumps(values, indent=1).encode()
    found = elements_of(text)
    read = data.draw(st.integers(1, len(values) - 1))
    last = found[read - 1]
    assert elements_of(text, last.end, last.end_line) == found[read:]


def test_an_element_that_is_no_json_stops_none():
    found = elements_of(b'[{"a": 1}, {"a": nonsense},\n {"a": 2}]  trailing')
    assert [(element.text, element.line) for element in found] == [
        (b'{"a": 1}', 1),
        (b'{"a": nonsense}', 1),
        (b'{"a": 2}', 2),
    ]


@pytest.mark.parametrize("text", [b"[1, 2", b'[1, "a', b"[", b'[{"a": "}]'])
def test_an_array_that_does_not_end_is_told(text):
    with pytest.raises(InvalidRequest, match="ends before its array does"):
        elements_of(text)


def test_an_element_beyond_all_items_is_not_gathered(monkeypatch):
    monkeypatch.setattr(json_elements, "MAX_LINE", 1000)
    monkeypatch.setattr(json_elements, "_BLOCK", 100)
    stream = io.BytesIO(b'["' + b"x" * 100_000)
    stream.seek(1)
    with pytest.raises(TooLarge, match="longer than 1000 bytes"):
        list(Elements(stream, 1))
    assert stream.tell() < 1300
