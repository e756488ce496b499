"""What each kind of job does to items, on every engine and in every way that history is kept."""

import pytest

from tables.core.errors import Forbidden, InvalidRequest, TableNotFound, TablesError
from tables.dynamodb import writes
from tables.dynamodb.client import call
from tables.dynamodb.history_table import create_history_table
from tables.jobs.finding import progress
from tables.jobs.orders import How, start, want
from tables.jobs.undoing import undo_job
from tables.records.jobs.reports import rows_with
from tests.contract.conftest import make_tables
from tests.jobs.conftest import counts, ordered, person, report, work
from tests.tables import fill, store, stored

pytestmark = pytest.mark.django_db

EVERYTHING = {"filter": {}}
LONG = "12345678901234567890123456789012345678"


def things(count, **attributes):
    items = [
        {"id": {"S": f"t{number:03}"}, "n": {"N": str(number)}, **attributes}
        for number in range(count)
    ]
    fill("real-things", items)
    return items


def setting(name, value):
    return {"action": "set", "path": name, "value": value}


def all_stored(table="real-things"):
    found = call("Scan", TableName=table, ConsistentRead=True)["Items"]
    return sorted(found, key=lambda item: item["id"]["S"])


def test_a_value_is_set_on_all_that_match_and_taken_back(kept):
    before = things(120, note={"S": "old"})
    ann = person("admins")
    order = {"query": "n__lt=100", "changes": [setting("note", {"S": "new"})]}

    job = ordered(ann, "change", order)

    assert (job.state, counts(job)) == ("finished", {"done": 100})
    notes = [item["note"]["S"] for item in all_stored()]
    assert notes == ["new"] * 100 + ["old"] * 20
    if kept == "without history":
        return
    store("real-things", {**before[7], "note": {"S": "theirs"}})
    store("real-things", {**before[8], "note": {"S": "new"}, "more": {"S": "theirs"}})

    undone = work(undo_job(job, ann))

    assert (undone.state, counts(undone)) == ("finished", {"done": 99, "changed": 1})
    assert report(undone, "changed") == [("t007", "changed", "undo_conflict")]
    left = all_stored()
    assert left[7]["note"] == {"S": "theirs"}
    assert left[8] == {**before[8], "more": {"S": "theirs"}}
    assert left[:7] + left[9:] == before[:7] + before[9:]


def test_each_action_does_to_an_item_what_it_says(tables):
    store(
        "real-things",
        {
            "id": {"S": "a"},
            "n": {"N": LONG},
            "gone": {"S": "x"},
            "tags": {"SS": ["x"]},
            "list": {"L": [{"N": "1"}]},
            "old": {"M": {"k": {"BOOL": True}}},
            "text": {"S": " 007.50 "},
        },
    )
    changes = [
        setting("set", {"N": LONG}),
        {"action": "remove", "path": "gone"},
        {"action": "add", "path": "tags", "value": {"SS": ["y"]}},
        {"action": "append", "path": "list", "value": {"L": [{"NULL": True}]}},
        {"action": "rename", "path": "old", "to": "new"},
        {"action": "retype", "path": "text", "type": "N"},
        {"action": "add", "path": "n", "value": {"N": "-1"}},
    ]

    job = ordered(person("admins"), "change", {"keys": ["a"], "changes": changes})

    assert counts(job) == {"done": 1}
    after = stored("real-things", "a")
    assert sorted(after.pop("tags")["SS"]) == ["x", "y"]
    assert after == {
        "id": {"S": "a"},
        "n": {"N": LONG[:-1] + "7"},
        "set": {"N": LONG},
        "list": {"L": [{"N": "1"}, {"NULL": True}]},
        "new": {"M": {"k": {"BOOL": True}}},
        "text": {"N": "7.5"},
    }


def test_what_does_not_fit_is_refused_for_itself_and_the_rest_is_done(kept):
    things(4)
    store("real-things", {"id": {"S": "t001"}, "n": {"S": "no number"}})
    order = {**EVERYTHING, "changes": [{"action": "add", "path": "n", "value": {"N": "1"}}]}

    job = ordered(person("admins"), "change", order)

    assert counts(job) == {"done": 3, "refused": 1}
    assert report(job, "refused") == [("t001", "refused", "invalid_expression")]
    assert [item["n"] for item in all_stored()] == [
        {"N": "1"},
        {"S": "no number"},
        {"N": "3"},
        {"N": "4"},
    ]


