"""A NoSQL Workbench model read as kinds of items: what its samples tell, and what they can't."""

import json
import tomllib

import pytest
from django.core.management import CommandError, call_command

from tables.core.alias_map import load_registry
from tables.core.descriptions import KeyAttribute, TableDescription
from tables.core.patterns import NotAPattern
from tables.core.workbench import suggest_from_workbench
from tests.tables import create_table

TABLE = TableDescription("t", KeyAttribute("pk", "S"), KeyAttribute("sk", "S"))


def item(pk, sk, **texts):
    return {name: {"S": text} for name, text in {"pk": pk, "sk": sk, **texts}.items()}


def table(facets=None, samples=(), name="t", keys=("pk", "sk")):
    return {
        "TableName": name,
        "KeyAttributes": {
            part: {"AttributeName": key, "AttributeType": "S"}
            for part, key in zip(("PartitionKey", "SortKey"), keys, strict=False)
        },
        "TableFacets": [
            {"FacetName": name, "TableData": rows} for name, rows in (facets or {}).items()
        ],
        "TableData": list(samples),
    }


def model(*tables):
    return {"ModelName": "m", "DataModel": list(tables)}


def kinds(facets):
    found = suggest_from_workbench(model(table(facets)), TABLE)
    return {kind.alias: kind for kind in found}


def words(kind):
    return " ".join(kind.notes)


def test_samples_that_differ_tell_the_key_and_the_mark():
    bands = [item(f"band#{n}", "profile", kind="Band", genre=n) for n in "12"]
    gigs = [item(f"band#{n}", f"gig#{n}9", kind="Gig") for n in "12"]
    found = kinds({"bands": bands, "gigs at night": gigs})

    assert found["Bands"].when == {"kind": "Band"}
    assert found["Bands"].key == {"pk": "band#{genre}", "sk": "profile"}
    assert found["Bands"].key_only == ()
    assert found["GigsAtNight"].key == {"pk": "band#{band}", "sk": "gig#{gig}"}
    assert found["GigsAtNight"].key_only == ("band", "gig")


def test_samples_of_one_partition_key_tell_no_key():
    gigs = [item("band#1", f"gig#{n}", kind="Gig") for n in "12"]
    gig = kinds({"gig": gigs})["Gig"]

    assert gig.when == {"kind": "Gig"}
    assert gig.key == {}
    assert 'Its key can\'t be told: pk is "band#1" in each of 2 samples.' in words(gig)


def test_one_sample_tells_no_key():
    gig = kinds({"gig": [item("band#1", "gig#1", kind="Gig")]})["Gig"]

    assert (gig.when, gig.key) == ({"kind": "Gig"}, {})
    assert "Its key can't be told from one sample." in words(gig)


def test_a_facet_without_samples_tells_nothing():
    (gig,) = suggest_from_workbench(model(table({"gig": []})), TABLE)

    assert "no samples, so nothing can be told" in words(gig)
    assert tomllib.loads(gig.toml("Base")) == {}


def test_keys_cut_otherwise_from_sample_to_sample_keep_no_pattern():
    gig = kinds({"gig": [item("a#1", "x#1"), item("a#2", "x#1#2")]})["Gig"]

    assert gig.key == {}
    assert "sk has not as many parts between #" in words(gig)


def test_what_no_attribute_marks_is_told_by_how_its_keys_begin():
    found = kinds(
        {
            "account": [item(f"ACCT#{n}", f"ACCT#{n}", account=n) for n in "12"],
            "offer": [item(f"OFR#{n}", "OFFER", offer=n) for n in "34"],
            "taken": [item(f"ACCT#{n}", f"OFR#{n}", account=n) for n in "12"],
            "given": [item(f"OFR#{n}", f"OFR#{n}", offer=n) for n in "34"],
        }
    )

    assert {alias: kind.when for alias, kind in found.items()} == {
        "Account": {"sk__begins_with": "ACCT#"},
        "Offer": {"sk": "OFFER"},
        "Taken": {"sk__begins_with": "OFR#", "pk__begins_with": "ACCT#"},
        "Given": {"sk__begins_with": "OFR#", "pk__begins_with": "OFR#"},
    }


