from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tables.core import filters
from tables.core.admission import needed_fields
from tables.core.descriptions import Index, KeyAttribute
from tables.core.errors import InvalidCursor, InvalidExpression
from tables.core.expressions import Placeholders
from tables.core.filters import BY_SUFFIX, OPERATORS, Group, Term, make_term
from tables.core.plans import Advice, Plan, advise, choose_plan, require_start_key
from tests.core.model import holds, kind, matches
from tests.core.tables import COMPOSITE, NUMBER_KEY, STRING_KEY

# ---------------------------------------------------------------- random tables, items, filters

# Few different values, so that filters find something; empty and long ones, which no index takes.
TEXTS = st.sampled_from(["a", "b", "ab"]).map(lambda text: {"S": text})
ODD_TEXTS = st.sampled_from(["", "", "a" * 1025, "a" * 2049]).map(lambda text: {"S": text})
LONG_KEYS = st.sampled_from(["a", "b", "a" * 1025]).map(lambda text: {"S": text})
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
ZONE, MAYOR, PARTY = (KeyAttribute(name, "S") for name in ("zone", "mayor", "party"))
PEOPLE, COUNTRY = KeyAttribute("people", "N"), KeyAttribute("country", "S")
INDEXES = (
    *COMPOSITE.indexes,
    Index("by-zone-mayor", ZONE, MAYOR, None, is_global=True),
    Index("by-zone-country", ZONE, COUNTRY, None, is_global=True),
    Index(
        "by-many",
        ZONE,
        PARTY,
        None,
        is_global=True,
        more_partition_keys=(MAYOR,),
        more_sort_keys=(PEOPLE,),
    ),
)
RICH = replace(COMPOSITE, indexes=INDEXES)
KEY_TYPES = RICH.declared_types()


# Some values of an attribute fit an index that has it as its key, some never could.
STORED = st.one_of(TEXTS, ODD_TEXTS, ODD_TEXTS, FIGURES, OTHERS)
STORED_AS = {
    "zone": st.sampled_from([{"S": "a"}, {"S": "a"}, {"S": "a"}, {"S": "b"}, {"N": "1"}]),
    "mayor": STORED,
    "people": st.one_of(FIGURES, STORED),
    "party": STORED,
    "founded": FIGURES,
    "note": STORED,
}


@st.composite
def items(draw):
    """Items that DynamoDB could hold: a global index may have been added after they were written,
    but local ones are as old as their table.
    """
    item = {"country": draw(LONG_KEYS), "name": draw(TEXTS)}
    for name in draw(st.lists(st.sampled_from(NAMES[2:]), min_size=4, unique=True)):
        item[name] = draw(STORED_AS[name])
    return item


def distinct_keys(drawn):
    return list({(item["country"]["S"], item["name"]["S"]): item for item in drawn}.values())


PATHS = st.one_of(
    st.sampled_from(NAMES).map(lambda name: (name,)),
    st.sampled_from([("note", "x"), ("note", 0), ("zone", "x"), ("country", "x")]),
)


EITHER = ("eq", "ne", "in", "contains", "not_contains")


@st.composite
def terms(draw, paths=PATHS):
    path = draw(paths)
    operator = draw(st.sampled_from([*OPERATORS, *map(BY_SUFFIX.get, ("eq", "in", "in", "gte"))]))
    if operator.suffix == "type":
        return make_term(path, operator, [{"S": draw(st.sampled_from(["S", "N", "L"]))}])
    count = draw(st.integers(1, 3)) if operator.operands is None else operator.operands
    of_type = KEY_VALUES[KEY_TYPES[path[0]]] if path[0] in KEY_TYPES else TEXTS
    odd = st.one_of(TEXTS, ODD_TEXTS, FIGURES)
    values = draw(st.sampled_from([of_type, of_type, ODD_TEXTS, odd]))
    operands = draw(st.lists(values, min_size=count, max_size=count))
    try:
        term = make_term(path, operator, operands)
    except InvalidExpression:
        return make_term(path, BY_SUFFIX["exists"])
    if operator.suffix in EITHER and draw(st.booleans()):
        return replace(term, alternatives=(tuple(draw(FIGURES) for _operand in operands),))
    return term


