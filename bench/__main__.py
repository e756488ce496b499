"""`make bench`: every case, its ratio and its goal; status 1 when one misses its limit."""

from __future__ import annotations

import logging
import os
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from statistics import median

import django

from bench import stub
from bench.app import Caller, Issuer, environment
from bench.cases import Case, cases
from bench.measure import interleaved, peak_growth, ratio
from bench.over_http import compare_over_http, http_peers
from bench.peers import compare_with_peer, installed_peer
from bench.worker_memory import measure_worker
from project.garbage import settle

ROUNDS = 7
# A list of ten thousand may take this much more memory than one of a hundred, in MB.
FLAT_MB = 40.0


def main() -> int:
    """Run everything; the exit status."""
    issuer, peer, peers = Issuer(), installed_peer(), http_peers()
    with stub.running(issuer.key_set()) as engine, tempfile.TemporaryDirectory() as folder:
        variables = environment(engine.url, engine.url + stub.KEYS_PATH, Path(folder))
        os.environ.clear()
        os.environ.update(variables)
        program, person, cookie = _callers(issuer)
        rows = cases(program, person, engine.url)
        rows += import_module("bench.jobs").job_cases(engine.url)  # Django is set up now
        settle()
        print(f"{'case':34} {'ours':>9} {'SDK':>9} {'min':>6} {'ratio':>6} {'wall':>6}  goal")
        missed = [row.name for row in rows if not _run(row)]
        missed += _memory(rows)
        missed += compare_with_peer(peer, engine.slow_url, variables, cookie)
        missed += measure_worker(engine.url, variables, issuer.token(), cookie)
        missed += compare_over_http(peers, engine.url, variables, issuer.token())
    if missed:
        print(f"\nMissed: {', '.join(missed)}")
    return 1 if missed else 0


def _callers(issuer: Issuer) -> tuple[Caller, Caller, str]:
    """The app, called by a program and by a person."""
    django.setup()
    # The database first: the app looks at it as it starts.
    cookie = import_module("bench.people").session_cookie()
    application = import_module("project.wsgi").application
    _quieten()
    program = Caller(application, {"Authorization": f"Bearer {issuer.token()}"})
    person = Caller(application, {"Cookie": cookie, "Accept": "text/html"})
    return program, person, cookie


def _quieten() -> None:
    """Log lines cost what they cost, but go nowhere: the table is for the terminal."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, logging.StreamHandler):
            handler.setStream(Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - for good


def _run(case: Case) -> bool:
    """Print a case; whether it kept its limit."""
    ours, theirs = interleaved(case.ours, case.theirs, rounds=ROUNDS, calls=case.calls)
    cpu = ratio(ours.cpu, theirs.cpu)
    kept = cpu <= case.fails_above
    verdict = "" if cpu <= case.goal else ("over the goal" if kept else "MISSED")
    print(
        f"{case.name:34} {median(ours.cpu) * 1000:7.2f}ms {median(theirs.cpu) * 1000:7.2f}ms"
        f" {min(ours.cpu) / min(theirs.cpu):6.2f} {cpu:6.2f}"
        f" {ratio(ours.wall, theirs.wall):6.2f}  {case.goal:.2f} (fails above"
        f" {case.fails_above:.2f}) {verdict}",
        flush=True,
    )
    return kept


def _memory(rows: list[Case]) -> list[str]:
    """Flat memory: a list of ten thousand beside one of a hundred, each in a process of its own."""
    by_name = {row.name: row.ours for row in rows}
    short = peak_growth(by_name["AdminAPI list of 100"])
    whole = peak_growth(by_name["AdminAPI unpaginated list of 10k"])
    print(
        f"{'peak memory, list of 100 / 10k':34} {short:7.1f}MB {whole:7.1f}MB  limit +{FLAT_MB} MB"
    )
    return ["peak memory"] if whole - short > FLAT_MB else []


if __name__ == "__main__":
    sys.exit(main())
