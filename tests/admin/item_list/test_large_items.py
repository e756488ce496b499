"""Lists of large items: after the first of them, only what the rows show is read."""

import re

import pytest

from tables.dynamodb import reads

pytestmark = pytest.mark.django_db
LARGE = [
    {
        "id": {"S": f"p{n:02}"},
        "name": {"S": f"Name {n}"},
        "age": {"N": str(n)},
        **({"city": {"S": "Bern"}} if n % 2 else {}),
        "letter": {"S": "A line of text. " * 7000},
    }
    for n in range(24)
]


@pytest.fixture
def asked(monkeypatch):
    """The members of each Scan from here on."""
    members = []

    def call(operation, **given):
        members.append(given)
        return read(operation, **given)

    read = reads.call
    monkeypatch.setattr(reads, "call", call)
    return members


def rows(page):
    (body,) = re.findall(r'<table id="result_list".*?<tbody>(.*?)</tbody>', page, re.DOTALL)
    return re.findall(r"<tr>.*?</tr>", body, re.DOTALL)


@pytest.mark.parametrize("query", ["", "?age__gte=0", "?name__contains=Name"])
def test_only_the_first_are_read_whole_and_the_page_is_the_same(
    sign_in, put, asked, monkeypatch, query
):
    put("People", *LARGE)
    client = sign_in("staff")
    page = client.get(f"/admin/tables/People/{query}").content.decode()
    projections = [members.get("ProjectionExpression") for members in asked]
    assert projections[0] is None
    assert len(projections) > 2
    assert all(projections[1:])
    monkeypatch.setattr(reads, "_FEW_ITEMS", 0)
    whole = client.get(f"/admin/tables/People/{query}").content.decode()
    assert rows(page) == rows(whole)
    assert len(rows(page)) == len(LARGE)
    # A column can be chosen that only large items have.
    assert 'value="letter"' in page


def test_columns_that_nobody_chose_are_those_of_the_first_items(sign_in, put, asked):
    put("Anything", *LARGE)
    page = sign_in("staff").get("/admin/tables/Anything/").content.decode()
    assert len(rows(page)) == len(LARGE)
    assert "not read" not in page
    assert all(row.count("Name ") >= 1 for row in rows(page))
