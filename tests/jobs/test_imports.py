"""Import and export as whole jobs: what goes out comes back, and what is shown is written."""

import codecs
import gzip
import io
import math
import uuid
from csv import reader

import pytest

from tables.core.errors import Forbidden, InvalidRequest, JobConflict, TooLarge
from tables.core.keys_seen import KeysSeen
from tables.core.preconditions import state_of
from tables.core.sheets import csv_lines
from tables.dynamodb.client import call
from tables.jobs import files, staging
from tables.jobs.finding import progress, report_rows
from tables.jobs.kinds import checking, exports, import_orders, imports
from tables.jobs.kinds.scan_pages import warning_of
from tables.jobs.kinds.which import plan_of
from tables.jobs.orders import confirm, set_pace, start
from tables.jobs.undoing import undo_job
from tables.models import Job
from tables.records.jobs.reports import rows_with
from tests.core.workbook_files import workbook
from tests.jobs.conftest import counts, ordered, person, report, target_of, work
from tests.tables import fill, store, stored

pytestmark = pytest.mark.django_db

LONG = "12345678901234567890123456789012345678"
EVERY_TYPE = {
    "s": {"S": '=1+1, "quoted"\r\nand a \u0000 and \U0001f600'},
    "empty": {"S": ""},
    "guard": {"S": "'=1"},
    "n": {"N": LONG},
    "b": {"B": "+A=="},
    "yes": {"BOOL": True},
    "nothing": {"NULL": True},
    "list": {"L": [{"N": LONG}, {"M": {}}, {"BOOL": False}]},
    "map": {"M": {"a.b": {"S": "x"}, "list": {"L": []}}},
    "deep": {"M": {"tags": {"SS": ["a"]}, "raw": {"B": "AA=="}}},
    "ss": {"SS": ["", "=a"]},
    "ns": {"NS": ["1", "-2.5"]},
    "bs": {"BS": ["AA==", "AQ=="]},
    "a.b": {"S": "a name with a dot"},
}


def things(count, **attributes):
    items = [{"id": {"S": f"t{i:03}"}, "n": {"N": str(i)}, **attributes} for i in range(count)]
    fill("real-things", items)
    return items


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    storage = {**settings.STORAGES["jobs"]}
    storage["OPTIONS"] = {**storage["OPTIONS"], "location": tmp_path / "jobs"}
    settings.STORAGES = {**settings.STORAGES, "jobs": storage}


def checked(caller, data, alias="Things", **given):
    """An import that was checked."""
    upload = files.keep_upload(caller, [data])
    return work(start(caller, "import", alias, {"upload": upload, **given})[0])


def imported(caller, data, alias="Things", **given):
    """An import from end to end."""
    return ordered(
        caller, "import", {"upload": files.keep_upload(caller, [data]), **given}, alias=alias
    )


def found(job):
    return {name: job.estimate[name] for name in imports._OUTCOMES if job.estimate[name]}


def exported(caller, name, **given):
    job = ordered(caller, "export", {"filter": {}, "format": name, **given})
    assert job.state == "finished", job.failure
    return b"".join(exports.output(job, is_unpacked=True).blocks)


def csv(*rows):
    return "".join(f"{row}\r\n" for row in rows).encode()


# ---------------------------------------------------------------- round trips


@pytest.mark.parametrize("name", exports.FORMATS)
def test_what_is_exported_comes_back_as_the_same_and_nothing_is_written(tables, calls, name):
    ann = person("admins")
    things(30)
    for position, (attribute, value) in enumerate(EVERY_TYPE.items()):
        # The same name with another type in other items: no column has one type alone.
        store("real-things", {"id": {"S": f"x{position}"}, "mixed": value, attribute: value})
    store("real-things", {"id": {"S": "all"}, **EVERY_TYPE})
    data = exported(ann, name)
    calls.clear()

    job = checked(ann, data, mode="replace" if name != "csv_shown" else "upsert")

    assert (job.state, found(job)) == ("ready", {"same": 45})
    assert set(calls) <= {"BatchGetItem", "DescribeTable", "DescribeTimeToLive"}


def test_an_exact_export_makes_the_same_items_where_there_are_none(tables):
    ann = person("admins")
    items = [
        {"id": {"S": f"x{i}"}, name: value} for i, (name, value) in enumerate(EVERY_TYPE.items())
    ]
    fill("real-things", items)
    heads, *rows = csv_rows(exported(ann, "csv"))
    for item in items:
        call("DeleteItem", TableName="real-things", Key={"id": item["id"]})

    job = imported(ann, csv_lines([heads[:-1], *(row[:-1] for row in rows)]), mode="create")

    assert counts(job) == {"done": len(items)}
    assert [state_of(stored("real-things", item["id"]["S"])) for item in items] == [
        state_of(item) for item in items
    ]


