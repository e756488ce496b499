"""Who may open the pages, what every page shows, and the index."""

import re
from dataclasses import replace

import pytest
from django.contrib.auth.models import User
from django.test import Client

from project.errors import bad_request, csrf_failure, server_error
from tables.admin.groups import grouped
from tables.admin.texts.people import name_words
from tables.core.errors import Throttled, Unavailable
from tables.dynamodb import reads
from tables.dynamodb.descriptions import forget_descriptions
from tables.models import RecentItem
from tests.admin.html import Page

pytestmark = pytest.mark.django_db


def test_a_stranger_is_sent_to_the_hosted_sign_in_with_the_page_they_wanted(client):
    answer = client.get("/admin/tables/Workers/?a=1")
    assert (answer.status_code, answer["Location"]) == (
        302,
        "/oidc/authenticate/?next=%2Fadmin%2Ftables%2FWorkers%2F%3Fa%3D1",
    )


def test_whoever_is_in_no_staff_group_is_refused_in_words(sign_in, tables):
    answer = sign_in("others").get("/admin/", follow=True)
    assert answer.status_code == 403
    assert "group" in Page(answer).text("main")


@pytest.mark.parametrize("wanted", ["//evil.example", "https://evil.example/", "javascript:a", ""])
def test_the_sign_in_leads_nowhere_else(staff, tables, wanted):
    answer = staff.get("/admin/login/", {"next": wanted})
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")


def test_the_sign_in_leads_whoever_is_in_to_the_page_they_wanted(staff, tables):
    answer = staff.get("/admin/login/", {"next": "/admin/tables/People/"})
    assert answer["Location"] == "/admin/tables/People/"


def test_the_sidebar_lists_the_tables_that_the_caller_may_view(sign_in, people):
    page = Page(sign_in("readers").get("/admin/tables/People/"))
    assert page.has("th", id="table-People")
    assert page.has("th", id="table-Cities")
    assert not page.has("th", id="table-Anything")
    assert not page.has("th", id="table-Secrets")
    assert not page.has("a", class_="addlink")


@pytest.mark.parametrize("alias", ["Secrets", "secrets", "people", "Nope", "..", "%00", "State"])
def test_a_table_one_may_not_view_is_like_one_that_is_not_there(staff, people, alias):
    answer = staff.get(f"/admin/tables/{alias}/")
    assert answer.status_code == 404


def test_tables_stand_under_the_headings_of_the_alias_map(admin, tables):
    people, cities = tables["People"], replace(tables["Cities"], group="Maps")
    assert grouped([people, cities]) == [("Maps", [cities]), ("Other tables", [people])]
    assert grouped([people]) == [("Tables", [people])]
    assert grouped([]) == []


@pytest.mark.parametrize(
    ("identity", "said"),
    [
        ("admin, ada", "Ada Admin"),
        ("van Dyck, Anna", "Anna van Dyck"),
        ("ada@example.org", "ada@example.org"),
        ("a, b, c", "a, b, c"),
        ("", ""),
    ],
)
def test_names_are_said_as_people_say_them(identity, said):
    assert name_words(identity) == said


def test_the_header_names_only_what_one_may_open(sign_in, tables):
    page = Page(sign_in("staff").get("/admin/"))
    (areas,) = page.all("nav", **{"aria-label": "Areas"})
    assert areas["text"].strip() == "TablesJobsAPIAPI reference"
    stranger = Page(sign_in("others").get("/admin/", follow=True))
    assert stranger.one("nav", **{"aria-label": "Areas"})["text"].strip() == "APIAPI reference"


def test_unknown_pages_are_in_the_same_dress(staff, tables):
    answer = staff.get("/admin/nothing/here/")
    assert answer.status_code == 404
    page = Page(answer)
    assert page.text("h1") == "Page not found"
    assert page.has("nav", id="nav-sidebar")


def test_every_page_has_one_heading_and_a_title_of_its_own(staff, people):
    titles = set()
    for path in ("/admin/", "/admin/tables/People/", "/admin/tables/Nope/", "/admin/x/"):
        page = Page(staff.get(path))
        assert len(page.all("h1")) == 1
        titles.add(page.one("title")["text"])
    assert len(titles) == 4


@pytest.mark.parametrize(
    ("name", "colour"),
    [
        ("production", "red"),
        ("Live EU", "red"),
        ("pre-prod", "amber"),
        ("staging", "amber"),
        ("local", "green"),
        ("Berlin", "blue"),
    ],
)
def test_the_environment_is_named_in_its_colour(staff, tables, settings, name, colour):
    settings.ENVIRONMENT_NAME = name
    assert Page(staff.get("/admin/")).text("span", class_=f"environment-{colour}") == name


def test_pages_for_strangers_and_failures_name_the_environment_too(client, settings, rf):
    settings.ENVIRONMENT_NAME = "production"
    failures = [
        client.get("/oidc/callback/"),
        client.get("/oidc/done/"),
        bad_request(rf.get("/admin/"), ValueError()),
        csrf_failure(rf.post("/admin/")),
        server_error(rf.get("/admin/")),
    ]
    for answer in failures:
        assert Page(answer).text("span", class_="environment-red") == "production"


