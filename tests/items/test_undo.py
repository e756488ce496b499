"""Taking back what was written, on every engine, with history in transactions and announced."""

import dataclasses

import pytest

from tables.access.callers import Caller
from tables.configuration import registry
from tables.core.errors import Forbidden, NotFound, PreconditionFailed, UndoConflict
from tables.core.preconditions import state_of
from tables.core.updates import Change
from tables.dynamodb.client import call
from tables.items.changes import WhichChanges, changes_by, changes_in
from tables.items.conditions import Tags
from tables.items.deletes import delete
from tables.items.drafts import Draft, Edit
from tables.items.history import outside, timeline, version
from tables.items.puts import create, replace
from tables.items.puts import put as put_over
from tables.items.target import find_target
from tables.items.trash import trash
from tables.items.undo import restore, undo
from tables.items.updates import update
from tables.items.wanted import itself
from tables.items.writes import perform
from tests.contract.conftest import make_tables
from tests.tables import store, stored

KEY = {"id": {"S": "a"}}
ITEM = {
    **KEY,
    "total": {"N": "12345678901234567890123456789012345678"},
    "tags": {"SS": ["x", "y"]},
    "note": {"S": "written once"},
    "deep": {"M": {"a": {"L": [{"BOOL": True}, {"NULL": True}, {"B": "AAE="}]}}},
}
UNCONDITIONAL = Tags()


@pytest.fixture(params=[True, False], ids=["in transactions", "announced"])
def things(request, engine, settings):
    settings.DYNAMODB_TRANSACTIONS = request.param
    settings.HISTORY = True
    make_tables(settings, history=True)
    return target("admins")


def target(*groups, alias="Things", sub="sub-ann"):
    return find_target(registry().get(alias), Caller(sub, "Ann", frozenset(groups)), "view")


def write(wanted):
    return perform(wanted, itself)


def put(things, **attributes):
    write(replace(things, KEY, Draft({**KEY, **attributes}, is_typed=True), UNCONDITIONAL))


def set_(things, **attributes):
    changes = [Change("set", (name,), value) for name, value in attributes.items()]
    write(update(things, KEY, Edit(changes)))


def undone(things, n, **how):
    write(undo(things, version(things, KEY, n), **how))
    return stored("real-things", "a")


def actions(things):
    return [(e.action, e.of) for e in reversed(timeline(things, KEY).entries) if e.happened]


def test_a_change_is_undone_and_its_undo_too(things):
    write(create(things, ITEM))
    set_(things, note={"S": "oops"}, total={"N": "0"})

    assert undone(things, 2) == ITEM
    assert undone(things, 3)["note"] == {"S": "oops"}
    assert actions(things) == [("create", None), ("change", None), ("undo", 2), ("undo", 3)]


def test_what_others_changed_elsewhere_stays(things):
    write(create(things, ITEM))
    set_(things, note={"S": "oops"})
    set_(things, total={"N": "7"})

    assert undone(things, 2) == {**ITEM, "total": {"N": "7"}}


@pytest.mark.parametrize(
    ("read_only", "path", "value"),
    [
        ("note", ("note",), {"S": "oops"}),
        ("deep", ("deep", "a"), {"N": "1"}),
        ("deep.a", ("deep", "a"), {"N": "1"}),
    ],
)
def test_what_is_read_only_is_not_taken_back(things, read_only, path, value):
    write(create(things, ITEM))
    write(update(things, KEY, Edit([Change("set", path, value)])))
    left = stored("real-things", "a")
    table = dataclasses.replace(things.table, readonly_fields=(read_only,))

    with pytest.raises(Forbidden, match="is read-only"):
        undone(dataclasses.replace(things, table=table), 2)

    assert stored("real-things", "a") == left


def test_36_what_others_changed_at_the_same_path_is_asked_about(things):
    write(create(things, ITEM))
    set_(things, note={"S": "oops"}, total={"N": "0"})
    set_(things, note={"S": "mended"})

    with pytest.raises(UndoConflict) as refused:
        undone(things, 2)

    (clash,) = refused.value.contested
    assert clash.path == ("note",)
    assert (clash.left, clash.now, clash.wanted) == (
        {"S": "oops"},
        {"S": "mended"},
        {"S": "written once"},
    )
    assert stored("real-things", "a")["total"] == {"N": "0"}


def test_a_path_that_is_as_it_was_already_is_no_conflict(things):
    write(create(things, ITEM))
    set_(things, note={"S": "oops"}, total={"N": "0"})
    set_(things, note=ITEM["note"])

    assert undone(things, 2) == ITEM
    with pytest.raises(UndoConflict, match="nothing to undo"):
        undone(things, 2)


