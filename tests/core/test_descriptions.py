from datetime import UTC, datetime

import pytest

from tables.core.descriptions import Index, KeyAttribute, TableDescription, describe

CREATED = datetime(2026, 1, 1, tzinfo=UTC)


def keys(*names):
    return [
        {"AttributeName": name, "KeyType": "HASH" if i == 0 else "RANGE"}
        for i, name in enumerate(names)
    ]


def test_a_table_is_learnt_from_describe_table():
    answer = {
        "TableName": "real",
        "TableStatus": "UPDATING",
        "ItemCount": 5,
        "TableSizeBytes": 500,
        "CreationDateTime": CREATED,
        "ProvisionedThroughput": {"ReadCapacityUnits": 3, "WriteCapacityUnits": 2},
        "AttributeDefinitions": [
            {"AttributeName": name, "AttributeType": tag}
            for name, tag in zip("pqrs", "SNBS", strict=True)
        ],
        "KeySchema": keys("p", "q"),
        "GlobalSecondaryIndexes": [
            {
                "IndexName": "all",
                "KeySchema": keys("r"),
                "IndexStatus": "UPDATING",
                "Projection": {"ProjectionType": "ALL"},
            },
            {
                "IndexName": "keys",
                "KeySchema": keys("r", "s"),
                "IndexStatus": "CREATING",
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            },
        ],
        "LocalSecondaryIndexes": [
            {
                "IndexName": "some",
                "KeySchema": keys("p", "s"),
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["x"]},
            },
        ],
    }
    p, q, r, s = (KeyAttribute(n, t) for n, t in zip("pqrs", "SNBS", strict=True))
    description = describe(answer, read_at=CREATED, ttl_attribute="expires")
    assert description == TableDescription(
        name="real",
        partition_key=p,
        sort_key=q,
        indexes=(
            Index("all", r, None, None, is_global=True),
            Index("keys", r, s, frozenset("pqrs"), is_global=True, is_ready=False),
            Index("some", p, s, frozenset({*"pqs", "x"}), is_global=False),
        ),
        item_count=5,
        size_bytes=500,
        status="UPDATING",
        read_at=CREATED,
        ttl_attribute="expires",
        created_at=CREATED,
        read_units=3,
        write_units=2,
    )
    assert description.key_names == ("p", "q")
    assert description.index("some").key_attributes == (p, s)
    assert description.index("absent") is None
    assert description.declared_types() == {"p": "S", "q": "N", "r": "B", "s": "S"}


def test_a_table_on_an_engine_that_says_little():
    answer = {
        "TableName": "real",
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": keys("id"),
    }
    assert describe(answer) == TableDescription("real", KeyAttribute("id", "S"))


def test_a_multi_attribute_key_of_an_index_is_known_in_full():
    answer = {
        "TableName": "real",
        "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in "iabcd"],
        "KeySchema": keys("i"),
        "GlobalSecondaryIndexes": [
            {
                "IndexName": "multi",
                "KeySchema": [
                    {"AttributeName": "a", "KeyType": "HASH"},
                    {"AttributeName": "b", "KeyType": "HASH"},
                    {"AttributeName": "c", "KeyType": "RANGE"},
                    {"AttributeName": "d", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
    }
    (index,) = describe(answer).indexes
    assert [attribute.name for attribute in index.key_attributes] == ["a", "b", "c", "d"]
    assert index.projected == frozenset("iabcd")
    assert index.partition_keys == (KeyAttribute("a", "S"), KeyAttribute("b", "S"))
    assert index.sort_keys == (KeyAttribute("c", "S"), KeyAttribute("d", "S"))


@pytest.mark.parametrize(
    ("counted", "size", "likely"),
    [(5, 10**9, 5), (0, None, 0), (None, 0, 0), (None, 20_480_000, 20_000), (None, None, None)],
)
def test_a_table_that_nobody_counts_is_judged_by_its_size(counted, size, likely):
    table = TableDescription("t", KeyAttribute("p", "S"), item_count=counted, size_bytes=size)
    assert table.likely_items == likely
