"""What the rooms below the pages say of mistakes, read in their source."""

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import NamedTuple

from tables.core import errors

ROOT = Path(__file__).parents[3]
ROOMS = ("tables/core", "tables/items", "tables/records", "tables/dynamodb", "tables/jobs")
SOURCES = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
SOURCES.append(ROOT / "tables/access/rights.py")
# What a constructor takes besides the parts of its sentence.
RESERVED = {"problems", "retry_after", "aws_code", "aws_request_id"}
RESERVED |= {"current", "contested", "mismatch"}
ERRORS = {
    name
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, errors.TablesError)
}


# Functions that other modules have their errors made by, and which argument is the template.
_SHARED = {"problem_at": 1, "member_error": 1}


class Said(NamedTuple):
    """A call that makes a sentence: what stands for its template, and the parts it gives."""

    where: str
    template: ast.expr
    parts: set[str | None]

    @property
    def templates(self) -> list[str]:
        """The templates that stand here: two where a condition chooses."""
        node = self.template
        branches = [node.body, node.orelse] if isinstance(node, ast.IfExp) else [node]
        return [branch.value for branch in branches if isinstance(branch, ast.Constant)]


def said() -> list[Said]:
    """Every call in the rooms that makes a sentence, or an error of one."""
    return [said for path in SOURCES for said in said_in(path.read_text(), path.name)]


def said_in(source: str, name: str) -> Iterator[Said]:
    """The calls of one module; its own functions that take a `template` make sentences too."""
    tree = ast.parse(source)
    places = dict.fromkeys(ERRORS | {"Sentence"}, 0) | _SHARED | _makers(tree)
    for node in ast.walk(tree):
        place = places.get(getattr(node.func, "id", "")) if isinstance(node, ast.Call) else None
        if place is not None and len(node.args) > place:
            parts = {keyword.arg for keyword in node.keywords} - RESERVED
            yield Said(f"{name}:{node.lineno}", node.args[place], parts)


def _makers(tree: ast.Module) -> dict[str, int]:
    return {
        node.name: names.index("template")
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and "template" in (names := [argument.arg for argument in node.args.posonlyargs])
    }


def holes(template: str) -> set[str]:
    """The parts that a template names."""
    return {field for _, field, *_ in Formatter().parse(template) if field is not None}
