"""Changes to an item: one UpdateItem for each action, or one for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from tables.api.adminapi.envelopes import failed, succeeded
from tables.api.adminapi.updates import read_changes, settle
from tables.core.errors import Forbidden, TablesError, Throttled, Unavailable, WriteInDoubt
from tables.core.updates import Change
from tables.core.values import Item
from tables.items.drafts import Edit
from tables.items.target import Target
from tables.items.updates import update
from tables.items.wanted import Rewrite
from tables.items.writes import send

_NOT_BEGUN = Unavailable("Not begun: it is not known whether the action before it was done.")


def run_actions(actions: Mapping[str, Any], key: Item, target: Target) -> list[dict[str, Any]]:
    """One write for each action, in order; what each came to, as `results` tells it.

    An action that fails leaves the others done. Raises Forbidden, Throttled and Unavailable as
    long as nothing was done; afterwards they fail every action that is left. After one that may
    have been done, none is begun.
    """
    results: list[dict[str, Any]] = []
    for action, payload in actions.items():
        try:
            after = change(read_changes(action, payload), key, target)
        except WriteInDoubt as error:
            left = list(actions)[len(results) + 1 :]
            return [*results, failed(action, error), *(failed(name, _NOT_BEGUN) for name in left)]
        except (Forbidden, Throttled, Unavailable) as error:
            if not any(result["success"] for result in results):
                raise
            # It would meet every other action as well, after the same long wait.
            left = list(actions)[len(results) :]
            return results + [failed(name, error) for name in left]
        except TablesError as error:
            results.append(failed(action, error))
        else:
            results.append(succeeded(action, None if after is None else target.sight.see(after)))
    return results


def read_all_changes(actions: Mapping[str, Any]) -> list[Change]:
    """The changes of every action together, for one write. Raises InvalidExpression."""
    return [change for name, payload in actions.items() for change in read_changes(name, payload)]


def change(changes: list[Change], key: Item, target: Target) -> Item | None:
    """Make these changes in one UpdateItem; the item after them, None when there are none.

    Raises Forbidden where the item is absent and the caller may not add it, TablesError.
    """
    return send(wanted(changes, key, target)).attributes if changes else None


def wanted(changes: list[Change], key: Item, target: Target) -> Rewrite:
    """The write of these changes: which type of set `delete` means is for the item to say."""
    depends = any(change.action == "delete" for change in changes)
    edit = Edit(changes, partial(settle, changes) if depends else None)
    return update(target, key, edit)
