"""RFC 9110, section 12: which representation of an answer a client gets."""

import pytest

from tests.api.v1.conftest import PLAIN, PROBLEM, TYPED, ok, problem
from tests.tables import store

pytestmark = pytest.mark.usefixtures("moto_tables")
USES = ("Workers",)


@pytest.fixture(autouse=True)
def _one(moto_tables):
    store("v1-Workers", id={"S": "1"})


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("*/*", PLAIN),
        ("application/*", PLAIN),
        ("application/json", PLAIN),
        ("application/json; charset=utf-8", PLAIN),
        (TYPED, TYPED),
        (f"{TYPED};q=0.5, application/json", PLAIN),
        (f"application/json;q=0.5, {TYPED}", TYPED),
        (f"application/json;q=0, {TYPED};q=0.1", TYPED),
        ("text/csv, */*;q=0.1", PLAIN),
        (f"{PROBLEM}, {PLAIN}", PLAIN),
        ("", PLAIN),
    ],
)
def test_the_best_representation_is_given(staff, accept, kind):
    """Section 12.5.1: media ranges, the most specific one with its weight."""
    headers = {"Accept": accept} if accept else {}
    assert staff.get("Workers/items/1", **headers)["Content-Type"] == kind


@pytest.mark.parametrize(
    "how",
    [
        {"Accept": "text/csv"},
        {"Accept": "application/json;q=0"},
        {"Accept": "application/xml, text/csv"},
        {"Accept": "nonsense"},
        {"query": "format=xml"},
    ],
)
def test_a_representation_that_there_is_not_is_406(staff, how):
    """Sections 12.5.1 and 15.5.7: a weight of 0, or nothing that fits."""
    refusal = problem(staff.get("Workers/items/1", **how), 406, "not_acceptable")
    assert TYPED in refusal["detail"]


def test_a_write_that_could_not_be_answered_is_not_made(staff):
    """Section 15.5.7: refused before anything happens."""
    problem(staff.delete("Workers/items/1", Accept="text/csv"), 406, "not_acceptable")
    assert ok(staff.get("Workers/items/1"))


def test_format_beats_accept(staff):
    """Section 12.3: a choice in the URL is the client's own."""
    assert staff.get("Workers/items/1", "format=json", Accept=TYPED)["Content-Type"] == PLAIN


@pytest.mark.parametrize("path", ["Workers/items/1", "Workers/items", "Workers/search"])
def test_the_answer_says_what_it_depends_on(staff, path):
    """Section 12.5.5: Vary, also on errors and on what is not modified."""
    for headers in ({}, {"Accept": "text/csv"}, {"If_None_Match": "*"}):
        names = set(staff.get(path, **headers)["Vary"].split(", "))
        assert {"Accept", "Authorization", "Cookie"} <= names


@pytest.mark.parametrize("accept", ["", " ", ","])
def test_an_empty_field_asks_for_nothing_in_particular(staff, accept):
    """Section 12.5.1: the list of ranges may be empty; section 5.6.1.2: so may its elements."""
    assert staff.get("Workers/items/1", Accept=accept)["Content-Type"] == PLAIN


def test_a_problem_is_a_problem_whatever_was_asked_for(staff):
    """Section 12.1: an error may come as something else than what Accept prefers."""
    response = staff.get("Workers/items/none", Accept=TYPED)
    assert problem(response, 404, "item_not_found")
