"""The kinds of jobs: one row each. What is not here is not offered."""

from __future__ import annotations

from collections.abc import Mapping

from tables.jobs.kind import JobKind

_ROWS: tuple[JobKind, ...] = ()
KINDS: Mapping[str, JobKind] = {kind.name: kind for kind in _ROWS}
