"""Two thousand tables: no page grows with them, and each is found by name, by group or by page."""

import pytest
from django.contrib.auth.models import User

from tables.access.rights import _viewable
from tables.admin.sidebar import NEAR
from tables.admin.table_search import MOST
from tables.dynamodb.history_table import create_history_table
from tables.models import RecentItem
from tables.records.jobs.models import Job
from tables.speed import _fragment
from tests.admin.html import Page

pytestmark = pytest.mark.django_db

COUNT = 2000
HEAD = 'staff_groups = ["staff"]\n'
SECTION = """
[T{n}]
table = "people"
label = "Table {n}"
permissions = {{view = ["staff"], add = ["staff"], bulk = ["staff"]}}
"""
XHR = {"X-Requested-With": "XMLHttpRequest"}


@pytest.fixture
def write_map(people, settings, tmp_path):
    """Write an alias map: this text, and so many tables more, fifty to a group or in none."""

    def write_map(count, text="", *, grouped=False):
        groups = (f'group = "Group {n // 50}"\n' if grouped else "" for n in range(count))
        sections = (SECTION.format(n=n) + group for n, group in enumerate(groups))
        settings.TABLES_FILE = tmp_path / f"many-{count}-{grouped}.toml"
        settings.TABLES_FILE.write_text(HEAD + text + "".join(sections))

    return write_map


@pytest.fixture
def many(write_map, sign_in):
    """Two thousand tables of forty groups, and one who may view them."""
    write_map(COUNT, grouped=True)
    return sign_in("staff")


def names(page, within):
    """The tables that this part of the page leads to."""
    rows = [link for link in page.all("a") if within in link["within"]]
    paths = [link["attrs"]["href"].split("/") for link in rows]
    return [path[3] for path in paths if path[2] == "tables" and path[-2] != "add"]


def test_no_page_of_a_table_grows_with_their_number(write_map, sign_in):
    sizes = []
    for count in (1, COUNT):
        write_map(count, grouped=True)
        sizes.append(len(sign_in("staff").get("/admin/tables/T0/").content))
    assert sizes[1] - sizes[0] < 20_000


def test_the_sidebar_names_the_tables_around_the_one_of_the_page(many):
    page = Page(many.get("/admin/tables/T777/"))
    assert names(page, "nav-sidebar") == [f"T{n}" for n in range(762, 792)]
    assert page.one("a", **{"aria-current": "page", "href": "/admin/tables/T777/"})
    assert page.has("a", href="/admin/?group=Group+39")
    assert page.one("a", **{"aria-current": "true"})["attrs"]["href"] == "/admin/?group=Group+15"


@pytest.mark.parametrize(("alias", "first"), [("T0", 0), ("T1999", COUNT - NEAR), ("T900", 885)])
def test_of_one_large_group_it_names_the_nearest(write_map, sign_in, alias, first):
    write_map(COUNT)
    page = Page(sign_in("staff").get(f"/admin/tables/{alias}/"))
    assert names(page, "nav-sidebar") == [f"T{n}" for n in range(first, first + NEAR)]
    assert not page.has("p", id="nav-groups")


def test_beside_them_stand_the_tables_that_one_used_last(many, django_user_model):
    user = django_user_model.objects.get()
    for alias in ("T3", "T1500", "Gone"):
        RecentItem.objects.create(user=user, alias=alias, key="1", action="changed")
    assert names(Page(many.get("/admin/jobs/")), "nav-sidebar") == ["T1500", "T3"]
    # Once each: T3 is near already.
    near = names(Page(many.get("/admin/tables/T0/")), "nav-sidebar")
    assert near == [*(f"T{n}" for n in range(NEAR)), "T1500"]


def test_few_tables_all_stand_in_the_sidebar(write_map, sign_in):
    write_map(MOST)
    page = Page(sign_in("staff").get("/admin/jobs/"))
    assert len(names(page, "nav-tables")) == MOST
    assert not page.has("form", id="nav-search")


