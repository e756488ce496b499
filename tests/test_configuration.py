"""The alias map of the site: what is reachable, and what the checks say."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from tables import configuration
from tables.checks import (
    check_alias_map,
    check_discovery,
    check_key_patterns,
    check_links,
    check_types,
    check_types_of_keys,
)
from tables.core.errors import TableNotFound
from tests.tables import create_table

GROUPS = 'staff_groups = ["staff"]\nsuperuser_groups = ["admins"]\n'


@pytest.fixture
def alias_map(tmp_path, settings):
    def write(text):
        path = tmp_path / f"tables{len(list(tmp_path.iterdir()))}.toml"
        path.write_text(text)
        settings.TABLES_FILE = path

    return write


def test_the_alias_map_is_read_once(alias_map):
    alias_map(GROUPS + '[W]\ntable = "real"\n')
    registry = configuration.registry()
    assert registry.get("W").table == "real"
    assert configuration.registry() is registry
    assert check_alias_map() == []


def test_read_only_takes_effect_on_every_table(alias_map, settings):
    alias_map(GROUPS + '[W]\ntable = "real"\n')
    assert configuration.registry().get("W").permissions["delete"] == {"admins"}
    settings.READ_ONLY = True
    assert configuration.registry().get("W").permissions["delete"] == frozenset()


def test_nothing_is_served_with_a_mistake_in_the_alias_map(alias_map):
    alias_map(GROUPS + '[W]\ntable = "real"\nlable = "x"\n[V]\n')
    (unknown, nameless) = check_alias_map()
    assert (unknown.id, nameless.id) == ("tables.E003", "tables.E005")
    assert unknown.is_serious()
    assert "mean 'label'?" in unknown.hint
    with pytest.raises(ImproperlyConfigured, match=r"tables\.E003: .*\ntables\.E005: "):
        configuration.registry()


def test_the_state_table_is_out_of_reach(alias_map, settings):
    alias_map(f'[State]\ntable = "{settings.STATE_TABLE}"\n')
    (mistake,) = check_alias_map()
    assert mistake.id == "tables.E006"
    settings.STATE_TABLE = "another"
    assert check_alias_map() == []


def test_types_that_the_schema_contradicts_are_warned_of(alias_map, tmp_path):
    schema = '{"properties": {"total": {"type": "number"}, "name": {"type": "string"}}}'
    (tmp_path / "w.json").write_text(schema)
    section = '[W]\ntable = "real"\nschema = "w.json"\n[W.types]\nname = "S"\nfree = "SS"\n'
    alias_map(GROUPS + section)
    assert check_types() == []
    alias_map(GROUPS + section + 'total = "S"\n')
    (warning,) = check_types()
    assert (warning.id, warning.msg) == (
        "tables.W002",
        "[W.types] total is S, and N in its schema.",
    )
    assert not warning.is_serious()


def test_types_that_a_key_contradicts_are_an_error_where_the_table_answers(alias_map, engine):
    alias_map(GROUPS + '[W]\ntable = "real"\n[W.types]\nid = "N"\ntotal = "N"\n')
    assert check_types_of_keys() == []
    create_table("real")
    (error,) = check_types_of_keys()
    assert (error.id, error.msg) == (
        "tables.E009",
        "[W.types] id is N, and the key attribute is S.",
    )
    assert error.is_serious()


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        ('id = "A#{place}", at = "{time}"', True),
        ('id = "A#{place}", at = "{time:03}"', False),
        ('id = "A#{place}", at = "1{time}"', False),
        ('id = "A#{place}", at = "7"', False),
        ('id = "A#{place}", on = "{day}"', False),
    ],
)
def test_a_pattern_makes_text_keys_and_those_numbers_that_are_its_value(
    alias_map, engine, pattern, fits
):
    alias_map(
        GROUPS
        + f'[W]\ntable = "real"\n[V]\nof = "W"\nwhen = {{ k = "v" }}\nkey = {{ {pattern} }}\n'
    )
    create_table("real", {"id": "S", "at": "N"})
    found = [(error.id, error.msg) for error in check_key_patterns()]
    name = "on" if "on =" in pattern else "at"
    words = f"[V] key names {name!r}, which its pattern can't make."
    assert found == ([] if fits else [("tables.E022", words)])


def test_a_mistake_and_discovery_stop_no_check(alias_map, settings):
    settings.DYNAMODB_DISCOVER = True
    alias_map(GROUPS + '[W]\ntable = "real"\nlable = "x"\n')
    assert check_types() == check_types_of_keys() == []


def test_an_unknown_alias_makes_no_call(alias_map, calls):
    alias_map(GROUPS + '[W]\ntable = "real"\n')
    for alias in ("real", "w", "../W", "W\0", "arn:aws:dynamodb:eu-west-1:1:table/real", None):
        with pytest.raises(TableNotFound):
            configuration.registry().get(alias)
    assert calls == []


def test_a_description_is_that_of_the_real_table(alias_map, engine):
    create_table("real", {"id": "N"})
    alias_map(GROUPS + '[W]\ntable = "real"\n')
    described = configuration.description(configuration.registry().get("W"))
    assert (described.name, described.partition_key.type) == ("real", "N")


def test_discovery_reaches_every_table_but_the_state_table(alias_map, settings, engine):
    settings.STATE_TABLE = "state"
    for name in ("Orders", "state", "real"):
        create_table(name)
    alias_map(GROUPS + '[W]\ntable = "real"\nlabel = "Workers"\n')
    assert set(configuration.registry().tables) == {"W"}
    settings.DYNAMODB_DISCOVER = True
    registry = configuration.registry()
    assert set(registry.tables) == {"Orders", "real", "W"}
    assert registry.get("Orders").table == "Orders"
    assert registry.get("W").label == "Workers"
    with pytest.raises(TableNotFound):
        registry.get("state")


def test_discovery_asks_now_and_then_not_every_time(alias_map, settings, calls, engine):
    alias_map(GROUPS)
    settings.DYNAMODB_DISCOVER = True
    for _ in range(5):
        configuration.registry()
    assert 1 <= calls.count("ListTables") <= 2  # two when the period turns meanwhile


def test_discovery_is_warned_of_before_it_is_deployed(settings):
    assert check_discovery() == []
    settings.DYNAMODB_DISCOVER = True
    (warning,) = check_discovery()
    assert warning.id == "tables.W001"


LINKED = (
    '[W]\ntable = "real"\n[W.links.x]\nto = "W"\nkey = {KEY}\n'
    '[W.related.r]\ntable = "W"\nwhere = {WHERE}\n'
)


@pytest.mark.parametrize(
    ("key", "where", "id", "words"),
    [
        (
            '{ id = "{}", sk = "A" }',
            '{ id = "{x}" }',
            "tables.E031",
            "[W.links.x] key names id, sk; items of W are found by id.",
        ),
        (
            '{ id = "{}" }',
            '{ x = "{id}" }',
            "tables.E033",
            "[W.related.r] would scan real: no key or index begins with what `where` fixes.",
        ),
    ],
)
def test_links_that_a_table_contradicts_are_an_error_where_it_answers(
    alias_map, engine, key, where, id, words
):
    alias_map(GROUPS + LINKED.replace("{KEY}", key).replace("{WHERE}", where))
    assert check_links() == []
    create_table("real")
    (error,) = check_links()
    assert (error.id, error.msg) == (id, words)


def test_a_list_whose_parameters_can_not_be_read_is_an_error(alias_map, dynamodb_moto):
    create_table("real")
    where = '{ id = "{x}", n__between__n = "1" }'
    alias_map(GROUPS + LINKED.replace("{KEY}", '{ id = "{}" }').replace("{WHERE}", where))
    (error,) = check_links()
    assert error.id == "tables.E034"
    assert "BETWEEN takes 2 values" in error.msg
