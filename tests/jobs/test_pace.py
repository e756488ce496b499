"""How fast a job writes, against a table that throttles; the clock is the test's own."""

import pytest

from tables.jobs.pace import Pace


class SimulatedTable:
    """A table of so many write units a second, and a second's worth saved up."""

    def __init__(self, units):
        self.units, self.now, self.saved, self.filled_at = units, 0.0, float(units), 0.0
        self.made = self.throttled = 0

    def clock(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds

    def write(self):
        self.now += 0.001
        self.saved = min(self.saved + (self.now - self.filled_at) * self.units, self.units)
        self.filled_at = self.now
        if self.saved < 1:
            self.throttled += 1
            return False
        self.saved -= 1
        self.made += 1
        return True


def run(table, pace, seconds):
    while table.now < seconds:
        pace.before()
        if table.write():
            pace.took(1.0)
        else:
            pace.throttled()


def paced(table, most):
    return Pace(most, lambda: None, clock=table.clock, sleep=table.sleep)


@pytest.mark.parametrize("most", [None, 400.0], ids=["no pace", "eight times too fast"])
def test_a_job_finds_what_a_table_can_take(most):
    table = SimulatedTable(50)
    run(table, paced(table, most), 120)
    assert table.made > 0.75 * 50 * 120
    assert table.throttled < 0.05 * table.made


def test_a_pace_is_kept_where_the_table_could_take_more():
    table = SimulatedTable(1000)
    run(table, paced(table, 20.0), 60)
    assert 0.95 * 20 * 60 <= table.made <= 1.05 * 20 * 60 + 20
    assert table.throttled == 0


def test_nothing_goes_out_where_the_check_refuses():
    def refuse():
        raise KeyError

    with pytest.raises(KeyError):
        Pace(None, refuse).before()