def test_kinds_whose_keys_begin_alike_are_not_told_apart():
    offers = [item(f"OFR#{n}", f"OFR#{n}") for n in "12"]
    lines = [item(f"OFR#{n}", f"OFR#{n}#LINE#{n}") for n in "12"]
    found = kinds({"offer": offers, "line": lines})

    assert found["Offer"].when == {}
    assert "Nothing marks its items" in words(found["Offer"])
    assert tomllib.loads(found["Offer"].toml("Base")) == {}
    assert '# key = { pk = "OFR#{ofr}", sk = "OFR#{ofr}" }' in found["Offer"].toml("Base")


def test_a_number_begins_with_no_text():
    about = TableDescription("t", KeyAttribute("pk", "S"), KeyAttribute("sk", "N"))
    rows = [{"pk": {"S": f"a#{n}"}, "sk": {"N": "7"}} for n in "12"]
    (found,) = suggest_from_workbench(model(table({"a": rows})), about)

    assert found.when == {"pk__begins_with": "a#"}
    assert found.key == {"pk": "a#{a}", "sk": "7"}


def test_a_mark_that_other_facets_have_too_is_none():
    found = kinds(
        {
            "a": [item(f"A#{n}", "x", kind="thing", Type="a") for n in "12"],
            "b": [item(f"B#{n}", "x", kind="thing", Type="b") for n in "12"],
        }
    )

    assert [kind.when for kind in found.values()] == [{"Type": "a"}, {"Type": "b"}]


def test_without_facets_the_samples_of_the_table_are_grouped_by_their_mark():
    samples = [item(f"band#{n}", "profile", kind="Band") for n in "12"] + [item("x", "y")]
    (band,) = suggest_from_workbench(model(table(samples=samples)), TABLE)

    assert (band.alias, band.count, band.key["pk"]) == ("Band", 2, "band#{band}")


def test_what_can_not_be_read_in_a_sample_is_passed_over():
    odd = [{**item(f"a#{n}", "x", kind="K"), "n": {"N": "many"}, "l": {"L": ["x"]}} for n in "12"]
    found = kinds({"k": [*odd, {"pk": {"S": "a#3"}}, "nothing", {"pk": 3, "sk": {"S": "x"}}]})

    assert (found["K"].count, found["K"].key) == (2, {"pk": "a#{a}", "sk": "x"})


def test_of_several_tables_the_one_of_the_same_name_is_meant():
    other = table({"other": [item("a", "b", kind="o")]}, name="u")
    own = table({"own": [item("a", "b", kind="o")]}, name="t")
    foreign = table({"foreign": []}, keys=("id",))

    assert [k.alias for k in suggest_from_workbench(model(foreign, other, own), TABLE)] == ["Own"]
    assert [k.alias for k in suggest_from_workbench(model(foreign, other), TABLE)] == ["Other"]
    with pytest.raises(NotAPattern, match="has the key attributes pk, sk"):
        suggest_from_workbench(model(foreign), TABLE)


@pytest.mark.parametrize("document", [[], {}, {"DataModel": {}}, {"DataModel": [3, {}]}])
def test_what_is_no_model_is_refused(document):
    with pytest.raises(NotAPattern):
        suggest_from_workbench(document, TABLE)


def test_what_the_command_prints_is_read_as_an_alias_map(dynamodb_moto, settings, tmp_path, capsys):
    create_table("shop", {"pk": "S", "sk": "S"})
    settings.TABLES_FILE = tmp_path / "tables.toml"
    base = '[Base]\ntable = "shop"\n'
    settings.TABLES_FILE.write_text(base)
    path = tmp_path / "model.json"
    facets = {
        "band\n[Evil]": [item(f"band#{n}", "profile", kind="Band") for n in "12"],
        "gig": [item("band#1\n[Evil]", f"gig#{n}", kind="Gig") for n in "12"],
        "bare": [],
    }
    path.write_text(json.dumps(model(table(facets))))

    call_command("suggest_entities", "Base", workbench=path)

    printed = capsys.readouterr().out
    assert list(tomllib.loads(printed)) == ["BandEvil", "Gig"]
    settings.TABLES_FILE.write_text(base + printed)
    registry, mistakes = load_registry(settings.TABLES_FILE)
    assert mistakes == []
    assert len(registry.tables) == 3

    path.write_text(json.dumps(model(table())))
    call_command("suggest_entities", "Base", workbench=path)
    assert capsys.readouterr().out.startswith("# The file tells no kinds")
    path.write_text("[]")
    with pytest.raises(CommandError, match="can't be read as a NoSQL Workbench model"):
        call_command("suggest_entities", "Base", workbench=path)
