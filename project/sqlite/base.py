"""Django's SQLite, whose new file nobody but its owner may read: it holds sessions and tokens."""

import os
from pathlib import Path
from typing import Any

from django.db.backends.sqlite3 import base


class DatabaseWrapper(base.DatabaseWrapper):
    """SQLite gives the files beside it, its log and its index, the same mode."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        _make(Path(conn_params["database"]))
        return super().get_new_connection(conn_params)


def _make(file: Path) -> None:
    """An empty file where there is none; of a folder that can't be written SQLite says so."""
    if file.is_absolute() and not file.exists() and os.access(file.parent, os.W_OK):
        file.touch(mode=0o600)
