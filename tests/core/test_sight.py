"""What is seen and what is asked come from a Sight alone; reads are planned from what is asked."""

import ast
from pathlib import Path

import pytest

import tables
from tables.core.filters import EVERYTHING
from tables.core.sight import UNLIMITED

ROOT = Path(tables.__file__).parent


def calls_of(name, *, home):
    """Where a name of the module `home` is called, as (module, function it stands in)."""
    for path in ROOT.rglob("*.py"):
        tree, module = ast.parse(path.read_text()), str(path.relative_to(ROOT))
        if module != home and name not in names_from(home, tree):
            continue
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef):
                for node in ast.walk(function):
                    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == name:
                        yield module, function.name


def names_from(home, tree):
    """What a module imports from that one; other modules may have such a name of their own."""
    dotted = f"tables.{home.removesuffix('.py').replace('/', '.')}"
    imports = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    return {alias.name for node in imports if node.module == dotted for alias in node.names}


@pytest.mark.parametrize(("name", "maker"), [("Seen", "see"), ("Asked", "ask")])
def test_only_a_sight_makes_them(name, maker):
    assert [*calls_of(name, home="core/sight.py")] == [("core/sight.py", maker)]


def test_plans_are_made_from_what_is_asked_in_one_module():
    assert {module for module, _function in calls_of("Plan", home="core/plans.py")} == {
        "core/plans.py"
    }


def test_without_a_rule_everything_is_seen_and_asked():
    item = {"id": {"S": "a"}}
    assert UNLIMITED.see(item) is item
    assert UNLIMITED.ask(EVERYTHING) is EVERYTHING
