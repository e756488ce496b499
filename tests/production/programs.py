"""Programs that a production site stands on, each in its own folder, ended with its test."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path

import psycopg
import pytest
import requests

READY_SECONDS = 120
ROOT = Path(__file__).resolve().parents[2]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def program(name):
    """Where a program is. Debian keeps PostgreSQL's out of PATH, and servers in /usr/sbin."""
    debian = sorted(str(path) for path in Path("/usr/lib/postgresql").glob("*/bin"))
    places = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", *debian])
    found = shutil.which(name, path=places)
    if found is None:
        pytest.fail(f"{name} is not installed: `make test-production` as root installs it.")
    return found


@contextlib.contextmanager
def running(command, log, *, cwd=None, env=None, stop=signal.SIGTERM):
    """A process of a command until the end of the block."""
    with log.open("ab") as output:
        process = subprocess.Popen(command, cwd=cwd, env=env, stdout=output, stderr=output)
    try:
        yield process
    finally:
        process.send_signal(stop)
        try:
            process.wait(timeout=READY_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until(is_ready, what, log=None):
    """Ask until it is true, at most READY_SECONDS."""
    deadline = time.monotonic() + READY_SECONDS
    while not is_ready():
        if time.monotonic() > deadline:
            pytest.fail(f"{what}\n{log.read_text() if log else ''}")
        time.sleep(0.1)


@contextlib.contextmanager
def in_threads(work, count, ending):
    """Let so many threads work until the end of the block, which sets `ending`."""
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        ending.set()
        for thread in threads:
            thread.join()


@contextlib.contextmanager
def postgresql(folder):
    """The URL of an empty database, reached as Django reaches it."""
    port, data = free_port(), folder / "postgresql"
    data.mkdir()
    log = folder / "postgresql.log"
    as_owner = []
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        shutil.chown(data, "postgres", "postgres")
        as_owner = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    made = [program("initdb"), "-D", data, "-U", "dynadmin", "-A", "trust", "--no-sync"]
    subprocess.run([*as_owner, *made], cwd="/", check=True, capture_output=True)
    options = ["-D", data, "-p", str(port), "-k", data, "-h", "127.0.0.1", "-F"]
    server = f"postgres://dynadmin@127.0.0.1:{port}"

    def is_ready():
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(f"{server}/postgres", connect_timeout=2).close()
            return True
        return False

    with running(
        [*as_owner, program("postgres"), *options], log, cwd="/", stop=signal.SIGINT
    ) as process:
        wait_until(is_ready, "PostgreSQL does not answer.", log)
        with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
            admin.execute("CREATE DATABASE dynadmin")
        assert process.poll() is None
        yield f"{server}/dynadmin"


def postmaster(folder):
    """The process id of the PostgreSQL that runs in this folder."""
    return int((folder / "postgresql" / "postmaster.pid").read_text().splitlines()[0])


def children_of(pid):
    """The process ids of what a process has started."""
    listed = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False)
    return {int(child) for child in listed.stdout.split()}


@contextlib.contextmanager
def redis(folder):
    """The URL of an empty Redis."""
    port, log = free_port(), folder / "redis.log"
    options = ["--bind", "127.0.0.1", "--port", str(port), "--save", "", "--dir", str(folder)]
    with running([program("redis-server"), *options], log):
        wait_until(lambda: answers(port), "Redis does not listen.", log)
        yield f"redis://127.0.0.1:{port}/0"


@contextlib.contextmanager
def nginx(folder, servers, ports):
    """nginx with these server blocks, listening on these ports."""
    log = folder / "nginx.log"
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "\n".join(f"    {kind}_temp_path {folder}/nginx-{kind};" for kind in kinds)
    user = "user root;" if os.geteuid() == 0 else ""
    configuration = folder / "nginx.conf"
    configuration.write_text(
        f"{user}\nworker_processes 1;\npid {folder}/nginx.pid;\nerror_log {log} warn;\n"
        f"events {{ worker_connections 512; }}\n"
        f"http {{\n    access_log off;\n{temporary}\n{servers}\n}}\n"
    )
    command = [program("nginx"), "-c", str(configuration), "-g", "daemon off;"]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    with running(command, log, stop=signal.SIGQUIT):
        wait_until(lambda: all(map(answers, ports)), "nginx does not listen.", log)
        yield


@contextlib.contextmanager
def gunicorn(python, folder, environment, address, *, within=()):
    """The app with two workers, both there; its master process. `within` is a command before it."""
    log = folder / "gunicorn.log"
    command = [*within, python, "-m", "gunicorn"]
    with running(command, log, cwd=folder / "app", env=environment) as master:

        def is_ready():
            assert master.poll() is None, log.read_text()
            with contextlib.suppress(requests.RequestException):  # it may still be starting
                ready = requests.get(f"http://{address}/readyz", timeout=5)
                return ready.ok and len(workers_of(master)) == 2
            return False

        wait_until(is_ready, "The app does not answer.", log)
        yield master


def workers_of(master):
    """The process ids of gunicorn's workers."""
    return children_of(master.pid)


def answers(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False
