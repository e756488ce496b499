"""The CPU of whole server processes for a request over HTTP, beside two peers on the same stub."""

from __future__ import annotations

import http.client
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import data
from bench.measure import ratio
from bench.peers import FOLDER, installed_by_npm, served

EXPRESS = ("express@5.3.0", "@aws-sdk/client-dynamodb@3.1169.0", "@aws-sdk/lib-dynamodb@3.1169.0")
FASTAPI = ("fastapi==0.165.0", "uvicorn==0.54.0", "aiobotocore==3.10.0", "boto3")
_ROUNDS = 7
_ITEM, _LIST = "item", "list of 100"
_REQUESTS = {_ITEM: 300, _LIST: 60}
_HERE = Path(__file__).parent
# Processes are counted by /proc, in these ticks of a second.
_TICK = 1 / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Peer:
    """A program beside ours: how it is started, where it could be installed; goals and limits."""

    name: str
    command: list[str] | None
    goals: dict[str, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class _Server:
    """A running server, by the paths of its cases."""

    port: int
    process: int
    paths: dict[str, str]
    headers: dict[str, str]

    def cpu(self, case: str) -> float:
        """CPU seconds of all its processes for one request of the case."""
        before = _cpu_of_tree(self.process)
        self.ask(case, _REQUESTS[case])
        return (_cpu_of_tree(self.process) - before) / _REQUESTS[case]

    def ask(self, case: str, times: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        for _ in range(times):
            connection.request("GET", self.paths[case], headers=self.headers)
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{self.paths[case]} answered {answer.status}: {body[:200]!r}")
        connection.close()


def http_peers() -> tuple[Peer, ...]:
    """The peers, installed once under var/."""
    return (
        Peer("Express 5", _express(), {_ITEM: (1.0, 1.25), _LIST: (0.95, 1.25)}),
        Peer("FastAPI", _fastapi(), {_ITEM: (0.85, 1.10), _LIST: (0.15, 0.25)}),
    )


def compare_over_http(
    peers: Iterable[Peer], engine: str, variables: dict[str, str], token: str
) -> list[str]:
    """Print each case beside each peer; the names of what was missed."""
    if not Path("/proc/self/stat").is_file():
        print(f"{'over HTTP':34} not run: the CPU of other processes is read from /proc")
        return []
    missed: list[str] = []
    for peer in peers:
        if peer.command is None:
            print(f"{'over HTTP beside ' + peer.name:34} not run: it can't be installed here")
            continue
        with _both(peer.command, engine, variables, token) as (ours, theirs):
            missed += [name for case in _REQUESTS for name in _compare(case, peer, ours, theirs)]
    return missed


def _compare(case: str, peer: Peer, ours: _Server, theirs: _Server) -> list[str]:
    """Print one case; its name when it missed its limit."""
    seconds: tuple[list[float], list[float]] = ([], [])
    for server in (ours, theirs):
        server.ask(case, _REQUESTS[case])
    for _ in range(_ROUNDS):
        for server, kept in zip((ours, theirs), seconds, strict=True):
            kept.append(server.cpu(case))
    goal, fails_above = peer.goals[case]
    found, name = ratio(*seconds), f"{case} over HTTP / {peer.name}"
    verdict = "" if found <= goal else ("over the goal" if found <= fails_above else "MISSED")
    mine, other = (sorted(kept)[_ROUNDS // 2] * 1000 for kept in seconds)
    print(
        f"{name:34} {mine:7.2f}ms {other:7.2f}ms {'':6} {found:6.2f} {'':6}  {goal:.2f}"
        f" (fails above {fails_above:.2f}) {verdict}",
        flush=True,
    )
    return [name] if found > fails_above else []


@contextmanager
def _both(
    command: list[str], engine: str, variables: dict[str, str], token: str
) -> Iterator[tuple[_Server, _Server]]:
    """Our site in one worker process, and the peer, on the same engine."""
    given = {**variables, "AWS_ENDPOINT_URL_DYNAMODB": engine, "WEB_CONCURRENCY": "1"}
    items = f"/api/v1/tables/{data.ALIAS}/items"
    with ExitStack() as stack:
        gunicorn = [sys.executable, "-m", "gunicorn", "project.wsgi"]
        ours = stack.enter_context(served(gunicorn, given))
        theirs = stack.enter_context(served(command, {**given, "BENCH_TABLE": data.TABLE}))
        yield (
            _Server(*ours, _paths(items), {"Authorization": f"Bearer {token}"}),
            _Server(*theirs, _paths("/items"), {}),
        )


def _paths(items: str) -> dict[str, str]:
    return {_ITEM: f"{items}/thing-000007", _LIST: f"{items}?limit=100"}


def _cpu_of_tree(process: int) -> float:
    """CPU seconds of a process and its children, of those that ended too."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    # utime, stime, cutime and cstime: fields 14 to 17 of proc(5), counted from the third here.
    return sum(map(int, fields[11:15])) * _TICK + sum(_cpu_of_tree(int(one)) for one in children)


def _express() -> list[str] | None:
    folder = installed_by_npm("express", EXPRESS)
    if folder is None:
        return None
    # A module is found from where the program lies.
    program = shutil.copy(_HERE / "express.mjs", folder / "express.mjs")
    return ["node", str(program)]


def _fastapi() -> list[str] | None:
    environment = FOLDER / "fastapi"
    python = environment / "bin" / "python"
    if not (environment / "installed").is_file():
        steps = (
            [sys.executable, "-m", "venv", str(environment)],
            [str(python), "-m", "pip", "install", "--quiet", *FASTAPI],
        )
        if any(subprocess.run(step, check=False, capture_output=True).returncode for step in steps):
            return None
        (environment / "installed").touch()
    uvicorn = ["-m", "uvicorn", "--no-access-log", "--app-dir", str(_HERE), "fastapi_peer:app"]
    return [str(python), *uvicorn]
