"""Django's Tasks API: Django's own from version 6 on, the same by backport before."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING or find_spec("django.tasks") is None:
    from django_tasks import task, task_backends
else:
    from django.tasks import task, task_backends

__all__ = ["task", "task_backends"]
