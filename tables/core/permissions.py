"""The rights on a table's items, and the groups that have each where the alias map does not say."""

from __future__ import annotations

from collections.abc import Mapping

RIGHTS = ("view", "add", "change", "delete", "export", "history")
WRITE_RIGHTS = frozenset({"add", "change", "delete"})
_STAFF_RIGHTS = frozenset({"view", "add", "change"})


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
        if right == "history":
            default = permissions["view"]  # the history of what one sees
        permissions[right] = given.get(right, default) | superusers
    if read_only:
        permissions |= {right: frozenset() for right in WRITE_RIGHTS}
    return permissions
