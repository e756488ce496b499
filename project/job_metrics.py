"""Numbers of the jobs for Prometheus, read from the database at each scrape."""

from __future__ import annotations

from collections.abc import Iterator

import structlog
from django.db import DatabaseError
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from tables.dispensable import impatient
from tables.records.jobs.sums import Sums, sums

log = structlog.get_logger(__name__)


class JobNumbers(Collector):
    """Three metrics; a database that is away leaves them out, and the rest of the page stands."""

    def describe(self) -> Iterator[Metric]:
        """The metrics without their numbers: the registry asks before there may be a database."""
        return _families(None)

    def collect(self) -> Iterator[Metric]:
        """The metrics as the numbers are now."""
        try:
            with impatient():
                found = sums()
        except DatabaseError as error:
            log.warning("jobs_not_counted", reason=type(error).__name__)
            return iter(())
        return _families(found)


def _families(found: Sums | None) -> Iterator[Metric]:
    items = CounterMetricFamily(
        "dynadmin_job_items",
        "Items that jobs were to write, by what became of them.",
        labels=["alias", "kind", "outcome"],
    )
    takeovers = CounterMetricFamily(
        "dynadmin_job_lease_takeovers",
        "Parts of jobs that were taken over from a worker that fell silent.",
        labels=[],
    )
    running = GaugeMetricFamily(
        "dynadmin_jobs_running", "Jobs that a worker has in hand now.", labels=[]
    )
    if found is not None:
        for labels, count in sorted(found.items.items()):
            items.add_metric(labels, count)
        takeovers.add_metric([], found.takeovers)
        running.add_metric([], found.running)
    yield from (items, takeovers, running)
