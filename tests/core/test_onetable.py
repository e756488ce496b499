"""A OneTable schema read as kinds of items."""

import json

import pytest
from django.core.management import CommandError, call_command

from tables.core.descriptions import KeyAttribute, TableDescription
from tables.core.onetable import suggest_from_onetable
from tables.core.patterns import NotAPattern
from tests.tables import create_table

TABLE = TableDescription("t", KeyAttribute("pk", "S"), KeyAttribute("sk", "S"))
SCHEMA = {
    "params": {"typeField": "kind"},
    "models": {
        "Band": {
            "pk": {"value": "band#${slug}"},
            "sk": {"value": "profile"},
            "slug": {"type": "string"},
        },
        "Gig": {
            "pk": {"value": "band#${slug}"},
            "sk": {"value": "gig#${night:3:0}{x}"},
            "night": {"type": "number"},
        },
        "Odd": {"pk": {"value": "${a}${b}"}, "sk": {"value": "${upper(a)}"}},
        "Bare": {"pk": {"type": "string"}},
    },
}


def test_templates_become_patterns_and_what_is_none_is_left_out():
    found = {kind.alias: kind for kind in suggest_from_onetable(SCHEMA, TABLE)}

    assert found["Band"].key == {"pk": "band#{slug}", "sk": "profile"}
    assert (found["Band"].when, found["Band"].key_only) == ({"kind": "Band"}, ())
    assert found["Gig"].key == {"pk": "band#{slug}", "sk": "gig#{night:03}{{x}}"}
    assert found["Gig"].key_only == ("slug",)
    assert found["Odd"].key == found["Bare"].key == {}


@pytest.mark.parametrize("document", [[], {}, {"models": []}])
def test_what_is_no_schema_is_refused(document):
    with pytest.raises(NotAPattern):
        suggest_from_onetable(document, TABLE)


def test_the_command_reads_a_file(dynamodb_moto, settings, tmp_path, capsys):
    create_table("shop", {"pk": "S", "sk": "S"})
    settings.TABLES_FILE = tmp_path / "tables.toml"
    settings.TABLES_FILE.write_text('[Shop]\ntable = "shop"\n')
    path = tmp_path / "schema.json"
    path.write_text(json.dumps(SCHEMA))

    call_command("suggest_entities", "Shop", onetable=path)

    assert 'key = { pk = "band#{slug}", sk = "profile" }' in capsys.readouterr().out
    path.write_text("{")
    with pytest.raises(CommandError, match="can't be read as a OneTable schema"):
        call_command("suggest_entities", "Shop", onetable=path)
