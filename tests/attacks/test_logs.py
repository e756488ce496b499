"""Rows 24 and 25: the log can't be forged, and holds nothing that can be replayed."""

import json

import pytest
from botocore.exceptions import ClientError

from tables.dynamodb import client as dynamodb

EVIL = 'x\r\n{"event":"forged"}\x1b[31m\u2028\x9b'
SECRET_TEXT = "a secret that an item holds"


def strings_of(lines):
    """Every character of the log, as it stands in its lines."""
    return json.dumps(lines, ensure_ascii=False)


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/tables/{}/items",
        "/api/v1/tables/Workers/items/{}",
        "/endpoint?table={}&id={}",
        "/admin/tables/{}/",
        "/{}",
    ],
)
def test_24_a_line_break_in_an_address_stays_in_its_line(client, sign_in, log_lines, path):
    sign_in("admins")
    encoded = "x%0D%0A%7B%22event%22%3A%22forged%22%7D%1B%5B31m%E2%80%A8%C2%9B"
    client.get(path.format(encoded, encoded))
    lines = log_lines()
    assert [line["event"] for line in lines if line["event"] == "forged"] == []
    assert any(line["event"] == "request" for line in lines)
    assert all(character.isprintable() for character in strings_of(lines))


def test_24_a_name_with_line_breaks_never_gets_into_the_log(client, signer, db, log_lines):
    for claim in ("custom:username", "sub"):
        token = signer.sign(signer.claims("admins") | {claim: EVIL})
        client.get("/api/v1/tables", headers={"Authorization": f"Bearer {token}"})
    lines = log_lines()
    assert [line["event"] for line in lines] == ["request", "request"]
    assert lines[1]["token_refused"] == "sub is not printable ASCII"
    assert "forged" not in strings_of(lines)


def test_24_headers_and_bodies_cannot_forge_a_line(client, signer, db, log_lines):
    headers = {**signer.bearer("admins"), "User-Agent": EVIL, "Referer": EVIL, "Origin": EVIL}
    client.post("/endpoint?table=Workers&action=scan", EVIL, "application/json", headers=headers)
    client.get("/api/v1/tables", headers={"Host": "evil\x1b[31m.example.com"})
    lines = log_lines()
    assert "forged" not in {line["event"] for line in lines}
    assert all(character.isprintable() for character in strings_of(lines))


def test_25_no_token_reaches_the_log_however_it_is_sent(client, signer, db, door, log_lines):
    token = signer.token("admins", sub="sub-1")
    bad = token[:-4] + "AAAA"
    for sent in (token, bad):
        door.ask(client, {"Authorization": f"Bearer {sent}"})
        door.ask(client, {"Cookie": f"id_token={sent}"}, path=f"/x?id_token={sent}")
        client.get(f"/{sent}/")
        client.get("/oidc/callback/", {"code": sent, "state": "a-state-of-somebody"})
    told = strings_of(log_lines())
    for part in (*token.split("."), bad.rpartition(".")[2], "a-state-of-somebody"):
        assert part not in told


def test_25_signing_in_leaves_neither_code_nor_token_nor_session_in_the_log(
    client, sign_in_at, provider, settings, log_lines
):
    settings.OIDC_RP_CLIENT_SECRET = "client-secret-of-tests"
    bought = []
    exchange = provider.answers["/oauth2/token"]
    provider.answers["/oauth2/token"] = lambda form: (bought.append(form), exchange(form))[1]
    sign_in_at("staff")
    client.post("/admin/token/")
    token, session = client.session["id_token"], client.cookies["sessionid"].value
    client.post("/oidc/logout/")
    told = strings_of(log_lines())
    assert {line["event"] for line in log_lines()} >= {"signed_in", "token_shown", "signed_out"}
    for part in (*token.split("."), session, *bought[0].values()):
        if part not in ("web-client", "authorization_code"):
            assert part not in told


AWS_WORDS = (
    "User: arn:aws:iam::123456789012:role/app is not authorized to perform: dynamodb:GetItem with "
    "key AKIAIOSFODNN7EXAMPLE and secret_access_key=wJalrXUtnFEMIK7MDENG"
)


@pytest.mark.parametrize("path", ["/endpoint?table=Workers&id=1", "/api/v1/tables/Workers/items/1"])
def test_25_what_aws_says_of_itself_reaches_neither_client_nor_log(
    client, signer, db, monkeypatch, log_lines, path
):
    error = {"Error": {"Code": "AccessDeniedException", "Message": AWS_WORDS}}

    def refuse(*_args, **_how):
        raise ClientError(error, "GetItem")

    monkeypatch.setattr(dynamodb, "_send", refuse)
    answer = client.get(path, headers=signer.bearer("admins"))
    assert answer.status_code in (400, 502)
    for told in (answer.text, strings_of(log_lines())):
        for secret in ("123456789012", "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMIK7MDENG"):
            assert secret not in told
    assert answer["X-Request-ID"] in {line["request_id"] for line in log_lines()}


@pytest.mark.parametrize(
    "path", ["/endpoint?table=Workers&id=1", "/api/v1/tables/Workers/items/1", "/admin/token/"]
)
def test_25_an_unexpected_error_tells_the_client_a_request_id_and_the_log_no_content(
    client, sign_in, monkeypatch, log_lines, path
):
    sign_in("admins")
    token = client.session["id_token"]
    client.raise_request_exception = False

    def fail(*_args, **_more):
        raise RuntimeError(SECRET_TEXT, token)

    for place in ("tables.access.rights.can", "tables.access.browser.token_page.ends_at"):
        monkeypatch.setattr(place, fail)
    answer = client.get(path)
    assert answer.status_code == 500
    told = strings_of(log_lines())
    for secret in (SECRET_TEXT, token, token.split(".")[1]):
        assert secret not in answer.text
        assert secret not in told
    assert "RuntimeError" in told
    assert "RuntimeError" not in answer.text
    assert {line["request_id"] for line in log_lines()} == {answer["X-Request-ID"]}
    if not path.startswith("/admin"):
        assert answer["X-Request-ID"] in answer.text
