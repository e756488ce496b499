"""Errors told without what an item holds, for reports: they outlive the items that they are of."""

from __future__ import annotations

from tables.core.errors import Problem, Sentence, TablesError
from tables.core.expressions import plain_path

# Parts of sentences that may be a value of an item, or its key.
_HELD = frozenset({"value", "stored", "key"})
_MISSING = "…"
# Rules of a schema of which the words name attributes alone.
_NAMING = frozenset({"required", "dependentRequired"})
_BROKEN = Sentence("The schema does not allow this.")


def bare(words: str) -> str:
    """A sentence without an item's values; empty for words that are not ours."""
    if not isinstance(words, Sentence):
        return ""
    parts = {name: _bare_part(name, part) for name, part in words.parts.items()}
    return Sentence(words.template, **parts)


def bare_problem(problem: Problem) -> str:
    """What is wrong at one place of an item; of a schema it names the rule that is broken."""
    if problem.rule in _NAMING:
        return problem.detail
    if problem.rule:
        return f"{_BROKEN.removesuffix('.')} ({problem.rule})."
    return bare(problem.detail)


def bare_error(error: TablesError) -> str:
    """All that an error tells of an item, each with its place; empty where DynamoDB said it."""
    if error.aws_code:
        return ""
    told = [(problem.pointer, bare_problem(problem)) for problem in error.problems]
    return at_places(told) or bare(error.message)


def at_places(told: list[tuple[str, str]]) -> str:
    """Words, each behind the place that they are about, where they are about one."""
    named = [(place_words(place), words) for place, words in told]
    return " ".join(_at_place(place, words) for place, words in named if place or words)


def place_words(place: str) -> str:
    """A place as people write it: `/a/0` is a[0]; the head of a column is as it stands."""
    if not place.startswith("/"):
        return place
    first, *parts = [part.replace("~1", "/").replace("~0", "~") for part in place[1:].split("/")]
    return plain_path([first, *(int(part) if part.isdecimal() else part for part in parts)])


def _at_place(place: str, words: str) -> str:
    """The words behind their place, unless they begin with it."""
    return words if words.startswith(f"{place} ") else ": ".join(filter(None, (place, words)))


def _bare_part(name: str, part: object) -> object:
    if isinstance(part, Sentence):
        return bare(part)
    return _MISSING if name in _HELD else part