@st.composite
def questions(draw):
    """A table, a filter that more often than not a key or an index could answer, and fields."""
    source = draw(st.sampled_from([RICH, *INDEXES, *INDEXES]))
    others = draw(st.lists(st.sampled_from(INDEXES), max_size=1))
    indexes = dict.fromkeys([*([] if source is RICH else [source]), *others])
    table = replace(RICH, indexes=tuple(indexes))
    parts = [
        make_term((key.name,), BY_SUFFIX["eq"], [draw(PARTITIONS.get(key.name, TEXTS))])
        for key in partition_keys(source)
    ]
    for key in sort_keys(source):
        parts += draw(st.lists(terms(st.just((key.name,))), min_size=1, max_size=2))
    groups = st.lists(terms(), min_size=1, max_size=3).map(lambda some: Group(tuple(some), "OR"))
    if draw(st.booleans()):
        parts.append(draw(st.one_of(terms(), groups)))
    fields = st.lists(
        st.sampled_from([("party",), ("people",), ("note",)]), max_size=2, unique=True
    )
    return table, Group(tuple(draw(st.permutations(parts)))), tuple(draw(fields))


PARTITIONS = {"zone": st.just({"S": "a"}), "country": LONG_KEYS}


# ---------------------------------------------------------------- a table that carries plans out


def partition_keys(source):
    return source.partition_keys if isinstance(source, Index) else (source.partition_key,)


def sort_keys(source):
    if isinstance(source, Index):
        return source.sort_keys
    return (source.sort_key,) if source.sort_key else ()