def test_a_create_is_undone_while_nobody_has_added_to_it(things):
    write(create(things, ITEM))
    set_(things, note={"S": "added"})

    with pytest.raises(UndoConflict) as refused:
        undone(things, 1)
    assert [clash.path for clash in refused.value.contested] == [("note",)]
    undone(things, 2)
    assert undone(things, 1) is None


def test_36_a_delete_is_undone_unless_another_item_took_the_key(things):
    write(create(things, ITEM))
    write(delete(things, KEY))
    store("real-things", {**KEY, "other": {"S": "mine"}})

    with pytest.raises(UndoConflict, match="Another item") as refused:
        undone(things, 2)
    assert refused.value.current == {**KEY, "other": {"S": "mine"}}
    call("DeleteItem", TableName="real-things", Key=KEY)
    assert undone(things, 2) == ITEM


def test_an_item_that_went_meanwhile_is_not_made_again_by_undoing_a_change(things):
    write(create(things, ITEM))
    set_(things, note={"S": "oops"})
    write(delete(things, KEY))

    with pytest.raises(UndoConflict, match="gone"):
        undone(things, 2)


def test_any_version_is_restored_to_the_byte(things):
    write(create(things, ITEM))
    put(things, note={"S": "another item altogether"})
    store("real-things", {**KEY, "foreign": {"S": "from elsewhere"}})

    write(restore(things, version(things, KEY, 1)))

    assert stored("real-things", "a") == ITEM
    assert actions(things)[-1] == ("restore", 1)
    write(delete(things, KEY))
    write(restore(things, version(things, KEY, 2)))
    assert stored("real-things", "a") == {**KEY, "note": {"S": "another item altogether"}}


def test_36_a_restore_is_pinned_to_what_was_shown(things):
    write(create(things, ITEM))
    set_(things, note={"S": "now"})
    shown = Tags(if_match=f'"{state_of(stored("real-things", "a"))}.p"')
    store("real-things", {**ITEM, "note": {"S": "later"}})

    with pytest.raises(PreconditionFailed):
        write(restore(things, version(things, KEY, 1), condition=shown))


def test_lists_and_sets_are_taken_back_in_their_middle(things):
    numbers = {"L": [{"N": str(n)} for n in range(12)]}
    write(create(things, {**KEY, "l": numbers, "s": {"SS": [str(n) for n in range(12)]}}))
    write(
        update(
            things,
            KEY,
            Edit(
                [
                    Change("append", ("l",), {"L": [{"N": "99"}]}),
                    Change("add", ("s",), {"SS": ["x"]}),
                ]
            ),
        )
    )
    write(update(things, KEY, Edit([Change("add", ("s",), {"SS": ["kept"]})])))

    now = undone(things, 2)

    assert now["l"] == numbers
    assert set(now["s"]["SS"]) == {*map(str, range(12)), "kept"}


def test_a_gap_is_told_with_what_was_changed_in_it(things):
    write(create(things, ITEM))
    store("real-things", {**ITEM, "note": {"S": "theirs"}})
    set_(things, total={"N": "1"})
    store("real-things", {**ITEM, "note": {"S": "theirs again"}, "total": {"N": "1"}})

    seen = timeline(things, KEY)

    assert [entry.n for entry in seen.entries] == [2, 1]
    told = [[(d.path, d.new) for d in outside(things, KEY, gap, seen.now)] for gap in seen.gaps]
    assert told[1] == [(("note",), {"S": "theirs"})]
    assert [path for path, _new in told[0]] == [("note",)]


def test_a_timeline_goes_on_below(things):
    write(create(things, ITEM))
    for number in range(4):
        set_(things, total={"N": str(number)})

    first = timeline(things, KEY, limit=2)
    assert ([e.n for e in first.entries], first.below) == ([5, 4], 4)
    second = timeline(things, KEY, limit=2, below=4)
    assert ([e.n for e in second.entries], second.below) == ([3, 2], 2)
    last = timeline(things, KEY, limit=2, below=2)
    assert ([e.n for e in last.entries], last.below) == ([1], None)


def test_36_rights_are_those_of_what_the_undo_does(things):
    write(create(things, ITEM))
    set_(things, note={"S": "oops"})
    staff, reader = target("staff"), target("readers")

    with pytest.raises(Forbidden):
        undo(staff, version(things, KEY, 1))
    with pytest.raises(Forbidden):
        undo(reader, version(reader, KEY, 2))
    write(undo(staff, version(staff, KEY, 2)))


def test_what_is_not_there_is_told(things, settings):
    write(create(things, ITEM))
    with pytest.raises(NotFound):
        version(things, KEY, 2)
    settings.HISTORY = False
    with pytest.raises(NotFound):
        timeline(things, KEY)


