"""What writes would be refused for as they are sent, asked without sending them: a check tells it.

What their decision refuses (schema, limits, rights) was raised before they were writes.
"""

from __future__ import annotations

from collections.abc import Sequence

from tables.core.errors import TablesError, TooLarge
from tables.core.keys import encode_token
from tables.dynamodb.writes import MAX_TRANSACTION, require_fit
from tables.items.in_turn import Earlier
from tables.items.link_checks import (
    NewLink,
    checked_links,
    in_transaction,
    missing,
    refusal,
    refused_before,
)
from tables.items.recorded import entry_of_write
from tables.items.wanted import Settled
from tables.records.history.entries import mode_of

# So few checks fit beside any write and its entry.
_FEW_CHECKS = MAX_TRANSACTION // 2


def foreseen(writes: Sequence[Settled], earlier: Earlier | None = None) -> list[TablesError | None]:
    """Why each of these writes would be refused, None for those that would be made.

    What they link to is looked up for all of them at once, unless it is what an `earlier` one
    makes, in whose turn they are made: these are added to it. Raises TablesError.
    """
    links = [checked_links(write) for write in writes]
    looked_up = missing([new for found in links for new in found]) if any(links) else []
    lost = frozenset(map(id, looked_up))
    if earlier is None or not earlier.is_needed:
        return [_refused(write, found, lost) for write, found in zip(writes, links, strict=True)]
    return [
        _in_turn(write, found, lost, earlier) for write, found in zip(writes, links, strict=True)
    ]


def _in_turn(
    write: Settled, found: Sequence[NewLink], lost: frozenset[int], earlier: Earlier
) -> TablesError | None:
    """The same of a write that is made after the earlier ones."""
    there = {id(new): earlier.holds(new) for new in found}
    gone = {name for name, holds in there.items() if holds is False}
    unmade = {name for name, holds in there.items() if holds is None}
    refused = _refused(write, found, frozenset(gone | unmade & lost))
    if refused is None and write.outcome.after is not None:
        earlier.note(encode_token(write.outcome.key, write.target.description), write.outcome.after)
    return refused


def _refused(write: Settled, found: Sequence[NewLink], lost: frozenset[int]) -> TablesError | None:
    """What sending this write would raise, in the order in which it asks."""
    target, gone = write.target, [new for new in found if id(new) in lost]
    if refused := refused_before(found, gone, target):
        return refused
    checks = in_transaction(found, target)
    try:
        _require_fit(write, len(checks))
    except TooLarge as error:
        return error
    first = next((new for new in checks if id(new) in lost), None)
    return refusal([first], target) if first else None


def _require_fit(write: Settled, checks: int) -> None:
    if checks <= _FEW_CHECKS:
        return
    entry = None
    if mode_of(write.target.table) == "transaction":
        entry = entry_of_write(write.target, write.mark, write.outcome, None)
    require_fit(1 + checks + (len(entry.operations()) if entry else 0))
