"""Django's SQLite, whose file nobody but its owner may read: it holds sessions and tokens."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.db.backends.sqlite3 import base


class DatabaseWrapper(base.DatabaseWrapper):
    """SQLite gives the files that it makes beside its own, a log and an index, the same mode."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        _keep_private(Path(conn_params["database"]))
        return super().get_new_connection(conn_params)


def _keep_private(file: Path) -> None:
    """Make an empty file where there is none, and close those of former versions that are ours.

    Of a folder that can't be written SQLite says so.
    """
    if not file.is_absolute():
        return
    if not file.exists() and os.access(file.parent, os.W_OK):
        file.touch(mode=0o600)
    for kept in (file, *(file.with_name(file.name + end) for end in ("-wal", "-shm"))):
        with suppress(FileNotFoundError):
            found = kept.stat()
            if found.st_mode & 0o077 and found.st_uid == os.geteuid():
                kept.chmod(0o600)
