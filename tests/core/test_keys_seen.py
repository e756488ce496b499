import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from tables.core.keys_seen import KeysSeen


@given(st.lists(st.text("ab", max_size=3)), st.integers(1, 6))
def test_a_key_is_known_by_the_line_it_stood_on_first(keys, most_in_memory):
    with KeysSeen(most_in_memory) as seen:
        found = [seen.first_line(key, line) for line, key in enumerate(keys, 1)]
    assert found == [keys.index(key) + 1 for key in keys]


def test_keys_beyond_the_most_take_no_memory():
    with KeysSeen(10_000) as seen:
        for line in range(10_000):
            seen.first_line(str(line), line)
        tracemalloc.start()
        for line in range(10_000, 60_000):
            assert seen.first_line(str(line), line) == line
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert seen.first_line("59999", 0) == 59_999
        assert seen.first_line("0", 7) == 0
    assert peak < 300_000
