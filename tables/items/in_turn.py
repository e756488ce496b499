"""Writes that lead to each other's items: which come after which, and what a file comes to."""

from __future__ import annotations

from collections.abc import Sequence

from tables.configuration import registry
from tables.core.keys import encode_token
from tables.core.keys_seen import KeysSeen
from tables.core.values import Item
from tables.items.link_checks import NewLink
from tables.items.target import Target
from tables.items.wanted import Settled


def waves(chunk: Sequence[Settled], links: Sequence[Sequence[NewLink]]) -> list[list[int]]:
    """The places of writes of one table, with the links that each is checked for: those of one wave
    may be made at once, and a wave when the one before is through.

    What is made of an item stands before a later write leads to it, and not before an earlier does.
    """
    found: list[list[int]] = []
    made: dict[str, int] = {}
    asked: dict[str, int] = {}
    for place, (write, new_links) in enumerate(zip(chunk, links, strict=True)):
        target = write.target
        own = encode_token(write.outcome.key, target.description)
        led = [token for new in new_links if (token := _token_in(new, target.name)) is not None]
        wave = 1 + max(asked.get(own, -1), *(made.get(token, -1) for token in led), -1)
        made[own] = wave
        for token in led:
            asked[token] = max(asked.get(token, wave), wave)
        if wave == len(found):
            found.append([])
        found[wave].append(place)
    return found


class Earlier:
    """What the rows of a file make of their items, for rows after them that lead there.

    Of each item it knows of which aliases that are linked to it is one then, in bounded memory.
    `has_led` once a row led to one before it.
    """

    def __init__(self, target: Target) -> None:
        linked = {link.to for link in target.table.links if link.check == "refuse"}
        tables = {alias: registry().get(alias) for alias in sorted(linked)}
        own = target.table.table
        self._tables = {alias: table for alias, table in tables.items() if table.table == own}
        self._name = target.name
        self._kinds = KeysSeen()
        self.has_led = False

    @property
    def is_needed(self) -> bool:
        """Whether a row can lead to another at all."""
        return bool(self._tables)

    def note(self, token: str, after: Item) -> None:
        """A row makes this of an item."""
        if self._tables:
            held = (table.holds(after) for table in self._tables.values())
            self._kinds.note_last(token, sum(1 << at for at, holds in enumerate(held) if holds))

    def holds(self, new: NewLink) -> bool | None:
        """Whether a link leads to what a row before makes an item of the alias; None where none
        makes anything of it.
        """
        token = _token_in(new, self._name)
        if token is None or new.link.to not in self._tables:
            return None
        kinds = self._kinds.last_line(token)
        if kinds is None:
            return None
        self.has_led = True
        return bool(kinds >> [*self._tables].index(new.link.to) & 1)

    def close(self) -> None:
        """Let go of it."""
        self._kinds.close()


def _token_in(new: NewLink, name: str) -> str | None:
    """The token of the item of this table that a link leads to."""
    if new.key is None or new.description.name != name:
        return None
    return encode_token(new.key, new.description)
