"""What is installed: pinned, hashed, and the same in all three sets."""

import re
from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
SETS = ("requirements", "requirements-local", "requirements-dev")


def pins(name):
    """The versions of one compiled set, with the number of hashes of each."""
    blocks = re.split(r"\n(?=\S)", (ROOT / f"{name}.txt").read_text().strip())
    found = {}
    for block in blocks:
        package, version = re.match(r"([a-z0-9.-]+)(?:\[[a-z0-9, -]+\])?==(\S+)", block).groups()
        found[package] = (version, block.count("--hash=sha256:"))
    return found


@pytest.mark.parametrize("name", SETS)
def test_every_requirement_is_pinned_and_hashed(name):
    compiled = pins(name)
    assert compiled
    assert [package for package, (_, hashes) in compiled.items() if not hashes] == []


def wanted_extras():
    """What installed packages ask for with extras: `["coverage[toml]", …]`."""
    texts = [text for package in distributions() for text in package.requires or ()]
    wanted = [Requirement(text) for text in texts]
    return [
        f"{requirement.name}[{', '.join(sorted(requirement.extras))}]"
        for requirement in wanted
        if requirement.extras
        and (requirement.marker is None or requirement.marker.evaluate({"extra": ""}))
    ]


def test_extras_that_packages_ask_for_are_pinned_with_them():
    # pip before 23.3, which Python 3.11 may bring, passes over a pin of plain `coverage` when
    # asked for `coverage[toml]`, takes the newest and then refuses it for want of a hash.
    text = (ROOT / "requirements-dev.txt").read_text()
    assert [wanted for wanted in wanted_extras() if f"{wanted}==" not in text] == []


@pytest.mark.parametrize(("smaller", "larger"), [SETS[:2], SETS[1:]])
def test_a_larger_set_adds_and_never_differs(smaller, larger):
    assert pins(smaller).items() <= pins(larger).items()


def test_botocore_and_boto3_move_together():
    compiled = pins("requirements")
    assert compiled["boto3"][0] == compiled["botocore"][0]


@pytest.mark.parametrize("name", SETS)
def test_no_registry_is_named(name):
    text = (ROOT / f"{name}.txt").read_text() + (ROOT / f"{name}.in").read_text()
    assert not re.search(r"https?://|--(?:extra-)?index-url|--find-links|file:", text)


def test_production_installs_nothing_of_the_engine_or_the_tests():
    assert not {"ministack", "hypercorn", "moto", "pytest", "boto"} & pins("requirements").keys()
