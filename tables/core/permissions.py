"""The rights on a table's items, and the groups that have each where the alias map does not say."""

from __future__ import annotations

from collections.abc import Mapping

RIGHTS = ("view", "add", "change", "delete", "export", "history", "bulk")
# `bulk` is asked beside the right for one item: by itself it lets nobody write.
WRITE_RIGHTS = frozenset({"add", "change", "delete", "bulk"})
_STAFF_RIGHTS = frozenset({"view", "add", "change"})
# Right -> the one whose groups have it where nothing is said: the history of what one sees, and
# many items at once where one may do the most harm to one.
SAME_AS = {"history": "view", "bulk": "delete"}


def granted(
    given: Mapping[str, frozenset[str]],
    staff: frozenset[str],
    superusers: frozenset[str],
    read_only: bool,
) -> dict[str, frozenset[str]]:
    """Groups by right: what is given, else the defaults; superusers always."""
    permissions: dict[str, frozenset[str]] = {}
    for right in RIGHTS:
        default = staff if right in _STAFF_RIGHTS else superusers
        if right in SAME_AS:
            default = permissions[SAME_AS[right]]
        permissions[right] = given.get(right, default) | superusers
    if read_only:
        permissions |= {right: frozenset() for right in WRITE_RIGHTS}
    return permissions