def test_the_trash_holds_what_is_gone_still(things):
    for name in ("a", "b", "c", "d"):
        write(create(things, {"id": {"S": name}}))
    for name in ("a", "b", "c"):
        write(delete(things, {"id": {"S": name}}))
    store("real-things", {"id": {"S": "c"}})

    found = trash(things)

    assert [entry.key["id"]["S"] for entry in found.entries] == ["b", "a"]
    assert [e.key["id"]["S"] for e in trash(things, containing="a").entries] == ["a"]
    first = trash(things, limit=1)
    assert [e.key["id"]["S"] for e in trash(things, limit=1, after=first.next).entries] == ["a"]


def test_changes_of_a_table_and_of_a_person(things):
    bob = target("admins", sub="sub-bob")
    write(create(things, ITEM))
    write(delete(bob, KEY))

    def told(changes):
        return [(entry.author.sub, entry.action) for entry in changes.entries]

    assert told(changes_in(things, WhichChanges())) == [
        ("sub-bob", "delete"),
        ("sub-ann", "create"),
    ]
    assert told(changes_in(things, WhichChanges(person="sub-ann"))) == [("sub-ann", "create")]
    assert told(changes_in(things, WhichChanges(action="delete"))) == [("sub-bob", "delete")]
    first = changes_in(things, WhichChanges(), limit=1)
    assert told(changes_in(things, WhichChanges(), after=first.next)) == [("sub-ann", "create")]
    assert told(changes_by("sub-bob", frozenset({"real-things"}), WhichChanges())) == [
        ("sub-bob", "delete")
    ]
    assert told(changes_by("sub-bob", frozenset({"other"}), WhichChanges())) == []


def test_stamps_say_who_created_it_first_and_who_restored_it(things, settings):
    ann, bob = target("staff", alias="Stamped"), Caller("sub-bob", "Bob", frozenset({"staff"}))
    write(create(ann, dict(KEY)))
    write(delete(ann, KEY))
    his = find_target(registry().get("Stamped"), bob, "view")

    write(undo(his, version(his, KEY, 2)))

    now = stored("real-stamped", "a")
    assert (now["createdBy"], now["lastUpdatedBy"]) == ({"S": "Ann"}, {"S": "Bob"})


def wide(value):
    return {**KEY, **{f"attribute-{number}": {"N": value} for number in range(350)}}


def test_an_item_too_wide_to_compare_is_taken_back_all_the_same(things):
    write(create(things, wide("1")))
    assert undone(things, 1) is None
    assert undone(things, 2) == wide("1")
    set_(things, **{f"attribute-{number}": {"N": "2"} for number in range(140)})
    write(put_over(things, wide("3")))

    undone(things, 5)

    assert stored("real-things", "a")["attribute-7"] == {"N": "2"}
    undone(things, 4)
    assert stored("real-things", "a") == wide("1")
    write(delete(things, KEY))
    write(restore(things, version(things, KEY, 5)))
    assert stored("real-things", "a") == wide("3")
    write(restore(things, version(things, KEY, 1)))
    assert stored("real-things", "a") == wide("1")


def test_a_stranger_who_meets_the_undo_of_a_wide_item_is_not_overwritten(things):
    write(create(things, wide("1")))
    write(put_over(things, wide("2")))
    theirs = {**wide("2"), "attribute-0": {"N": "9"}}

    def told_as_they_write(outcome):
        store("real-things", theirs)
        return itself(outcome)

    with pytest.raises(UndoConflict) as refused:
        perform(undo(things, version(things, KEY, 2)), told_as_they_write)

    assert [clash.path for clash in refused.value.contested] == [("attribute-0",)]
    assert stored("real-things", "a") == theirs


def test_our_own_stamps_and_version_are_nobodys_change(things):
    for alias, name in (("Stamped", "real-stamped"), ("Counted", "real-counted")):
        kept = target("admins", alias=alias)
        write(create(kept, ITEM))
        write(update(kept, KEY, Edit([Change("set", ("note",), {"S": "oops"})])))
        write(undo(kept, version(kept, KEY, 2)))
        assert stored(name, "a")["note"] == ITEM["note"]

        write(undo(kept, version(kept, KEY, 1)))

        assert stored(name, "a") is None


def test_what_undoing_a_create_would_set_is_nothing(things):
    kept = target("admins", alias="Stamped")
    write(create(kept, ITEM))
    write(update(kept, KEY, Edit([Change("set", ("note",), {"S": "added"})])))

    with pytest.raises(UndoConflict) as refused:
        write(undo(kept, version(kept, KEY, 1)))

    (clash,) = refused.value.contested
    assert (clash.path, clash.left, clash.now, clash.wanted) == (
        ("note",),
        ITEM["note"],
        {"S": "added"},
        None,
    )


