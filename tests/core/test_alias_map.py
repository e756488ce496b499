import pytest

from tables.core.alias_map import discovered, load_registry
from tables.core.errors import TableNotFound
from tables.core.permissions import RIGHTS
from tables.core.registry import Registry, Table

# A table as it should be, for a mistake to follow.
W = '[W]\ntable = "abc"\n'
WHOLE = """
staff_groups = ["staff", "admins"]
superuser_groups = ["admins"]

[Workers]
table = "ttd-Workers"
label = "All workers"
description = "Everyone in training."
list_display = ["empId", "worker.name"]
list_filter = ["training.status"]
search_fields = ["worker.name"]
readonly_fields = ["created"]
list_per_page = 50
schema = "worker.json"
natural_key = ["email"]
client_keys = false
require_precondition = true
audit_attributes = false
[Workers.permissions]
view = ["readers"]
delete = []

[Plain]
table = "plain.table-1"
"""


@pytest.fixture
def load(tmp_path):
    def load(text, **options):
        path = tmp_path / "tables.toml"
        path.write_text(text)
        return load_registry(path, **options)

    (tmp_path / "worker.json").write_text('{"type": "object"}')
    (tmp_path / "broken.json").write_text("{")
    (tmp_path / "wrong.json").write_text('{"type": "text"}')
    (tmp_path / "boolean.json").write_text("true")
    (tmp_path / "remote.json").write_text('{"$ref": "https://example.com/x.json"}')
    return load


def test_a_whole_file_is_read_into_frozen_tables(load):
    registry, mistakes = load(WHOLE)
    assert mistakes == []
    assert list(registry.tables) == ["Workers", "Plain"]
    assert registry.get("Workers") == Table(
        alias="Workers",
        table="ttd-Workers",
        label="All workers",
        description="Everyone in training.",
        list_display=("empId", "worker.name"),
        list_filter=("training.status",),
        search_fields=("worker.name",),
        readonly_fields=("created",),
        list_per_page=50,
        schema={"type": "object"},
        natural_key=("email",),
        client_keys=False,
        require_precondition=True,
        audit_attributes=False,
        permissions={
            "view": frozenset({"readers", "admins"}),
            "add": frozenset({"staff", "admins"}),
            "change": frozenset({"staff", "admins"}),
            "delete": frozenset({"admins"}),
            "export": frozenset({"admins"}),
            "history": frozenset({"readers", "admins"}),
            "bulk": frozenset({"admins"}),
        },
    )
    assert registry.staff_groups == {"staff", "admins"}
    assert registry.superuser_groups == {"admins"}


def test_what_is_not_said_has_its_default(load):
    registry, _ = load(WHOLE)
    plain = registry.get("Plain")
    assert (plain.label, plain.list_per_page, plain.audit_attributes) == ("Plain", 100, True)
    assert plain.permissions == {
        "view": frozenset({"staff", "admins"}),
        "add": frozenset({"staff", "admins"}),
        "change": frozenset({"staff", "admins"}),
        "delete": frozenset({"admins"}),
        "export": frozenset({"admins"}),
        "history": frozenset({"staff", "admins"}),
        "bulk": frozenset({"admins"}),
    }


def test_who_may_delete_may_write_many_unless_that_is_said_otherwise(load):
    said = W + '[W.permissions]\ndelete = ["clerks"]\n'
    (same, _), (own, _) = load(said), load(said + "bulk = []")
    assert same.get("W").permissions["bulk"] == same.get("W").permissions["delete"]
    assert own.get("W").permissions["bulk"] == own.superuser_groups


@pytest.mark.parametrize("line", ['history = "yes"', "history = 1", "history_days = -1"])
def test_what_history_is_not_is_said(load, line):
    _registry, mistakes = load(W + line)
    assert [mistake.id for mistake in mistakes] == ["tables.E004"]
    assert "history" in mistakes[0].message


def test_a_lower_cased_copy_is_a_search_field(load):
    registry, mistakes = load(
        W + 'search_fields = ["a", "b"]\nsearch_lowercase = ["b"]\ngroup = "G"'
    )
    assert (mistakes, registry.get("W").search_lowercase) == ([], ("b",))
    assert registry.get("W").group == "G"
    (mistake,) = load(W + 'search_fields = ["a"]\nsearch_lowercase = ["b"]')[1]
    assert mistake.id == "tables.E004"
    assert "'b', which is no search field" in mistake.message


def test_types_are_read_by_path(load):
    registry, mistakes = load(W + '[W.types]\ntotal = "N"\n"a.b[0]" = "SS"\n"x\\\\.y" = "B"')
    assert not mistakes
    assert registry.get("W").types == {"total": "N", "a.b[0]": "SS", r"x\.y": "B"}


def test_one_switch_takes_every_write_away_even_from_superusers(load):
    registry, _ = load(WHOLE, read_only=True)
    assert registry.read_only
    for table in registry.tables.values():
        left = {action for action in RIGHTS if table.permissions[action]}
        assert left == {"view", "export", "history"}


@pytest.mark.parametrize(
    "alias",
    [
        "workers",
        "WORKERS",
        "ttd-Workers",
        "../Workers",
        "Workers\0",
        "Workers ",
        "",
        None,
        1,
        ["Workers"],
        "arn:aws:dynamodb:eu-west-1:123456789012:table/ttd-Workers",
    ],
)
def test_nothing_but_the_alias_itself_reaches_a_table(load, alias):
    registry, _ = load(WHOLE)
    with pytest.raises(TableNotFound, match="No table has that alias") as caught:
        registry.get(alias)
    assert "Workers" not in caught.value.message


