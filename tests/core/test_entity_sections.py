"""What the alias map says of entities: theirs, their base's, and what is wrong with it."""

import pytest

from tables.core.alias_map import load_registry
from tables.core.entities import may_overlap
from tables.core.filters import BY_SUFFIX, Term

BASE = """
staff_groups = ["staff"]
superuser_groups = ["admins"]
[Orders]
table = "abc"
label = "Orders"
description = "A whole shop."
group = "Shop"
list_display = ["pk", "entity"]
list_per_page = 50
version = "v"
history = true
[Orders.permissions]
view = ["staff", "readers"]
delete = ["staff"]
export = []
"""
ORDER = """
[Order]
of = "Orders"
when = { entity = "order" }
"""


@pytest.fixture
def load(tmp_path):
    def load(text, **options):
        (tmp_path / "tables.toml").write_text(BASE + text)
        return load_registry(tmp_path / "tables.toml", **options)

    return load


@pytest.fixture
def order(load):
    def order(text=ORDER):
        registry, mistakes = load(text)
        assert mistakes == []
        return registry.get("Order"), registry.get("Orders")

    return order


def test_what_an_entity_does_not_name_is_its_bases(order):
    entity, base = order()

    assert (entity.table, entity.group, entity.list_display) == ("abc", "Shop", ("pk", "entity"))
    assert (entity.list_per_page, entity.version, entity.history) == (50, "v", True)
    assert entity.permissions == base.permissions
    assert (entity.label, entity.description, entity.of) == ("Order", "", "Orders")
    assert (base.of, base.entity) == ("", None)


def test_what_it_names_is_its_own(order):
    entity, _base = order(
        ORDER + 'label = "All orders"\nlist_display = ["status"]\nlist_per_page = 5\n'
        'key = { pk = "CUSTOMER#{customerId}" }\nkey_only = ["customerId"]\n'
        'make = { placedAt = "today" }\nlabels = { placedAt = "Placed on" }\nicon = "receipt"\n'
    )

    assert (entity.label, entity.list_display, entity.list_per_page) == (
        "All orders",
        ("status",),
        5,
    )
    assert str(entity.entity.key["pk"]) == "CUSTOMER#{customerId}"
    assert entity.entity.parts == ("customerId",)
    assert entity.entity.key_only == {"customerId"}
    assert entity.entity.make == {"placedAt": "today"}
    assert (entity.labels, entity.icon) == ({"placedAt": "Placed on"}, "receipt")


def test_its_groups_are_cut_to_those_of_its_base(order):
    entity, _base = order(
        ORDER + '[Order.permissions]\nview = ["staff", "partners"]\nexport = ["staff"]\nadd = []\n'
        "delete = []\n"
    )

    assert entity.permissions == {
        "view": {"staff", "admins"},  # no partner may view the table
        "add": {"admins"},
        "change": {"staff", "admins"},
        "delete": {"admins"},
        "export": {"admins"},  # nobody else may export the table
        "history": {"staff", "admins"},  # of what one sees
        "bulk": {"admins"},  # of what one may delete
    }


def test_a_read_only_site_stays_one(load):
    registry, _mistakes = load(ORDER, read_only=True)

    assert registry.get("Order").permissions["add"] == frozenset()


def test_its_rule_compares_by_equality_and_by_beginning(order):
    entity, _base = order(
        '[Order]\nof = "Orders"\nwhen = { kind = 7, live = true, sk__begins_with = "O#" }\n'
    )

    assert entity.entity.when.parts == (
        Term(("kind",), BY_SUFFIX["eq"], ({"N": "7"},)),
        Term(("live",), BY_SUFFIX["eq"], ({"BOOL": True},)),
        Term(("sk",), BY_SUFFIX["begins_with"], ({"S": "O#"},)),
    )
    assert entity.entity.constants == {"kind": {"N": "7"}, "live": {"BOOL": True}}


def test_it_may_stand_before_its_base_and_keeps_its_place(tmp_path):
    (tmp_path / "tables.toml").write_text(
        ORDER + BASE.partition("[Orders]")[2].join(["[Orders]", ""])
    )
    registry, mistakes = load_registry(tmp_path / "tables.toml")

    assert mistakes == []
    assert list(registry.tables) == ["Order", "Orders"]


