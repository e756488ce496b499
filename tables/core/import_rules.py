"""How the rows of a file are read: what a person chose, and what is found wrong with a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from tables.core.bare_words import bare, bare_problem
from tables.core.descriptions import TableDescription
from tables.core.errors import Sentence, TablesError
from tables.core.sheets import Head

Mode = Literal["create", "update", "upsert", "replace"]
MODES: Mapping[Mode, Sentence] = {
    "create": Sentence("create new items only"),
    "update": Sentence("change items that exist only"),
    "upsert": Sentence("create and change"),
    "replace": Sentence("create and replace whole items"),
}


Duplicates = Literal["refuse", "last"]
DUPLICATES: Mapping[Duplicates, Sentence] = {
    "refuse": Sentence("take the first line, refuse the others"),
    "last": Sentence("take the last line, leave the others"),
}


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person chose. Columns are called by their heads as the file has them.

    `taken` are columns whose cells are right though they look mangled, `cleared` those whose empty
    cells remove the attribute, `left_out` those that are not read, `kinds` the types of those that
    declare none.
    """

    mode: Mode = "upsert"
    taken: frozenset[str] = frozenset()
    cleared: frozenset[str] = frozenset()
    left_out: frozenset[str] = frozenset()
    kinds: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rules:
    """How the rows of one file are read: `heads` are empty where they are items.

    `types` are those that keys and schema declare, by path text; `kept` the attributes that this
    service keeps itself, whatever a file says.
    """

    description: TableDescription
    choices: Choices = Choices()
    heads: Sequence[Head] = ()
    types: Mapping[str, str] = field(default_factory=dict)
    kept: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a row: its column by head, or by JSON pointer, empty for the whole row.

    `is_warning` where it does not keep the row, or its cell, from being taken. `bare` are the words
    without anything that a cell or an item holds.
    """

    column: str
    code: str
    detail: str
    is_warning: bool = False
    bare: str = ""

    @property
    def spares_rest(self) -> bool:
        """Whether the rest of the row may be taken: the cell says nothing that its editor meant."""
        return self.is_warning or self.code.startswith("mangled_") or self.code == "unsure_cell"

    @property
    def kept(self) -> tuple[str, str, str, bool, str]:
        """It as it is kept with its row."""
        return self.column, self.code, self.detail, self.is_warning, self.bare or bare(self.detail)


def faults_of(error: TablesError) -> tuple[Fault, ...]:
    """The faults that an error tells."""
    if not error.problems:
        return (Fault("", error.code, error.message),)
    return tuple(
        Fault(each.pointer, error.code, each.detail, bare=bare_problem(each))
        for each in error.problems
    )