@pytest.mark.parametrize(
    ("text", "id", "message", "hint"),
    [
        ("staff_groups = [", "tables.E001", "can't be read", ""),
        (W + 'table = "abc"', "tables.E001", "can't be read", ""),
        ('["W W"]\ntable = "abc"', "tables.E002", "[W W] is not an alias", "up to 63 letters"),
        ('[9W]\ntable = "abc"', "tables.E002", "[9W] is not an alias", "a letter"),
        (f'[{"W" * 65}]\ntable = "abc"', "tables.E002", "is not an alias", ""),
        ('staf_groups = ["a"]', "tables.E003", "unknown key 'staf_groups'", "mean 'staff_groups'?"),
        (W + 'lable = "x"', "tables.E003", "[W] has an unknown key 'lable'", "mean 'label'?"),
        (W + "listdisplay = []", "tables.E003", "'listdisplay'", "mean 'list_display'?"),
        (W + "zzz = 1", "tables.E003", "'zzz'", "Known are table, label"),
        (
            W + "[W.permissions]\nveiw = []",
            "tables.E003",
            "[W].permissions has an unknown key 'veiw'",
            "mean 'view'?",
        ),
        ('staff_groups = "staff"', "tables.E004", "staff_groups must be a list of texts", ""),
        ("superuser_groups = [1]", "tables.E004", "superuser_groups must be a list of texts", ""),
        ('staff_groups = [""]', "tables.E004", "staff_groups must be a list of texts", ""),
        (W + "label = 5", "tables.E004", "[W] label must be text", ""),
        (W + 'list_display = "a"', "tables.E004", "[W] list_display must be a list of texts", ""),
        (W + 'client_keys = "yes"', "tables.E004", "[W] client_keys must be true or false", ""),
        (W + "list_per_page = 5.5", "tables.E004", "[W] list_per_page must be a whole number", ""),
        (W + "list_per_page = 0", "tables.E004", "from 1 to 1000", ""),
        (W + "list_per_page = 1001", "tables.E004", "from 1 to 1000", ""),
        (W + 'permissions = ["view"]', "tables.E004", "[W] permissions must be a table", ""),
        (
            W + '[W.permissions]\nview = "all"',
            "tables.E004",
            "[W].permissions view must be a list",
            "",
        ),
        ("[W]", "tables.E005", "[W] names no DynamoDB table", "Add table"),
        ('[W]\ntable = ""', "tables.E005", "[W] names no DynamoDB table", "Add table"),
        ('[W]\ntable = "a b"', "tables.E005", "[W] names no DynamoDB table", "Add table"),
        ('[W]\ntable = "state"', "tables.E006", "[W] reaches 'state', which is internal", ""),
        (W + 'schema = "absent.json"', "tables.E007", "'absent.json' can't be read", ""),
        (W + 'schema = "broken.json"', "tables.E007", "'broken.json' can't be read", ""),
        (W + 'schema = "wrong.json"', "tables.E007", "'wrong.json' is not a schema: 'text'", ""),
        (W + 'schema = "boolean.json"', "tables.E007", "it is not an object", ""),
        (W + 'schema = "remote.json"', "tables.E007", "leads nowhere in this file", ""),
        (W + 'list_display = ["a..b"]', "tables.E008", "[W] list_display: The path 'a..b'", ""),
        (W + '[W.types]\ntotal = "number"', "tables.E009", "[W.types] total", "The types are S, N"),
        (W + '[W.types]\n"a..b" = "N"', "tables.E008", "[W.types]: The path 'a..b'", ""),
        (W + "types = 5", "tables.E004", "[W] types must be a table", ""),
        (W + 'search_fields = ["a[x]"]', "tables.E008", "[W] search_fields: The path 'a[x]'", ""),
    ],
)
def test_a_mistake_is_named_and_its_table_left_out(load, text, id, message, hint):
    registry, mistakes = load(text, reserved=frozenset({"state"}))
    assert [mistake.id for mistake in mistakes] == [id]
    assert message in mistakes[0].message
    assert hint in mistakes[0].hint
    assert mistakes[0].hint
    assert "W" not in registry.tables


def test_every_mistake_is_found_at_once(load):
    _, mistakes = load('staff_groups = 1\n[A]\nlable = "x"\n[B]\ntable = "abc"\nclient_keys = 1\n')
    assert [mistake.id for mistake in mistakes] == [
        *("tables.E004", "tables.E003", "tables.E005", "tables.E004")
    ]


def test_an_absent_file_says_how_to_begin(tmp_path):
    registry, (mistake,) = load_registry(tmp_path / "absent.toml")
    assert registry == Registry()
    assert mistake.id == "tables.E001"
    assert "does not exist" in mistake.message
    assert "TABLES_FILE" in mistake.hint


def test_discovery_maps_every_table_under_its_own_name(load):
    groups, _ = load(WHOLE)
    registry = discovered(["Orders", "Workers", "9lives", "a.b"], read_only=False, groups=groups)
    assert set(registry.tables) == {"Orders", "Workers", "Plain"}
    assert registry.get("Orders").table == "Orders"
    assert registry.get("Orders").permissions["view"] == {"staff", "admins"}
    assert registry.get("Workers") == groups.get("Workers")
    read_only = discovered(["Orders"], read_only=True, groups=Registry())
    assert not any(read_only.get("Orders").permissions[a] for a in ("add", "change", "delete"))
