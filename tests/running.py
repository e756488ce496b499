"""The site as people and programs meet it: gunicorn on a free port, on the embedded engine."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from demo.client import EngineClient
from demo.cognito import Pool, ensure_pool
from demo.environment import demo_settings, process_environment
from tests.engine import start

PROJECT = Path(__file__).parents[1]
READY_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Running:
    """A running site, the embedded engine behind it, and the environment of its processes."""

    url: str
    engine: EngineClient
    pool: Pool
    environment: Mapping[str, str]


@contextlib.contextmanager
def running_on_engine(
    folder: Path, fill: Callable[[EngineClient], None], **changes: str
) -> Iterator[Running]:
    """Run the site on an engine that `fill` has filled; `changes` are settings of its own."""
    url = free_url()
    with start(folder / "engine", origins=(url,)) as engine:
        client = EngineClient(engine.url)
        pool = ensure_pool(client, [url])
        fill(client)
        settings = demo_settings(engine.url, pool, url, folder, given={"WEB_CONCURRENCY": "1"})
        settings |= changes
        with running_site(settings, url, folder / "log"):
            yield Running(url, client, pool, _environment(settings))
        client.session.close()


def free_url() -> str:
    """An origin on this machine that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


@contextlib.contextmanager
def running_site(settings: Mapping[str, str], url: str, log: Path) -> Iterator[None]:
    """Run the site with these settings until the block ends; its words go to `log`."""
    environment = _environment(settings)
    command = [sys.executable, "-m", "demo.prepare"]
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


@contextlib.contextmanager
def running_worker(site: Running) -> Iterator[None]:
    """Run a worker of jobs beside a site until the block ends."""
    command = [sys.executable, "manage.py", "run_jobs"]
    process = subprocess.Popen(command, cwd=PROJECT, env=site.environment)
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


def _environment(settings: Mapping[str, str]) -> dict[str, str]:
    return process_environment(settings, {"PATH": "/usr/bin:/bin"})


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
