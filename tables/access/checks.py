"""What must not reach production, said when the site starts or is checked for deployment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.checks import CheckMessage, Error

from tables.addresses import is_loopback

SIGN_IN_URLS = ("COGNITO_ISSUER", "COGNITO_JWKS_URL", "COGNITO_DOMAIN")
MIN_SECRET_CHARACTERS = 50
MIN_SECRET_VARIETY = 10


@dataclass(frozen=True, slots=True)
class Wrong:
    """Something that is right in development and wrong anywhere else."""

    id: str
    is_found: Callable[[], bool]
    message: str
    hint: str


IN_PRODUCTION = (
    Wrong(
        "access.E002",
        lambda: settings.DEBUG,
        "DEBUG is on: error pages would show settings and items.",
        "Set DEBUG=false.",
    ),
    Wrong(
        "access.E003",
        lambda: _is_weak(settings.SECRET_KEY),
        "SECRET_KEY can be guessed.",
        'python3 -c "import secrets; print(secrets.token_urlsafe(64))" prints a good one.',
    ),
    Wrong(
        "access.E004",
        lambda: any(_is_loopback(getattr(settings, name)) for name in SIGN_IN_URLS),
        "Sign-in is the development one: its issuer, its keys or its pages are on this machine.",
        "Set COGNITO_USER_POOL_ID, COGNITO_CLIENT_ID and COGNITO_DOMAIN, and nothing local.",
    ),
    Wrong(
        "access.E005",
        lambda: (
            not (settings.COGNITO_ISSUER and settings.COGNITO_CLIENT_ID and settings.COGNITO_DOMAIN)
        ),
        "Nobody can sign in: the user pool, its client or its domain is not set.",
        "Set COGNITO_USER_POOL_ID, COGNITO_CLIENT_ID and COGNITO_DOMAIN.",
    ),
)


def check_sign_in_urls(**_: Any) -> list[CheckMessage]:
    """Keys and codes that travel in the clear can be anybody's."""
    return [
        Error(
            f"{name} is {getattr(settings, name)!r}, which is not https.",
            hint="Only a loopback host, as in development, may do without.",
            id="access.E001",
        )
        for name in SIGN_IN_URLS
        if _is_in_the_clear(getattr(settings, name))
    ]


def check_access_key_secrets(**_: Any) -> list[CheckMessage]:
    """One that is no key would fail whoever makes or uses an access key, and nobody else."""
    return [
        Error(
            f"ACCESS_KEY_SECRETS: number {number} of {len(settings.ACCESS_KEY_SECRETS)} is no"
            " Fernet key.",
            hint="Fernet.generate_key() of Python's cryptography makes one.",
            id="access.E006",
        )
        for number, key in enumerate(settings.ACCESS_KEY_SECRETS, start=1)
        if not _is_fernet_key(key)
    ]


def check_production(**_: Any) -> list[CheckMessage]:
    """Asked for by `check --deploy`."""
    return [
        Error(wrong.message, hint=wrong.hint, id=wrong.id)
        for wrong in IN_PRODUCTION
        if wrong.is_found()
    ]


def _is_in_the_clear(url: str) -> bool:
    return bool(url) and urlsplit(url).scheme != "https" and not _is_loopback(url)


def _is_fernet_key(text: str) -> bool:
    try:
        Fernet(text)
    except ValueError:
        return False
    return True


def _is_loopback(url: str) -> bool:
    return is_loopback(urlsplit(url).hostname or "")


def _is_weak(key: str) -> bool:
    return (
        len(key) < MIN_SECRET_CHARACTERS
        or len(set(key)) < MIN_SECRET_VARIETY
        or key.startswith("django-insecure-")
    )
