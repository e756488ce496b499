"""Many writers of ours and a program with optimistic locking, on one item."""

import threading
from concurrent.futures import ThreadPoolExecutor

from tables.access.callers import Caller
from tables.core.errors import PreconditionFailed, TransactionConflict
from tables.core.operations import Put
from tables.core.preconditions import compile_changes
from tables.core.registry import Table
from tables.core.updates import Change, apply_changes
from tables.dynamodb.writes import write
from tables.items.drafts import Edit
from tables.items.target import Target
from tables.items.updates import update
from tables.items.writes import send
from tests.tables import described, stored

TABLE = Table("Counters", "counters", "Counters", version="v", audit_attributes=False)
ANN = Caller("ann", "ann", frozenset())
KEY = {"id": {"S": "one"}}
MORE = Change("add", ("n",), {"N": "1"})
WRITERS, EACH = 16, 2


def test_no_write_is_lost_between_sixteen_of_ours_and_a_program_of_the_table(dynamodb_embedded):
    description = described("counters")
    target = Target(TABLE, description, ANN, frozenset({"view", "add", "change"}))
    write(Put("counters", {**KEY, "n": {"N": "0"}, "v": {"N": "0"}}))
    together = threading.Barrier(WRITERS + 1)

    def ours():
        until(EACH, lambda: send(update(target, KEY, Edit([MORE]))))

    def the_program():
        """Pins its version alone, as such libraries do."""
        item = stored("counters", KEY)
        raised = Change("set", ("v",), {"N": str(int(item["v"]["N"]) + 1)})
        count = Change("set", ("n",), apply_changes([MORE], item)["n"])
        write(compile_changes([count, raised], item, description, pinned=[("v",)]))

    def until(times, one):
        together.wait(30)
        done = 0
        while done < times:
            try:
                one()
            except (PreconditionFailed, TransactionConflict):
                continue
            done += 1

    with ThreadPoolExecutor(WRITERS + 1) as pool:
        runs = [pool.submit(ours) for _ in range(WRITERS)]
        runs.append(pool.submit(until, 10, the_program))
        for run in runs:
            run.result(timeout=120)
    written = {"N": str(WRITERS * EACH + 10)}
    item = stored("counters", KEY)
    assert (item["n"], item["v"]) == (written, written)
