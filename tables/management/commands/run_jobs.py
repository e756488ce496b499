"""Work on jobs, until told to end."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils import timezone
from django_tasks_db.backend import DatabaseBackend

from tables.jobs.finding import WORKER_SILENCE
from tables.jobs.workers import MOST_ON_SQLITE, run, sweep_for_ever
from tables.models import Worker
from tables.task_engine import task_backends


class Command(BaseCommand):
    """`manage.py run_jobs [--sweep-only]`: one worker; start as many as there are cores for."""

    help = "Works on jobs. SIGTERM ends it when the chunk under way is done."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--sweep-only", action="store_true", help="wake the workers of another task backend"
        )

    def handle(self, *_args: Any, sweep_only: bool, **_options: Any) -> None:
        if sweep_only:
            sweep_for_ever()
            return
        if not isinstance(task_backends["default"], DatabaseBackend):
            raise CommandError(
                "TASKS names another backend: start its own workers, and run_jobs --sweep-only."
            )
        if connection.vendor == "sqlite":
            self._require_room()
        run()

    def _require_room(self) -> None:
        """Refuse a third worker of one SQLite file. Who was killed counts as living for a while."""
        if _living() >= MOST_ON_SQLITE:
            seconds = WORKER_SILENCE.total_seconds()
            self.stderr.write(f"Waits {seconds:.0f} s: one of the other workers may be dead.")
            time.sleep(seconds)
        if (living := _living()) >= MOST_ON_SQLITE:
            raise CommandError(
                f"{living} workers use this SQLite file already; more would wait for each other. "
                "With PostgreSQL (DATABASE_URL) there may be as many as you like."
            )


def _living() -> int:
    return Worker.objects.filter(seen__gt=timezone.now() - WORKER_SILENCE).count()
