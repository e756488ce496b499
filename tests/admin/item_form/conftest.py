"""What tests of the item pages share: their tables, and a person at the form."""

from pathlib import Path

import pytest

from tests.admin.item_form.person import Person
from tests.tables import create_table

# Table -> key attributes with their types.
KEYS = {
    "items-types": {"id": "S"},
    "items-workers": {"empId": "S"},
    "items-notes": {"id": "S"},
    "items-students": {"id": "S"},
    "items-cities": {"country": "S", "number": "N"},
}


@pytest.fixture
def item_tables(dynamodb_moto, settings):
    """Empty tables behind the aliases of `tables.toml`."""
    settings.TABLES_FILE = Path(__file__).parent / "tables.toml"
    for table, keys in KEYS.items():
        create_table(table, keys)


@pytest.fixture
def person(item_tables, sign_in, client):
    """Somebody of the staff at the item pages."""
    sign_in("staff")
    return Person(client)
