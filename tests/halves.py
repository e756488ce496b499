"""`make test`: all tests as two processes side by side; with `--cov`, what both covered, added up.

Tests that meet a served site mostly wait for it: meanwhile the other half computes. Each line says
which half it is of. Whatever is not named here is in the second half: no file can be forgotten.
Noting what is covered takes two thirds of their time again and asserts nothing: it is asked for.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

PROJECT = Path(__file__).parents[1]
# Balanced by time: compare the closing lines of the two.
SERVED = [
    "tests/browser",
    "tests/api/v1/openapi",
    "tests/demo",
    "tests/access/browser",
    "tests/project",
    "tests/docs",
    "tests/bench",
]
HALVES = {"served": SERVED, "called": ["tests", *(f"--ignore={path}" for path in SERVED)]}


def main(options: list[str]) -> int:
    """Run both halves with these options of pytest; the exit code is 0 only if both pass."""
    with ThreadPoolExecutor() as together:
        running = [together.submit(run, name, [*HALVES[name], *options]) for name in HALVES]
    results = [each.result() for each in running]
    if "--cov" in options:
        coverage("combine", *(data_file(name) for name in HALVES))
        coverage("report")
    for name, (_, closing) in zip(HALVES, results, strict=True):
        say(name, closing)
    return int(any(code for code, _ in results))


def run(name: str, arguments: Iterable[str]) -> tuple[int, str]:
    """Run one half and tell it line by line; its exit code, and its closing line."""
    command = [sys.executable, "-m", "pytest", *arguments]
    environment = {**os.environ, "COVERAGE_FILE": data_file(name), "PYTHONUNBUFFERED": "1"}
    closing = "said nothing\n"
    with subprocess.Popen(
        command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        for line in process.stdout:
            closing = line.decode(errors="replace")
            say(name, closing)
    return process.returncode, closing


def say(name: str, line: str) -> None:
    sys.stdout.write(f"{name} | {line}")
    sys.stdout.flush()


def data_file(name: str) -> str:
    return f".coverage.{name}"


def coverage(*arguments: str) -> None:
    command = [sys.executable, "-m", "coverage", *arguments]
    environment = {**os.environ, "COVERAGE_FILE": ".coverage"}
    subprocess.run(command, cwd=PROJECT, env=environment, check=False)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