def index_holds(index, item):
    """AWS: an item with an invalid index key is left out of an index that is added later."""
    return all(
        all(
            key.name in item
            and kind(item[key.name]) == key.type
            and 0 < len(item[key.name][key.type].encode()) <= limit
            for key in keys
        )
        for keys, limit in ((index.partition_keys, 2048), (index.sort_keys, 1024))
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
    """Whether the item is in what the Query reads; the request must be one that DynamoDB takes."""
    keys = iter(plan.key_terms)
    for attribute in partition_keys(source):
        term = next(keys)
        assert (term.path, term.operator.suffix) == ((attribute.name,), "eq")
    conditions = list(keys)
    # Sort attributes from the first on, each at most once, and only the last by anything but `=`.
    for term, attribute in zip(conditions, sort_keys(source), strict=False):
        assert term.path == (attribute.name,)
        assert term.operator.suffix in ("eq", "lt", "lte", "gt", "gte", "between", "begins_with")
    assert len(conditions) <= len(sort_keys(source))
    assert all(term.operator.suffix == "eq" for term in conditions[:-1])
    assert not any(term.alternatives for term in plan.key_terms)
    key_names = {attribute.name for attribute in (*partition_keys(source), *sort_keys(source))}
    for part in plan.filter.parts:
        assert not names_of(part) & key_names
    return all(holds(term, item) for term in plan.key_terms)


def names_of(node):
    if isinstance(node, Term):
        return {node.path[0]}
    return set().union(*(names_of(part) for part in node.parts))


@settings(max_examples=1200)
@given(questions(), st.lists(items(), min_size=5, max_size=8).map(distinct_keys))
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


def test_of_two_conditions_on_the_sort_key_an_equality_is_read():
    more, same = number("people", "gte", "1"), number("people", "eq", "5")
    for conditions in ((more, same), (same, more)):
        plan = plan_for(eq("zone", "z"), *conditions, table=only("by-zone-people"))
        assert plan.key_terms == (eq("zone", "z"), same)


def only(*names):
    return replace(RICH, indexes=tuple(index for index in INDEXES if index.name in names))


def test_an_index_answers_where_its_sort_key_is_proven():
    assert plan_for(eq("zone", "z")).index == "by-zone"
    assert plan_for(eq("zone", "z"), number("people", "gte", "1")).index == "by-zone-people"
    ordered = only("by-zone-people")
    assert plan_for(eq("zone", "z"), table=ordered).operation == "Scan"
    for suffix, *figures in (("lt", "1"), ("between", "1", "2"), ("in", "1", "2"), ("eq", "1")):
        term = number("people", suffix, *figures)
        assert plan_for(eq("zone", "z"), term, table=ordered).index == "by-zone-people"
    is_number = make_term(("people",), BY_SUFFIX["type"], [{"S": "N"}])
    assert plan_for(eq("zone", "z"), is_number, table=ordered).index == "by-zone-people"
    either = Group((exists("people"), exists("note")), "OR")
    assert plan_for(eq("zone", "z"), either, table=ordered).operation == "Scan"


def created(suffix, *operands):
    return make_term(("mayor",), BY_SUFFIX[suffix], operands)


@pytest.mark.parametrize(
    "term",
    [
        number("mayor", "eq", "2021"),
        number("mayor", "gte", "2021"),
        created("type", {"S": "N"}),
        created("type", {"S": "S"}),
        created("exists"),
        created("ne", {"S": "x"}),
        created("not_exists"),
        created("contains", {"S": "x"}),
        created("begins_with", {"S": "2021"}),
        created("gte", {"S": "2021"}),
        created("lt", {"S": "2021"}),
        created("between", {"S": "2021"}, {"S": "2022"}),
        created("in", {"S": "2021"}, {"S": ""}),
        created("in", {"S": "2021"}, {"N": "2021"}),
        created("eq", {"S": ""}),
        created("eq", {"S": "x" * 1025}),
        replace(created("eq", {"S": "2021"}), alternatives=(({"N": "2021"},),)),
    ],
    ids=lambda term: f"{term.operator.suffix} {str(term.operands)[:20]}",
)
def test_an_index_is_not_trusted_with_items_that_it_may_have_left_out(term):
    """Items whose sort key has another type, is empty or over 1,024 bytes are not in it."""
    table = only("by-zone-mayor")
    assert plan_for(eq("zone", "z"), term, table=table).operation == "Scan"
    assert plan_for(eq("zone", "z"), term, table=table, index="by-zone-mayor").operation == "Query"


def test_an_index_is_trusted_with_exact_text_of_its_sort_key():
    table = only("by-zone-mayor")
    for term in (created("eq", {"S": "x" * 1024}), created("in", {"S": "a"}, {"S": "b"})):
        assert plan_for(eq("zone", "z"), term, table=table).index == "by-zone-mayor"


def test_a_partition_key_of_the_table_may_be_too_long_to_be_a_sort_key_of_an_index():
    table = only("by-zone-country")
    assert plan_for(eq("zone", "z"), table=table).operation == "Scan"
    by_name = replace(
        RICH, indexes=(Index("by-name", ZONE, KeyAttribute("name", "S"), None, is_global=True),)
    )
    assert plan_for(eq("zone", "z"), table=by_name).index == "by-name"


def test_a_local_index_is_as_old_as_its_table_and_lacks_only_items_without_its_sort_key():
    local = replace(RICH, indexes=(Index("by-mayor", COUNTRY, MAYOR, None, is_global=False),))
    terms = eq("country", "a"), created("begins_with", {"S": "x"})
    assert plan_for(*terms, table=local).index == "by-mayor"
    assert plan_for(terms[0], created("ne", {"S": "x"}), table=local).index is None


def test_an_index_answers_only_what_it_holds():
    terms = eq("mayor", "m"), number("people", "gt", "0")
    assert plan_for(*terms).operation == "Scan"
    assert plan_for(*terms, fields=[("party",)]).index == "names-only"
    assert plan_for(*terms, fields=[("note",)]).operation == "Scan"
    assert plan_for(*terms, eq("note", "x"), fields=[("party",)]).operation == "Scan"


def test_an_index_that_is_being_built_answers_nothing():
    building = replace(COMPOSITE, indexes=(replace(COMPOSITE.indexes[0], is_ready=False),))
    assert plan_for(eq("zone", "z"), table=building).operation == "Scan"


def test_a_multi_attribute_key_wants_every_partition_attribute_and_sort_attributes_in_order():
    table = only("by-many")  # zone, mayor; party, people
    partition = eq("zone", "z"), eq("mayor", "m")
    assert plan_for(*partition[:1], table=table, index="by-many").operation == "Scan"
    whole = plan_for(*partition, eq("party", "p"), number("people", "gt", "1"), table=table)
    assert (whole.operation, whole.index) == ("Query", "by-many")
    assert [term.path[0] for term in whole.key_terms] == ["zone", "mayor", "party", "people"]
    # The second sort attribute is no condition while the first is not fixed.
    later = number("people", "eq", "1")
    gap = plan_for(*partition, later, table=table, index="by-many")
    assert (gap.key_terms, gap.local) == (partition, Group((later,)))
    ranged = make_term(("party",), BY_SUFFIX["begins_with"], [{"S": "p"}])
    last = plan_for(*partition, ranged, later, table=table, index="by-many")
    assert (last.key_terms, last.local) == ((*partition, ranged), Group((later,)))


def test_a_multi_attribute_key_is_one_request():
    pool = Placeholders()
    terms = eq("zone", "z"), eq("mayor", "m"), eq("party", "p"), number("people", "gt", "1")
    plan = plan_for(*terms, eq("note", "x"), table=only("by-many"), order="desc")
    assert {**plan.compile(pool), **pool.request()} == {
        "IndexName": "by-many",
        "KeyConditionExpression": "#0 = :0 AND #1 = :1 AND #2 = :2 AND #3 > :3",
        "ScanIndexForward": False,
        "FilterExpression": "#4 = :4",
        "ExpressionAttributeNames": {
            "#0": "zone",
            "#1": "mayor",
            "#2": "party",
            "#3": "people",
            "#4": "note",
        },
        "ExpressionAttributeValues": {
            ":0": {"S": "z"},
            ":1": {"S": "m"},
            ":2": {"S": "p"},
            ":3": {"N": "1"},
            ":4": {"S": "x"},
        },
    }


def test_an_answer_is_ordered_by_the_first_sort_attribute_that_is_not_fixed():
    table = only("by-many")
    terms = eq("zone", "z"), eq("mayor", "m")
    forced = {"table": table, "index": "by-many"}
    assert plan_for(*terms, **forced).ordered_by(table) == "party"
    assert plan_for(*terms, eq("party", "p"), **forced).ordered_by(table) == "people"
    everything = eq("party", "p"), number("people", "eq", "1")
    assert plan_for(*terms, *everything, **forced).ordered_by(table) == "party"
    assert plan_for(eq("country", "a")).ordered_by(COMPOSITE) == "name"
    assert plan_for(eq("zone", "z")).ordered_by(COMPOSITE) is None


def test_the_attributes_of_a_multi_attribute_key_share_its_limit():
    table = only("by-many")
    terms = eq("party", "p"), number("people", "gt", "1")
    long, short = eq("zone", "z" * 1200), eq("mayor", "m" * 1200)
    assert plan_for(long, short, *terms, table=table).operation == "Scan"


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


# ---------------------------------------------------------------- advice


def test_an_index_that_answers_but_for_attributes_or_items_is_advised():
    terms = Group((eq("mayor", "m"), number("people", "gt", "0")))
    assert choose_plan(terms, RICH).operation == "Scan"
    assert advise(terms, RICH) == Advice("names-only", is_part=True, unproven=())
    ranged = Group((eq("zone", "z"), created("begins_with", {"S": "m"})))
    table = only("by-zone-mayor", "by-zone-country")
    assert advise(ranged, table) == Advice("by-zone-mayor", is_part=False, unproven=("mayor",))


def test_an_index_that_can_not_answer_is_not_advised():
    assert advise(Group((eq("note", "x"),)), RICH) is None
    # A condition on what the index lacks would find nothing there.
    terms = Group((eq("mayor", "m"), number("people", "gt", "0"), eq("note", "x")))
    assert advise(terms, only("names-only")) is None
    building = replace(RICH, indexes=(replace(COMPOSITE.indexes[0], is_ready=False),))
    assert advise(Group((eq("zone", "z"),)), building) is None


def test_a_forced_index_is_asked_for_nothing_that_it_lacks():
    forced = {"table": only("names-only"), "index": "names-only"}
    words = "The index names-only does not hold note"
    with pytest.raises(InvalidExpression, match=words):
        plan_for(eq("mayor", "m"), eq("note", "x"), **forced)
    with pytest.raises(InvalidExpression, match=words):
        plan_for(eq("mayor", "m"), Group((exists("note"), exists("party")), "OR"), **forced)
    with pytest.raises(InvalidExpression, match=words):
        plan_for(eq("mayor", "m"), fields=[("note", "x")], **forced)
    whole = plan_for(eq("mayor", "m"), fields=[("note", "x")], completes=True, **forced)
    assert whole == plan_for(eq("mayor", "m"), **forced)
