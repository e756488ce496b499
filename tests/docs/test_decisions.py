"""What is decided about names holds, and what the decisions point at stands there."""

import ast
import re
from collections import Counter
from itertools import chain

from tests.docs.test_docs import ROOT, text

# Django dictates these names.
_DICTATED = {"Command", "Migration", "DatabaseWrapper"}


def modules():
    return chain((ROOT / "tables").rglob("*.py"), (ROOT / "project").rglob("*.py"))


def test_no_two_classes_bear_one_name():
    names = Counter(
        node.name
        for module in modules()
        for node in ast.parse(module.read_text()).body
        if isinstance(node, ast.ClassDef)
    )
    assert {name for name, count in names.items() if count > 1} <= _DICTATED


def test_every_module_that_a_decision_names_exists():
    named = re.findall(r"`([\w/]+\.py)`", text("decisions.md"))
    paths = [str(module) for module in modules()]
    missing = [name for name in named if not any(path.endswith(f"/{name}") for path in paths)]
    assert named
    assert missing == []