def test_what_is_as_wanted_is_not_written(kept, calls):
    things(3, note={"S": "new"})
    job = ordered(
        person("admins"), "change", {**EVERYTHING, "changes": [setting("note", {"S": "new"})]}
    )
    assert counts(job) == {"same": 3}
    assert not {"UpdateItem", "TransactWriteItems"} & {*calls}


def test_a_delete_is_looked_at_first_and_taken_back(kept):
    before = things(60)
    ann = person("admins")
    job = work(start(ann, "delete", "Things", {"query": "n__gte=10"})[0])
    assert (job.state, counts(job), len(all_stored())) == ("ready", {"done": 50}, 60)
    assert job.estimate["writes"] == 50

    job = ordered(ann, "delete", {"query": "n__gte=10"})

    assert (job.state, counts(job)) == ("finished", {"done": 50})
    assert all_stored() == before[:10]
    if kept != "without history":
        undone = work(undo_job(job, ann))
        assert counts(undone) == {"done": 50}
        assert all_stored() == before


def test_a_dry_run_writes_nothing_and_tells_what_it_would(tables, settings):
    before = things(30)
    settings.PRICE_WRITE, settings.PRICE_READ = 2, 4
    order = {**EVERYTHING, "changes": [setting("n", {"N": "5"})]}

    job = work(start(person("admins"), "change", "Things", order, How(dry_run=True))[0])

    assert (job.state, counts(job)) == ("ready", {"done": 29, "same": 1})
    assert all_stored() == before
    assert job.estimate["write_units"] == 29
    money = (29 * 2 + job.totals["read_units"] * 4) / 1_000_000
    assert job.estimate["money"] == progress(job).money == pytest.approx(money)
    settings.PRICE_WRITE = settings.PRICE_READ = None
    assert progress(job).money is None


@pytest.mark.parametrize("is_told", [True, False], ids=["told", "untold"])
@pytest.mark.parametrize("history", [True, False], ids=["with history", "without"])
def test_a_job_takes_the_units_that_its_dry_run_told(
    dynamodb_embedded, on_alternator, settings, monkeypatch, history, is_told
):
    settings.HISTORY = history
    make_tables(settings)
    create_history_table(settings.HISTORY_TABLE)
    things(12, long={"S": "x" * 1500})
    if not is_told:
        monkeypatch.setattr(writes, "consumed_units", lambda _answer: 0.0)
    order = {**EVERYTHING, "changes": [setting("note", {"S": "new"})]}

    job = ordered(person("admins"), "change", order, How(dry_run=True))

    assert (job.state, counts(job)) == ("finished", {"done": 12})
    assert job.totals["write_units"] == job.estimate["write_units"]
    # Two kilobytes each, the entry one and two of its indexes; a transaction takes twice what goes
    # to tables, and an entry that is announced is written twice.
    announced, together = 2 + 2 * (1 + 2), 2 * (2 + 1) + 2
    expected = (announced if on_alternator else together) if history else 2
    assert job.totals["write_units"] == 12 * expected


def test_a_ticked_item_that_went_is_nothing_to_do(tables):
    things(1)
    order = {"keys": ["t000", "gone", "t000"], "changes": [setting("x", {"S": "y"})]}
    job = ordered(person("admins"), "change", order)
    assert counts(job) == {"done": 1, "same": 1}
    told = {row.key: (row.outcome, row.code, row.detail) for row in rows_with(job)}
    assert told["gone"] == ("same", "item_not_found", "No item has that key.")
    assert told["t000"][:2] == ("done", "")


@pytest.mark.parametrize("kind", ["change", "delete"])
def test_an_item_of_another_kind_is_not_there(tables, settings, tmp_path, kind):
    things(2)
    settings.TABLES_FILE = tmp_path / "kinds.toml"
    settings.TABLES_FILE.write_text(
        'superuser_groups = ["admins"]\n[Base]\ntable = "real-things"\naudit_attributes = false\n'
        '[Zeros]\nof = "Base"\nwhen = { n = 0 }\n'
    )
    order = {"keys": ["t000", "t001", "gone"]}
    order |= {"changes": [setting("x", {"S": "y"})]} if kind == "change" else {}
    job = ordered(person("admins"), kind, order, alias="Zeros")
    told = {row.key: (row.outcome, row.code) for row in rows_with(job)}
    absent = ("same", "item_not_found")
    assert told == {"t000": ("done", ""), "t001": absent, "gone": absent}
    assert stored("real-things", "t001") is not None


