import re
from pathlib import Path

import pytest

ARCHITECTURE = Path("docs/architecture.md").read_text()
EVERYWHERE = {"__init__", "apps", "door", "urls"}


def rows_under(heading):
    section = ARCHITECTURE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    rows = [line.split("|")[1:-1] for line in section.splitlines() if line.startswith("| ")]
    return rows[1:]


def names_in(cell):
    return [name.rstrip("/") for name in re.findall(r"`([a-z_0-9]+/?)`", cell)]


def modules_of(floor):
    return {path.stem for path in floor.glob("*.py")} - EVERYWHERE


FLOORS = [
    (Path("tables") / names[0], rooms)
    for floor, rooms in rows_under("The rooms of every floor")
    if (names := re.findall(r"`([a-z_0-9/]+)`", floor)) != ["core/"]
]


@pytest.mark.parametrize(("floor", "rooms"), FLOORS, ids=str)
def test_a_floor_has_the_rooms_that_are_told_of_it_and_no_other(floor, rooms):
    told = set(names_in(rooms))
    below = {path.stem for path in floor.rglob("*.py")}
    assert told - below - {path.name for path in floor.iterdir()} == set()
    assert modules_of(floor) - told == set()


def test_every_module_of_the_core_is_told_once():
    told = [name for names, _ in rows_under("The rooms of the core") for name in names_in(names)]
    assert sorted(told) == sorted(modules_of(Path("tables/core")))
