"""One line for each request: all it takes to understand it, nothing that can be replayed."""

import io
import json
import logging
import re
from pathlib import Path

import pytest
import structlog
from botocore.exceptions import ClientError
from django.http import StreamingHttpResponse
from django.test import RequestFactory
from structlog.testing import capture_logs

from project import logs
from project.request_log import RequestLogMiddleware
from tables.access.log_fields import add_names, bind, request_id
from tables.core.errors import TablesError
from tables.dynamodb.client import call
from tables.dynamodb.translation import translate
from tests.tables import create_table

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def written():
    """The log as an operator gets it: a list of lines."""
    handler = next(h for h in logging.getLogger().handlers if type(h) is logging.StreamHandler)
    stream, handler.stream = handler.stream, io.StringIO()
    yield lambda: handler.stream.getvalue().splitlines()
    handler.stream = stream


def lines_of(written, event):
    return [line for line in map(json.loads, written()) if line["event"] == event]


def test_a_request_is_one_line(client, signer, written):
    answer = client.get("/api/v1/tables?x=query", headers=signer.bearer("staff", sub="sub-1"))
    (line,) = map(json.loads, written())
    assert line.pop("ms") >= 0
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "request",
        "level": "info",
        "logger": "project.request_log",
        "request_id": answer["X-Request-ID"],
        "method": "GET",
        "path": "/api/v1/tables",
        "door": "v1",
        "status": 200,
        "caller": "sub-1",
        "alias": "",
        "action": "v1-tables",
        "capacity": 0.0,
        "calls": 0,
    }


def test_every_answer_names_its_request(client, db):
    ids = {client.get(path)["X-Request-ID"] for path in ("/healthz", "/nowhere", "/api/v1/", "/")}
    assert len(ids) == 4


def test_load_balancers_and_static_files_write_no_lines(client, written):
    client.get("/healthz")
    b"".join(client.get("/static/dynadmin/favicon.svg").streaming_content)
    assert written() == []


def test_a_door_names_table_and_action_and_dynamodb_what_it_cost(dynamodb_moto, db):
    def view(_request):
        bind(alias="Workers", action="create")
        create_table("t-1")
        call(
            "PutItem",
            TableName="t-1",
            Item={"id": {"S": "key content"}},
            ReturnConsumedCapacity="TOTAL",
        )
        return StreamingHttpResponse(iter([b"x"]))

    with capture_logs(processors=[add_names]) as lines:
        answer = RequestLogMiddleware(view)(RequestFactory().get("/x"))
        b"".join(answer.streaming_content)
    write, request = lines
    assert (write["event"], write["operation"], write["outcome"]) == ("write", "PutItem", "done")
    assert (write["alias"], write["action"], write["table"]) == ("Workers", "create", "t-1")
    assert (request["alias"], request["action"]) == ("Workers", "create")
    assert (request["capacity"], request["calls"]) == (1.0, 2)
    assert "key content" not in str(lines)
    assert request_id() == ""


def test_a_write_that_dynamodb_refuses_is_a_line_too(dynamodb_moto):
    with capture_logs() as lines, pytest.raises(TablesError):
        call("PutItem", TableName="no-such-table", Item={"id": {"S": "1"}})
    assert lines[0] | {"log_level": ""} == {
        "event": "write",
        "log_level": "",
        "operation": "PutItem",
        "table": "no-such-table",
        "outcome": "upstream_refused",
    }


def test_a_stream_that_breaks_off_says_so():
    def content():
        yield b"x"
        raise ConnectionError

    with capture_logs(processors=[add_names]) as lines:
        answer = RequestLogMiddleware(lambda _r: StreamingHttpResponse(content()))(
            RequestFactory().get("/x")
        )
        with pytest.raises(ConnectionError):
            list(answer.streaming_content)
    assert lines[0]["broken_off"] is True
    assert len(lines) == 1


JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"Authorization: Bearer {JWT}", "Authorization: [masked]"),
        (f"token {JWT} came", "token [masked] came"),
        (f"half of one {JWT.rpartition('.')[0]}", "half of one [masked]"),
        ("GET /oidc/callback/?code=abc-123&state=xyz", "GET /oidc/callback/[masked][masked]"),
        ("{'client_secret': 'hush', 'a': 1}", "{'[masked]', 'a': 1}"),
        ("key AKIAIOSFODNN7EXAMPLE denied", "key [masked] denied"),
        ("arn:aws:iam::123456789012:role/x is not", "[masked] is not"),
        ("aws_secret_access_key=wJalrXUtnFEMI", "aws_[masked]"),
        ("Cookie: sessionid=abc123; csrftoken=def456", "Cookie: [masked]; [masked]"),
        ("AWS4-HMAC-SHA256 Credential=AKIA/2026", "[masked]"),
        ("Signature=0123abcd", "[masked]"),
        ("nothing secret: 7 items in Workers", "nothing secret: 7 items in Workers"),
    ],
)
def test_secrets_are_masked_wherever_they_come_from(written, text, left):
    structlog.get_logger("t").warning("told", text=text, many=[text])
    logging.getLogger("t").warning("%s", text)
    ours, others = map(json.loads, written())
    assert (ours["text"], ours["many"], others["event"]) == (left, [left], left)


@pytest.mark.parametrize(
    "text", ["a\r\nINJECTED", "\x1b[31mred", "a\u2028b", "a\x00b", "\x9b31m", "\ud800"]
)
def test_nothing_breaks_a_line_or_colours_a_terminal(written, text):
    structlog.get_logger("t").warning("told", text=text)
    logging.getLogger("t").warning("%s", text)
    lines = written()
    assert len(lines) == 2
    assert all(line.isascii() and line.isprintable() for line in lines)
    assert "\\\\" in lines[0]


def read_item():
    raise KeyError("item content")


def read_items():
    try:
        read_item()
    except KeyError as error:
        raise ValueError("more item content") from error


def test_an_exception_is_told_by_class_and_place_not_in_its_words(written):
    try:
        read_items()
    except ValueError:
        logging.getLogger("t").exception("failed")
        structlog.get_logger("t").exception("failed")
    for line in map(json.loads, written()):
        assert "content" not in str(line)
        assert [told.partition(" ")[0] for told in line["error"]] == ["ValueError", "KeyError"]
        assert "test_request_log.py" in line["error"][0]


def test_an_unexpected_error_is_a_line_with_its_request(client, signer, written, monkeypatch):
    def fail(*_args):
        raise RuntimeError("item content")

    client.raise_request_exception = False
    monkeypatch.setattr("tables.admin.site.TablesSite.has_permission", fail)
    answer = client.get("/admin/login/")
    assert answer.status_code == 500
    lines = [json.loads(line) for line in written()]
    assert {line["request_id"] for line in lines} == {answer["X-Request-ID"]}
    assert [line["event"] for line in lines] == ["Internal Server Error: /admin/login/", "request"]
    assert lines[0]["error"][0].startswith("RuntimeError < ")
    assert "item content" not in str(lines)


def test_a_line_has_all_that_it_was_given_to_say(written):
    error = {"Error": {"Code": "AccessDeniedException"}, "ResponseMetadata": {"RequestId": "R1"}}
    translate(ClientError(error, "GetItem"))
    (line,) = map(json.loads, written())
    assert (line["event"], line["level"]) == ("dynamodb_refused", "error")
    assert (line["aws_code"], line["aws_request_id"]) == ("AccessDeniedException", "R1")


def test_no_line_loses_a_part_on_its_way():
    sources = [*(ROOT / "tables").rglob("*.py"), *(ROOT / "project").rglob("*.py")]
    extras = "".join(re.findall(r"extra=\{([^}]*)\}", "".join(s.read_text() for s in sources)))
    assert set(re.findall(r'"(\w+)":', extras)) <= logs.EXTRAS
