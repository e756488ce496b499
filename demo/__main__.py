"""`make run`: the engine, its data and the app, until Ctrl-C."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import requests

from demo.client import EngineClient
from demo.cognito import PASSWORD, USERS, Pool, ensure_pool, id_token
from demo.data import cities
from demo.data.tables import DemoTable
from demo.engine import HOST as ENGINE_HOST
from demo.engine import PORT as ENGINE_PORT
from demo.engine import EngineError, start
from demo.environment import demo_settings, process_environment, write_env_file
from demo.load import load
from demo.processes import PROJECT, start_tied, stop

WEB_WAIT = 60.0  # seconds until the app must have answered
_HOSTS = ("127.0.0.1", "localhost")
_PROGRESS_STEP = 2_500  # items


class DemoError(Exception):
    """Why the demo can't run. Worded for the terminal."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Where the demo listens, and the folder that keeps what must outlive it."""

    host: str
    port: int
    engine_port: int
    folder: Path

    @property
    def origin(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def env_file(self) -> Path:
        return self.folder / "demo.env"


def plan(given: Mapping[str, str]) -> Plan:
    """Read HOST, PORT, ENGINE_PORT and DEMO_DIR; raise DemoError for what can't be used."""
    host = given.get("HOST") or _HOSTS[0]
    if host not in _HOSTS:
        raise DemoError(f"The demo serves this machine only: HOST is {' or '.join(_HOSTS)}.")
    made = Plan(
        host,
        _port(given, "PORT", 8000),
        _port(given, "ENGINE_PORT", ENGINE_PORT),
        (PROJECT / (given.get("DEMO_DIR") or "var")).resolve(),
    )
    if made.port == made.engine_port:
        raise DemoError(f"PORT and ENGINE_PORT are both {made.port}: choose two.")
    _require_free("PORT", host, made.port)
    _require_free("ENGINE_PORT", ENGINE_HOST, made.engine_port)
    return made


def _port(given: Mapping[str, str], name: str, default: int) -> int:
    text = given.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise DemoError(f"{name} is a number from 1 to 65535, not {text!r}.")
    return int(text)


def _require_free(name: str, host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise DemoError(
                f"Port {port} can't be used ({error.strerror}): is an earlier `make run` still"
                f" running? End it, or choose another port: make run {name}={port + 1}"
            ) from error


def run(made: Plan) -> None:
    """Serve until a process ends (DemoError) or we are told to (KeyboardInterrupt)."""
    made.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    print("Starting the embedded engine (DynamoDB and Cognito).", flush=True)
    with start(made.engine_port, made.folder / "engine") as engine:
        client = EngineClient(engine.url)
        pool = ensure_pool(client, [f"http://{host}:{made.port}" for host in _HOSTS])
        load(client, progress=_show_progress)
        settings = demo_settings(engine.url, pool, made.origin, made.folder, given=os.environ)
        write_env_file(made.env_file, settings)
        environment = process_environment(settings, os.environ)
        _prepare(environment)
        with _serving(made, environment) as web, _working(environment) as jobs:
            _greet(made, client, pool)
            _watch({"engine": engine.process, "app": web, "worker of jobs": jobs})


def _show_progress(table: DemoTable, written: int) -> None:
    if table in cities.TABLES and (written % _PROGRESS_STEP == 0 or written == cities.COUNT):
        print(f"Loading cities: {written:,} of {cities.COUNT:,}", flush=True)


def _prepare(environment: Mapping[str, str]) -> None:
    command = [sys.executable, "-m", "demo.prepare"]
    if subprocess.run(command, cwd=PROJECT, env=environment, check=False).returncode:
        raise DemoError("The app could not be prepared; what it said is above.")


@contextlib.contextmanager
def _serving(made: Plan, environment: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    web = start_tied(["-m", "demo.web", "--log-level=warning"], environment=environment)
    try:
        _await_answer(f"{made.origin}/healthz", web)
        yield web
    finally:
        stop(web)


@contextlib.contextmanager
def _working(environment: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    jobs = start_tied(["-m", "demo.jobs"], environment=environment)
    try:
        yield jobs
    finally:
        stop(jobs)


def _await_answer(url: str, web: subprocess.Popen[bytes]) -> None:
    session = requests.Session()
    session.trust_env = False  # a proxy can't reach this machine's loopback
    deadline = time.monotonic() + WEB_WAIT
    while time.monotonic() < deadline and web.poll() is None:
        with contextlib.suppress(requests.RequestException):
            if session.get(url, timeout=5).ok:
                return
        time.sleep(0.1)
    raise DemoError("The app did not start; what it said is above.")


def _greet(made: Plan, client: EngineClient, pool: Pool) -> None:
    print(f"\n  {made.origin}/\n\nSign in as (password {PASSWORD}):")
    for user, group in USERS.items():
        print(f"  {user:<12} {group or 'no group: may not open the pages'}")
    token = id_token(client, pool, "ada.admin")
    url = f"{made.origin}/endpoint?table=Workers&id=1"
    print(f"\nThe same data as JSON:\n  curl '{url}' -H 'Authorization: Bearer {token}'")
    path = made.env_file
    shown = path.relative_to(PROJECT) if path.is_relative_to(PROJECT) else path
    print("\nAnother token, from another terminal:")
    print(f"  ENV_FILE={shown} .venv/bin/python manage.py idtoken sam.staff")
    print("\nCtrl-C ends it; what you change is kept.\n", flush=True)


def _watch(processes: Mapping[str, subprocess.Popen[bytes]]) -> None:
    """Return never: raise DemoError as soon as one of them has ended."""
    while True:
        for name, process in processes.items():
            if process.poll() is not None:
                raise DemoError(
                    f"The {name} ended by itself (status {process.returncode}), so the demo ends."
                    " What was written is kept: start again with `make run`."
                )
        time.sleep(0.5)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    """End in order, once: a second signal must not interrupt that."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        run(plan(os.environ))
    except (DemoError, EngineError) as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        print("Stopped; the data is kept.")


if __name__ == "__main__":
    main()