def test_the_filter_of_the_sidebar_finds_what_no_page_names(many):
    page = Page(many.get("/admin/find/", {"q": "199 TABLE"}, headers=XHR))
    assert page.text("caption") == "12 tables"
    found = [link["attrs"]["href"] for link in page.all("a") if not link["attrs"].get("class")]
    assert found == [f"/admin/tables/T{n}/" for n in (199, 1199, *range(1990, COUNT))]
    page = Page(many.get("/admin/find/", {"q": "table"}, headers=XHR))
    assert (page.text("caption"), page.has("a", href="/admin/?q=table")) == ("2,000 tables", True)
    assert len(page.all("th", scope="row")) == NEAR
    assert "No table" in Page(many.get("/admin/find/", {"q": "nowhere"}, headers=XHR)).text("p")


def test_without_a_script_the_first_page_has_what_is_looked_for(many):
    form = Page(many.get("/admin/tables/T0/")).one("form", id="nav-search")["attrs"]
    assert (form["action"], form.get("method", "get")) == ("/admin/", "get")
    assert many.get("/admin/find/", {"q": "table 19"})["Location"] == "/admin/?q=table+19"
    page = Page(many.get("/admin/", {"q": "table 1999"}))
    assert names(page, "found") == ["T1999"]
    assert page.text("p", id="tables-told") == "1 of 2,000 tables"
    assert page.one("input", id="table-filter")["attrs"]["value"] == "table 1999"


@pytest.mark.parametrize(("query", "asks"), [("", False), ("?q=1", True), ("?group=Group+0", True)])
def test_of_few_tables_the_server_is_asked_only_for_those_that_the_page_lacks(
    write_map, sign_in, query, asks
):
    write_map(3, grouped=True)
    form = Page(sign_in("staff").get(f"/admin/{query}")).one("form", id="table-search")
    assert ("hx-get" in form["attrs"]) is asks


def test_the_first_page_names_a_hundred_and_leads_to_all(many):
    page, seen = Page(many.get("/admin/")), []
    while True:
        shown = names(page, "found")
        assert len(shown) == MOST
        seen += shown
        if not page.has("a", id="next-top"):
            break
        page = Page(many.get(page.link(id="next-bottom")))
    assert seen == [f"T{n}" for n in range(COUNT)]
    assert page.link(id="previous-top") == "/admin/?from=1800"


def test_the_first_page_shows_one_group(many):
    page = Page(many.get("/admin/", {"group": "Group 7"}))
    assert names(page, "found") == [f"T{n}" for n in range(350, 400)]
    assert page.text("h2", id="group-1") == "Group 7"
    assert not page.has("nav", class_="pages")


@pytest.mark.parametrize("start", ["", "x", "-1", "2000", "9" * 40, "²"])
def test_a_page_that_is_not_there_is_the_first(many, start):
    assert names(Page(many.get("/admin/", {"from": start})), "found")[0] == "T0"


def test_facts_are_asked_of_the_tables_of_the_page_alone(many):
    page = Page(many.get("/admin/", {"q": "table 19"}))
    assert page.has("a", href="/admin/?q=table+19&facts=all")
    answer = many.get("/admin/", {"q": "table 199", "facts": "all"})
    assert len(Page(answer).all("span", class_="state-ready")) == 12


def test_the_first_page_writes_again_only_what_is_known_anew(many):
    many.get("/admin/")
    written = _fragment.cache_info().misses
    many.get("/admin/")
    assert _fragment.cache_info().misses == written


def test_no_page_looks_at_every_table_again(many):
    many.get("/admin/tables/T0/")
    looks = _viewable.cache_info().misses
    many.get("/admin/tables/T0/")
    many.get("/admin/jobs/")
    assert _viewable.cache_info().misses == looks


FROM = """
[From]
table = "cities"
permissions = {view = ["staff"], export = ["staff"], bulk = ["staff"]}
"""


