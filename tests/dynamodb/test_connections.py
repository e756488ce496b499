"""What a connection does is told in botocore's words, and nothing is sent twice by it."""

import datetime as dt
import ipaddress
import socket
import ssl
import threading

import pytest
from botocore import exceptions
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

import tables.dynamodb.client as client_module
import tables.dynamodb.deadline as deadline_module
from tables.core.errors import Unavailable, WriteInDoubt
from tables.core.operations import Put
from tables.dynamodb.client import call, client
from tables.dynamodb.deadline import CONNECT_SECONDS, deadline
from tables.dynamodb.reads import get_item
from tables.dynamodb.sending import host_of
from tables.dynamodb.writes import write

KEY = {"id": {"S": "a"}}
EMPTY = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


@pytest.fixture
def ask(settings, no_pauses):
    """One call to an engine at a port, and what botocore would have said of it."""

    def ask(port, scheme="http"):
        settings.AWS_ENDPOINT_URL_DYNAMODB = f"{scheme}://127.0.0.1:{port}"
        client.cache_clear()
        with pytest.raises(exceptions.BotoCoreError) as caught:
            client_module.client().get_item(TableName="t", Key=KEY)
        return caught.value

    yield ask
    client.cache_clear()


@pytest.fixture
def listener():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


def behaving(listener, behave, certificate=None):
    """Serve each connection by a function of its socket; what each was sent."""
    sent = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if certificate:
        context.load_cert_chain(certificate)

    def serve():
        while True:
            try:
                accepted, _ = listener.accept()
            except OSError:
                return
            if certificate:
                try:
                    accepted = context.wrap_socket(accepted, server_side=True)
                except ssl.SSLError:
                    continue
            with accepted:
                sent.append(accepted.recv(65536))
                behave(accepted)

    threading.Thread(target=serve, daemon=True).start()
    return sent


def test_nobody_listens(ask, listener):
    port = listener.getsockname()[1]
    listener.close()
    assert type(ask(port)) is exceptions.EndpointConnectionError


def test_a_connection_that_ends_before_the_answer(ask, listener):
    sent = behaving(listener, lambda _accepted: None)
    assert type(ask(listener.getsockname()[1])) is exceptions.ConnectionClosedError
    assert len(sent) == 1


