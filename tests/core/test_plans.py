from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tables.core import filters
from tables.core.admission import needed_fields
from tables.core.descriptions import KeyAttribute
from tables.core.errors import InvalidCursor, InvalidExpression
from tables.core.expressions import Placeholders
from tables.core.filters import BY_SUFFIX, OPERATORS, Group, Term, make_term
from tables.core.plans import Plan, choose_plan, require_start_key
from tests.core.model import holds, kind, matches
from tests.core.tables import COMPOSITE, NUMBER_KEY, STRING_KEY

# ---------------------------------------------------------------- random tables, items, filters

# Few different values, so that filters find something.
TEXTS = st.sampled_from(["a", "b", "ab"]).map(lambda text: {"S": text})
FIGURES = st.sampled_from(["1", "2", "10"]).map(lambda text: {"N": text})
OTHERS = st.sampled_from(
    [
        {"NULL": True},
        {"BOOL": True},
        {"SS": ["a", "b"]},
        {"L": [{"S": "a"}]},
        {"M": {"x": {"S": "a"}}},
    ]
)
KEY_VALUES = {"S": TEXTS, "N": FIGURES}
NAMES = ("country", "name", "zone", "people", "mayor", "party", "founded", "note")
KEY_TYPES = COMPOSITE.declared_types()


@st.composite
def items(draw):
    item = {"country": draw(TEXTS), "name": draw(TEXTS)}
    for name in NAMES[2:]:
        if draw(st.booleans()):
            # DynamoDB refuses an index key of another type.
            anything = st.one_of(TEXTS, FIGURES, OTHERS)
            item[name] = draw(KEY_VALUES[KEY_TYPES[name]] if name in KEY_TYPES else anything)
    return item


def distinct_keys(drawn):
    return list({(item["country"]["S"], item["name"]["S"]): item for item in drawn}.values())


PATHS = st.one_of(
    st.sampled_from(NAMES).map(lambda name: (name,)),
    st.sampled_from([("note", "x"), ("note", 0), ("zone", "x"), ("country", "x")]),
)


@st.composite
def terms(draw, paths=PATHS):
    path = draw(paths)
    operator = draw(st.sampled_from(OPERATORS))
    if operator.suffix == "type":
        return make_term(path, operator, [{"S": draw(st.sampled_from(["S", "N", "L"]))}])
    count = draw(st.integers(1, 3)) if operator.operands is None else operator.operands
    of_type = KEY_VALUES[KEY_TYPES[path[0]]] if path[0] in KEY_TYPES else TEXTS
    values = draw(st.sampled_from([of_type, of_type, st.one_of(TEXTS, FIGURES)]))
    operands = draw(st.lists(values, min_size=count, max_size=count))
    try:
        return make_term(path, operator, operands)
    except InvalidExpression:
        return make_term(path, BY_SUFFIX["exists"])


@st.composite
def questions(draw):
    """A table, a filter that more often than not a key or an index could answer, and fields."""
    indexes = draw(
        st.lists(st.sampled_from(COMPOSITE.indexes), min_size=1, max_size=2, unique=True)
    )
    table = replace(COMPOSITE, indexes=tuple(indexes))
    source = draw(st.sampled_from([table, *indexes, *indexes]))
    key = source.partition_key
    parts = [make_term((key.name,), BY_SUFFIX["eq"], [draw(KEY_VALUES[key.type])])]
    if source.sort_key is not None:
        on_sort_key = terms(st.just((source.sort_key.name,)))
        parts += draw(st.lists(on_sort_key, max_size=2))
    groups = st.lists(terms(), min_size=1, max_size=3).map(lambda some: Group(tuple(some), "OR"))
    parts += draw(st.lists(st.one_of(terms(), groups), max_size=2))
    fields = st.lists(
        st.sampled_from([("party",), ("people",), ("note",)]), max_size=2, unique=True
    )
    return table, Group(tuple(draw(st.permutations(parts)))), tuple(draw(fields))


# ---------------------------------------------------------------- a table that carries plans out


def index_holds(index, item):
    return all(
        attribute.name in item and kind(item[attribute.name]) == attribute.type
        for attribute in index.key_attributes
    )


def carry_out(plan, table, stored, fields):
    """What DynamoDB would give, refusing what it refuses."""
    index = table.index(plan.index) if plan.index else None
    source, seen = table, stored
    if plan.operation == "GetItem":
        assert plan.key.keys() == set(table.key_names)
        seen = [item for item in stored if all(item[n] == plan.key[n] for n in plan.key)]
    if index is not None:
        source = index
        seen = [item for item in stored if index_holds(index, item)]
    if index is not None and index.projected is not None:
        seen = [{n: v for n, v in item.items() if n in index.projected} for item in seen]
    if plan.operation == "Query":
        seen = [item for item in seen if keys_match(plan, source, item)]
    found = [item for item in seen if matches(plan.filter, item)]
    wanted = {path[0] for path in needed_fields(fields, table, plan.index)}
    found = [{n: v for n, v in item.items() if not wanted or n in wanted} for item in found]
    return [item for item in found if filters.matches(plan.local, item)]


