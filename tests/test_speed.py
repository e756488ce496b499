"""Calls from a function with room cost the same at any depth; what is kept is what is written."""

import resource
from typing import NamedTuple

import pytest
from django.template.loader import get_template
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, override
from hypothesis import given
from hypothesis import strategies as st

from tables.speed import by_language, fragment, frame, with_room

CALLS = 2000


class Named(NamedTuple):
    alias: str
    label: str
    description: str


def callee():
    return None


def call_often():
    before = resource.getrusage(resource.RUSAGE_THREAD).ru_minflt
    for _ in range(CALLS):
        callee()
    return resource.getrusage(resource.RUSAGE_THREAD).ru_minflt - before


def at_depth(depth, function):
    return function() if depth == 0 else at_depth(depth - 1, function)


def most_faults(function):
    """The most page faults of the loop, over every depth that a request may have."""
    return max(at_depth(depth, function) for depth in range(400))


@pytest.mark.skipif(not hasattr(resource, "RUSAGE_THREAD"), reason="counts faults as Linux does")
def test_a_loop_maps_no_memory_at_any_depth():
    roomy = with_room(lambda: call_often())  # noqa: PLW0108 - a frame of its own
    assert most_faults(roomy) < CALLS / 10


def test_results_and_arguments_pass_through():
    @with_room
    def add(left, *, right=1):
        """Add."""
        return left + right

    assert (add(1, right=2), add(1), add.__doc__) == (3, 2, "Add.")


words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)


@given(words, words, words, words.filter(bool), st.booleans())
def test_a_frame_with_holes_is_what_the_template_writes(title, label, content, twin, may_add):
    """Whatever names and contents look like, and however often the frame was used before."""
    shown = {
        "title": title,
        "about": label,
        "can_add": may_add,
        "table": Named("A", label, title),
    }
    holes = {"twin": escape(twin), "csrf_token": "t0ken", "content": content}
    plain = {name: mark_safe(html) for name, html in holes.items()}
    written = get_template("admin/tables/changelist.html").render({**shown, **plain})
    for _again in range(2):
        assert frame("admin/tables/changelist.html", shown, holes) == written


@given(words)
def test_a_fragment_is_what_the_template_writes(text):
    paths = ((text, "S"),)
    written = get_template("admin/tables/known_paths.html").render({"paths": paths})
    assert fragment("admin/tables/known_paths.html", paths=paths) == written


def test_words_are_found_once_for_each_language_and_argument():
    asked = []

    @by_language
    def words(count):
        asked.append(count)
        return f"{get_language()} {count}"

    found = []
    for language, count in [("en", 1), ("de", 1), ("en", 2), ("de", 1), ("en", 1)]:
        with override(language):
            found.append(words(count))
    assert found == ["en 1", "de 1", "en 2", "de 1", "en 1"]
    assert asked == [1, 1, 2]