def test_edits_in_a_spreadsheet_are_written_and_nobody_elses_are_lost(tables):
    ann = person("admins")
    things(20, status={"S": "new"}, code={"S": "007"})
    heads, *rows = csv_rows(exported(ann, "csv"))
    status, code = heads.index("status:S"), heads.index("code:S")
    edited = {row[0]: row for row in rows}
    for name in ("t003", "t004", "t005"):
        edited[name][status] = "sent"
    edited["t006"][code] = "7"
    edited["t007"][code], edited["t007"][status] = "7", "sent"
    store("real-things", {"id": {"S": "t004"}, "n": {"N": "4"}, "status": {"S": "theirs"}})
    store("real-things", {"id": {"S": "t010"}, "status": {"S": "theirs"}})
    call("DeleteItem", TableName="real-things", Key={"id": {"S": "t011"}})

    job = checked(ann, csv_lines([heads, *edited.values()]))

    assert found(job) == {"changed": 3, "same": 14, "conflict": 2, "refused": 1}
    told = {row[0]: row[1:] for row in report(job)}
    assert told["t003"] == ("done", "changed")
    assert told["t004"] == ("changed", "conflict")
    assert told["t006"] == ("refused", "mangled_zeros")
    assert told["t010"] == ("same", "")
    assert told["t011"] == ("changed", "item_not_found")

    job = work(confirm(job, ann, job.etag))

    assert counts(job) == {"done": 3, "same": 14, "changed": 2, "refused": 1}
    assert {
        name: stored("real-things", name)["status"]["S"] for name in ("t003", "t004", "t007")
    } == {
        "t003": "sent",
        "t004": "theirs",
        "t007": "sent",
    }
    assert stored("real-things", "t007")["code"] == {"S": "007"}
    (kept,) = [row for row in rows_with(job, {"done"}) if row.code]
    assert (kept.key, kept.code) == ("t007", "mangled_zeros")
    assert kept.detail.startswith("code:S: ")
    assert "The stored value is kept." in kept.detail
    assert "007" not in kept.detail
    assert job.estimate["kept"] == 1


# ---------------------------------------------------------------- what is shown


def test_the_difference_shows_each_row_beside_what_is_stored(tables):
    ann = person("admins")
    things(3, zip={"S": "01000"})
    data = csv("id,n,zip", "t000,5,1000", "t001,1,01000", "new,x,1", "t000,1,1", ",1,1")

    job = checked(ann, data)

    assert found(job) == {"new": 1, "changed": 1, "same": 1, "refused": 2}
    rows = imports.differences(job, target_of(ann))
    assert [(row.line, row.number, row.verdict) for row in rows] == [
        (2, 1, "changed"),
        (3, 2, "same"),
        (4, 3, "new"),
        (5, 4, "refused"),
        (6, 5, "refused"),
    ]
    first = rows[0]
    assert (first.key, first.before["n"], first.after["n"]) == (
        {"id": {"S": "t000"}},
        {"N": "0"},
        {"N": "5"},
    )
    assert [(fault.column, fault.code) for fault in first.faults] == [("zip", "mangled_zeros")]
    assert rows[3].faults[0].detail == "Line 2 of the file names the same item."
    assert (rows[4].key, rows[4].faults[0].column) == (None, "/id")
    (only,) = imports.differences(job, target_of(ann), "new")
    assert only.after == {"id": {"S": "new"}, "n": {"S": "x"}, "zip": {"S": "1"}}
    assert imports.differences(job, target_of(ann), "refused", start=1, most=5) == rows[4:]


def test_an_exact_csv_that_was_read_in_another_encoding_is_kept_out_and_counted(tables):
    ann = person("admins")
    text, tags = {"S": "Andò-la-Vyèy"}, {"SS": ["ò", "x"]}
    things(3, name=text, tags=tags)
    store("real-things", {"id": {"S": "Łódź"}, "name": text})
    data = exported(ann, "csv")
    assert data.startswith(codecs.BOM_UTF8)
    misread = data.removeprefix(codecs.BOM_UTF8).decode("latin-1").replace('"0"', '"7"').encode()

    job = checked(ann, misread)

    assert found(job) == {"changed": 1, "refused": 3}
    assert job.estimate["kept"] == 1
    told = {row.key["id"]["S"]: row for row in imports.differences(job, target_of(ann))}
    codes = [(fault.column, fault.code) for fault in told["t000"].faults]
    assert codes == [("name:S", "mangled_encoding"), ("tags:SS", "mangled_encoding")]
    key = next(row for name, row in told.items() if name.startswith("Å"))
    assert (key.verdict, key.faults[0].code) == ("refused", "mangled_encoding")
    job = work(confirm(job, ann, job.etag))
    assert (counts(job), job.estimate["kept"]) == ({"done": 1, "refused": 3}, 1)
    assert stored("real-things", "t000") == {
        "id": {"S": "t000"}, "n": {"N": "7"}, "name": text, "tags": tags
    }  # fmt: skip