def test_an_item_that_somebody_gave_back_already_is_as_it_was(things):
    write(create(things, ITEM))
    write(delete(things, KEY))
    store("real-things", ITEM)

    with pytest.raises(UndoConflict, match="nothing to undo"):
        undone(things, 2)


def test_the_version_attribute_counts_on_through_undo_and_restore(things):
    counted = target("admins", alias="Counted")
    write(create(counted, ITEM))
    write(update(counted, KEY, Edit([Change("set", ("note",), {"S": "oops"})])))

    write(undo(counted, version(counted, KEY, 2)))
    assert stored("real-counted", "a") == {**ITEM, "v": {"N": "3"}}
    write(restore(counted, version(counted, KEY, 2)))
    assert stored("real-counted", "a") == {**ITEM, "note": {"S": "oops"}, "v": {"N": "4"}}
    write(delete(counted, KEY))
    write(undo(counted, version(counted, KEY, 5)))
    assert stored("real-counted", "a")["v"] == {"N": "5"}


@pytest.mark.parametrize("theirs", [{}, {"created": {"S": "then"}, "createdBy": {"S": "them"}}])
def test_a_restore_over_a_strangers_item_keeps_who_created_the_version(things, theirs):
    kept = target("admins", alias="Stamped")
    write(create(kept, ITEM))
    first = stored("real-stamped", "a")
    store("real-stamped", {**KEY, "note": {"S": "theirs"}, **theirs})

    write(restore(kept, version(kept, KEY, 1)))

    now = stored("real-stamped", "a")
    names = ("created", "createdBy", "note")
    assert [now[name] for name in names] == [first[name] for name in names]


def test_a_restore_of_what_had_no_author_keeps_the_one_it_meets(things):
    kept = target("admins", alias="Stamped")
    store("real-stamped", ITEM)
    write(update(kept, KEY, Edit([Change("set", ("note",), {"S": "changed"})])))
    theirs = {"created": {"S": "then"}, "createdBy": {"S": "them"}}
    store("real-stamped", {**KEY, "note": {"S": "theirs"}, **theirs})

    write(restore(kept, version(kept, KEY, 1)))

    now = stored("real-stamped", "a")
    assert now["note"] == {"S": "changed"}
    assert {name: now[name] for name in theirs} == theirs


@pytest.fixture
def ignoring(things, settings, tmp_path):
    """Two aliases of one table, of which one leaves views out; `ignoring(names)` again."""

    def ignoring(*names):
        settings.TABLES_FILE = tmp_path / f"{'-'.join(names) or 'nothing'}.toml"
        settings.TABLES_FILE.write_text(
            'superuser_groups = ["admins"]\n[Things]\ntable = "real-things"\n'
            'audit_attributes = false\n[Others]\ntable = "real-things"\n'
            f"audit_attributes = false\nhistory_ignore = {list(names)}\n"
        )
        return target("admins"), target("admins", alias="Others")

    return ignoring


VIEWS = {"views": {"N": "12"}}


def test_what_history_leaves_out_comes_back_with_a_deleted_item(ignoring):
    for number, back in enumerate((undo, restore)):
        things, others = ignoring("views")
        key = {"id": {"S": str(number)}}
        write(create(others, {**ITEM, **VIEWS, **key}))
        write(delete(things, key))
        wanted = version(others, key, 2 if back is undo else 1)
        write(back(others, wanted))
        assert stored("real-things", str(number)) == {**ITEM, **VIEWS, **key}


def test_what_one_alias_leaves_out_no_other_tells_as_changed_from_outside(ignoring):
    things, others = ignoring("views")
    write(create(things, {**ITEM, **VIEWS}))
    write(update(others, KEY, Edit([Change("set", ("views",), {"N": "13"})])))

    for at in (things, others):
        found = timeline(at, KEY)
        assert [entry.n for entry in found.entries] == [1]
        assert list(found.gaps) == []


@pytest.mark.parametrize("before", [(), ("views",)], ids=["began", "ceased"])
def test_versions_stay_right_when_history_begins_or_ceases_to_leave_something_out(ignoring, before):
    at, _other = ignoring(*before)
    write(create(at, {**ITEM, **VIEWS}))
    at, _other = ignoring(*({"views"} - {*before}))
    write(update(at, KEY, Edit([Change("set", ("note",), {"S": "new"})])))

    whole = {**ITEM, **VIEWS}
    assert version(at, KEY, 1).item == (ITEM if before else whole)
    assert version(at, KEY, 2).item == {**(whole if before else ITEM), "note": {"S": "new"}}
    found = timeline(at, KEY)
    told = [[d.path for d in outside(at, KEY, gap, found.now)] for gap in found.gaps]
    assert [paths for paths in told if paths] == ([[("views",)]] if before else [])
    write(undo(at, version(at, KEY, 2)))
    assert stored("real-things", "a") == whole
