"""Who signed a request of the 2011-12-05 door: AWS Signature Version 4 with an access key."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NoReturn

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from tables.access import access_keys
from tables.access.callers import Caller
from tables.access.users import caller_of_user
from tables.api.putitem.signature_v4 import (
    ALGORITHM,
    SignatureError,
    SignedRequest,
    parse_authorization,
    require_fresh,
    require_signature,
)
from tables.models import AccessKey

_DEFAULT_PORTS = (":80", ":443")


class SignatureFailed(AuthenticationFailed):
    """Authentication failed in a way that AWS has a name for (`aws_code`)."""

    def __init__(self, aws_code: str, message: str) -> None:
        super().__init__(message)
        self.aws_code = aws_code


class SignatureAuthentication(BaseAuthentication):
    """Verifies the signature; the caller is the access key's user, as of their last sign-in."""

    def authenticate(self, request: Request) -> tuple[Caller, AccessKey] | None:
        """The caller and the key, or None when the request carries no signature."""
        header = request.META.get("HTTP_AUTHORIZATION", "")
        if not header.startswith(ALGORITHM):
            return None
        headers = _headers(request)
        try:
            signature = parse_authorization(header)
            stamp = require_fresh(signature, headers, datetime.now(UTC))
        except SignatureError as error:
            _fail("InvalidSignatureException", error)
        key = access_keys.find(signature.access_key_id)
        secret = access_keys.secret_of(key) if key else None
        if key is None or secret is None:
            raise SignatureFailed(
                "UnrecognizedClientException",
                "The access key included in the request is unknown or revoked.",
            )
        try:
            require_signature(signature, _signed(request, headers), secret, stamp)
        except SignatureError as error:
            _fail("InvalidSignatureException", error)
        access_keys.note_use(key)
        return caller_of_user(key.user), key


def _fail(aws_code: str, error: SignatureError) -> NoReturn:
    raise SignatureFailed(aws_code, str(error)) from error


def _headers(request: Request) -> dict[str, str]:
    return {name.lower(): value for name, value in request.headers.items()}


def _signed(request: Request, headers: dict[str, str]) -> SignedRequest:
    # The view has read the body already; a stream can't be read twice.
    body: bytes = request.parser_context["view"].body
    host = request.get_host()
    bare = host
    for port in _DEFAULT_PORTS:
        bare = bare.removesuffix(port)
    query = [(name, value) for name, values in request.GET.lists() for value in values]
    return SignedRequest(
        method=request.method or "",
        path=request.path,
        query=query,
        headers=headers,
        body=body,
        # Some clients sign the default port, some leave it out; a proxy may do either.
        hosts=tuple(dict.fromkeys((host, bare, f"{bare}:443", f"{bare}:80"))),
    )
