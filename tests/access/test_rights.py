"""One rule says what a caller may do; whoever may not view a table can't tell that it exists."""

from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from tables.access.callers import NOBODY, Caller
from tables.access.rights import (
    allowed_actions,
    can,
    is_read_only,
    may_open_pages,
    require,
    viewable_tables,
)
from tables.configuration import registry
from tables.core.errors import Forbidden, TableNotFound
from tables.core.permissions import RIGHTS
from tables.core.registry import Registry, Table

TABLE = Table(
    "Workers",
    "real-name",
    "Staff members",
    permissions={
        "view": frozenset({"readers", "staff", "admins"}),
        "add": frozenset({"staff", "admins"}),
        "change": frozenset({"staff", "admins"}),
        "delete": frozenset({"admins"}),
        "export": frozenset({"admins", "exporters"}),
        "history": frozenset({"admins"}),
        "bulk": frozenset({"admins"}),
    },
)


def of(*groups):
    return Caller("sub", "name", frozenset(groups))


@pytest.mark.parametrize(
    ("caller", "allowed"),
    [
        (of("admins"), set(RIGHTS)),
        (of("staff"), {"view", "add", "change"}),
        (of("readers"), {"view"}),
        (of("readers", "exporters"), {"view", "export"}),
        (of("exporters"), set()),
        (of("Staff"), set()),
        (of(), set()),
        (NOBODY, set()),
    ],
    ids=lambda value: ",".join(sorted(value.groups)) if isinstance(value, Caller) else "",
)
def test_rights_follow_from_groups_and_viewing_comes_first(caller, allowed):
    assert allowed_actions(caller, TABLE) == allowed
    for action in RIGHTS:
        if action in allowed:
            require(caller, action, TABLE)
            continue
        with pytest.raises(Forbidden if "view" in allowed else TableNotFound):
            require(caller, action, TABLE)


def test_what_nobody_has_heard_of_is_denied():
    assert not can(of("admins"), "drop", TABLE)
    assert not can(of("admins"), "view", replace(TABLE, permissions={}))


def test_a_table_that_may_not_be_viewed_is_as_unknown_as_one_that_is_not_there():
    with pytest.raises(TableNotFound) as hidden:
        require(of(), "view", TABLE)
    with pytest.raises(TableNotFound) as absent:
        Registry().get("Workers")
    assert hidden.value.message == absent.value.message


def test_a_refusal_says_which_right_is_missing_and_is_a_log_line():
    with (
        capture_logs() as lines,
        pytest.raises(Forbidden, match="may delete items of Staff"),
    ):
        require(of("staff"), "delete", TABLE)
    assert lines == [
        {
            "event": "refused",
            "log_level": "info",
            "caller": "sub",
            "action": "delete",
            "alias": "Workers",
        }
    ]


@pytest.mark.parametrize(
    ("action", "words"),
    [("bulk", "may write many items of Staff"), ("history", "may see the history of items of")],
)
def test_a_refusal_says_as_people_do_what_is_no_verb(action, words):
    with pytest.raises(Forbidden, match=words):
        require(of("readers"), action, TABLE)


def test_read_only_refuses_every_write_of_everybody_and_says_so(settings):
    settings.READ_ONLY = True
    table = registry().get("Workers")
    assert is_read_only(table)
    assert allowed_actions(of("admins"), table) == {"view", "export", "history"}
    for action in ("add", "change", "delete"):
        with pytest.raises(Forbidden, match=f"read-only here: nobody may {action} items"):
            require(of("admins"), action, table)


def test_menus_hold_what_may_be_viewed_in_the_alias_maps_order():
    other = replace(TABLE, alias="Other", permissions={"view": frozenset({"admins"})})
    both = Registry({"Other": other, "Workers": TABLE}, frozenset({"staff"}), frozenset({"admins"}))
    assert viewable_tables(of("admins"), both) == [other, TABLE]
    assert viewable_tables(of("staff"), both) == [TABLE]
    assert viewable_tables(NOBODY, both) == []


@pytest.mark.parametrize(
    ("group", "may"), [("staff", True), ("admins", True), ("readers", False), ("", False)]
)
def test_the_pages_are_for_staff_and_superusers(group, may):
    site = Registry({}, frozenset({"staff"}), frozenset({"admins"}))
    assert may_open_pages(of(group), site) is may
