"""Kinds of items suggested from a sample: what is found, and what a sample can't tell."""

import tomllib

import pytest
from django.core.management import CommandError, call_command

from demo.data.orders import orders
from tables.core.alias_map import load_registry
from tables.core.descriptions import KeyAttribute, TableDescription
from tables.core.suggestions import suggest
from tests.tables import create_table, fill

TABLE = TableDescription("t", KeyAttribute("pk", "S"), KeyAttribute("sk", "S"))


def sections(items):
    return [kind.toml("Base") for kind in suggest(items, TABLE)]


def item(pk, sk, **texts):
    return {name: {"S": text} for name, text in {"pk": pk, "sk": sk, **texts}.items()}


def test_the_demos_five_kinds_are_found_with_their_keys():
    found = tomllib.loads("".join(sections(list(orders()))))

    assert {alias: section["when"]["entity"] for alias, section in found.items()} == {
        "Product": "product",
        "Customer": "customer",
        "Cart": "cart",
        "Line": "line",
        "Order": "order",
    }
    assert {alias: (*section["key"].values(),) for alias, section in found.items()} == {
        "Product": ("PRODUCT#{product}", "DETAILS"),
        "Customer": ("CUSTOMER#{customer}", "PROFILE"),
        "Cart": ("CUSTOMER#{customer}", "CART"),
        "Line": ("ORDER#{order}", "LINE#{line}"),
        "Order": ("CUSTOMER#{customerId}", "ORDER#{placedAt}#{orderId}"),
    }
    assert found["Line"]["key_only"] == ["order", "line"]
    assert all(section["of"] == "Base" for section in found.values())


def test_a_mark_is_text_of_a_key_and_no_placeholder():
    people = [item(f"User#{n}", "User", _type="User", id=str(n)) for n in (1, 2)]

    assert sections(people) == [
        '[User]\nof = "Base"\nwhen = { _type = "User" }\nkey = { pk = "User#{id}", sk = "User" }\n'
    ]


def test_keys_that_keep_no_pattern_are_left_out():
    mixed = [item("A#1", "x", kind="a"), item("A#1#2", "x", kind="a")]

    (section,) = sections(mixed)
    assert section.endswith('\n[A]\nof = "Base"\nwhen = { kind = "a" }\n')
    assert "# Its key can't be told: pk has not as many parts between #" in section


def test_kinds_get_aliases_that_differ_and_can_be_written():
    odd = [item("x", "y", entity=text) for text in ("line item", "line-item", "7", 'a"b')]

    found = tomllib.loads("".join(sections(odd)))
    assert list(found) == ["LineItem", "LineItem2", "Kind7", "AB"]
    assert found["AB"]["when"] == {"entity": 'a"b'}


def test_items_without_a_mark_are_no_kind():
    assert sections([item("x", "y", name="z")]) == []


def test_what_the_command_prints_is_read_as_an_alias_map(dynamodb_moto, settings, tmp_path, capsys):
    create_table("shop", {"pk": "S", "sk": "S"})
    fill("shop", orders())
    settings.TABLES_FILE = tmp_path / "tables.toml"
    base = '[Shop]\ntable = "shop"\n'
    settings.TABLES_FILE.write_text(base)

    call_command("suggest_entities", "Shop")

    printed = capsys.readouterr().out
    assert printed.startswith("# 125 items were looked at: all of them.\n")
    settings.TABLES_FILE.write_text(base + printed)
    registry, mistakes = load_registry(settings.TABLES_FILE)
    assert mistakes == []
    assert len(registry.tables) == 6


def test_the_command_says_what_is_no_alias(settings, tmp_path):
    settings.TABLES_FILE = tmp_path / "tables.toml"
    settings.TABLES_FILE.write_text("")
    with pytest.raises(CommandError, match="No table has that alias"):
        call_command("suggest_entities", "Shop")


def test_two_values_after_one_text_get_two_names():
    pairs = [item(f"u#{n}#follows", f"u#{n}0", kind="f", u="x") for n in (1, 2)]

    found = tomllib.loads("".join(sections(pairs)))["F"]
    assert found["key"] == {"pk": "u#{u2}#follows", "sk": "u#{u3}"}
    assert found["key_only"] == ["u2", "u3"]


@pytest.mark.parametrize(
    ("items", "words"),
    [
        ([item("a#1", "b#1", kind="k")], "# Its key can't be told from one sample."),
        (
            [item("a#1", f"b#{n}", kind="k") for n in (1, 2)],
            '# Its key can\'t be told: pk is "a#1" in each of 2 samples.',
        ),
    ],
)
def test_samples_that_do_not_differ_tell_no_key(items, words):
    assert sections(items) == [f'{words}\n[K]\nof = "Base"\nwhen = {{ kind = "k" }}\n']