def keys_match(plan, source, item):
    partition, *sort = plan.key_terms
    assert partition.operator.suffix == "eq"
    assert partition.path == (source.partition_key.name,)
    assert len(sort) <= 1
    for term in sort:
        assert term.path == (source.sort_key.name,)
        assert term.operator.suffix in ("eq", "lt", "lte", "gt", "gte", "between", "begins_with")
    for part in plan.filter.parts:
        assert not names_of(part) & {attribute.name for attribute in source.key_attributes}
    return all(holds(term, item) for term in plan.key_terms)


def names_of(node):
    if isinstance(node, Term):
        return {node.path[0]}
    return set().union(*(names_of(part) for part in node.parts))


@settings(max_examples=400)
@given(questions(), st.lists(items(), min_size=3, max_size=9).map(distinct_keys))
def test_every_plan_finds_exactly_what_a_scan_finds(question, stored):
    table, wanted, fields = question
    plan = choose_plan(wanted, table, fields=fields)
    expected = [item for item in stored if matches(wanted, item)]
    if fields:
        kept = {path[0] for path in fields} | {"country", "name"}
        expected = [{n: v for n, v in item.items() if n in kept} for item in expected]
    found = carry_out(plan, table, stored, fields)
    if plan.index and fields:
        kept = {path[0] for path in fields} | {"country", "name"}
        found = [{n: v for n, v in item.items() if n in kept} for item in found]
    assert sorted(found, key=repr_key) == sorted(expected, key=repr_key)
    plan.compile(Placeholders())


def repr_key(item):
    return repr(sorted(item.items()))


# ---------------------------------------------------------------- which plan


def eq(name, text):
    return make_term((name,), BY_SUFFIX["eq"], [{"S": text}])


def number(name, suffix, *figures):
    return make_term((name,), BY_SUFFIX[suffix], [{"N": figure} for figure in figures])


def exists(name):
    return make_term((name,), BY_SUFFIX["exists"])


def plan_for(*parts, table=COMPOSITE, **options):
    return choose_plan(Group(parts), table, **options)


def test_nothing_known_is_a_scan_and_all_keys_known_a_get():
    assert plan_for() == Plan("Scan")
    assert plan_for(eq("note", "x")) == Plan("Scan", filter=Group((eq("note", "x"),)))
    assert plan_for(eq("name", "b"), eq("country", "a")) == Plan(
        "GetItem", key={"country": {"S": "a"}, "name": {"S": "b"}}
    )
    assert plan_for(number("id", "eq", "5"), table=NUMBER_KEY).operation == "GetItem"


def test_a_partition_key_is_a_query_of_the_table():
    terms = eq("country", "a"), number("name", "gt", "1"), eq("note", "x")
    plan = plan_for(*terms)
    # A number is no condition on a string key: DynamoDB would refuse it there.
    assert (plan.operation, plan.index, plan.key_terms) == ("Query", None, terms[:1])
    assert (plan.local, plan.filter) == (Group(terms[1:2]), Group(terms[2:]))


def test_two_bounds_on_the_sort_key_become_between():
    low = make_term(("name",), BY_SUFFIX["gte"], [{"S": "b"}])
    high = make_term(("name",), BY_SUFFIX["lte"], [{"S": "m"}])
    other = make_term(("name",), BY_SUFFIX["begins_with"], [{"S": "c"}])
    plan = plan_for(eq("country", "a"), low, other, high)
    assert plan.key_terms[1].operator.suffix == "between"
    assert plan.key_terms[1].operands == ({"S": "b"}, {"S": "m"})
    assert plan.local == Group((other,))


def test_an_index_answers_where_its_sort_key_is_required():
    assert plan_for(eq("zone", "z")).index == "by-zone"
    assert plan_for(eq("zone", "z"), number("people", "gte", "1")).index == "by-zone-people"
    assert plan_for(eq("zone", "z"), exists("people")).index == "by-zone"
    ordered = replace(COMPOSITE, indexes=COMPOSITE.indexes[1:])
    assert plan_for(eq("zone", "z"), table=ordered).operation == "Scan"
    assert plan_for(eq("zone", "z"), exists("people"), table=ordered).index == "by-zone-people"
    for suffix in ("ne", "not_exists"):
        operands = [{"N": "1"}] if suffix == "ne" else []
        lax = make_term(("people",), BY_SUFFIX[suffix], operands)
        assert plan_for(eq("zone", "z"), lax, table=ordered).operation == "Scan"
    either = Group((exists("people"), exists("note")), "OR")
    assert plan_for(eq("zone", "z"), either, table=ordered).operation == "Scan"


