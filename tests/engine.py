"""The embedded engine as tests want it: nothing is written down, and tables come back at once.

A snapshot is a process, a file and a disk to wait for, each second; `tests/demo` tries those.
"""

from demo import engine, snapshots


def start(folder, *, origins=()):
    """A running engine of this program; see `demo.engine.start`."""
    return engine.start(0, folder, origins=origins, program="tests.engine")


if __name__ == "__main__":
    snapshots.PAUSE = 24 * 60 * 60
    engine.main("tests.emulator")
