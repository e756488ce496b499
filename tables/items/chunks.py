"""Many pinned writes of one table: in transactions with their entries in history, or side by side.

Each ends for itself. A transaction that is cancelled goes again without those that made it fail.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from tables.core.errors import (
    Conflict,
    PreconditionFailed,
    Refused,
    TablesError,
    Throttled,
    TransactionConflict,
    Unavailable,
    WriteInDoubt,
)
from tables.core.history import Entry, item_name
from tables.core.operations import Operation
from tables.core.sizes import item_size, size_at_most
from tables.core.values import Item
from tables.dynamodb import writes
from tables.dynamodb.meter import metered
from tables.items.in_turn import waves
from tables.items.link_checks import checked_links, checking
from tables.items.recorded import entry_of_write, last_of, note, recorded, stands
from tables.items.side_by_side import side_by_side
from tables.items.units import units_of
from tables.items.wanted import Settled, itself
from tables.records.history.entries import Recorded, mode_of

# With entry and one chunk each, and room below DynamoDB's 100 operations and 4 MB.
MOST_ITEMS = 45
_MOST_OPERATIONS = 100
_MOST_BYTES = 3_500_000
_ATTEMPTS = 10


@dataclass(frozen=True, slots=True)
class Ending:
    """How one write ended: `error` says why it was not made, None where it was.

    `version` is that of its entry in history, 0 where there is none; `capacity` in write units,
    its entry's included: as DynamoDB told it, else as the sizes do.
    """

    error: TablesError | None = None
    version: int = 0
    capacity: float = 0.0


class Pacing(Protocol):
    """Who says when the next call may go out."""

    def before(self) -> None:
        """Wait for its turn. Raises where nothing more may be written."""

    def throttled(self) -> None:
        """DynamoDB asked to slow down."""

    def took(self, units: float) -> None:
        """So many write units were used."""


@dataclass(slots=True)
class _Pending:
    """A write that is not made yet, with its place in the chunk and its entry."""

    place: int
    write: Settled
    entry: Recorded | None
    tries: int = 0

    @property
    def count(self) -> int:
        """How many operations it is."""
        return 2 + len(self.entry.chunks) if self.entry else 1

    def operations(self) -> list[Operation]:
        return [self.write.operation, *(self.entry.operations() if self.entry else ())]


def write_chunk(chunk: Sequence[Settled], pacing: Pacing, *, threads: int) -> list[Ending]:
    """Make these writes of distinct items of one table; how each ended, in their order.

    One that leads to the item of one before is made after it.

    Raises Unavailable and Refused where DynamoDB can't go on: some may be made then, and the items
    tell which.
    """
    if not chunk:
        return []
    mode = mode_of(chunk[0].target.table)
    # What must be checked may be what another write of the group makes, or checks as well.
    links = [checked_links(write) for write in chunk]
    if mode == "transaction" and not any(links):
        return _in_groups(chunk, pacing, threads=threads)
    send = _single if mode == "off" else _recorded
    endings: dict[int, Ending] = {}
    for wave in waves(chunk, links) if any(links) else [range(len(chunk))]:
        writes = [chunk[place] for place in wave]
        ended = side_by_side(lambda write: _ended(send, write, pacing), writes, threads)
        endings |= zip(wave, ended, strict=True)
    return [endings[place] for place in range(len(chunk))]


# ---------------------------------------------------------------- one by one


def _single(write: Settled) -> Ending:
    told = checking(write.target, itself)(write.outcome)
    with metered() as meter:
        writes.write(write.operation, companions=told.companions)
    return Ending(capacity=meter.write or units_of(write, None))


def _recorded(write: Settled) -> Ending:
    with metered() as meter:
        made = recorded(write, checking(write.target, itself))
    capacity = meter.write or units_of(write, made.entry)
    return Ending(version=made.result.version or 0, capacity=capacity)


def _ended(send: Callable[[Settled], Ending], write: Settled, pacing: Pacing) -> Ending:
    for attempt in range(1, _ATTEMPTS + 1):
        pacing.before()
        try:
            ending = send(write)
        except Throttled:
            pacing.throttled()
            continue
        except (TransactionConflict, Unavailable) as error:
            # A pinned write can be sent twice: the second time it meets what it made.
            if attempt == _ATTEMPTS or not _may_go_again(write, error):
                return _ending_of(error)
            writes.pause(attempt)
            continue
        except TablesError as error:
            return _ending_of(error)
        pacing.took(ending.capacity)
        return ending
    raise Throttled("DynamoDB asks to slow down. Try again in a moment.", retry_after=5)


def _may_go_again(write: Settled, error: TablesError) -> bool:
    return not isinstance(error, WriteInDoubt) or write.operation.may_repeat


def _ending_of(error: TablesError) -> Ending:
    """What is wrong with one write; what is wrong with DynamoDB concerns all, and is raised."""
    if isinstance(error, Unavailable | Refused | Throttled):
        raise error
    return Ending(error)


# ---------------------------------------------------------------- in transactions


def _in_groups(chunk: Sequence[Settled], pacing: Pacing, *, threads: int) -> list[Ending]:
    endings: dict[int, Ending] = {}
    lasts = side_by_side(_last_entry, chunk, threads)
    pending = [
        _Pending(place, write, _entry_after(last, write))
        for place, (write, last) in enumerate(zip(chunk, lasts, strict=True))
    ]
    groups = deque(_cut(pending))
    while groups:
        group = groups.popleft()
        again = _send_group(group, endings, pacing)
        if again:
            groups.extendleft(reversed(again))
    return [endings[place] for place in range(len(chunk))]


def _cut(pending: Sequence[_Pending]) -> Iterator[list[_Pending]]:
    """Groups that each fit into one transaction."""
    group: list[_Pending] = []
    count = size = 0
    for one in pending:
        needs, bytes_more = one.count, _size_of(one)
        is_full = len(group) == MOST_ITEMS or count + needs > _MOST_OPERATIONS
        if group and (is_full or size + bytes_more > _MOST_BYTES):
            yield group
            group, count, size = [], 0, 0
        group.append(one)
        count, size = count + needs, size + bytes_more
    if group:
        yield group


def _send_group(
    group: list[_Pending], endings: dict[int, Ending], pacing: Pacing
) -> list[list[_Pending]]:
    """Send a group; what must go again, in smaller groups where others stood in the way."""
    operations = [operation for one in group for operation in one.operations()]
    pacing.before()
    try:
        done = writes.transact(operations)
    except WriteInDoubt:
        if not _stand(group):
            raise
        _note_made(group, endings, 0.0)
        return []
    except Throttled as error:
        pacing.throttled()
        return _without_culprits(group, error, endings)
    except (Unavailable, Refused):
        raise
    except TablesError as error:
        return _without_culprits(group, error, endings)
    capacity = done.capacity or sum(units_of(one.write, one.entry) for one in group)
    pacing.took(capacity)
    _note_made(group, endings, capacity / len(group))
    return []


def _note_made(group: Sequence[_Pending], endings: dict[int, Ending], capacity: float) -> None:
    for one in group:
        if one.entry is not None:
            note(one.entry.entry)
        endings[one.place] = Ending(None, one.entry.entry.n if one.entry else 0, capacity)


def _without_culprits(
    group: list[_Pending], error: TablesError, endings: dict[int, Ending]
) -> list[list[_Pending]]:
    """The group without the writes that end with this, in halves where it may not go whole."""
    left: list[_Pending] = []
    is_contended = not error.reasons
    for one, at, reason in _reasons(group, error):
        if reason is None:
            left.append(one)
        elif isinstance(reason, TransactionConflict | Throttled):
            is_contended = True
            one.tries += 1
            left.append(one)
        elif isinstance(reason, PreconditionFailed) and at > 0:
            left.append(_numbered_anew(one))
        else:
            endings[one.place] = Ending(_told(one, reason))
    if len(left) == 1 and (is_contended or left[0].tries):
        return _once_more(left[0], error, endings)
    if is_contended and len(left) > 1:
        writes.pause(max(one.tries for one in left) + 1)
        middle = len(left) // 2
        return [left[:middle], left[middle:]]
    return [left] if left else []


def _reasons(
    group: Sequence[_Pending], error: TablesError
) -> Iterator[tuple[_Pending, int, TablesError | None]]:
    """Each write with the first reason that is its own: which of its operations, and why."""
    start = 0
    for one in group:
        count = one.count
        found = (
            (at, error.reasons[start + at]) for at in range(count) if start + at in error.reasons
        )
        at, reason = next(found, (0, None))
        start += count
        yield one, at, reason


def _once_more(
    one: _Pending, error: TablesError, endings: dict[int, Ending]
) -> list[list[_Pending]]:
    """A single write that could not be made: tried some more, or ended."""
    one.tries += 1
    if one.tries > _ATTEMPTS or not isinstance(error, Throttled | Conflict | PreconditionFailed):
        endings[one.place] = _ending_of(error)
        return []
    writes.pause(one.tries)
    return [[one]]


def _numbered_anew(one: _Pending) -> _Pending:
    """The write with the number after an entry that somebody else was faster to make."""
    entry = _entry_after(_last_entry(one.write), one.write)
    return replace(one, entry=entry, tries=one.tries + 1)


def _told(one: _Pending, reason: TablesError) -> TablesError:
    if isinstance(reason, PreconditionFailed):
        reason.position = 0
        return one.write.refusal(reason)
    return reason


def _stand(group: Sequence[_Pending]) -> bool:
    """Whether a transaction whose answer was lost was made: then each of its entries is there."""
    entries = [one.entry for one in group if one.entry is not None]
    return bool(entries) and stands(entries[0])


def _entry_after(last: Entry | None, write: Settled) -> Recorded | None:
    return entry_of_write(write.target, write.mark, write.outcome, last, write.states)


def _last_entry(write: Settled) -> Entry | None:
    return last_of(item_name(write.outcome.key, write.target.description))


def _size_of(one: _Pending) -> int:
    outcome = one.write.outcome
    item = outcome.after if outcome.after is not None else outcome.before
    size = _at_most(item) if isinstance(item, dict) else 0
    return size + sum(map(len, one.entry.chunks)) if one.entry else size


def _at_most(item: Item) -> int:
    """The size of an item: of one whose size makes no group too large, more than that."""
    most = size_at_most(item)
    return most if most * MOST_ITEMS <= _MOST_BYTES else item_size(item)
