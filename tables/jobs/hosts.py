"""Whether the processes of a site share what they must: the files of jobs, and the memory by which
SQLite keeps apart those that write to one file.

A host's name tells neither: containers of one machine have names of their own, and share both.
"""

from __future__ import annotations

import secrets
import socket
from pathlib import Path
from typing import Any, NamedTuple

from django.core.checks import CheckMessage
from django.core.checks import Error as Mistake
from django.core.files.storage import FileSystemStorage, storages
from django.db import Error, connection
from django.utils import timezone

from tables.jobs.finding import WORKER_SILENCE
from tables.models import Worker

# The file in a folder that tells it from every other one.
_MARK = "folder-id"
_MARK_CHARACTERS = 16
# The same in all containers of a machine, until it is started anew.
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class Apart(NamedTuple):
    """What is not shared and must be, and what to do about it."""

    what: str
    hint: str


_OTHER_FOLDER = Apart(
    "A worker of jobs keeps its files in a folder that this host does not have: what is sent here"
    " is not found there, nor what is made there here.",
    "Let JOB_FILES be a folder that all hosts share, or s3://bucket/prefix.",
)
_OTHER_MACHINE = Apart(
    "A worker on another machine writes to the same SQLite file: there they do not hear of each"
    " other, and spoil it.",
    "Let DATABASE_URL name PostgreSQL where there is more than one machine.",
)


def marked_folder() -> str:
    """The mark of the folder for files, made where it has none; empty where it can't have one."""
    place = _place()
    if place is None:
        return ""
    try:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with place.open("x") as file:
            file.write(secrets.token_hex(_MARK_CHARACTERS // 2))
    except OSError:
        pass  # it is there, or nobody may write
    return _mark_in(place)


def machine() -> str:
    """The machine that this process is on."""
    try:
        return _BOOT_ID.read_text().strip()[:64]
    except OSError:
        return socket.gethostname()[:64]


def what_is_apart() -> list[Apart]:
    """What this process and the living workers do not share and must."""
    living = Worker.objects.filter(seen__gt=timezone.now() - WORKER_SILENCE)
    told = [*living.values_list("folder", "machine")]
    found: list[Apart] = []
    place = _place()
    if place is not None and {folder for folder, _machine in told} - {"", _mark_in(place)}:
        found.append(_OTHER_FOLDER)
    if connection.vendor == "sqlite" and {at for _folder, at in told} - {"", machine()}:
        found.append(_OTHER_MACHINE)
    return found


def check_hosts(**_: Any) -> list[CheckMessage]:
    """An error for each thing that living workers and this host do not share and must."""
    try:
        return [Mistake(what, hint=hint, id="tables.E040") for what, hint in what_is_apart()]
    except Error:
        return []  # a database that does not answer, or is not migrated, is told elsewhere


def _place() -> Path | None:
    storage = storages["jobs"]
    return Path(storage.path(_MARK)) if isinstance(storage, FileSystemStorage) else None


def _mark_in(place: Path) -> str:
    """Empty where there is none, or one that is just being written."""
    try:
        mark = place.read_text()
    except OSError:
        return ""
    return mark if len(mark) == _MARK_CHARACTERS else ""
