"""Pages of jobs: ordered from a list, looked at, confirmed, steered, undone."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tables.admin.jobs.views import STOP_POLLING
from tables.dynamodb.history_table import create_history_table
from tables.jobs.runner import Hands, work_on_job
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


def confirmed(client, url, typed):
    etag = Page(client.get(url)).one("input", name="etag")["attrs"]["value"]
    return client.post(f"{url}confirm/", {"typed": typed, "etag": etag})


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
    answer = confirmed(admin, url, "4")
    assert "Type “5” to confirm. Nothing was written." in words(admin, answer["Location"])
    assert stored("cities", KEY)
    confirmed(admin, url, "5")
    work()
    assert "5 done" in words(admin, url)
    assert stored("cities", KEY) is None


def test_the_first_differences_are_shown_to_who_asks(admin, cities):
    url = ordered(admin, **{**SET, "path": "zone", "tag": "S", "text": "north"})
    work()
    assert "zonewest north" in words(admin, f"{url}?show=examples")
    deleting = ordered(admin, "delete_selected")
    work()
    assert "YY · YY-00deleted" in words(admin, f"{deleting}?show=examples")


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
    assert "HX-Refresh" not in under_way
    work()
    for part in ("", "?part=words"):
        answer = admin.get(f"{url}progress/{part}")
        assert answer.status_code == STOP_POLLING
        assert "hx-get" not in answer.content.decode()
        assert "Waits for your yes" in answer.content.decode()
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


def test_a_whole_job_is_undone(admin, cities, settings):
    settings.HISTORY = True
    create_history_table(settings.HISTORY_TABLE)
    url = ordered(admin, **SET)
    work()
    confirmed(admin, url, "Cities")
    work()
    assert "Undo this job" in words(admin, url)
    undoing = admin.post(f"{url}undo/")["Location"]
    work()
    assert "5 done" in words(admin, undoing)
    assert "seen" not in stored("cities", KEY)
    assert "Undo this job" not in words(admin, url)


def test_without_history_there_is_no_way_back_and_none_is_offered(admin, cities, settings):
    settings.HISTORY = False
    url = ordered(admin, **SET)
    work()
    confirmed(admin, url, "Cities")
    work()
    assert "Undo this job" not in words(admin, url)


# ------------------------------------------------------------------ the list of jobs


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
