"""Names with dots and underscores: one spelling, and a way to it for whoever used another."""

import pytest

from tests.admin.html import Page

pytestmark = pytest.mark.django_db
ANYTHING = "/admin/tables/Anything/"


@pytest.fixture
def odd_names(put):
    put(
        "Anything",
        {
            "id": {"S": "1"},
            "x.y": {"N": "5"},
            "a.b": {"M": {"c": {"S": "deep"}}},
            "x": {"M": {"z": {"S": "inside"}}},
            "size__in": {"S": "cm"},
            "two__parts": {"S": "v"},
        },
    )


def ways(page):
    return {
        a["text"]: a["attrs"]["href"] for a in page.all("a") if a["text"].startswith("Filter by")
    }


@pytest.mark.parametrize(
    ("query", "words", "target"),
    [
        ({"x.y": "5"}, r"Filter by the attribute “x.y”, written x\.y", r"x%5C.y=5"),
        ({"x.y__gte": "1"}, r"Filter by the attribute “x.y”, written x\.y", r"x%5C.y__gte=1"),
        ({"a.b.c": "deep"}, r"Filter by the attribute “a.b.c”, written a\.b.c", r"a%5C.b.c=deep"),
    ],
)
def test_a_dotted_name_is_offered_where_the_table_has_it(staff, odd_names, query, words, target):
    page = Page(staff.get(ANYTHING, query))
    assert page.text("div", id="explanation").startswith("No item matches")
    assert ways(page) == {words: f"{ANYTHING}?{target}"}
    assert len(Page(staff.get(ways(page)[words])).rows) == 1
    # The look at names is paid for in the open.
    assert "2 calls" in page.text("span", class_="meter")


def test_what_was_meant_as_it_was_said_gets_no_hint(staff, odd_names):
    page = Page(staff.get(ANYTHING, {"x.z": "elsewhere"}))
    assert page.text("div", id="explanation").startswith("No item matches")
    assert not ways(page)
    assert Page(staff.get(ANYTHING, {"x.z": "inside"})).rows


def test_two_underscores_that_are_no_comparison_are_explained(staff, odd_names):
    page = Page(staff.get(ANYTHING, {"total__greater": "5"}))
    words = "“total__greater” was taken for a name, because “greater” is no comparison."
    assert words in page.text("div", id="explanation")
    page = Page(staff.get(ANYTHING, {"two__parts": "w"}))
    assert "was taken for a name" not in page.text("div", id="explanation")


def test_a_name_that_ends_like_a_comparison_is_offered_where_it_is_declared(
    staff, odd_names, settings, tmp_path
):
    aliases = settings.TABLES_FILE.read_text()
    settings.TABLES_FILE = tmp_path / "declared.toml"
    settings.TABLES_FILE.write_text(f'{aliases}\n[Anything.types]\nsize__in = "S"')
    page = Page(staff.get(ANYTHING, {"size__in": "cm"}))
    words = r"Filter by the attribute “size__in”, written size\_\_in"
    assert ways(page)[words] == ANYTHING + r"?size%5C_%5C_in=cm"
    assert len(Page(staff.get(ways(page)[words])).rows) == 1