def test_stamps_and_versions_are_raised_as_everywhere(tables):
    for alias, table in (("Stamped", "real-stamped"), ("Counted", "real-counted")):
        store(table, {"id": {"S": "a"}, "v": {"N": "3"}})
        order = {**EVERYTHING, "changes": [setting("x", {"S": "y"})]}
        assert counts(ordered(person("admins"), "change", order, alias=alias)) == {"done": 1}
    assert stored("real-stamped", "a")["lastUpdatedBy"] == {"S": "Ann"}
    assert stored("real-counted", "a") == {"id": {"S": "a"}, "v": {"N": "4"}, "x": {"S": "y"}}


@pytest.mark.parametrize(
    ("alias", "change", "pointer"),
    [
        ("Stamped", setting("createdBy", {"S": "mallory"}), "/changes/1/path"),
        ("Stamped", setting("lastUpdatedBy.x", {"S": "mallory"}), "/changes/1/path"),
        ("Stamped", {"action": "remove", "path": "created"}, "/changes/1/path"),
        ("Stamped", {"action": "rename", "path": "createdBy", "to": "q"}, "/changes/1/path"),
        ("Stamped", {"action": "rename", "path": "q", "to": "createdBy"}, "/changes/1/to"),
        ("Stamped", {"action": "retype", "path": "created", "type": "N"}, "/changes/1/path"),
        (
            "Stamped",
            {"action": "append", "path": "created", "value": {"L": [{"N": "1"}]}},
            "/changes/1/path",
        ),
        ("Counted", {"action": "add", "path": "v", "value": {"N": "1"}}, "/changes/1/path"),
    ],
)
def test_what_this_service_keeps_is_refused_when_it_is_ordered(history, alias, change, pointer):
    changes = [setting("x", {"S": "y"}), change]
    with pytest.raises(InvalidRequest, match="is kept by this service") as refused:
        start(person("admins"), "change", alias, {**EVERYTHING, "changes": changes})
    assert [problem.pointer for problem in refused.value.problems] == [pointer]


def test_a_table_without_stamps_and_versions_has_such_names_for_itself(history):
    store("real-things", {"id": {"S": "a"}, "createdBy": {"S": "x"}})
    order = {**EVERYTHING, "changes": [setting("createdBy", {"S": "y"})]}
    assert counts(ordered(person("admins"), "change", order)) == {"done": 1}


@pytest.mark.parametrize(
    "order",
    [
        {},
        {"keys": ["a"], "filter": {}, "changes": [setting("x", {"S": "y"})]},
        {"keys": [], "changes": [setting("x", {"S": "y"})]},
        {"keys": ["~!"], "changes": [setting("x", {"S": "y"})]},
        {"keys": [None], "changes": [setting("x", {"S": "y"})]},
        {"keys": [{"id": "a"}], "changes": [setting("x", {"S": "y"})]},
        {"filter": {}, "changes": []},
        {"filter": {}, "changes": [setting("id", {"S": "y"})]},
        {"filter": {}, "changes": [setting("x", {"S": 1})]},
        {"filter": {}, "changes": [setting("x", "plain")]},
        {"filter": {}, "changes": [setting("x", {"S": "y"}), setting("x.y", {"S": "y"})]},
        {"filter": {}, "changes": [{"action": "drop", "path": "x"}]},
        {"filter": {}, "changes": [setting("x" * 65_536, {"S": "y"})]},
        {"filter": {}, "changes": [{"action": "rename", "path": "x", "to": "y" * 65_536}]},
        {"filter": {}, "changes": [{"action": "retype", "path": "x", "type": "X"}]},
        {"filter": {}, "changes": [{"action": "rename", "path": "x", "to": "id"}]},
        {"filter": [], "changes": [setting("x", {"S": "y"})]},
        {"query": "x__between=1", "changes": [setting("x", {"S": "y"})]},
    ],
)
def test_an_order_that_has_no_meaning_is_refused(history, order):
    with pytest.raises(TablesError) as refused:
        start(person("admins"), "change", "Things", order)
    assert refused.value.status in (400, 404, 422)


