"""The browsable API: pages for people, which show what they may do and nothing else."""

import re

import pytest

from tests.api.v1.conftest import Door
from tests.tables import store

# The header counts jobs under way.
pytestmark = [pytest.mark.usefixtures("moto_tables"), pytest.mark.django_db]
USES = ("Workers", "Students", "Checked")
HTML = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.fixture(autouse=True)
def _items(moto_tables):
    store("v1-Workers", id={"S": "a/b"}, total={"N": "12345678901234567890.123456789012345678"})


def page(door, path, status=200, **more):
    response = door.get(path, Accept=HTML, **more)
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "text/html; charset=utf-8"
    return response.content.decode()


def forms(html):
    return re.findall(r'<form data-method="(\w+)"', html)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/api/v1", []),
        ("/api/v1/tables", []),
        ("Workers", []),
        ("Workers/items", ["POST"]),
        ("Workers/items/~YS9i", ["PUT", "PATCH", "DELETE"]),
    ],
)
def test_a_browser_gets_a_page_with_the_forms_of_the_resource(staff, path, expected):
    html = page(staff, path)
    assert forms(html) == expected
    assert "<style" not in html
    assert " style=" not in html
    assert "javascript:" not in html
    assert all("src=" in script for script in re.findall(r"<script[^>]*>", html))


@pytest.mark.parametrize(
    ("group", "path", "expected"),
    [
        ("readers", "Workers/items", []),
        ("readers", "Workers/items/~YS9i", []),
        ("adders", "Workers/items", ["POST"]),
        ("adders", "Workers/items/~YS9i", ["PUT"]),
        ("changers", "Workers/items", []),
        ("changers", "Workers/items/~YS9i", ["PUT", "PATCH"]),
    ],
)
def test_a_page_shows_what_the_caller_may_do_only(group, path, expected):
    assert forms(page(Door(group), path)) == expected


def test_a_resource_that_is_only_posted_to_offers_its_form_on_a_get(staff):
    assert forms(page(staff, "Workers/search", status=405)) == ["POST"]
    assert forms(page(staff, "Workers/batch", status=405)) == ["POST"]
    assert forms(page(Door("readers"), "Workers/batch", status=405)) == []


def test_the_other_formats_show_the_same_page(staff):
    html = page(staff, "Workers/items", query="total__exists=true&limit=2")
    assert 'href="?total__exists=true&amp;limit=2&amp;format=dynamodb"' in html


def test_an_error_leads_to_its_explanation(staff):
    assert 'href="/api/docs/errors#item_not_found"' in page(staff, "Workers/items/none", status=404)


@pytest.mark.parametrize(
    ("path", "crumbs"),
    [
        ("/api/v1", ["API", "Tables"]),
        ("Workers/items", ["API", "Tables", "Workers", "Items"]),
        ("Workers/items/~YS9i", ["API", "Tables", "Workers", "Items", "~YS9i"]),
        ("Workers/search", ["API", "Tables", "Workers", "Search"]),
        ("Workers/batch", ["API", "Tables", "Workers", "Batch"]),
    ],
)
def test_a_page_says_where_it_is(staff, path, crumbs):
    html = page(staff, path, status=405 if path.endswith(("search", "batch")) else 200)
    trail = html.partition('class="breadcrumbs"')[2].partition("</nav>")[0]
    assert re.findall(r"<a href=[^>]*>([^<]*)</a>", trail) == crumbs
    assert f"<title>{' | '.join([*reversed(crumbs), 'Dynadmin'])}</title>" in html


def test_a_list_links_to_its_items(staff):
    html = page(staff, "Workers/items", query="fields=total")
    assert '<a href="http://testserver/api/v1/tables/Workers/items/~YS9i">a/b</a>' in html


def test_the_forms_are_filled_with_the_item_and_its_tag(staff):
    html = page(staff, "Workers/items/~YS9i")
    tag = staff.get("Workers/items/~YS9i")["ETag"]
    assert "12345678901234567890.123456789012345678" in html.partition("<textarea")[2]
    assert f'name="if-match" value="{tag.replace(chr(34), "&quot;")}"' in html


def test_a_new_item_starts_from_what_keys_and_schema_ask_for(staff):
    assert "&quot;total&quot;: 0" in page(staff, "Checked/items").partition("<textarea")[2]
    students = page(staff, "Students/items").partition("<textarea")[2]
    assert "&quot;school&quot;" in students
    assert "&quot;id&quot;" not in students


def test_a_page_is_never_304(staff):
    tag = staff.get("Workers/items/~YS9i")["ETag"]
    assert staff.get("Workers/items/~YS9i", Accept=HTML, If_None_Match=tag).status_code == 200
    assert "ETag" not in staff.get("Workers/items/~YS9i", Accept=HTML)


def test_an_error_is_a_page_with_the_problem(staff):
    assert "item_not_found" in page(staff, "Workers/items/none", status=404)
    assert "invalid_expression" in page(staff, "Workers/items", status=400, query="a..b=1")
    assert "not_found" in page(staff, "/api/nowhere", status=404)


def test_nobody_sees_the_way_in_and_nothing_else():
    html = page(Door(), "Workers/items?name=x", status=401)
    assert "/oidc/authenticate/?next=%2Fapi%2Fv1%2Ftables%2FWorkers%2Fitems" in html
    assert forms(html) == []
    assert "csrf" not in html


def test_12_markup_in_names_and_values_is_text(staff):
    evil = '<img src=x onerror="alert(1)">'
    store("v1-Workers", id={"S": evil}, **{evil: {"S": evil}}, link={"S": "javascript:alert(1)"})
    assert "<img" not in page(staff, "Workers/items")
    token = staff.post("Workers/items", {"id": evil + "2", evil: evil})["Location"]
    html = page(staff, token.removeprefix("http://testserver"))
    assert "<img" not in html
    assert "<img" not in page(staff, "Workers/items", status=400, query="<img>..x=1")


def test_12_only_http_addresses_become_links(staff):
    store(
        "v1-Workers",
        id={"S": "1"},
        good={"S": 'https://example.com/?a=1&b="x'},
        bad={"S": "javascript:alert(1) mailto:a@b.c ftp://x"},
    )
    html = page(staff, "Workers/items/1")
    assert 'href="https://example.com/?a=1&amp;b="' in html
    assert 'href="javascript' not in html
    assert 'href="mailto' not in html
    assert 'href="ftp' not in html


def test_a_write_that_asks_for_a_page_gets_one(staff):
    response = staff.post("Workers/items", {"id": "1"}, Accept=HTML)
    assert response.status_code == 201
    assert response["Location"].encode() in response.content
    gone = staff.delete("Workers/items/1", Accept=HTML)
    assert (gone.status_code, gone.content) == (204, b"")
