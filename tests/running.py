"""The site as a process: gunicorn, with an environment of its own, on a free loopback port."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import requests

from demo.environment import process_environment

PROJECT = Path(__file__).parents[1]
READY_SECONDS = 60


def free_url() -> str:
    """An origin on this machine that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


@contextlib.contextmanager
def running_site(settings: Mapping[str, str], url: str, log: Path) -> Iterator[None]:
    """Run the site with these settings until the block ends; its words go to `log`."""
    environment = process_environment(settings, {"PATH": "/usr/bin:/bin"})
    command = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
    subprocess.run(command, cwd=PROJECT, env=environment, check=True)
    with log.open("wb") as output:
        command = [sys.executable, "-m", "gunicorn"]
        process = subprocess.Popen(
            command, cwd=PROJECT, env=environment, stdout=output, stderr=output
        )
    try:
        _wait_until_alive(process, url, log)
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_until_alive(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while not _is_alive(url):
        if process.poll() is not None or time.monotonic() > deadline:
            pytest.fail(f"The site did not start:\n{log.read_text()}")
        time.sleep(0.1)


def _is_alive(url: str) -> bool:
    with contextlib.suppress(requests.ConnectionError, requests.Timeout):
        return requests.get(f"{url}/healthz", timeout=5).ok
    return False
