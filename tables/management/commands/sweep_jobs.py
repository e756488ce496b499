"""Wake workers for what waits, once, and remove jobs that are past their days."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from tables.jobs.sweeping import sweep, tidy


class Command(BaseCommand):
    """`manage.py sweep_jobs`, each minute, where nobody runs `run_jobs`."""

    help = "Wakes workers for jobs that wait, and removes jobs that are past their days."

    def handle(self, *_args: Any, **_options: Any) -> None:
        nudged = sweep()
        tidy()
        self.stdout.write(f"{nudged} nudges.")
