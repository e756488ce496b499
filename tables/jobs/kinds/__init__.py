"""The kinds of jobs: one row each. What is not here is not offered."""

from __future__ import annotations

from collections.abc import Mapping

from tables.jobs.kind import JobKind
from tables.jobs.kinds.batch import BATCH
from tables.jobs.kinds.change import CHANGE
from tables.jobs.kinds.copy import COPY
from tables.jobs.kinds.delete import DELETE
from tables.jobs.kinds.exports import EXPORT
from tables.jobs.kinds.imports import IMPORT
from tables.jobs.kinds.undo import UNDO

_ROWS = (CHANGE, COPY, DELETE, IMPORT, EXPORT, UNDO, BATCH)
KINDS: Mapping[str, JobKind] = {kind.name: kind for kind in _ROWS}
