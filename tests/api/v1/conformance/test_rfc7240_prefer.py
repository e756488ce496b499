"""RFC 7240: what a client prefers a write to answer."""

import pytest

from tests.tables import store

pytestmark = pytest.mark.usefixtures("moto_tables")
USES = ("Bare",)


@pytest.fixture(autouse=True)
def _item(moto_tables):
    store("v1-Bare", id={"S": "1"})


@pytest.mark.parametrize(
    "header",
    [
        "return=minimal",
        "return=minimal; foo",
        'return="minimal"',
        "RETURN = Minimal",
        "respond-async, wait=10, return=minimal;x=y",
        'foo="a, b", return=minimal',
        ",return=minimal,",
    ],
)
def test_a_preference_is_a_name_a_word_and_parameters_in_a_list(staff, header):
    """Section 2: the grammar, and names without regard to case."""
    response = staff.put("Bare/items/1", {"a": 1}, Prefer=header)
    assert (response.status_code, response.content) == (204, b"")


@pytest.mark.parametrize(
    "header",
    [
        "",
        "return",
        "return=none",
        "returned=minimal",
        "respond-async",
        'foo="a, return=minimal"',
        'foo=";return=minimal',
        "foo;return=minimal",
        'return="minimal',
    ],
)
def test_what_is_not_understood_is_ignored(staff, header):
    """Section 2: a server may ignore any preference, and ignores those that it doesn't know."""
    response = staff.put("Bare/items/1", {"a": 1}, Prefer=header)
    assert response.status_code == 200
    assert "Preference-Applied" not in response


def test_the_first_of_contradicting_preferences_counts(staff):
    """Section 2: only the first of several with one name is considered."""
    response = staff.put("Bare/items/1", {"a": 1}, Prefer="return=representation, return=minimal")
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "statuses"),
    [
        ("POST", "Bare/items", (201, 201)),
        ("PUT", "Bare/items/1", (200, 204)),
        ("PATCH", "Bare/items/1", (200, 204)),
    ],
)
def test_what_was_heard_is_said(staff, method, path, statuses):
    """Section 3: Preference-Applied; section 4.2: return=minimal and return=representation."""
    whole = staff.send(method, path, {"a": 1}, Prefer="return=representation")
    minimal = staff.send(method, path, {"a": 1}, Prefer="return=minimal")
    assert (whole.status_code, minimal.status_code) == statuses
    assert whole["Preference-Applied"] == "return=representation"
    assert minimal["Preference-Applied"] == "return=minimal"
    assert whole.json()["a"] == 1
    assert minimal.content == b""
    assert "Content-Type" not in minimal


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "Bare/items"), ("PUT", "Bare/items/2"), ("PATCH", "Bare/items/1")]
)
def test_an_answer_without_the_item_tells_its_tag_and_where_it_is(staff, method, path):
    """Section 4.2: minimal still says enough of what became of the request."""
    response = staff.send(method, path, {"a": 1}, Prefer="return=minimal")
    url = response.get("Location", path).removeprefix("http://testserver")
    assert ("Location" in response) == (response.status_code == 201)
    assert response["ETag"] == staff.get(url)["ETag"]


def test_a_preference_is_no_part_of_a_read(staff):
    """Section 2: a preference never changes what the request means."""
    response = staff.get("Bare/items/1", Prefer="return=minimal")
    assert response.status_code == 200
    assert response.content
