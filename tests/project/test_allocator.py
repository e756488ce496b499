"""Threads of a worker share two heaps."""

import os
import subprocess
import sys

import pytest

from project.allocator import share_heaps

# Sixteen threads that are there at once, each with memory of its own; how many heaps that took.
COUNT_HEAPS = """
import ctypes, pathlib, sys, threading
from project.allocator import share_heaps
if sys.argv[2] == "shared":
    share_heaps()
together = threading.Barrier(16)
def work():
    held = bytearray(4000)
    together.wait(30)
threads = [threading.Thread(target=work) for _ in range(16)]
for thread in threads: thread.start()
for thread in threads: thread.join()
libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
file = ctypes.c_void_p(libc.fopen(sys.argv[1].encode(), b"w"))
libc.malloc_info(0, file)
libc.fclose(file)
print(pathlib.Path(sys.argv[1]).read_text().count("<heap nr="))
"""


def heaps(folder, how, **variables):
    told = subprocess.run(
        [sys.executable, "-c", COUNT_HEAPS, str(folder / "heaps.xml"), how],
        env={"PATH": os.environ["PATH"], **variables},
        capture_output=True,
        text=True,
        check=True,
    )
    return int(told.stdout)


@pytest.mark.skipif("CS_GNU_LIBC_VERSION" not in os.confstr_names, reason="heaps of glibc")
def test_threads_share_two_heaps_unless_the_environment_says_otherwise(tmp_path):
    assert heaps(tmp_path, "apart") > 4
    assert heaps(tmp_path, "shared") == 2
    assert heaps(tmp_path, "shared", MALLOC_ARENA_MAX="4") == 4
    assert heaps(tmp_path, "shared", GLIBC_TUNABLES="glibc.malloc.arena_max=4") == 4


@pytest.mark.parametrize("lacks", [OSError("Dynamic loading not supported"), object()], ids=repr)
def test_other_c_libraries_are_left_alone(monkeypatch, lacks):
    def library(_name):
        if isinstance(lacks, OSError):
            raise lacks
        return lacks

    monkeypatch.delenv("MALLOC_ARENA_MAX", raising=False)
    monkeypatch.setattr("ctypes.CDLL", library)
    assert share_heaps() is None
