"""Pages of jobs: ordered from a list, looked at, confirmed, steered, undone."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.timezone import localtime

from tables.admin.jobs.views import STOP_POLLING
from tables.dynamodb.history_table import create_history_table
from tables.jobs.runner import Hands, work_on_job
from tables.records.jobs import versions
from tables.records.jobs.models import Job, Worker
from tests.admin.html import Page
from tests.tables import store, stored

CITIES = "/admin/tables/Cities/"
YY = f"{CITIES}?country=YY"
SET = {"deed": "set", "path": "seen", "tag": "BOOL", "text": "true", "look": "yes"}
KEY = {"country": {"S": "YY"}, "name": {"S": "YY-00"}}


def run(client, action, *tokens, url=CITIES, **form):
    return client.post(url, {"action": action, "_selected_action": tokens, **form})


def work():
    """Let a worker do all that there is to do."""
    for job in Job.objects.all():
        while work_on_job(str(job.pk), Hands("worker")):
            pass


def ordered(client, action="change_many", url=YY, **form):
    """The page of a job that was just ordered for everything that matches."""
    answer = run(client, action, url=url, select_across="1", **form)
    assert answer.status_code == 302, Page(answer).text("main")
    return answer["Location"]


def words(client, url):
    return " ".join(Page(client.get(url)).one("main")["text"].split())


def led_to(page, text):
    """Where the one link of that text leads."""
    (link,) = (link for link in page.all("a") if link["text"] == text)
    return link["attrs"]["href"]


def confirmed(client, url, typed):
    etag = Page(client.get(url)).one("input", name="etag")["attrs"]["value"]
    return client.post(f"{url}confirm/", {"typed": typed, "etag": etag})


def written(client):
    """The page of a change that was confirmed and is through."""
    url = ordered(client, **SET)
    work()
    confirmed(client, url, "Cities")
    work()
    return url


@pytest.fixture
def history(settings):
    settings.HISTORY = True
    create_history_table(settings.HISTORY_TABLE)


# ------------------------------------------------------------------ ordering from a list


def test_a_change_is_asked_for_looked_at_confirmed_and_written(admin, cities):
    asked = run(admin, "change_many", url=YY, select_across="1")
    assert "On every item where country is “YY”." in asked.content.decode()
    url = ordered(admin, **SET)
    assert "No worker is running, so the job waits." in words(admin, url)
    work()
    text = words(admin, url)
    assert "set seen to “true”" in text
    assert "Waits for your yes 5 read, 5 to write" in text
    assert "seen" not in stored("cities", KEY)
    confirmed(admin, url, "Cities")
    work()
    assert "Finished 5 read, 5 done" in words(admin, url)
    assert stored("cities", KEY)["seen"] == {"BOOL": True}


@pytest.mark.parametrize("state", ["queued", "ready", "paused", "failed", "finished"])
def test_a_job_of_a_newer_release_is_shown_as_far_as_it_is_understood(admin, cities, state):
    url = ordered(admin, **SET)
    Worker.objects.create(name="w", seen=timezone.now() + timedelta(hours=1))
    newer = {"spec_version": versions.NEWEST + 1, "kind": "merge", "spec": {"into": [1, "YY"]}}
    Job.objects.update(state=state, **newer)
    said = "no worker of that release is running" in words(admin, url)
    assert said is (state == "queued")
    assert admin.get("/admin/jobs/").status_code == 200


def test_what_came_to_match_since_is_told_and_the_same_is_ordered_anew_by_a_click(admin, cities):
    first = ordered(admin, **SET)
    work()
    assert "are not looked at" in words(admin, first)
    store("cities", {**KEY, "name": {"S": "YY-late"}})
    confirmed(admin, first, "Cities")
    work()
    text = words(admin, first)
    assert "5 done" in text
    assert "Items that came to match after" in text
    assert "were not looked at" in text

    again = admin.post(f"{first}again/")["Location"]
    work()
    assert "6 read, 1 to write" in words(admin, again)
    instead = admin.post(f"{again}again/")["Location"]
    work()
    assert Job.objects.get(pk=again.split("/")[-2]).state == "cancelled"
    assert "6 read, 1 to write" in words(admin, instead)


def test_ticked_items_alone_are_changed(admin, cities):
    answer = run(admin, "change_many", "YY,YY-00", "YY,YY-01", **SET)
    work()
    assert "On 2 items that were ticked" in words(admin, answer["Location"])
    confirmed(admin, answer["Location"], "Cities")
    work()
    assert "2 read, 2 done" in words(admin, answer["Location"])


@pytest.mark.parametrize(
    ("row", "error"),
    [
        ({"path": ""}, "Say what to change."),
        ({"path": "a..b"}, "a..b"),
        ({"path": "population", "tag": "N", "text": "many"}, "number"),
        ({"path": "country"}, "key attribute"),
        ({"path": "seen", "deed": "fly"}, "Choose what to do"),
        ({"path": "seen", "deed": "append", "tag": "SS", "text": ""}, "set"),
    ],
)
def test_what_can_not_be_meant_is_told_and_nothing_is_ordered(admin, cities, row, error):
    answer = run(admin, "change_many", "YY,YY-00", **{**SET, **row})
    page = Page(answer)
    assert answer.status_code in (400, 422)
    assert error in " ".join(e["text"] for e in page.all("p"))
    assert page.one("input", name="path")["attrs"]["value"] == row["path"]
    assert not Job.objects.exists()


def test_the_type_of_a_value_is_the_declared_one_or_is_asked_for(admin, cities):
    form = {**SET, "tag": "", "text": "7"}
    answer = run(admin, "change_many", "YY,YY-00", **form)
    assert answer.status_code == 422
    page = Page(answer)
    assert "Choose a type: nothing declares the one of this value." in page.text("main")
    assert "autofocus" in page.one("input", name="path")["attrs"]
    # An index of the table is sorted by it, so it is a number.
    run(admin, "change_many", "YY,YY-00", **{**form, "path": "population"})
    assert Job.objects.get().spec["changes"][0]["value"] == {"N": "7"}


def test_another_line_is_asked_for_without_losing_the_first(admin, cities):
    form = {**SET, "more": "yes"}
    del form["look"]
    page = Page(run(admin, "change_many", "YY,YY-00", **form))
    values = [e["attrs"]["value"] for e in page.all("input", name="path")]
    assert values == ["seen", ""]
    assert page.one("input", name="_selected_action")["attrs"]["value"] == "YY,YY-00"


def test_everything_that_matches_is_deleted_once_the_number_was_typed(admin, cities):
    url = ordered(admin, "delete_selected")
    work()
    assert "Type 5 to confirm" in words(admin, url)
    assert "aria-invalid" not in Page(admin.get(url)).one("input", id="typed")["attrs"]
    answer = confirmed(admin, url, "4")
    assert "Type “5” to confirm. Nothing was written." in words(admin, answer["Location"])
    field = Page(admin.get(answer["Location"])).one("input", id="typed")["attrs"]
    assert (field["aria-invalid"], field["aria-describedby"]) == ("true", "typed-error")
    assert "autofocus" in field
    assert stored("cities", KEY)
    confirmed(admin, url, "5")
    work()
    assert "5 done" in words(admin, url)
    assert stored("cities", KEY) is None


def test_what_becomes_of_deleted_items_and_whether_there_is_a_way_back_is_told(
    admin, cities, history, settings
):
    url = ordered(admin, "delete_selected")
    changing = ordered(admin, **SET)
    work()
    days = f"for {settings.HISTORY_DAYS} days; the whole job can be undone."
    assert f"Deleted items go to the trash {days}" in words(admin, url)
    assert "The whole job can be undone afterwards." in words(admin, changing)
    settings.HISTORY_DAYS = 0
    assert "to the trash, and the whole job can be undone." in words(admin, url)
    settings.HISTORY = False
    assert "There is no way back: no history is kept of Cities." in words(admin, url)


def test_the_first_differences_are_shown_before_the_question(admin, cities):
    url = ordered(admin, **{**SET, "path": "zone", "tag": "S", "text": "north"})
    work()
    text = words(admin, url)
    assert text.index("zonewest north") < text.index("Type Cities to confirm")
    assert "Show more of them" not in text
    deleting = ordered(admin, "delete_selected", url=CITIES)
    work()
    assert words(admin, deleting).count("deleted") == 5
    assert "Show more of them" in words(admin, deleting)
    assert words(admin, f"{deleting}?show=examples").count("deleted") == 20


def test_of_a_wide_item_only_the_first_differences_are_shown(admin, people):
    store("people", {"id": {"S": "1"}}, **{f"a{number}": {"S": "x"} for number in range(40)})
    form = {"to": "Anything", "look": "yes"}
    answer = run(admin, "copy_many", "1", url="/admin/tables/People/", **form)
    work()
    page = Page(admin.get(answer["Location"]))
    assert len([row for row in page.all("tr") if row["text"].startswith("a")]) < 13
    assert "and 29 more" in page.text("main")
    assert page.has("a", href="/admin/tables/People/1/change/")


def test_read_only_asks_for_no_yes_and_says_why(admin, cities, settings):
    url = ordered(admin, **SET)
    work()
    settings.READ_ONLY = True
    page = Page(admin.get(url))
    assert not page.has("input", name="typed")
    assert "The whole site is read-only here: nobody may change items." in page.text("main")
    assert "The first items" not in page.text("main")
    options = [e["attrs"].get("value") for e in Page(admin.get(CITIES)).all("option")]
    assert "export_csv" in options
    assert "copy_many" not in options


def test_items_are_copied_to_another_table_where_their_keys_fit(admin, people):
    page = Page(run(admin, "copy_many", "1", url="/admin/tables/People/"))
    values = [e["attrs"]["value"] for e in page.all("option")]
    assert {"Cities", "Anything"} <= set(values)
    assert "People" not in values
    form = {"to": "Anything", "mode": "create", "look": "yes"}
    answer = run(admin, "copy_many", "1", url="/admin/tables/People/", **form)
    work()
    confirmed(admin, answer["Location"], "People")
    work()
    assert stored("anything", "1")["name"] == {"S": "Ann"}
    nowhere = run(admin, "copy_many", "1", url="/admin/tables/People/", **{**form, "to": "Nope"})
    assert nowhere.status_code == 404
    assert "No table has that alias." in nowhere.content.decode()


def test_without_script_everything_that_matches_can_be_chosen_too(admin, cities):
    page = Page(admin.get(f"{CITIES}?limit=4"))
    boxes = [e["attrs"].get("value") for e in page.all("input", name="select_across")]
    assert boxes == ["0", "1"]
    form = {"action": "change_many", "select_across": ["0", "1"], **SET}
    answer = admin.post(YY, form)
    assert Job.objects.get().spec["query"] == "country=YY"
    assert answer.status_code == 302


def test_more_than_a_page_takes_the_right_to_write_many(staff, cities):
    assert run(staff, "change_many", url=YY, select_across="1", **SET).status_code == 403
    assert run(staff, "change_many", "YY,YY-00", **SET).status_code == 302
    page = Page(staff.get(f"{CITIES}?limit=4"))
    assert not page.has("span", class_="question")


# ------------------------------------------------------------------ a job's own page


def test_the_page_asks_while_something_happens_and_then_no_more(admin, cities):
    url = ordered(admin, **SET)
    page = Page(admin.get(url))
    assert page.one("div", id="job-progress")["attrs"]["hx-trigger"] == "every 2s"
    assert page.one("p", id="job-words")["attrs"]["hx-trigger"] == "every 10s"
    assert page.has("meta", content="5")
    under_way = admin.get(f"{url}progress/")
    assert under_way.status_code == 200
    assert "job-words" not in under_way.content.decode()
    asked = page.one("div", id="job-progress")["attrs"]["hx-get"]
    Job.objects.update(wanted="pause")
    news = Page(admin.get(asked)).one("p", id="job-words")
    assert news["attrs"]["hx-swap-oob"] == "innerHTML"
    assert "Waits" in news["text"] or "Pausing" in news["text"]
    Job.objects.update(wanted="run")
    assert "HX-Refresh" not in under_way
    work()
    for part in ("", "?part=words"):
        answer = admin.get(f"{url}progress/{part}")
        assert answer.status_code == STOP_POLLING
        assert "hx-get" not in answer.content.decode()
        assert "Waits for your yes" in answer.content.decode()
    # What is said goes into the place that says it, which is there already.
    assert "<p" not in answer.content.decode()
    # Only the whole page has the question that waits for an answer.
    assert admin.get(f"{url}progress/")["HX-Refresh"] == "true"


def test_a_job_is_paused_sent_on_and_cancelled(admin, cities):
    Worker.objects.create(name="w", seen=timezone.now())
    url = ordered(admin, **SET)
    for wanted, state in (("pause", "Paused"), ("run", "Looking"), ("cancel", "Cancelled")):
        answer = admin.post(f"{url}steer/", {"wanted": wanted})
        assert state in words(admin, answer["Location"])
    text = words(admin, admin.post(f"{url}steer/", {"wanted": "run"})["Location"])
    assert "that can't be done now" in text
    assert Page(admin.get(url)).all("button", name="wanted") == []


def test_a_pace_is_set_and_what_is_none_is_told(admin, cities):
    url = ordered(admin, **SET, pace="7")
    assert Page(admin.get(url)).one("input", name="pace")["attrs"]["value"] == "7"
    admin.post(f"{url}steer/", {"pace": ""})
    assert Job.objects.get().pace is None
    answer = admin.post(f"{url}steer/", {"pace": "fast"}, follow=True)
    assert "The pace is a whole number" in answer.content.decode()


def test_what_was_left_is_told_first_and_is_never_simply_finished(admin, cities):
    store("cities", KEY, population={"S": "many"})
    url = ordered(admin, **{**SET, "path": "population", "deed": "add", "tag": "N", "text": "1"})
    work()
    confirmed(admin, url, "Cities")
    work()
    page = Page(admin.get(url))
    text = words(admin, url)
    assert "Finished, 1 left as it was" in text
    (row,) = (row["text"] for row in page.all("tr") if "YY-00" in row["text"])
    assert "refused" in row
    assert page.one("a", href=f"{CITIES}YY,YY-00/change/")
    assert "mood-left" in page.one("strong", class_="mood")["attrs"]["class"]


def test_somebody_elses_job_is_seen_and_not_steered(admin, sign_in, cities):
    url = ordered(admin, **SET)
    reader = sign_in("readers")
    assert "Change of Cities" in words(reader, url)
    assert Page(reader.get(url)).all("button", name="wanted") == []
    assert reader.post(f"{url}steer/", {"wanted": "cancel"}).status_code == 403
    assert reader.post(f"{url}confirm/", {"typed": "Cities"}).status_code == 403
    nobody = sign_in("strangers")
    assert nobody.get(url).status_code in (302, 403)


def test_a_whole_job_is_undone(admin, cities, history):
    url = written(admin)
    assert "Undo this job" in words(admin, url)
    undoing = admin.post(f"{url}undo/")["Location"]
    work()
    assert "5 done" in words(admin, undoing)
    assert "seen" not in stored("cities", KEY)
    assert "Undo this job" not in words(admin, url)


def test_without_history_there_is_no_way_back_and_none_is_offered(admin, cities, settings):
    settings.HISTORY = False
    url = written(admin)
    assert "Undo this job" not in words(admin, url)


def test_a_job_and_its_undo_lead_to_each_other(admin, cities, history):
    url = written(admin)
    undoing = admin.post(f"{url}undo/")["Location"]
    undone, _undo = Job.objects.order_by("created")
    ordered_at = localtime(undone.created).strftime("%Y-%m-%d %H:%M %Z")
    what = f"what the Change of Cities of {ordered_at} wrote."
    assert f"It takes back {what}" in words(admin, undoing)
    assert f"It takes back {what}" in words(admin, "/admin/jobs/")
    assert Page(admin.get(undoing)).one("a", href=url)["text"] == "To the job that it undoes"
    told = Page(admin.get(url)).one("a", href=undoing)["text"]
    assert told.startswith("Another job takes it back, ordered ")
    work()
    assert f"It took back {what}" in words(admin, undoing)
    told = Page(admin.get(url)).one("a", href=undoing)["text"]
    assert told.startswith("Another job took it back: ")
    undone.delete()
    assert "which is gone by now." in words(admin, undoing)


def test_what_somebody_changed_meanwhile_leads_to_who(admin, cities, history):
    url = written(admin)
    store("cities", KEY, seen={"BOOL": False})
    undoing = admin.post(f"{url}undo/")["Location"]
    work()
    assert "Finished, 1 left as it was" in words(admin, undoing)
    assert Page(admin.get(undoing)).one("a", href=f"{CITIES}YY,YY-00/history/")


def test_recent_changes_lead_from_what_a_job_wrote_to_the_job(admin, cities, history):
    url = written(admin)
    page = Page(admin.get("/admin/changes/?table=Cities"))
    assert page.one("a", href=url)["text"] == "The job"
    text = " ".join(page.text("main").split())
    assert "and 4 more items here, by the same job" in text
    assert "Jane Doe, job" in text
    assert "Undo this bulk action" not in text


@pytest.mark.parametrize(
    ("action", "form", "sentence"),
    [
        ("delete_selected", {}, "On every item where country is “YY”: delete each."),
        (
            "copy_many",
            {"to": "Anything", "mode": "create", "look": "yes"},
            "copy each to Anything; what is there already stays as it is.",
        ),
        (
            "copy_many",
            {"to": "Anything", "mode": "replace", "look": "yes"},
            "copy each to Anything; what is there already is replaced.",
        ),
        ("change_many", {**SET, "tag": "S", "text": "5"}, "set seen to “5” (text)."),
        ("change_many", {**SET, "tag": "N", "text": "5"}, "set seen to “5” (number)."),
        ("change_many", {**SET, "tag": "S", "text": "open"}, "set seen to “open”."),
    ],
)
def test_the_page_and_the_list_say_what_was_ordered(admin, cities, action, form, sentence):
    url = ordered(admin, action, **form)
    assert sentence in words(admin, url)
    assert sentence in words(admin, "/admin/jobs/")


def test_an_export_tells_items_not_pieces_and_can_not_be_undone(admin, cities, history):
    url = admin.post(YY, {"export_all": "job_csv"})["Location"]
    work()
    text = words(admin, url)
    assert "export as exact CSV, which comes back as it was." in text
    packed = b"".join(admin.get(led_to(Page(admin.get(url)), "Download, packed by gzip")))
    assert 0 < Job.objects.get().estimate["bytes"] <= len(packed)
    assert re.search(r"Cities-[0-9-]+\.csv, packed [0-9]+ bytes, is kept until", text)
    assert "Finished 5 read, 5 exported" in text
    assert "Undo this job" not in text
    assert "All outcomes" not in text


def test_a_copy_names_what_it_leaves_and_why(admin, cities, put):
    put("People", {"id": {"S": "1"}, "name": {"S": "Ann"}})
    url = ordered(admin, "copy_many", url="/admin/tables/People/", to="Cities", look="yes")
    work()
    text = words(admin, url)
    assert "Nothing to write" in text
    assert "The key attribute 'country' is missing." in text
    assert "On every item of the table: copy each to Cities" in text
    assert Page(admin.get(url)).one("a", href="/admin/tables/People/1/change/")["text"] == "1"
    assert not Page(admin.get(url)).has("input", name="typed")


def test_nothing_moves_and_nothing_is_offered_before_somebody_works(admin, cities):
    url = ordered(admin, **SET)
    text = words(admin, url)
    assert "Waits 0 read" in text
    assert "Nothing has been written yet." in text
    assert "All outcomes" not in text
    assert not Page(admin.get(url)).has("progress")


def test_what_stands_still_does_not_move_and_says_what_is_left_of_it(admin, cities):
    Worker.objects.create(name="w", seen=timezone.now())
    url = ordered(admin, **SET)
    Job.objects.update(state="paused", estimate={})
    assert not Page(admin.get(url)).has("progress")
    assert "Cancelling stops" not in words(admin, url)
    Job.objects.update(estimate={"items": 8})
    assert Page(admin.get(url)).one("progress")["attrs"]["value"] == "0"
    Job.objects.update(state="expired")
    assert "Nobody said yes within a day, so nothing was written." in words(admin, url)


def test_whose_yes_is_waited_for_is_told(admin, sign_in, cities):
    url = ordered(admin, **SET)
    work()
    assert "Waits for your yes" in words(admin, url)
    text = words(sign_in("readers"), url)
    assert "Waits for your yes" not in text
    assert "Waits for the yes of" in text


def test_what_is_to_be_typed_is_the_alias_and_the_label_is_taken_too(admin, cities, settings):
    map_with = settings.TABLES_FILE.read_text()
    labelled = settings.TABLES_FILE.with_name("labelled.toml")
    labelled.write_text(map_with.replace("[Cities]\n", '[Cities]\nlabel = "All cities"\n', 1))
    settings.TABLES_FILE = labelled
    url = ordered(admin, **SET)
    work()
    assert "Type Cities to confirm (the alias of All cities)" in words(admin, url)
    confirmed(admin, url, "All cities")
    assert Job.objects.get().state == "queued"


def test_what_the_writes_would_cost_is_told_in_units_time_and_money(admin, cities, settings):
    settings.PRICE_WRITE = 1_000_000
    text = words(admin, (url := ordered(admin, **SET, pace="2")))
    assert "at its pace" not in text
    work()
    text = words(admin, url)
    units = int(Job.objects.get().totals["write_units"])
    assert f"Would cost, about {units} WCU" in text
    assert f"costs {units}.00" in text
    assert f"about {round(units / 2)} s at its pace" in text


def test_a_job_that_is_to_pause_can_still_be_cancelled(admin, cities):
    Worker.objects.create(name="w", seen=timezone.now())
    url = ordered(admin, **SET)
    Job.objects.update(wanted="pause")
    assert "Pausing" in words(admin, url)
    values = [e["attrs"]["value"] for e in Page(admin.get(url)).all("button", name="wanted")]
    assert values == ["cancel"]


def test_a_job_whose_alias_went_says_so_and_asks_for_nothing(admin, cities, settings):
    url = ordered(admin, **SET)
    work()
    lines = settings.TABLES_FILE.read_text().replace("[Cities", "[Towns")
    renamed = settings.TABLES_FILE.with_name("renamed.toml")
    renamed.write_text(lines)
    settings.TABLES_FILE = renamed
    text = words(admin, url)
    assert "The alias map leads to its table no more" in text
    page = Page(admin.get(url))
    assert not page.has("input", name="typed")
    assert [e["attrs"]["value"] for e in page.all("button", name="wanted")] == ["cancel"]


# ------------------------------------------------------------------ the list of jobs


def test_jobs_are_narrowed_by_table_kind_and_state_a_page_at_a_time(admin, cities, people):
    for _ in range(27):
        ordered(admin, **SET)
        Job.objects.update(state="finished")  # or they are too many at a time
    run(admin, "delete_selected", url="/admin/tables/People/", select_across="1")
    page = Page(admin.get("/admin/jobs/"))
    assert page.has("option", value="People")
    assert words(admin, "/admin/jobs/").count("Change of Cities") == 24
    last = admin.get(f"/admin/jobs/{led_to(page, 'Older')}")
    assert words(admin, last.wsgi_request.get_full_path()).count("Change of Cities") == 3
    assert led_to(Page(last), "Newest") == "?"
    for asked in ("table=People", "kind=delete", "state=active", "state=active&whose=mine"):
        text = words(admin, f"/admin/jobs/?{asked}")
        assert "Deletion from People" in text
        assert "Change of Cities" not in text
    narrowed = Page(admin.get("/admin/jobs/?kind=change&state=finished"))
    assert led_to(narrowed, "Older").startswith("?kind=change&state=")
    assert "No job is so." in words(admin, "/admin/jobs/?state=paused")
    assert admin.get("/admin/jobs/?state=odd").status_code == 400


def test_jobs_are_listed_and_ones_own_under_way_are_counted_in_the_header(admin, sign_in, cities):
    assert "There is no job yet." in words(admin, "/admin/jobs/")
    ordered(admin, **SET)
    page = Page(admin.get("/admin/jobs/"))
    assert [e["text"] for e in page.all("a") if "/jobs/0" in e["attrs"]["href"]] == [
        "Change of Cities"
    ]
    areas = page.all("nav", **{"aria-label": "Areas"})[0]["text"]
    assert "Jobs 1 under way" in areas
    reader = sign_in("readers")
    assert "Change of Cities" in words(reader, "/admin/jobs/")
    assert "Change of Cities" not in words(reader, "/admin/jobs/?whose=mine")
    assert "under way" not in words(reader, "/admin/jobs/")
    assert reader.get("/admin/jobs/?after=x").status_code == 400
    unknown = reader.get("/admin/jobs/00000000-0000-7000-8000-000000000000/")
    assert unknown.status_code == 404
    assert "To the jobs" in [e["text"] for e in Page(unknown).all("a", href="/admin/jobs/")]


# ------------------------------------------------------------------ import and export


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "jobs": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "files"},
        },
    }


def sent(client, text, name="cities.csv", **form):
    data = text if isinstance(text, bytes) else text.encode()
    return client.post(f"{CITIES}import/", {"file": SimpleUploadedFile(name, data), **form})


def test_a_file_is_checked_shown_and_written_as_shown(admin, cities):
    answer = sent(
        admin,
        "country,name,population:N,zone\nYY,YY-00,7,west\nYY,new,5,east\nYY,YY-01,1000,east\n",
    )
    work()
    text = words(admin, answer["Location"])
    assert "cities.csv, UTF-8, columns split by comma" in text
    for stat in ("New 1", "Changed 1", "Same, not written 1", "Refused 0"):
        assert stat in text
    assert "population0 7" in text
    assert "YY · YY-01" not in text
    assert "YY · YY-01" in words(admin, f"{answer['Location']}?show=same")
    confirmed(admin, answer["Location"], "Cities")
    work()
    assert stored("cities", KEY)["population"] == {"N": "7"}
    assert "2 done" in words(admin, answer["Location"])


def test_a_file_of_one_page_of_a_scan_says_that_more_stand_behind_it(admin, put):
    item = b'{"Items": [{"id": {"S": "1"}}], "Count": 1'
    for end, is_page in ((b', "LastEvaluatedKey": {"id": {"S": "1"}}}', True), (b"}", False)):
        file = SimpleUploadedFile("scan.json", item + end)
        url = admin.post("/admin/tables/Anything/import/", {"file": file})["Location"]
        work()
        assert ("more items stand behind it" in words(admin, url)) == is_page
        assert "1 read, 1 to write" in words(admin, url)


def test_a_difference_shows_whole_values_and_a_refusal_the_line(admin, put):
    put("Anything", {"id": {"S": "1"}, "zone": {"S": "Europe/Brussels"}})
    rows = b"id,zone\n1,Europe/Somewhere\n1,x\n"
    file = SimpleUploadedFile("a.csv", rows)
    url = admin.post("/admin/tables/Anything/import/", {"file": file})["Location"]
    work()
    assert Page(admin.get(url)).one("del")["text"] == "Europe/Brussels"
    assert Page(admin.get(url)).one("ins")["text"] == "Europe/Somewhere"
    assert "2 read, 1 to write, 1 left out" in words(admin, url)
    assert "Line 2 of the file names the same item." in words(admin, f"{url}?show=refused")


def test_what_a_spreadsheet_rounded_is_refused_until_somebody_says_that_it_is_right(admin, put):
    put("Anything", {"id": {"S": "1"}, "badge": {"S": "1234567890123456"}})
    file = SimpleUploadedFile("a.csv", b"id,badge\n1,1.23457E+15\n")
    answer = admin.post("/admin/tables/Anything/import/", {"file": file})
    work()
    page = Page(admin.get(f"{answer['Location']}?show=refused"))
    again = page.one("button", name="taken")["attrs"]["value"]
    assert again == "badge"
    form = {e["attrs"]["name"]: e["attrs"]["value"] for e in page.all("input", type="hidden")}
    taken = admin.post("/admin/tables/Anything/import/", {**form, "taken": again})
    work()
    assert "New 0 Changed 1 Same, not written 0" in words(admin, taken["Location"])
    # The former check waits for nobody any more.
    assert [job.state for job in Job.objects.order_by("created")] == ["cancelled", "ready"]


def test_a_row_that_was_written_but_for_a_cell_is_not_told_as_simply_done(admin, put):
    put("Anything", {"id": {"S": "1"}, "zip": {"S": "01000"}})
    file = SimpleUploadedFile("a.csv", b"id,zip,n\n1,1000,5\n2,1000,5\n")
    url = admin.post("/admin/tables/Anything/import/", {"file": file})["Location"]
    work()
    text = words(admin, url)
    assert "2 read, 2 to write, 1 but for a cell" in text
    assert "To write 2But for a cell 1Conflict 0" in text
    assert "Done, but for a cell" not in text
    partial = words(admin, f"{url}?show=partial")
    assert partial.count("The stored value is kept") == 1
    assert "new" not in partial.split()
    confirmed(admin, url, "Anything")
    work()
    text = words(admin, url)
    assert "2 read, 2 done, 1 but for a cell" in text
    assert "Done, but for a cell" in text
    assert text.count("The stored value is kept.") == 1
    assert "mood-left" in Page(admin.get(url)).one("strong", class_="mood")["attrs"]["class"]


def test_whoever_may_not_write_so_many_rows_is_told_on_the_form(staff, cities):
    rows = "".join(f"YY,new-{number}\n" for number in range(1001))
    answer = sent(staff, f"country,name\n{rows}")
    assert answer.status_code == 403
    page = Page(answer)
    assert "more than 1,000 items at once" in page.text("main")
    assert page.one("input", name="file")


def test_an_encoding_and_a_delimiter_are_asked_for_and_never_guessed(admin, cities):
    asked = sent(admin, "country,name,mayor\nYY,YY-00,Jos\xe9\n".encode("cp1252"))
    page = Page(asked)
    text = " ".join(page.one("main")["text"].split())
    assert "The file is not UTF-8: in line 2, character 13 stands the byte E9." in text
    assert "YY,YY-00,José" in text
    form = {e["attrs"]["name"]: e["attrs"]["value"] for e in page.all("input", type="hidden")}
    answer = admin.post(f"{CITIES}import/", {**form, "encoding": "cp1252"})
    work()
    assert "mayor José" in words(admin, answer["Location"])


@pytest.mark.parametrize(
    ("text", "error"),
    [("", "empty"), ("a,b\n1,2\n", "No column is the key attribute"), ("PAR1....", "Parquet")],
)
def test_a_file_that_is_none_is_told_why(admin, cities, text, error):
    answer = sent(admin, text)
    assert answer.status_code == 400
    assert error in answer.content.decode()
    assert not Job.objects.exists()


def test_who_may_not_write_imports_nothing(sign_in, cities):
    reader = sign_in("readers")
    assert sent(reader, "country,name\nYY,x\n").status_code == 403
    assert "import/" not in reader.get(CITIES).content.decode()


def test_an_export_is_a_job_whose_file_comes_back_as_the_same(admin, cities):
    answer = admin.post(YY, {"export_all": "job_csv"})
    work()
    page = Page(admin.get(answer["Location"]))
    (url,) = (e["attrs"]["href"] for e in page.all("a") if "unpacked" in e["attrs"]["href"])
    file = b"".join(admin.get(url))
    assert file.count(b"\n") == 6
    answer = sent(admin, file)
    work()
    text = words(admin, answer["Location"])
    assert "Same, not written 5" in text
    assert "New 0 Changed 0" in text
