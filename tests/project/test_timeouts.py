"""Who waits for whom: whoever stands in front has more patience than what stands behind."""

import re
import runpy
from pathlib import Path

from tables.dynamodb.client import client

ROOT = Path(__file__).resolve().parents[2]


def proxy_seconds():
    conf = (ROOT / "deploy" / "nginx.conf").read_text()
    return int(re.search(r"proxy_read_timeout (\d+)s;", conf)[1])


def test_a_dynamodb_that_hangs_is_told_by_the_door_before_the_proxy_gives_up():
    config = client().meta.config
    tries = config.retries["total_max_attempts"]
    pauses = sum(2**n for n in range(tries - 1))  # botocore's standard mode, at most
    assert tries * (config.connect_timeout + config.read_timeout) + pauses < proxy_seconds()


def test_an_idle_connection_is_closed_by_the_balancer_first():
    assert runpy.run_path(str(ROOT / "gunicorn.conf.py"))["keepalive"] > 60
