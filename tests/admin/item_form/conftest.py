"""What tests of the item pages share: their tables, and a person at the form."""

from pathlib import Path

import pytest

from tables.dynamodb.client import call
from tests.admin.item_form.person import Person

# Table -> key attributes with their types.
KEYS = {
    "items-types": [("id", "S")],
    "items-workers": [("empId", "S")],
    "items-notes": [("id", "S")],
    "items-students": [("id", "S")],
    "items-cities": [("country", "S"), ("number", "N")],
}


@pytest.fixture
def item_tables(dynamodb_moto, settings):
    """Empty tables behind the aliases of `tables.toml`."""
    settings.TABLES_FILE = Path(__file__).parent / "tables.toml"
    for table, keys in KEYS.items():
        call(
            "CreateTable",
            TableName=table,
            KeySchema=[
                {"AttributeName": name, "KeyType": kind}
                for (name, _), kind in zip(keys, ("HASH", "RANGE"), strict=False)
            ],
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": kind} for name, kind in keys
            ],
            BillingMode="PAY_PER_REQUEST",
        )


@pytest.fixture
def person(item_tables, sign_in, client):
    """Somebody of the staff at the item pages."""
    sign_in("staff")
    return Person(client)