@pytest.fixture
def form_pages(write_map, cities, sign_in, settings):
    """Whoever sees so many tables, used some last, and the pages whose form asks for a table."""
    settings.HISTORY = True
    create_history_table(settings.HISTORY_TABLE)

    def form_pages(count, used=()):
        write_map(count, FROM)
        client = sign_in("staff")
        for alias in used:
            RecentItem.objects.create(user=User.objects.get(), alias=alias, key="1", action="x")
        copied = {"action": "copy_many", "select_across": "1"}
        return client, {
            "changes-table": Page(client.get("/admin/changes/")),
            "to": Page(client.post("/admin/tables/From/", copied)),
        }

    return form_pages


def test_few_tables_are_chosen_from_a_list(form_pages):
    _client, pages = form_pages(3)
    for field, page in pages.items():
        page.one("select", id=field)
        values = [option["attrs"]["value"] for option in page.all("option")]
        assert {"T0", "T1", "T2"} <= set(values)


def test_a_table_of_very_many_is_typed(form_pages):
    _client, pages = form_pages(COUNT, ["T1500", "Gone"])
    for field, page in pages.items():
        page.one("input", id=field, list=f"{field}-used")
        values = [option["attrs"].get("value") for option in page.all("option")]
        assert [value for value in values if value in ("T1500", "Gone", "T0")] == ["T1500"]


@pytest.mark.parametrize("name", ["T1500", "Table 1500", " table 1500 "])
def test_what_was_typed_is_an_alias_or_a_whole_label(form_pages, name):
    client, _pages = form_pages(COUNT)
    page = Page(client.get("/admin/changes/", {"table": name}))
    assert page.one("input", id="changes-table")["attrs"]["value"] == name
    form = {"action": "copy_many", "select_across": "1", "to": name, "mode": "create", "look": "y"}
    assert client.post("/admin/tables/From/", form).status_code == 302
    assert Job.objects.get().spec["to"] == "T1500"


@pytest.mark.parametrize("name", ["Table payroll", "Payroll", "Twin"])
def test_14_what_is_nobody_elses_or_two_tables_is_no_answer(write_map, sign_in, form_pages, name):
    form_pages(COUNT)
    twins = "".join(
        f'[{alias}]\ntable = "people"\nlabel = "Twin"\npermissions = {{view = ["staff"]}}\n'
        for alias in ("One", "Other")
    )
    write_map(COUNT, FROM + HIDDEN + twins)
    client = sign_in("staff")
    answer = client.get("/admin/changes/", {"table": name})
    assert answer.status_code == 404
    assert "No history of such a table is yours to see." in answer.content.decode()
    form = {"action": "copy_many", "select_across": "1", "to": name, "mode": "create", "look": "y"}
    answer = client.post("/admin/tables/From/", form)
    assert answer.status_code == 404
    assert Page(answer).one("input", id="to")["attrs"]["value"] == name


HIDDEN = """
[Payroll]
table = "secrets"
label = "Table payroll"
description = "Salaries"
group = "Board"
permissions = { view = ["board"], add = ["board"] }
"""


@pytest.mark.parametrize("count", [3, COUNT])
@pytest.mark.parametrize("asked", ["table", "payroll", "salaries", "board"])
def test_14_a_table_of_others_is_found_by_no_name_group_or_count(write_map, sign_in, count, asked):
    pages = ["/admin/", f"/admin/?q={asked}", "/admin/?group=Board", f"/admin/find/?q={asked}"]
    pages += ["/admin/tables/T0/", "/admin/jobs/"]
    told = []
    for text in ("", HIDDEN):
        write_map(count, text, grouped=True)
        client = sign_in("staff")
        told.append([_without_tokens(client.get(page, headers=XHR)) for page in pages])
    assert told[0] == told[1]


def _without_tokens(answer):
    page = Page(answer)
    tokens = [e["attrs"]["value"] for e in page.all("input", name="csrfmiddlewaretoken")]
    text = answer.content.decode()
    for token in tokens:
        text = text.replace(token, "")
    return text