def test_a_later_page_of_differences_opens_no_chunk_before_it(history, monkeypatch):
    monkeypatch.setattr(staging, "MOST_ROWS", 4)
    ann, opened, get = person("admins"), [], staging.get
    things(6)
    job = checked(ann, csv("id,n", *(f"t{n:03},{n % 6 if n != 4 else 9}" for n in range(20))))
    assert found(job) == {"new": 14, "changed": 1, "same": 5}
    monkeypatch.setattr(staging, "get", lambda job, n: opened.append(n) or get(job, n))

    def lines(*verdicts, start, most=3):
        opened.clear()
        rows = imports.differences(job, target_of(ann), *verdicts, start=start, most=most)
        return [row.number for row in rows]

    assert lines("new", "changed", start=10) == [16, 17, 18]
    assert opened == [3, 4]
    assert lines("same", start=4) == [6]
    assert opened == [1]
    assert lines("new", start=12, most=9) == [19, 20]
    assert opened == [4]
    assert lines(start=18, most=9) == [19, 20]
    assert lines("conflict", start=0) == []


def test_37_a_report_holds_no_content_of_cells_or_items(tables):
    ann = person("admins")
    store("real-things", {"id": {"S": "a"}, "zip": {"S": "0111"}, "n": {"N": "1"}})
    job = checked(ann, csv("id,zip,n", "a,111,secret", ",222,3"))
    told = " ".join(row.detail for row in rows_with(job))
    assert "zip" in told
    assert not any(content in told for content in ("0111", "111", "secret", "222"))


def test_a_report_says_in_words_what_is_wrong_with_each_row_and_where(tables):
    ann = person("admins")
    store("real-things", {"id": {"S": "a"}, "zip": {"S": "0111"}, "yes": {"S": "true"}})
    lines = ("a,111,TRUE,", "b,2", "c,,,x", ",3,,", "d,1,,", "d,2,,", 'e,"never', "a,0111,true,y")
    job = checked(ann, csv("id,zip,yes,", *lines))
    told = {row.line: row.detail for row in rows_with(job)}
    kept = "The stored value is kept."
    assert told == {
        2: f"zip: A spreadsheet has dropped its leading zeros. {kept}"
        f" yes: A spreadsheet has made its own word for true or false of it. {kept}",
        3: "The line has 2 cells, and there are 4 columns.",
        4: "This cell stands under no head.",
        5: "id: The key attribute 'id' is missing.",
        6: "",
        7: "Line 6 of the file names the same item.",
        8: "The line can't be read as CSV: a quote opens a cell, and none closes it.",
        9: "Line 2 of the file names the same item.",
    }


@pytest.mark.parametrize("kind", ["plain", "packed", "wide", "workbook"])
def test_about_how_many_rows_there_are_is_known_before_they_are_read(history, kind):
    lines = [f"a{i},{uuid.uuid4()}" for i in range(20_000 if kind != "workbook" else 1500)]
    text = csv("id,x", *lines)
    data = {
        "plain": text,
        "packed": gzip.compress(text),
        "wide": b"\xff\xfe" + text.decode().encode("utf-16-le"),
        "workbook": workbook([line.split(",") for line in ["id,x", *lines]]),
    }[kind]
    ann = person("admins")
    job, _ = start(ann, "import", "Things", {"upload": files.keep_upload(ann, [data])})
    assert 0.8 * len(lines) <= job.spec["count"] <= 1.25 * len(lines)


def test_a_check_tells_what_the_writes_will_take(kept):
    ann = person("admins")
    things(3)
    job = checked(ann, csv("id,n", "t000,0", "t001,7", "new,1", ",2"))
    assert counts(job) == {"done": 2, "same": 1, "refused": 1}
    each = {"in transactions": 2 + 4, "announced": 1 + 6, "without history": 1}[kept]
    assert (job.totals["write_units"], job.estimate["write_units"]) == (2 * each, 2 * each)


def test_a_row_that_is_taken_without_one_of_its_cells_says_which(tables):
    store("real-things", {"id": {"S": "a"}, "n": {"N": "1"}, "m": {"S": "0815"}})
    job = checked(person("admins"), csv("id,n,m", "a,2,815"))
    ((code, told),) = [(row.code, row.detail) for row in rows_with(job)]
    assert code == "changed"
    assert told.startswith("m: ")
    assert "815" not in told


