"""Sign in to the user pool with a name and a password, and print the ID token."""

from __future__ import annotations

import base64
import getpass
import hashlib
import hmac
import os
import sys
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

PASSWORD_VARIABLE = "IDTOKEN_PASSWORD"  # noqa: S105 - a name, not a password
_TIMEOUT = 10  # seconds
_CHALLENGED = (
    "{user} can't sign in with a password alone (the pool asks for {challenge}): sign in in the"
    " browser and copy the token from the token page."
)


class Command(BaseCommand):
    """`manage.py idtoken USER`: for curl and scripts. It prints the token and nothing else."""

    help = (
        "Signs USER in to the user pool and prints a fresh ID token. The password is asked for,"
        f" or read from {PASSWORD_VARIABLE}. The app client must allow USER_PASSWORD_AUTH."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", metavar="USER", help="the name that the user signs in with")

    def handle(self, *_args: Any, user: str, **_options: Any) -> None:
        if not settings.COGNITO_CLIENT_ID or not settings.COGNITO_JWKS_URL:
            raise CommandError("Set COGNITO_USER_POOL_ID and COGNITO_CLIENT_ID first.")
        answer = _initiate_auth(user, _password(user))
        if "ChallengeName" in answer:
            raise CommandError(_CHALLENGED.format(user=user, challenge=answer["ChallengeName"]))
        self.stdout.write(answer["AuthenticationResult"]["IdToken"])


def _password(user: str) -> str:
    given = os.environ.get(PASSWORD_VARIABLE)
    if given:
        return given
    if not sys.stdin.isatty():
        raise CommandError(f"There is no terminal to ask for a password: set {PASSWORD_VARIABLE}.")
    return getpass.getpass(f"Password of {user}: ")


def _initiate_auth(user: str, password: str) -> dict[str, Any]:
    """Cognito's answer to InitiateAuth. Raises CommandError in words, never with the password."""
    client_id = settings.COGNITO_CLIENT_ID[0]
    parameters = {"USERNAME": user, "PASSWORD": password}
    if settings.COGNITO_CLIENT_SECRET:
        parameters["SECRET_HASH"] = _secret_hash(user, client_id, settings.COGNITO_CLIENT_SECRET)
    try:
        response = requests.post(
            _endpoint(),
            json={
                "ClientId": client_id,
                "AuthFlow": "USER_PASSWORD_AUTH",
                "AuthParameters": parameters,
            },
            headers={
                "Content-Type": "application/x-amz-json-1.1",
                "X-Amz-Target": "AWSCognitoIdentityProviderService.InitiateAuth",
            },
            timeout=_TIMEOUT,
            allow_redirects=False,
        )
        answer: dict[str, Any] = response.json()
    except requests.RequestException as error:
        raise CommandError(f"The user pool at {_endpoint()} did not answer.") from error
    if not response.ok:
        raise CommandError(f"{user} was not signed in: {answer.get('message', response.reason)}")
    return answer


def _endpoint() -> str:
    """The pool's API: it answers at the host of the pool's keys, on AWS and in the demo."""
    keys = urlsplit(settings.COGNITO_JWKS_URL)
    return f"{keys.scheme}://{keys.netloc}/"


def _secret_hash(user: str, client_id: str, secret: str) -> str:
    """AWS: Cognito developer guide, "Computing secret hash values"."""
    digest = hmac.digest(secret.encode(), f"{user}{client_id}".encode(), hashlib.sha256)
    return base64.b64encode(digest).decode()
