"""What a kind of job is: how its order is read, who may give it, and what one chunk of it does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from tables.core.errors import InvalidRequest, Problem
from tables.core.history import fingerprint
from tables.core.values import Item
from tables.items.target import Target
from tables.items.wanted import Settled
from tables.records.jobs.models import Job
from tables.records.jobs.reports import Result

# Items of a chunk: so many are in hand when a worker dies, or somebody wants a pause.
MOST_IN_CHUNK = 250
# Hexadecimal digits of a fingerprint that a check keeps of an item.
_MOST_OF_STATE = 16
# What a person asked for, as JSON that the database keeps.
Spec = dict[str, Any]
# Where a chunk begins: JSON of the kind's own making, None at the start of a part.
Cursor = Any


@contextmanager
def at_member(pointer: str) -> Iterator[None]:
    """Let what is wrong with an order say at which of its members."""
    try:
        yield
    except InvalidRequest as error:
        error.problems = error.problems or (Problem(pointer, error.message),)
        raise


@dataclass(frozen=True, slots=True)
class Work:
    """A part of a job in the hands of a worker.

    `targets` are the tables that the order names, by alias, as its owner may use them at this
    moment. `number` of `total` parts. `moment` is what stamps say, one for each chunk, of which
    `most` items is the size. `fence` is how many workers had lost the part before: a file that this
    one stores carries it in its name, and so is never that of another.
    """

    job: Job
    targets: Mapping[str, Target]
    moment: datetime
    number: int = 0
    total: int = 1
    most: int = MOST_IN_CHUNK
    fence: int = 0

    @property
    def target(self) -> Target:
        """The job's own table."""
        return self.targets[self.job.alias]

    @property
    def spec(self) -> Spec:
        """The order."""
        spec: Spec = self.job.spec
        return spec


@dataclass(frozen=True, slots=True)
class Candidate:
    """An item that a chunk may write: its key, and how it was read, None where there is none.

    `given` is what the kind knows of it besides, such as the row of a file. `line` and `origin`, by
    which it is found again after a worker died, are a line of a file and a token. `known` is the
    version that this job has left of the item before, 0 where it has not written it yet. `told` are
    the code and the words that its row of the report carries though nothing refuses it. `found` is
    how the check that was confirmed found it, None where there was none, and `refusal` the row of
    that check which refused it: it stays refused, as it was told.
    """

    key: Item
    before: Item | None
    line: int = 0
    given: Any = None
    origin: str = ""
    known: int = 0
    told: tuple[str, str] = ("", "")
    found: str | None = None
    refusal: Result | None = None

    @property
    def state(self) -> str:
        """A short fingerprint of how it was read, with what is copied to it."""
        source = self.given if isinstance(self.given, dict) else None
        both = (fingerprint(self.before), fingerprint(source))
        return "".join(state[:_MOST_OF_STATE] for state in both)


@dataclass(frozen=True, slots=True)
class Begun:
    """An item that a worker who died had decided to write."""

    key: Item
    line: int
    origin: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """What was read of a part. `next` is where it goes on, None where it ends with this.

    `rows` are outcomes that are certain without a write.
    """

    candidates: Sequence[Candidate]
    next: Cursor
    scanned: int
    rows: Sequence[Result] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """What a chunk that writes no items has done, and where the part goes on (None: it ends).

    `done` counts items where `rows` are none; else the rows are what is counted. `write_units` are
    those that it would take to write them.
    """

    next: Cursor
    scanned: int
    matched: int = 0
    rows: Sequence[Result] = ()
    write_units: float = 0.0
    done: int | None = None

    @property
    def counts(self) -> Mapping[str, int]:
        """What a part counts of it besides its rows."""
        counts = {"scanned": self.scanned, "matched": self.matched}
        return counts if self.done is None else {**counts, "done": self.done}


@runtime_checkable
class Pieces(Protocol):
    """Chunks that write no items: one that is done a second time leaves the same behind."""

    def piece(self, work: Work, cursor: Cursor, /) -> Piece:
        """Do the chunk at that place. Raises TablesError: it is tried again."""


class Writes(Protocol):
    """Chunks that write items, each exactly once."""

    def read(self, work: Work, cursor: Cursor, /) -> Chunk:
        """The chunk at that place, with its items read consistently. Raises TablesError."""

    def again(self, work: Work, cursor: Cursor, begun: Sequence[Begun], /) -> Sequence[Candidate]:
        """These items of the chunk at that place as they are now, in the same order.

        Asked after a worker died in it: what it had decided on must not be chosen anew.
        """

    def write(self, work: Work, candidate: Candidate, /) -> Settled | None:
        """The write of one item, pinned to `candidate.before`; None where it is as wanted.

        The same candidate and `work.moment` give the same write. Raises TablesError where the
        item is refused.
        """


@dataclass(frozen=True, slots=True)
class JobKind:
    """One kind of job.

    `read_spec` makes of what a door was sent what is kept, and raises InvalidRequest. `rights` says
    by alias which rights the order takes. `cut` says where each part begins. `check` is the dry
    run, None where there is none; `is_checked_first`: nobody may go without it.
    """

    name: str
    read_spec: Callable[[Mapping[str, Any], Target], Spec]
    rights: Callable[[Spec, str], Mapping[str, frozenset[str]]]
    cut: Callable[[Work], Sequence[Cursor]]
    write: Writes | Pieces
    check: Writes | Pieces | None = None
    is_checked_first: bool = False
    # Whether what was confirmed is written item by item, as the check found it.
    writes_what_was_found: bool = False
    # Whether the report's rows say by the code `created` which items were not there before.
    tells_created: bool = False
    finish: Callable[[Work], None] | None = None