def test_what_a_schema_or_the_service_refuses_is_refused_in_the_check(tables):
    ann = person("admins")
    store("real-named", {"id": {"S": "wrong"}, "code": {"S": "a"}})
    job = checked(ann, csv("id,code", "mine,b", ",c"), alias="Named")
    assert found(job) == {"new": 1, "refused": 1}
    assert [code for _, outcome, code in report(job) if outcome == "refused"] == ["invalid_request"]
    job = work(confirm(job, ann, job.etag))
    assert counts(job) == {"done": 1, "refused": 1}


# ---------------------------------------------------------------- writing


def test_37_what_changed_after_the_check_is_left_alone(kept):
    ann = person("admins")
    things(4)
    job = checked(ann, csv("id,n", "t000,100", "t001,101", "t002,102", "new,1", "both,2"))
    store("real-things", {"id": {"S": "t000"}, "n": {"N": "7"}})
    store("real-things", {"id": {"S": "t001"}, "n": {"N": "101"}})
    store("real-things", {"id": {"S": "new"}, "n": {"N": "9"}})

    job = work(confirm(job, ann, job.etag))

    assert (job.state, counts(job)) == ("finished", {"done": 2, "same": 1, "changed": 2})
    now = {
        name: stored("real-things", name)["n"] for name in ("t000", "t001", "t002", "new", "both")
    }
    assert now == {
        "t000": {"N": "7"},
        "t001": {"N": "101"},
        "t002": {"N": "102"},
        "new": {"N": "9"},
        "both": {"S": "2"},
    }


def test_an_import_is_undone_as_one(history):
    ann = person("admins")
    before = things(3)
    job = imported(ann, csv("id,n", "t000,100", "new,1"))
    assert counts(job) == {"done": 2}
    undone = work(undo_job(job, ann))
    assert counts(undone) == {"done": 2}, report(undone)
    assert [stored("real-things", item["id"]["S"]) for item in before] == before
    assert stored("real-things", "new") is None


KINDS = """
superuser_groups = ["admins"]
[Base]
table = "real-things"
audit_attributes = false
[Things]
of = "Base"
when = { kind = "order" }
key = { id = "ORDER#{place}#{number:03}#{run}" }
key_only = ["number"]
make = { run = "ulid", day = "today" }
"""
ROWS = {
    "cells": b"place,number,n\r\nnorth,7,1\r\nsouth,x#y,2\r\n,3,4\r\n",
    "items": (
        b'{"place":"north","number":7,"n":1,"run":null}\n{"place":"south","number":"x#y","n":2}\n'
        b'{"number":3,"n":4}\n'
    ),
}


@pytest.mark.parametrize("rows", ROWS)
def test_rows_of_an_entity_get_their_keys_their_kind_and_what_is_made(
    tables, settings, tmp_path, rows
):
    settings.TABLES_FILE = tmp_path / "kinds.toml"
    settings.TABLES_FILE.write_text(KINDS)
    job = imported(person("admins"), ROWS[rows], kinds={"n": "N"} if rows == "cells" else {})

    (item,) = call("Scan", TableName="real-things")["Items"]
    run, day = item["run"]["S"], item["day"]["S"]
    assert item == {
        "id": {"S": f"ORDER#north#007#{run}"},
        "kind": {"S": "order"},
        "place": {"S": "north"},
        "run": {"S": run},
        "day": {"S": day},
        "n": {"N": "1"},
    }
    assert (len(run), len(day)) == (26, 10)
    assert counts(job)["refused"] == 2
    again = f"id,place,number,n\r\n{item['id']['S']},north,7,5\r\n".encode()
    assert counts(imported(person("admins"), again, kinds={"n": "N"}))["done"] == 1
    assert call("Scan", TableName="real-things")["Items"] == [{**item, "n": {"N": "5"}}]


@pytest.mark.parametrize(
    ("spec", "operation"),
    [
        ({"filter": '{"place": "north", "number": "7", "run": "1"}'}, "Query"),
        ({"query": "place=north&number=7&run=1"}, "Query"),
        ({"query": "place=north&number=7&run=1&plan=scan"}, "Scan"),
    ],
)
def test_jobs_read_an_entity_as_its_list_does(tables, settings, tmp_path, spec, operation):
    settings.TABLES_FILE = tmp_path / "kinds.toml"
    settings.TABLES_FILE.write_text(KINDS.replace('key_only = ["number"]', ""))

    assert plan_of(spec, target_of(person("admins"))).operation == operation


def test_a_column_that_keys_are_made_of_is_missed_by_its_name(tables, settings, tmp_path):
    settings.TABLES_FILE = tmp_path / "kinds.toml"
    settings.TABLES_FILE.write_text(KINDS)

    with pytest.raises(InvalidRequest) as caught:
        imported(person("admins"), b"place,n\r\nnorth,1\r\n")

    assert "No column is 'number', which the key is made of." in str(caught.value.message)


