"""HEAD is answered as GET is, without the body, all the way down to the server."""

import io

import pytest
from django.core.handlers.wsgi import WSGIHandler


@pytest.fixture
def ask(db):
    """What the site hands the server: status, headers and bytes."""

    def ask(method, path):
        begun = []
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": "",
            "SERVER_NAME": "testserver",
            "SERVER_PORT": "80",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(),
        }
        answer = WSGIHandler()(environ, lambda status, headers: begun.append((status, headers)))
        body = b"".join(answer)
        answer.close()
        ((status, headers),) = begun
        return status, dict(headers), body

    return ask


@pytest.mark.parametrize(
    "path", ["/healthz", "/", "/oidc/done/", "/nowhere", "/api/v1/nowhere", "/api/docs/errors"]
)
def test_a_head_has_the_status_and_the_length_of_the_answer_and_no_body(ask, path):
    status, headers, body = ask("GET", path)
    of_head, headers_of_head, nothing = ask("HEAD", path)
    assert (of_head, nothing) == (status, b"")
    assert int(headers_of_head["Content-Length"]) == len(body)
    assert headers_of_head.get("Content-Type") == headers.get("Content-Type")
