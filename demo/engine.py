"""Start the embedded engine: DynamoDB and Cognito on one loopback port, kept in one folder.

    python -m demo.engine --port 8470 --state-dir var/engine

It prints `Engine ready on http://127.0.0.1:8470` once it answers (port 0 takes a free one), writes
what changed every second or two, and ends, writing what is left, on SIGTERM, SIGINT or, with
`--tied`, when its standard input closes. Tests and `make run` use `start`.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from demo.processes import end_with_parent, start_tied, stop
from demo.snapshots import SnapshotError, Snapshots

HOST = "127.0.0.1"
PORT = 8470
_READY = "Engine ready on "


class EngineError(Exception):
    """The engine did not start. Worded for the terminal."""


@dataclass(frozen=True, slots=True)
class RunningEngine:
    """An engine that answers at `url`, and its process."""

    url: str
    process: subprocess.Popen[bytes]


@contextlib.contextmanager
def start(
    port: int, state_dir: Path, *, origins: tuple[str, ...] = (), program: str = "demo.engine"
) -> Iterator[RunningEngine]:
    """Run an engine in a process of its own; port 0 takes a free one. Raises EngineError.

    `origins` are further origins whose pages may sign in, as behind a proxy with TLS; `program` is
    the module that runs.
    """
    command = ["-m", program, f"--port={port}", f"--state-dir={state_dir}", "--tied"]
    process = start_tied([*command, *(f"--origin={origin}" for origin in origins)], output=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline().decode()
        if not line.startswith(_READY):
            raise EngineError("The embedded engine did not start.")
        yield RunningEngine(line.removeprefix(_READY).strip(), process)
    finally:
        stop(process)


def main(module: str = "demo.emulator") -> None:
    """Serve what `module` has of the emulator's names, as the command line wants it."""
    options = _options()
    try:
        listener = _listen(options.port)
    except OSError as error:
        sys.exit(f"Port {options.port} can't be used for the engine: {error.strerror}.")
    port = listener.getsockname()[1]
    folder = options.state_dir.resolve()
    os.environ |= {
        "SERVICES": "dynamodb,cognito-idp",
        "BIND_HOST": HOST,
        "GATEWAY_PORT": str(port),
        "STATE_DIR": str(folder),  # Cognito's signing keys: written once, when made
        "PERSIST_STATE": "0",  # its own way writes on a clean stop only
        "LOG_LEVEL": "WARNING",
    }
    emulator = importlib.import_module(module)  # ministack reads its environment here
    try:
        snapshots = Snapshots(folder, emulator.STORES)
        snapshots.load()
    except SnapshotError as error:
        sys.exit(str(error))
    if options.tied:
        end_with_parent()
    listener.listen()
    print(f"{_READY}http://{HOST}:{port}", flush=True)
    own = {f"http://{HOST}:{port}", f"http://localhost:{port}"}
    emulator.serve(listener, emulator.application(snapshots, frozenset(own | set(options.origin))))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m demo.engine", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument("--state-dir", type=Path, required=True)
    parser.add_argument("--origin", action="append", default=[], help="may be named several times")
    parser.add_argument("--tied", action="store_true", help="end when standard input closes")
    return parser.parse_args()


def _listen(port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((HOST, port))
    return listener


if __name__ == "__main__":
    main()