@pytest.mark.parametrize("cell", ["1,000", "abc", "1e999"])
@pytest.mark.parametrize("alone", ["", 'key_only = ["run"]'])
def test_a_cell_of_the_key_that_can_not_be_read_is_never_replaced(
    tables, settings, tmp_path, cell, alone
):
    settings.TABLES_FILE = tmp_path / "kinds.toml"
    settings.TABLES_FILE.write_text(
        KINDS.replace("{number:03}#{run}", "{run}")
        .replace('key_only = ["number"]', alone)
        .replace('run = "ulid"', 'run = "epoch"')
    )
    rows = f'place,run:N,n\r\nnorth,"{cell}",1\r\nsouth,,2\r\n'.encode()
    job = imported(person("admins"), rows)

    (item,) = call("Scan", TableName="real-things")["Items"]
    assert item["place"] == {"S": "south"}
    (bad,) = rows_with(job, ["refused"])
    assert (bad.line, bad.code) == (2, "invalid_value")
    assert bad.detail.startswith("run:N: ")


def test_a_bad_row_in_the_middle_stops_nothing(tables):
    ann = person("admins")
    lines = [f"a{i},{i}" for i in range(1200)]
    lines[600] = 'a600,"never closed'
    job = imported(ann, csv("id,n:N", *lines), mode="create")
    assert counts(job) == {"done": 1199, "refused": 1}
    assert len(call("Scan", TableName="real-things")["Items"]) == 1199
    (bad,) = rows_with(job, ["refused"])
    assert (bad.line, bad.key) == (602, "")


def test_a_stamp_is_the_services_and_a_version_counts_on(tables):
    ann = person("admins")
    store("real-counted", {"id": {"S": "a"}, "n": {"S": "1"}, "v": {"N": "4"}})
    job = imported(ann, csv("id,n,v", "a,2,1"), alias="Counted")
    assert counts(job) == {"done": 1}
    assert stored("real-counted", "a") == {"id": {"S": "a"}, "n": {"S": "2"}, "v": {"N": "5"}}


def test_the_same_key_in_two_chunks_is_found_by_a_process_that_reads_the_file_anew(
    tables, monkeypatch
):
    monkeypatch.setattr(staging, "MOST_ROWS", 3)
    monkeypatch.setattr(checking, "_MOST_LEFT", 1)
    ann = person("admins")
    lines = [f"a{i},{i}" for i in range(7)]
    leave = checking.leave

    def forget(work, held):
        leave(work, held)
        for each in checking._left.values():
            each.close()
        checking._left.clear()

    monkeypatch.setattr(checking, "leave", forget)
    data = gzip.compress(csv("id,n", *lines, "a1,9", "a6,9"))
    job = imported(ann, data, mode="create")
    assert counts(job) == {"done": 7, "refused": 2}
    assert [row.line for row in rows_with(job, ["refused"])] == [9, 10]


# ---------------------------------------------------------------- files


def test_a_windows_1252_file_is_imported_once_its_encoding_is_said(tables):
    ann = person("admins")
    data = "id;name\r\na;Müller “&” Söhne\r\n".encode("cp1252")
    upload = files.keep_upload(ann, [data])
    look = imports.look(target_of(ann), upload)
    assert (look.bad.line, look.bad.column, look.bad.byte) == (2, 4, 0xFC)
    assert look.lines["cp1252"] == ["a;Müller “&” Söhne"]
    with pytest.raises(InvalidRequest, match="Line 2, column 4 is not UTF-8: FC"):
        start(ann, "import", "Things", {"upload": upload})
    job = ordered(ann, "import", {"upload": upload, "encoding": "Windows-1252"})
    assert counts(job) == {"done": 1}
    assert stored("real-things", "a")["name"] == {"S": "Müller “&” Söhne"}


def test_a_workbook_is_imported_and_its_long_numbers_are_not(tables):
    ann = person("admins")
    store("real-things", {"id": {"S": "b"}, "card": {"S": "4111111111111111"}})
    rows = [["id", "n", "card"], ["a", 1.5, 5], ["b", 2, 4111111111111110]]
    job = checked(ann, workbook(rows), kinds={"n": "N"})
    assert found(job) == {"new": 1, "changed": 1}
    job = work(confirm(job, ann, job.etag))
    assert stored("real-things", "a")["n"] == {"N": "1.5"}
    assert stored("real-things", "b") == {
        "id": {"S": "b"},
        "card": {"S": "4111111111111111"},
        "n": {"N": "2"},
    }


def test_an_export_of_dynamodbs_own_is_imported(tables):
    ann = person("admins")
    line = b'{"Item":{"id":{"S":"a"},"tags":{"SS":["x"]}}}\n'
    job = imported(ann, gzip.compress(line))
    assert counts(job) == {"done": 1}
    assert stored("real-things", "a")["tags"] == {"SS": ["x"]}