def test_37_more_than_a_page_takes_a_right_of_its_own(history):
    order = {**EVERYTHING, "changes": [setting("x", {"S": "y"})]}
    with pytest.raises(Forbidden, match="more than 1,000 items"):
        start(person("staff"), "change", "Things", order)
    start(person("staff"), "change", "Things", {**order, "filter": None, "keys": ["a"]})


def test_37_nobody_orders_what_one_item_would_be_refused_for(history):
    with pytest.raises(Forbidden):
        start(
            person("readers"),
            "change",
            "Things",
            {"keys": ["a"], "changes": [setting("x", {"S": "y"})]},
        )
    with pytest.raises(TableNotFound):
        start(
            person("staff"),
            "change",
            "Hidden",
            {"keys": ["a"], "changes": [setting("x", {"S": "y"})]},
        )


def test_a_job_can_be_undone_only_once(history):
    things(2)
    ann = person("admins")
    job = ordered(ann, "change", {**EVERYTHING, "changes": [setting("x", {"S": "y"})]})
    undone = work(undo_job(job, ann))
    assert counts(undone) == {"done": 2}
    again = work(undo_job(undone, ann))
    assert counts(again) == {"done": 2}
    assert [item["x"] for item in all_stored()] == [{"S": "y"}] * 2


def test_pairs_of_keys_of_every_type(tables):
    items = [{"country": {"S": "ä,~"}, "rank": {"N": str(n)}} for n in (-1, 0, 10)]
    fill("real-pairs", items)
    order = {"query": "rank__gte=0", "changes": [setting("x", {"S": "y"})]}
    job = ordered(person("admins"), "change", order, alias="Pairs")
    assert counts(job) == {"done": 2}
    assert stored("real-pairs", items[0]) == items[0]


def test_a_cancelled_job_writes_nothing_more(tables):
    before = things(5)
    ann = person("admins")
    job, _ = start(ann, "change", "Things", {**EVERYTHING, "changes": [setting("x", {"S": "y"})]})
    assert want(job, ann, "cancel").state == "cancelled"
    assert work(job).state == "cancelled"
    assert all_stored() == before


def test_items_are_copied_to_another_table_and_taken_back(kept):
    before = things(8, note={"S": "x"})
    store("real-counted", {"id": {"S": "t003"}, "v": {"N": "5"}, "mine": {"S": "y"}})
    store("real-counted", {"id": {"S": "t004"}, "v": {"N": "5"}, **before[4]})
    ann = person("admins")

    job = ordered(ann, "copy", {"filter": {}, "to": "Counted"})

    assert counts(job) == {"done": 6, "same": 1, "refused": 1}
    assert report(job, "refused") == [("t003", "refused", "item_exists")]
    copied = all_stored("real-counted")
    assert copied[0] == {**before[0], "v": {"N": "1"}}
    assert copied[3] == {"id": {"S": "t003"}, "v": {"N": "5"}, "mine": {"S": "y"}}
    assert all_stored() == before
    again = ordered(ann, "copy", {"filter": {}, "to": "Counted", "mode": "replace"})
    assert counts(again) == {"done": 1, "same": 7}
    assert all_stored("real-counted")[3] == {**before[3], "v": {"N": "6"}}
    if kept != "without history":
        undone = work(undo_job(job, ann))
        assert counts(undone) == {"done": 6}
        assert [item["id"]["S"] for item in all_stored("real-counted")] == ["t003", "t004"]


def test_what_the_other_table_does_not_take_is_refused(tables):
    store("real-things", {"id": {"S": "a"}, "number": {"S": "text"}})
    store("real-things", {"id": {"S": "b"}, "number": {"N": "1"}})
    store("real-things", {"id": {"S": "c"}, "number": {"N": "1.0"}})
    job = ordered(person("admins"), "copy", {"filter": {}, "to": "Numbers"})
    assert counts(job) == {"done": 1, "refused": 2}


@pytest.mark.parametrize(
    "order", [{}, {"to": "Things"}, {"to": "Numbers", "mode": "merge"}, {"to": "Nowhere"}]
)
def test_a_copy_that_has_no_meaning_is_refused(history, order):
    with pytest.raises(TablesError):
        start(person("admins"), "copy", "Things", {"filter": {}, **order})


def test_37_a_copy_takes_rights_on_both_tables(history):
    order = {"keys": ["a"], "to": "Stamped"}
    with pytest.raises(Forbidden):
        start(person("staff"), "copy", "Things", order)
    start(person("admins"), "copy", "Things", order)
