"""Links that many writes at once set are checked, each write's for itself."""

import pytest

from tables.access.callers import Caller
from tables.configuration import registry
from tables.core.errors import InvalidValue, TablesError
from tables.dynamodb.history_table import create_history_table
from tables.items.chunks import write_chunk
from tables.items.pinned import as_read
from tables.items.target import find_target
from tables.items.wanted import Mark
from tests.tables import create_table, store, stored

SECTIONS = """
superuser_groups = ["admins"]
[Things]
table = "things"
audit_attributes = false
history = HISTORY
[Things.links.above]
to = "Things"
key = { id = "{}" }
check = "refuse"
"""


class AtOnce:
    def before(self):
        pass

    def throttled(self):
        pass

    def took(self, units):
        pass


@pytest.fixture(params=["false", "true", '"announced"'])
def target(request, dynamodb_moto, settings, tmp_path):
    settings.TABLES_FILE = tmp_path / "tables.toml"
    settings.TABLES_FILE.write_text(SECTIONS.replace("HISTORY", request.param))
    create_table("things")
    create_history_table(settings.HISTORY_TABLE)
    store("things", id={"S": "top"})
    return find_target(registry().get("Things"), Caller("ann", "ann", frozenset({"admins"})))


def created(target, name, **attributes):
    item = {"id": {"S": name}, **attributes}
    return as_read(target, {"id": {"S": name}}, None, item, Mark())


def test_a_table_that_is_gone_is_asked_for_links_to_it_alone(target, settings, tmp_path):
    gone = """
[Things.links.ghost]
to = "Gone"
key = { id = "{}" }
check = "refuse"
[Gone]
table = "gone"
"""
    settings.TABLES_FILE = tmp_path / "gone.toml"
    settings.TABLES_FILE.write_text((tmp_path / "tables.toml").read_text() + gone)
    target = find_target(registry().get("Things"), target.caller)
    unasked = created(target, "a", above={"S": "top"}, ghost={"NULL": True})
    before = {"id": {"S": "b"}, "ghost": {"S": "g"}}
    store("things", before)
    kept = as_read(target, {"id": {"S": "b"}}, before, {**before, "n": {"N": "1"}}, Mark())

    write_chunk([unasked, kept], AtOnce(), threads=1)

    assert stored("things", "a")["above"] == {"S": "top"}
    assert stored("things", "b")["n"] == {"N": "1"}
    with pytest.raises(TablesError):
        write_chunk([created(target, "c", ghost={"S": "g"})], AtOnce(), threads=1)


def test_each_write_of_a_chunk_is_refused_for_its_own_links(target):
    good, bad = {"S": "top"}, {"S": "nowhere"}
    chunk = [
        created(target, "a", above=good),
        created(target, "b", above=bad),
        created(target, "c", above=good),
        created(target, "d"),
    ]

    endings = write_chunk(chunk, AtOnce(), threads=1)

    assert [type(ending.error) for ending in endings] == [
        type(None),
        InvalidValue,
        type(None),
        type(None),
    ]
    assert endings[1].error.message == "No item of Things has this key: nowhere."
    assert [stored("things", name) is not None for name in "abcd"] == [True, False, True, True]


def test_a_chunk_that_sets_no_links_goes_out_as_before(target, calls):
    write_chunk([created(target, name) for name in "abcd"], AtOnce(), threads=1)

    alone = calls.count("PutItem") + calls.count("TransactWriteItems")
    assert alone == {False: 4, True: 1, "announced": 8}[target.table.history]