@pytest.mark.parametrize(
    ("data", "given", "message"),
    [
        (csv("id,n", "a,1"), {"mode": "merge"}, '"mode" is one of'),
        (csv("id,n", "a,1"), {"more": 1}, "no 'more'"),
        (csv("id,n", "a,1"), {"taken": ["x"]}, "no column 'x'"),
        (csv("id,n", "a,1"), {"taken": "n"}, "list of columns"),
        (csv("id,n", "a,1"), {"kinds": {"n": "X"}}, '"kinds" gives'),
        (csv("id,n", "a,1"), {"format": "xlsx"}, "can't be read as"),
        (csv("id,n;m", "a,1"), {}, "say the delimiter, ',', ';'"),
        (csv("id,n", "a,1"), {"encoding": "klingon"}, "those are UTF-8, Windows-1252"),
        (b'[{"id": "a"}]\n[{"id": "b"}]', {}, "More follows the array"),
        (csv("name,n", "a,1"), {}, "No column is the key attribute 'id'"),
        (b"$ion_1_0 {Item:{}}", {}, "Amazon Ion"),
    ],
)
def test_an_order_that_can_not_be_followed_is_refused_at_once(history, data, given, message):
    with pytest.raises(InvalidRequest, match=message):
        checked(person("admins"), data, **given)


def test_37_an_upload_is_its_senders_alone_and_not_for_ever(history):
    ann, bob = person("admins"), person("admins", sub="bob")
    upload = files.keep_upload(ann, [csv("id,n", "a,1")])
    with pytest.raises(InvalidRequest, match="Send it again"):
        imports.look(target_of(bob), upload)
    with pytest.raises(InvalidRequest, match="Send it again"):
        imports.look(target_of(ann), "../../secret")
    files.tidy_uploads()
    assert imports.look(target_of(ann), upload).reading.is_decided
    files.drop_upload(ann, upload)
    with pytest.raises(InvalidRequest, match="Send it again"):
        imports.look(target_of(ann), upload)


def test_an_upload_ends_at_its_most_bytes_and_leaves_nothing(monkeypatch, settings, db):
    monkeypatch.setattr(files, "MAX_UPLOAD", 2**20)
    with pytest.raises(TooLarge, match="at most 1 MB"):
        files.keep_upload(person("admins"), iter(lambda: b"x" * 1000, None))
    place = settings.STORAGES["jobs"]["OPTIONS"]["location"]
    assert not [path for path in place.rglob("*") if path.is_file()]


def test_37_stored_files_are_for_the_site_alone(settings, db):
    files.keep_upload(person("admins"), [b"x"])
    place = settings.STORAGES["jobs"]["OPTIONS"]["location"]
    (path,) = [path for path in place.rglob("*") if path.is_file()]
    assert path.stat().st_mode & 0o777 == 0o600


# ---------------------------------------------------------------- rights


@pytest.mark.parametrize(
    ("group", "mode", "is_allowed"),
    [
        ("adders", "create", True),
        ("adders", "upsert", False),
        ("changers", "update", True),
        ("changers", "create", False),
        ("readers", "update", False),
    ],
)
def test_37_an_import_takes_the_rights_of_its_mode(history, group, mode, is_allowed):
    things(1)
    caller = person(group)
    upload = files.keep_upload(caller, [csv("id,n", "t000,1", "a,1")])
    if is_allowed:
        assert (
            work(start(caller, "import", "Things", {"upload": upload, "mode": mode})[0]).state
            == "ready"
        )
    else:
        with pytest.raises(Forbidden):
            start(caller, "import", "Things", {"upload": upload, "mode": mode})


def test_37_long_rows_count_as_many_before_all_of_them_are_read(history, monkeypatch):
    monkeypatch.setattr(import_orders, "MAX_LOOKED_AT", 5_000)
    read, places_of = [], import_orders.places_of
    monkeypatch.setattr(
        import_orders, "places_of", lambda *at: (read.append(row) or row for row in places_of(*at))
    )
    data = csv("id,n", *(f"a{n},{'x' * 1000}" for n in range(40)))
    ann = person("staff")
    given = {"upload": files.keep_upload(ann, [data]), "mode": "create"}
    with pytest.raises(Forbidden, match="more than 1,000 items"):
        start(ann, "import", "Things", given)
    assert len(read) == 5
    assert start(person("staff", "admins"), "import", "Things", given)[1]


def test_37_more_rows_than_a_page_shows_take_the_right_for_many(history):
    caller = person("staff")
    few, many = (
        files.keep_upload(caller, [csv("id,n", *(f"a{i},1" for i in range(count)))])
        for count in (1000, 1001)
    )
    assert start(caller, "import", "Things", {"upload": few})[1]
    with pytest.raises(Forbidden):
        start(caller, "import", "Things", {"upload": many})


