"""How much is tried: a small round in every run, all of it by `make test-crash`."""

import os

from tables.access.callers import Caller

IS_WHOLE = "CRASH_ROUNDS" in os.environ
KILLS = 25 if IS_WHOLE else 3
ITEMS = 2_000 if IS_WHOLE else 150
LEASE_SECONDS = 1.0
# Whose jobs they are.
ANN = Caller("ann", "Ann", frozenset({"admins"}))
