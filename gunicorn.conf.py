"""gunicorn's settings, sized for one machine: as many processes as cores, threads in each."""

import os
import shutil
import tempfile
from pathlib import Path

from gunicorn.arbiter import Arbiter
from gunicorn.http.message import Request
from gunicorn.workers.base import Worker

from project.allocator import share_heaps
from project.garbage import settle

_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - a heartbeat file here never waits for a disk

wsgi_app = "project.wsgi:application"
bind = os.environ.get("BIND") or "127.0.0.1:8000"
worker_class = "project.worker.BufferingWorker"
workers = int(os.environ.get("WEB_CONCURRENCY") or os.cpu_count() or 1)
threads = 16  # eight, and as many as a process sends exports and whole lists at a time
worker_tmp_dir = str(_SHARED_MEMORY) if _SHARED_MEMORY.is_dir() else None
# Where workers count for the metrics page, each in its own file; none writes with METRICS=false.
_METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"

# An ID token may have 8 KB and a key token 3 KB before encoding: the defaults answer 431 and 414.
limit_request_line = 0
limit_request_field_size = 32768

keepalive = 75  # seconds; longer than a load balancer's 60, so that it never meets a closed socket
graceful_timeout = 30  # seconds

# TRUST_PROXY alone decides whether forwarded headers mean anything.
forwarded_allow_ips = ""
control_socket_disable = True

# gunicorn throws away a shorter body that nobody has read; at a longer one it hangs up.
_HANGS_UP_AT = 64 * 1024  # bytes


def on_starting(_arbiter: Arbiter) -> None:
    """Name one folder for the workers to come: what each counts is the same page."""
    os.environ[_METRICS_FOLDER] = tempfile.mkdtemp(prefix="dynadmin-metrics-", dir=worker_tmp_dir)


def on_exit(_arbiter: Arbiter) -> None:
    shutil.rmtree(os.environ[_METRICS_FOLDER], ignore_errors=True)


def post_fork(_arbiter: Arbiter, _worker: Worker) -> None:
    share_heaps()


def pre_request(_worker: Worker, request: Request) -> None:
    """Answer `Connection: close` where a refusal may leave much of the body unread.

    A client that is not told sends its next request into a connection that ends.
    """
    headers = dict(request.headers)
    length = headers.get("CONTENT-LENGTH", "0")
    if "TRANSFER-ENCODING" in headers or int(length) >= _HANGS_UP_AT:
        request.force_close()


def post_worker_init(_worker: Worker) -> None:
    settle()