def test_what_the_check_has_counted_is_what_the_writing_expects(history, monkeypatch):
    monkeypatch.setattr(import_orders, "_count", lambda _file, _reading: 99)
    ann = person("admins")
    job = checked(ann, csv("id,n", *(f"t{n},{n}" for n in range(20))))
    assert (job.totals["scanned"], job.totals["matched"]) == (20, 20)
    confirm(job, ann, job.etag, by_token=False)
    set_pace(job, 2)
    waiting = progress(Job.objects.get(pk=job.pk))
    assert waiting.expected == 20
    assert waiting.seconds_left == math.ceil(job.totals["write_units"] / 2) > 0
    job = work(job)
    assert (progress(job).expected, int(job.totals["matched"])) == (20, 20)
    # So far each item took its share of the units: as many again take as long again.
    Job.objects.filter(pk=job.pk).update(state="running", estimate={"items": 40})
    half = progress(Job.objects.get(pk=job.pk))
    assert half.seconds_left == math.ceil(job.totals["write_units"] / 2)


# ---------------------------------------------------------------- exports


def test_an_export_is_one_file_of_its_pieces(tables, monkeypatch):
    monkeypatch.setattr(exports, "_MOST_ITEMS", 10)
    monkeypatch.setattr("tables.jobs.kind.MOST_IN_CHUNK", 10)
    ann = person("admins")
    things(35)
    job = ordered(ann, "export", {"query": "n__lt=30", "format": "typed_lines"})
    output = exports.output(job)
    assert output.name.startswith("Things-")
    assert output.name.endswith(".dynamodb.jsonl.gz")
    lines = gzip.decompress(b"".join(output.blocks)).splitlines()
    assert len(lines) == 30
    assert counts(job) == {"done": 30}
    assert int(job.totals["matched"]) == 30
    assert list(report_rows(job, target_of(ann))) == []


def test_nothing_is_fetched_before_the_end(history):
    ann = person("admins")
    job, _ = start(ann, "export", "Things", {"filter": {}})
    with pytest.raises(JobConflict, match="nothing to fetch yet"):
        exports.output(job)


def test_37_an_export_takes_its_right_and_a_known_format(history):
    with pytest.raises(Forbidden):
        start(person("readers"), "export", "Things", {"filter": {}})
    with pytest.raises(InvalidRequest, match='"format" is one of'):
        start(person("admins"), "export", "Things", {"filter": {}, "format": "parquet"})


def test_a_piece_that_a_frozen_worker_ends_late_does_not_count(history):
    ann = person("admins")
    things(5)
    job, _ = start(ann, "export", "Things", {"filter": {}, "format": "typed_lines"})
    job = work(job)
    (row,) = rows_with(job)
    late = row.detail.replace(row.detail[-19:], "0123456789abcdef.gz")
    files.put(late, [b"{}\n"])
    assert b"".join(exports.output(job, is_unpacked=True).blocks).count(b"\n") == 5


def csv_rows(data):
    return list(reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


# ---------------------------------------------------------------- the last line wins

TWICE = ["id,n:N", "a,1", "b,2", "a,3", "c,x", "c,4", "b,5", "a,6", "d,7", "d,x"]


@pytest.mark.parametrize("chunk", [500, 3, 1])
def test_the_last_line_that_names_an_item_wins_where_that_is_chosen(tables, monkeypatch, chunk):
    monkeypatch.setattr(staging, "MOST_ROWS", chunk)
    monkeypatch.setattr(checking, "KeysSeen", lambda: KeysSeen(most_in_memory=2))
    ann = person("admins")

    job = checked(ann, csv(*TWICE), duplicates="last")

    rows = imports.differences(job, target_of(ann))
    assert [(row.line, row.verdict) for row in rows] == [
        *((2, "refused"), (3, "refused"), (4, "refused"), (5, "refused"), (6, "new")),
        *((7, "new"), (8, "new"), (9, "refused"), (10, "refused")),
    ]
    told = [(row.line, row.faults[0].code, row.faults[0].detail) for row in rows if row.faults]
    taken = "Line {} of the file names the same item, and is taken."
    overruled = {2: 8, 3: 7, 4: 8, 5: 6, 9: 10}
    assert told[:-1] == [
        (line, "overruled", taken.format(last)) for line, last in overruled.items()
    ]
    assert told[-1][:2] == (10, "invalid_value")  # what wins is read as any other
    job = work(confirm(job, ann, job.etag))
    assert (counts(job), job.totals["scanned"]) == ({"done": 3, "refused": 6}, 9)
    numbers = [(stored("real-things", name) or {}).get("n") for name in "abcd"]
    assert numbers == [{"N": "6"}, {"N": "5"}, {"N": "4"}, None]


@pytest.mark.parametrize("dies_after", range(1, 8))
def test_it_wins_whoever_goes_on_with_the_file(tables, monkeypatch, dies_after):
    monkeypatch.setattr(staging, "MOST_ROWS", 3)
    ann, left = person("admins"), []

    def forget(work, held):
        """As if the next chunk were another worker's."""
        left.append(held.names_keys)
        if len(left) == dies_after:
            held.close()
        else:
            leave(work, held)

    leave = checking.leave
    monkeypatch.setattr(checking, "leave", forget)

    job = checked(ann, csv(*TWICE), duplicates="last")

    assert {True, False} == {*left}
    assert found(job) == {"new": 3, "refused": 6}


def test_what_becomes_of_two_lines_is_one_of_two(tables):
    with pytest.raises(InvalidRequest, match="refuse, last") as told:
        checked(person("admins"), csv(*TWICE), duplicates="first")
    assert told.value.problems[0].pointer == "/duplicates"


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"encoding": "zz"}, "/encoding"),
        ({"delimiter": "zz"}, "/delimiter"),
        ({"taken": ["zz"]}, "/taken"),
        ({"cleared": ["zz"]}, "/cleared"),
        ({"kinds": {"zz": "N"}}, "/kinds"),
        ({"left_out": ["id"]}, "/left_out"),
    ],
    ids=str,
)
def test_what_is_wrong_with_an_order_says_at_which_member(tables, given, pointer):
    with pytest.raises(InvalidRequest) as told:
        checked(person("admins"), csv("id,n:N", "a,1"), **given)
    assert [problem.pointer for problem in told.value.problems] == [pointer]


