"""What is kept for each person: columns, page size, recent items."""

import pytest
from django.test import RequestFactory

from tables.access.users import caller_of_user
from tables.admin.recent_items import KEPT, remember
from tables.admin.visit import Visit
from tables.items.target import find_target
from tables.models import PagePreference, RecentItem
from tests.admin.html import Page

pytestmark = pytest.mark.django_db

PEOPLE = "/admin/tables/People/"


def test_chosen_columns_and_page_size_are_kept(staff, people):
    shown = "age__gte__n=30&limit=5&fields=id&cursor=x&.back=y"
    form = {"column": ["city", "name"], "further": "worker.name", "size": "2", "query": shown}
    answer = staff.post(f"{PEOPLE}columns/", form)
    assert (answer.status_code, answer["Location"]) == (302, f"{PEOPLE}?age__gte__n=30")
    page = Page(staff.get(PEOPLE))
    assert page.heads == ["id partition key", "city", "name", "worker.name"]
    assert len(page.rows) == 2


def test_they_are_one_persons_own(staff, sign_in, people):
    staff.post(f"{PEOPLE}columns/", {"column": ["city"], "size": "2"})
    assert len(Page(sign_in("staff").get(PEOPLE)).rows) == 5


def test_the_tables_own_columns_come_back(staff, people):
    staff.post(f"{PEOPLE}columns/", {"column": ["city"], "size": "2"})
    staff.post(f"{PEOPLE}columns/", {"reset": "yes"})
    page = Page(staff.get(PEOPLE))
    assert page.heads == ["id partition key", "name", "age"]
    assert len(page.rows) == 5


@pytest.mark.parametrize("size", ["0", "1001", "x", "", "-5", "٣"])
def test_an_impossible_page_size_is_the_tables_own(staff, people, size):
    staff.post(f"{PEOPLE}columns/", {"column": ["city"], "size": size})
    assert PagePreference.objects.get().page_size is None


def test_a_column_that_can_not_be_read_is_left_out(staff, people):
    staff.post(f"{PEOPLE}columns/", {"column": ["a..b", "city"], "further": "x["})
    assert PagePreference.objects.get().columns == ["city"]


def test_columns_are_only_kept_by_post(staff, people):
    assert staff.get(f"{PEOPLE}columns/").status_code == 405


def test_a_viewer_may_choose_columns(sign_in, people):
    assert sign_in("readers").post(f"{PEOPLE}columns/", {"column": ["city"]}).status_code == 302


@pytest.fixture
def visit(person, tables):
    request = RequestFactory().get("/")
    request.user = person("staff")
    return Visit(request, find_target(tables["People"], caller_of_user(request.user)))


def test_recent_items_are_the_last_ones_each_once(visit, client):
    for number in [*range(KEPT + 3), 5]:
        remember(visit, {"id": {"S": f"p{number}"}}, "changed")
    client.force_login(visit.request.user)
    page = Page(client.get("/admin/"))
    box = page.one("div", id="recent-actions-module")
    links = [a["text"] for a in page.all("a") if "recent-actions-module" in a["within"]]
    assert links[0] == "p5"
    assert len(links) == len(set(links)) == KEPT == RecentItem.objects.count()
    assert "changed" in box["text"]


def test_recent_items_of_a_table_one_may_no_longer_view_are_not_shown(visit, client, person):
    remember(visit, {"id": {"S": "seen-key"}}, "added")
    RecentItem.objects.create(
        user=visit.request.user, alias="Secrets", key="unseen-key", action="changed"
    )
    client.force_login(visit.request.user)
    text = client.get("/admin/").content.decode()
    assert "seen-key" in text
    assert "unseen-key" not in text
