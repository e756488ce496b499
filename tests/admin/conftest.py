"""What tests of the admin pages share: tables inside this process, and signed-in people."""

import time

import pytest
from django.contrib.auth.models import Group, User

from tables.configuration import registry
from tests.prepared import prepare
from tests.tables import create_table, fill

TABLES = """
staff_groups = ["staff", "readers"]
superuser_groups = ["admins"]

[People]
table = "people"
description = "Everyone <b>here</b>."
list_display = ["id", "name", "age"]
list_filter = ["age"]
search_fields = ["name", "city"]
[People.permissions]
view = ["staff", "readers"]
add = ["staff"]
change = ["staff"]
export = ["staff"]

[Cities]
table = "cities"
list_per_page = 10
[Cities.permissions]
view = ["staff", "readers"]
add = ["staff"]
change = ["staff"]

[Anything]
table = "anything"
[Anything.permissions]
view = ["staff"]

[Secrets]
table = "secrets"
[Secrets.permissions]
view = ["nobody"]

[Missing]
table = "not-there"
[Missing.permissions]
add = ["staff"]
"""


@pytest.fixture
def tables(dynamodb_moto, settings, tmp_path):
    """The aliases People, Cities, Anything, Secrets (for nobody) and Missing."""
    path = tmp_path / "tables.toml"
    path.write_text(TABLES)
    settings.TABLES_FILE = path
    prepare("admin", _make_tables)
    return registry().tables


def _make_tables():
    zones = {"zone": {"zone": "S", "population": "N"}}
    create_table("cities", {"country": "S", "name": "S"}, zones)
    for name in ("people", "anything", "secrets"):
        create_table(name)


@pytest.fixture
def put(tables):
    """Put items into the table behind an alias."""

    def put(alias, *items):
        fill(tables[alias].table, items)

    return put


@pytest.fixture
def people(put):
    """Five people, one of them without an age."""
    put(
        "People",
        {
            "id": {"S": "1"},
            "name": {"S": "Ann"},
            "age": {"N": "30"},
            "city": {"S": "Oslo"},
            "shoe": {"N": "38"},
        },
        {"id": {"S": "2"}, "name": {"S": "Bob"}, "age": {"N": "40"}, "city": {"S": "Annecy"}},
        {"id": {"S": "3"}, "name": {"S": "Cid"}, "age": {"N": "50"}, "ok": {"BOOL": True}},
        {"id": {"S": "4"}, "name": {"S": "Dan"}, "shoe": {"S": "large"}},
        {"id": {"S": "a/b,ü"}, "name": {"S": "Eve"}},
    )


@pytest.fixture
def cities(put):
    """Thirty-five cities: 25 of XX, five each of YY and ZZ."""
    put(
        "Cities",
        *(
            {
                "country": {"S": country},
                "name": {"S": f"{country}-{number:02}"},
                "zone": {"S": "east" if number % 2 else "west"},
                "population": {"N": str(number * 1000)},
            }
            for country, count in (("XX", 25), ("YY", 5), ("ZZ", 5))
            for number in range(count)
        ),
    )


@pytest.fixture
def person(db):
    """Make a person of these groups."""

    def person(*groups, name="doe, jane"):
        user = User.objects.create(username=f"sub-{time.monotonic_ns()}", first_name=name)
        user.groups.set([Group.objects.get_or_create(name=group)[0] for group in groups])
        return user

    return person


@pytest.fixture
def sign_in(client, person):
    """Sign the test's client in as somebody of these groups."""

    def sign_in(*groups):
        client.force_login(person(*groups))
        return client

    return sign_in


@pytest.fixture
def staff(sign_in):
    return sign_in("staff")


@pytest.fixture
def admin(sign_in):
    return sign_in("admins")
