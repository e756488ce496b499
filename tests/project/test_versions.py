"""A start tells of a version that no write could raise, before anybody meets it."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from project.versions import require_plain_versions
from tests.tables import create_table


@pytest.fixture
def counting(dynamodb_moto, settings, tmp_path):
    """An alias map with tables of a partition key `id` and a sort key `rank`."""

    def counting(version):
        settings.TABLES_FILE = tmp_path / f"{version}.toml"
        settings.TABLES_FILE.write_text(
            f'[Ranked]\ntable = "ranked"\nversion = "{version}"\n[Plain]\ntable = "absent"\n'
        )

    create_table("ranked", {"id": "S", "rank": "N"})
    return counting


@pytest.mark.parametrize("name", ["id", "rank"])
def test_a_version_that_is_a_key_attribute_stops_the_start(counting, name):
    counting(name)
    with pytest.raises(ImproperlyConfigured, match=rf"\[Ranked\] version can't be '{name}'"):
        require_plain_versions()


def test_any_other_version_and_a_table_that_is_not_seen_let_it_start(counting, settings):
    counting("v")
    require_plain_versions()
    settings.TABLES_FILE = settings.TABLES_FILE.with_name("unseen.toml")
    settings.TABLES_FILE.write_text('[Ranked]\ntable = "no-such-table"\nversion = "id"\n')
    require_plain_versions()