def test_what_has_to_be_said_of_a_file_says_by_which_member(tables):
    for data, pointer in (
        (b"id,n\r\na,\xe9\r\n", "/encoding"),
        (b"id,n;m\r\na,1;2\r\n", "/delimiter"),
    ):
        with pytest.raises(InvalidRequest) as told:
            checked(person("admins"), data)
        assert [problem.pointer for problem in told.value.problems] == [pointer]


def test_typed_lines_are_known_by_how_they_are_built_whatever_is_wrong_with_their_values(tables):
    ann = person("admins")
    lines = [b'{"id": {"S": "%d"}, "n": {"N": "many"}}\n' % n for n in range(4)]

    job = checked(ann, b"".join(lines))

    assert {row.faults[0].column for row in imports.differences(job, target_of(ann))} == {"/n/N"}


def test_a_typed_line_among_plain_ones_is_refused_for_what_it_is(tables):
    ann = person("admins")
    job = checked(ann, b'{"id": "a"}\n{"id": {"S": "b"}}\n')
    one, other = imports.differences(job, target_of(ann))
    assert (one.verdict, other.verdict, other.line) == ("new", "refused", 2)
    assert other.faults[0].detail.startswith("This is typed JSON, and most of the file is plain")


PAGES = {
    "a key": (b',"Count":2,"LastEvaluatedKey":{"id":{"S":"]}"}}}', True),
    "a token of the CLI": (b' , "Count": 2, "NextToken": "eyJ4Ijog" }\n', True),
    "no key": (b',"Count":2,"ScannedCount":2}', False),
    "nothing in the key": (b',"LastEvaluatedKey":null}', False),
}


@pytest.mark.parametrize("is_packed", [False, True])
@pytest.mark.parametrize("name", PAGES)
def test_a_file_that_is_one_page_of_a_scan_says_so_and_is_taken(tables, name, is_packed):
    behind, is_page = PAGES[name]
    data = b'{"Items": [{"id":{"S":"a"}},\n{"id":{"S":"b"},"x":{"L":[]}} ]' + behind
    ann = person("admins")
    job = checked(ann, gzip.compress(data) if is_packed else data)
    assert (job.state, found(job)) == ("ready", {"new": 2})
    assert (warning_of(job) is not None) == is_page
    job = work(confirm(job, ann, job.etag))
    assert (job.state, counts(job)) == ("finished", {"done": 2})
    assert (warning_of(job) is not None) == is_page


def test_an_empty_page_of_a_scan_says_so_too(tables):
    job = checked(person("admins"), b'{"Items":[],"LastEvaluatedKey":{"id":{"S":"a"}}}')
    assert (job.state, warning_of(job) is not None) == ("ready", True)


def test_how_many_rows_a_file_has_is_told_when_they_are_counted(history, monkeypatch):
    monkeypatch.setattr(import_orders, "_count", lambda _file, _reading: 1234)
    ann = person("admins")
    upload = files.keep_upload(ann, [csv("id,n", "a,1", "b,2", "c,3")])
    job, _ = start(ann, "import", "Things", {"upload": upload})
    assert import_orders.counted(job) is None
    job = work(job)
    assert import_orders.counted(job) == 3
    job = work(confirm(job, ann, job.etag))
    assert (job.state, import_orders.counted(job)) == ("finished", 3)
