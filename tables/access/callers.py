"""Who is calling: the same small value whether a token, a session or an access key says so."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Caller:
    """Someone known by `sub`. `identity` is what audit attributes say; `groups` decide rights."""

    sub: str
    identity: str
    groups: frozenset[str]

    @property
    def is_authenticated(self) -> bool:
        return bool(self.sub)

    @property
    def pk(self) -> str:
        return self.sub

    def __str__(self) -> str:
        return self.identity


NOBODY = Caller("", "", frozenset())


def nobody() -> Caller:
    """DRF's UNAUTHENTICATED_USER, so that `request.user` is a Caller on every door."""
    return NOBODY
