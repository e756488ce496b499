"""Start, tie and stop the demo's processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
STOP_WAIT = 20.0  # seconds that a process may take to end in order


def start_tied(
    arguments: Sequence[str], *, output: bool = False, environment: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """Start this Python with `arguments`, in a session of its own: Ctrl-C reaches only us.

    Its standard input is a pipe that closes when we end, even by SIGKILL: see `end_with_parent`.
    `output` gives its standard output to the caller.
    """
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=PROJECT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE if output else None,
        start_new_session=True,
    )


def end_with_parent() -> None:
    """Ask this process to end as soon as its standard input closes."""
    threading.Thread(target=_terminate_at_end_of_input, daemon=True).start()


def _terminate_at_end_of_input() -> None:
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a process in order, and by force when it does not listen."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOP_WAIT)
        except subprocess.TimeoutExpired:
            process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
