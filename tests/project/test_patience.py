"""Who waits for whom: whoever stands in front has more patience than what stands behind."""

import re
import runpy
from pathlib import Path

from django.http import StreamingHttpResponse

from project.patience import FIRST_BYTE_SECONDS, patience_middleware
from tables.dynamodb.client import client
from tables.dynamodb.deadline import seconds_left

ROOT = Path(__file__).resolve().parents[2]


def proxy_seconds():
    conf = (ROOT / "deploy" / "nginx.conf").read_text()
    return int(re.search(r"proxy_read_timeout (\d+)s;", conf)[1])


def test_a_dynamodb_that_hangs_is_told_by_the_door_before_the_proxy_gives_up():
    assert proxy_seconds() > FIRST_BYTE_SECONDS


def test_the_first_call_of_a_request_may_take_all_of_its_time():
    config = client().meta.config
    assert config.connect_timeout + config.read_timeout == FIRST_BYTE_SECONDS


def test_the_deadline_ends_where_a_stream_begins(rf):
    left = []

    def chunks():
        left.append(seconds_left())
        yield b""

    def view(_request):
        left.append(seconds_left())
        return StreamingHttpResponse(chunks())

    list(patience_middleware(view)(rf.get("/")))
    before, after = left
    assert 0 < before <= FIRST_BYTE_SECONDS
    assert after is None


def test_an_idle_connection_is_closed_by_the_balancer_first():
    assert runpy.run_path(str(ROOT / "gunicorn.conf.py"))["keepalive"] > 60
