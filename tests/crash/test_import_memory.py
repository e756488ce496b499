"""A file takes no more memory the longer it is: `make test-crash` tries a gigabyte of each."""

import os
import subprocess
import sys

import pytest

IS_WHOLE = "CRASH_ROUNDS" in os.environ
FEW, MANY = (10_000, 100_000) if IS_WHOLE else (1_000, 10_000)
FORMATS = {
    "csv": (b"id,name,n:N\r\n", b'"i%d","%b",%d\r\n'),
    "lines": (b"", b'{"id": "i%d", "name": "%b", "n": %d}\n'),
    "array": (b'[{"id": "first"}', b', {"id": "i%d", "name": "%b", "n": %d}\n'),
}


def checked(path, name, count, width):
    """Rows that were taken of a file of so many, and the peak of memory in KB."""
    head, row = FORMATS[name]
    with path.open("wb") as file:
        file.write(head)
        for number in range(count):
            file.write(row % (number, b"x" * width, number))
        file.write(b"]" if name == "array" else b"")
    command = [sys.executable, "-m", "tests.crash.import_memory", path, path.parent]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    rows, peak = map(int, done.stdout.split()[-2:])
    assert rows == count + (name == "array")
    path.unlink()
    return peak


@pytest.mark.parametrize("name", FORMATS if IS_WHOLE else ["csv"])
def test_ten_times_the_rows_take_the_same_memory(tmp_path, name):
    few, many = (checked(tmp_path / "file", name, count, 100) for count in (FEW, MANY))
    print(f"{name}: {FEW} rows {few // 1024} MB, {MANY} rows {many // 1024} MB")  # noqa: T201
    assert many / few <= 1.1


@pytest.mark.skipif(not IS_WHOLE, reason="a gigabyte takes minutes: make test-crash")
@pytest.mark.parametrize("name", FORMATS)
def test_a_gigabyte_takes_no_more_memory_than_a_megabyte(tmp_path, name):
    few, many = (checked(tmp_path / "file", name, count, 1024) for count in (1_000, 1_000_000))
    print(f"{name}: 1 MB {few // 1024} MB, 1 GB {many // 1024} MB")  # noqa: T201
    assert many - few < 60 * 1024