def test_an_index_answers_only_what_it_holds():
    terms = eq("mayor", "m"), exists("people")
    assert plan_for(*terms).operation == "Scan"
    assert plan_for(*terms, fields=[("party",)]).index == "names-only"
    assert plan_for(*terms, fields=[("note",)]).operation == "Scan"
    assert plan_for(*terms, eq("note", "x"), fields=[("party",)]).operation == "Scan"


def test_an_index_that_is_being_built_answers_nothing():
    building = replace(COMPOSITE, indexes=(replace(COMPOSITE.indexes[0], is_ready=False),))
    assert plan_for(eq("zone", "z"), table=building).operation == "Scan"


def test_an_index_with_a_multi_attribute_key_is_only_scanned_and_only_when_forced():
    index = replace(COMPOSITE.indexes[0], more_keys=(KeyAttribute("mayor", "S"),))
    table = replace(COMPOSITE, indexes=(index,))
    terms = eq("zone", "z"), eq("mayor", "m")
    assert plan_for(*terms, table=table) == Plan("Scan", filter=Group(terms))
    assert plan_for(*terms, table=table, index="by-zone") == Plan(
        "Scan", index="by-zone", filter=Group(terms)
    )


def test_an_index_can_be_forced_and_cleverness_refused():
    assert plan_for(index="by-zone") == Plan("Scan", index="by-zone")
    assert plan_for(eq("zone", "z"), index="by-zone-people").operation == "Query"
    by_key = eq("country", "a"), eq("name", "b")
    assert plan_for(*by_key, scan_only=True) == Plan("Scan", filter=Group(by_key))
    with pytest.raises(InvalidExpression, match="this table's indexes: by-zone, by-zone-people"):
        plan_for(index="by-mood")
    with pytest.raises(InvalidExpression, match="indexes: none"):
        plan_for(index="by-mood", table=STRING_KEY)


def test_a_query_has_an_order_and_a_scan_has_none():
    assert plan_for(eq("zone", "z"), order="desc").descending
    assert not plan_for(eq("zone", "z"), order="asc").descending
    with pytest.raises(InvalidExpression, match="A scan has no order"):
        plan_for(order="asc")


@pytest.mark.parametrize(
    "text", ["", "x" * 2049, "é" * 1025], ids=["empty", "too long", "too long in bytes"]
)
def test_a_value_that_no_key_can_have_is_never_put_in_a_key_condition(text):
    assert plan_for(eq("id", text), table=STRING_KEY).operation == "Scan"
    assert plan_for(eq("country", text)).operation == "Scan"
    sort = plan_for(eq("country", "a"), eq("name", text or ""))
    assert (sort.operation, len(sort.key_terms)) == ("Query", 1)


def test_a_plan_compiles_to_one_request():
    pool = Placeholders()
    plan = plan_for(
        eq("country", "a"),
        make_term(("name",), BY_SUFFIX["begins_with"], [{"S": "b"}]),
        eq("note", "x"),
        order="desc",
    )
    assert {**plan.compile(pool), **pool.request()} == {
        "KeyConditionExpression": "#0 = :0 AND begins_with(#1, :1)",
        "ScanIndexForward": False,
        "FilterExpression": "#2 = :2",
        "ExpressionAttributeNames": {"#0": "country", "#1": "name", "#2": "note"},
        "ExpressionAttributeValues": {":0": {"S": "a"}, ":1": {"S": "b"}, ":2": {"S": "x"}},
    }
    assert plan_for(index="by-zone").compile(Placeholders()) == {"IndexName": "by-zone"}


def test_a_start_key_lies_inside_of_what_is_read():
    query = plan_for(eq("country", "a"), make_term(("name",), BY_SUFFIX["gt"], [{"S": "b"}]))
    require_start_key({"country": {"S": "a"}, "name": {"S": "c"}}, query)
    for country, name in (("z", "c"), ("a", "b")):
        with pytest.raises(InvalidCursor, match="outside"):
            require_start_key({"country": {"S": country}, "name": {"S": name}}, query)
    get = plan_for(eq("id", "x"), table=STRING_KEY)
    require_start_key({"id": {"S": "x"}}, get)
    with pytest.raises(InvalidCursor, match="outside"):
        require_start_key({"id": {"S": "y"}}, get)
    require_start_key({"id": {"S": "y"}}, plan_for(table=STRING_KEY))