def test_an_answer_that_ends_before_its_end(ask, listener):
    begun = b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{"
    sent = behaving(listener, lambda accepted: accepted.sendall(begun))
    assert type(ask(listener.getsockname()[1])) is exceptions.ConnectionClosedError
    assert len(sent) == 1


def test_an_answer_that_does_not_come(ask, listener, monkeypatch):
    monkeypatch.setattr(deadline_module, "_LEAST_SECONDS", 0)
    gone = threading.Event()
    sent = behaving(listener, lambda _accepted: gone.wait(10))
    with deadline(CONNECT_SECONDS + 0.2):
        assert type(ask(listener.getsockname()[1])) is exceptions.ReadTimeoutError
    gone.set()
    assert len(sent) == 1


def test_a_redirect_is_not_followed(ask, listener, settings):
    other = f"Location: http://127.0.0.1:{listener.getsockname()[1]}/other\r\n"
    moved = f"HTTP/1.1 307 Moved\r\n{other}Content-Length: 0\r\nConnection: close\r\n\r\n".encode()
    sent = behaving(listener, lambda accepted: accepted.sendall(moved))
    settings.AWS_ENDPOINT_URL_DYNAMODB = f"http://127.0.0.1:{listener.getsockname()[1]}"
    client.cache_clear()
    with pytest.raises(Unavailable):
        call("GetItem", TableName="t", Key=KEY)
    assert {line.split(b"\r\n")[0] for line in sent} == {b"POST / HTTP/1.1"}


def test_a_certificate_that_nobody_vouches_for(ask, listener, tmp_path):
    own = own_certificate(tmp_path)
    behaving(listener, lambda accepted: accepted.sendall(EMPTY), own)
    assert type(ask(listener.getsockname()[1], "https")) is exceptions.SSLError


def test_a_certificate_of_the_bundle_that_was_named(listener, settings, monkeypatch, tmp_path):
    own = own_certificate(tmp_path)
    sent = behaving(listener, lambda accepted: accepted.sendall(EMPTY), own)
    monkeypatch.setenv("AWS_CA_BUNDLE", str(own))
    settings.AWS_ENDPOINT_URL_DYNAMODB = f"https://127.0.0.1:{listener.getsockname()[1]}"
    client_module._session.cache_clear()
    client.cache_clear()
    assert get_item("t", KEY).item is None
    assert sent[0].startswith(b"POST / HTTP/1.1")
    client_module._session.cache_clear()
    client.cache_clear()


def test_a_connection_that_was_closed_meanwhile_is_not_written_into(listener, settings, no_pauses):
    """Else a write would be in doubt each time that the other side tidied up."""
    closed = threading.Semaphore(0)

    def answer_and_close(accepted):
        accepted.sendall(EMPTY)
        accepted.close()
        closed.release()

    sent = behaving(listener, answer_and_close)
    settings.AWS_ENDPOINT_URL_DYNAMODB = f"http://127.0.0.1:{listener.getsockname()[1]}"
    client.cache_clear()
    for _ in range(3):
        write(Put("t", KEY))
        closed.acquire()
    assert len(sent) == 3
    client.cache_clear()


def test_what_goes_by_a_proxy_is_still_sent(listener, settings, monkeypatch):
    sent = behaving(listener, lambda accepted: accepted.sendall(EMPTY))
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{listener.getsockname()[1]}")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    settings.AWS_ENDPOINT_URL_DYNAMODB = "http://dynamodb.example.test"
    client.cache_clear()
    assert get_item("t", KEY).item is None
    assert sent[0].startswith(b"POST http://dynamodb.example.test/ HTTP/1.1")
    client.cache_clear()


def test_a_write_whose_answer_broke_off_is_in_doubt(listener, settings, no_pauses):
    sent = behaving(listener, lambda _accepted: None)
    settings.AWS_ENDPOINT_URL_DYNAMODB = f"http://127.0.0.1:{listener.getsockname()[1]}"
    client.cache_clear()
    with pytest.raises(WriteInDoubt):
        write(Put("t", KEY))
    assert len(sent) == 1
    client.cache_clear()


def test_a_call_is_signed_as_botocore_signs_it(listener, settings):
    def answer(accepted):
        if sent[0].endswith(b"\r\n\r\n"):
            sent[0] += accepted.recv(65536)
        accepted.sendall(EMPTY)

    sent = behaving(listener, answer)
    settings.AWS_ENDPOINT_URL_DYNAMODB = f"http://127.0.0.1:{listener.getsockname()[1]}"
    client.cache_clear()
    assert get_item("t", {"id": {"S": "é"}}).item is None
    head, _, body = sent[0].partition(b"\r\n\r\n")
    fields = [line.split(": ", 1) for line in head.decode().split("\r\n")[1:]]
    headers = dict(fields)
    assert len(fields) == len(headers)
    assert headers["Host"] == f"127.0.0.1:{listener.getsockname()[1]}"
    signed = headers["Authorization"].split("SignedHeaders=")[1].split(",")[0].split(";")
    asked = AWSRequest(
        "POST",
        settings.AWS_ENDPOINT_URL_DYNAMODB,
        {name: value for name, value in fields if name.lower() in signed},
        body,
    )
    asked.context["timestamp"] = headers["X-Amz-Date"]
    signer = client()._request_signer
    auth = SigV4Auth(signer._credentials, "dynamodb", signer.region_name)
    whole = auth.string_to_sign(asked, auth.canonical_request(asked))
    assert headers["Authorization"].endswith(f"Signature={auth.signature(whole, asked)}")
    client.cache_clear()


@pytest.mark.parametrize(
    "url",
    [
        "https://dynamodb.eu-central-1.amazonaws.com",
        "https://DynamoDB.Example.Test:443/",
        "http://127.0.0.1:8000",
        "http://[::1]:8000/",
        "http://[::1]:80/",
        "http://name:word@engine:8443/path",
    ],
)
def test_a_host_is_what_botocore_takes_from_a_url(url):
    asked = AWSRequest("POST", url)
    assert host_of(url) == SigV4Auth(None, "dynamodb", "r").headers_to_sign(asked)["host"]


def own_certificate(folder):
    """A file with a certificate for this machine that signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    here = x509.IPAddress(ipaddress.IPv4Address("127.0.0.1"))
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .add_extension(x509.SubjectAlternativeName([here]), critical=False)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    file = folder / "own.pem"
    pem = serialization.Encoding.PEM
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(certificate.public_bytes(pem) + private)
    return file
