"""What writes would be refused for as they are sent, asked without sending them: a check tells it.

What their decision refuses (schema, limits, rights) was raised before they were writes.
"""

from __future__ import annotations

from collections.abc import Sequence

from tables.core.errors import TablesError, TooLarge
from tables.dynamodb.writes import MAX_TRANSACTION, require_fit
from tables.items.link_checks import (
    NewLink,
    in_transaction,
    missing,
    new_links,
    refusal,
    refused_before,
)
from tables.items.recorded import entry_of_write
from tables.items.wanted import Settled
from tables.records.history.entries import mode_of

# So few checks fit beside any write and its entry.
_FEW_CHECKS = MAX_TRANSACTION // 2


def foreseen(writes: Sequence[Settled]) -> list[TablesError | None]:
    """Why each of these writes would be refused, None for those that would be made.

    What they link to is looked up for all of them at once. Raises TablesError.
    """
    links = [list(new_links(write.target, write.outcome, "refuse")) for write in writes]
    if not any(links):
        return [None] * len(writes)
    lost = frozenset(map(id, missing([new for found in links for new in found])))
    return [_refused(write, found, lost) for write, found in zip(writes, links, strict=True)]


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