@pytest.mark.parametrize(
    ("text", "id", "words"),
    [
        ('[X]\nof = "Nothing"\nwhen = { a = "b" }', "E020", "which is no alias of this file"),
        (ORDER + '[X]\nof = "Order"\nwhen = { a = "b" }', "E020", "which is an entity itself"),
        ('[X]\ntable = "def"\nwhen = { a = "b" }', "E020", "has when, but no of"),
        ('[X]\nof = "Orders"', "E021", "does not say which items it has"),
        ('[X]\nof = "Orders"\nwhen = { a__gt = 1 }', "E021", "a__gt can't be compared with 1"),
        ('[X]\nof = "Orders"\nwhen = { "a.b" = "c" }', "E021", "a.b can't be compared"),
        ('[X]\nof = "Orders"\nwhen = { a__begins_with = 1 }', "E021", "can't be compared"),
        ('[X]\nof = "Orders"\nwhen = { a = ["b"] }', "E021", "can't be compared"),
        ('[X]\nof = "Orders"\nwhen = "a"', "E004", "when must be a table"),
        (ORDER + 'key = { pk = "{a}{b}" }', "E022", "there must be text between"),
        (ORDER + "key = { pk = 7 }", "E022", "is no pattern"),
        (ORDER + 'key = { pk = "C#{a.b}" }', "E022", "can't be made of 'a.b'"),
        (ORDER + 'key = { pk = "C#{sk}", sk = "x" }', "E022", "can't be made of 'sk'"),
        (ORDER + 'natural_key = ["a"]', "E023", "can't have a natural_key"),
        (ORDER + 'make = { a = "never" }', "E024", "a can't be 'never'"),
        (ORDER + 'key = { pk = "C#{a}" }\nkey_only = ["b"]', "E024", "which no key is made of"),
        (ORDER + 'icon = "unicorn"', "E024", "icon 'unicorn' is not known"),
        (ORDER + "labels = { a = 7 }", "E004", "labels: a must be text"),
        (ORDER + 'table = "abc"', "E025", "table is its table's"),
        (ORDER + "history = false", "E025", "history is its table's"),
        (ORDER + 'whenn = { a = "b" }', "E003", "unknown key 'whenn'"),
    ],
)
def test_a_mistake_is_told_and_its_alias_left_out(load, text, id, words):
    registry, mistakes = load(text)

    assert [mistake.id for mistake in mistakes] == [f"tables.{id}"]
    assert words in mistakes[0].message
    assert mistakes[0].hint
    assert set(registry.tables) <= {"Orders", "Order"}


def test_a_table_of_natural_keys_holds_one_kind(load):
    text = '[N]\ntable = "def"\nnatural_key = ["a"]\n[X]\nof = "N"\nwhen = { a = "b" }'

    assert [mistake.id for mistake in load(text)[1]] == ["tables.E023"]


def test_a_table_has_fifty_entities_at_most(load):
    many = "".join(f'[E{n}]\nof = "Orders"\nwhen = {{ kind = {n} }}\n' for n in range(51))

    assert [mistake.message for mistake in load(many)[1]] == [
        "Orders has 51 entities; 50 is the most."
    ]


@pytest.mark.parametrize(
    ("left", "right", "overlap"),
    [
        ('kind = "a"', 'kind = "b"', False),
        ('kind = "a"', 'kind = "a"', True),
        ('kind = "a"', 'other = "a"', True),
        ('sk = "ORDER"', 'sk__begins_with = "ORDER#"', False),
        ('sk__begins_with = "O"', 'sk = "ORDER"', True),
        ('sk__begins_with = "ORDER#"', 'sk__begins_with = "LINE#"', False),
        ('sk__begins_with = "OR"', 'sk__begins_with = "ORDER#"', True),
        ('kind = "1"', "kind = 1", False),
    ],
)
def test_two_kinds_overlap_unless_their_rules_exclude_each_other(load, left, right, overlap):
    registry, _mistakes = load(
        f'[A]\nof = "Orders"\nwhen = {{ {left} }}\n[B]\nof = "Orders"\nwhen = {{ {right} }}\n'
    )

    assert may_overlap(registry.get("A").entity, registry.get("B").entity) is overlap