@pytest.mark.parametrize(
    ("origin", "title"),
    [
        ("http://testserver", "Send this form again"),
        ("http://testserver.evil.example", "This form can’t be accepted"),
        ("https://testserver", "This form can’t be accepted"),
        ("null", "This form can’t be accepted"),
        (None, "This form can’t be accepted"),
    ],
)
def test_only_a_form_of_this_site_is_kept_when_its_token_is_old(people, person, origin, title):
    client = Client(enforce_csrf_checks=True)
    client.force_login(person("staff"))
    headers = {"Origin": origin} if origin else {}
    form = {"a-0-name": "id", "a-0-value": "typed <b>", "csrfmiddlewaretoken": "old"}
    answer = client.post("/admin/tables/People/add/", form, headers=headers)
    assert answer.status_code == 403
    assert Page(answer).text("h1") == title
    kept = [e["attrs"]["value"] for e in Page(answer).all("input", name="a-0-value")]
    assert kept == (["typed <b>"] if title == "Send this form again" else [])


def test_a_form_that_is_too_large_is_refused_in_words(staff, people, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 2048
    answer = staff.post("/admin/tables/People/add/", {"mode": "raw", "raw": "x" * 4096})
    assert answer.status_code == 413
    assert "larger than 2.0 KB. Nothing was changed." in answer.content.decode()


def test_without_a_name_there_is_no_badge(staff, tables):
    assert not Page(staff.get("/admin/")).has("span", class_="environment")


def test_a_read_only_site_says_so_and_offers_no_write(admin, people, settings):
    settings.READ_ONLY = True
    page = Page(admin.get("/admin/tables/People/"))
    assert page.text("p", class_="banner").startswith("Read-only")
    assert not page.has("a", class_="addlink")
    assert "delete_selected" not in admin.get("/admin/tables/People/").content.decode()


def test_every_time_names_its_zone(admin, people):
    RecentItem.objects.create(user=User.objects.get(), alias="People", key="1", action="changed")
    admin.post("/admin/access-keys/", {"label": "import"})
    for path, words in (
        ("/admin/", r"changed \d{4}-\d\d-\d\d \d\d:\d\d UTC"),
        ("/admin/tables/People/", r"counted \d\d:\d\d UTC"),
        ("/admin/access-keys/", r"\d{4}-\d\d-\d\d \d\d:\d\d UTC"),
    ):
        assert re.search(words, re.sub(r"<[^>]*>", "", admin.get(path).content.decode()))


def test_the_index_asks_nothing_and_names_every_table(sign_in, tables, calls):
    forget_descriptions()
    calls.clear()
    page = Page(sign_in("readers").get("/admin/"))
    assert calls == []
    (part,) = [body["attrs"] for body in page.all("tbody") if "hx-get" in body["attrs"]]
    assert part["hx-get"] == "/admin/facts/?alias=People&alias=Cities&alias=Missing"
    names = [
        link["text"] for link in page.all("a") if link["attrs"].get("id", "").startswith("open-")
    ]
    assert names == ["People", "Cities", "Missing"]


def test_tables_are_grouped_without_a_look_at_every_other_table():
    looks = []

    class Watched:
        alias = group = ""

        @property
        def of(self):
            looks.append(self)
            return ""

    grouped([Watched() for _ in range(500)])
    assert len(looks) < 5 * 500


def test_a_part_of_the_index_has_the_facts_and_no_table_of_others(sign_in, tables):
    client = sign_in("readers")
    path = "/admin/facts/?alias=People&alias=Secrets&alias=Anything"
    answer = client.get(path, headers={"HX-Request": "true"})
    assert "ready" in Page(answer).text("tbody")
    assert "hx-get" not in answer.content.decode()
    assert "Secrets" not in answer.content.decode()
    assert "Anything" not in answer.content.decode()
    assert client.get(path)["Location"] == "/admin/?facts=all"


def test_the_index_shows_state_and_counts(staff, people):
    page = Page(staff.get("/admin/?facts=all"))
    texts = [" ".join(row["text"].split()) for row in page.all("tr")]
    (line,) = [text for text in texts if text.startswith("People Everyone")]
    assert "Everyone <b>here</b>." in line
    assert " 5 " in line
    assert "ready" in line


def test_a_table_that_can_not_be_described_does_not_hide_the_others(sign_in, people):
    page = Page(sign_in("admins").get("/admin/?facts=all"))
    lines = [" ".join(row["text"].split()) for row in page.all("tr")]
    assert "Missing – – there is no such table in DynamoDB Add" in lines
    assert any(line.startswith("People ") for line in lines)


@pytest.mark.parametrize(
    ("error", "status", "title"),
    [
        (Throttled("Slow down.", retry_after=7), 503, "DynamoDB is busy"),
        (Unavailable(), 503, "DynamoDB can’t be reached"),
    ],
)
def test_what_dynamodb_refuses_is_a_page_that_says_so(
    staff, people, monkeypatch, error, status, title
):
    def refuse(*_args, **_kwargs):
        raise error

    staff.get("/admin/tables/People/")
    monkeypatch.setattr(reads, "call", refuse)
    answer = staff.get("/admin/tables/People/")
    assert answer.status_code == status
    assert Page(answer).text("h1") == title
    assert answer.headers.get("Retry-After") == ("7" if error.retry_after else None)


def test_no_page_is_kept_by_caches(staff, people):
    for path in ("/admin/", "/admin/tables/People/"):
        assert "no-store" in staff.get(path)["Cache-Control"]


def test_no_page_needs_inline_script_or_style(staff, people):
    for path in ("/admin/", "/admin/tables/People/", "/admin/tables/Nope/"):
        page = Page(staff.get(path))
        assert all(script["attrs"].get("src") for script in page.all("script"))
        assert not page.all("style")
        for element in page.elements:
            assert not {"style", "onclick", "onload", "onsubmit"} & element["attrs"].keys()
