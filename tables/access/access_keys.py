"""Access keys: issued once, kept encrypted, checked on every signed request."""

from __future__ import annotations

import secrets
import string
from datetime import timedelta
from functools import lru_cache

import structlog
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib.auth.models import User
from django.utils import timezone

from tables.models import AccessKey

log = structlog.get_logger(__name__)

# The shape of AWS's own, so that every client library takes it: 20 and 40 characters.
_ID_PREFIX = "AKDY"
_ID_ALPHABET = string.ascii_uppercase + "234567"
_SECRET_ALPHABET = string.ascii_letters + string.digits
_SECRET_CHARACTERS = 40
# The time of last use is for people: one write a minute is enough.
_LAST_USED_GRAIN = timedelta(minutes=1)


def issue(user: User, label: str) -> tuple[AccessKey, str]:
    """A new key of this user, and its secret, which can't be read again.

    A signature can only be checked with the secret itself, so it is kept, but encrypted with
    `ACCESS_KEY_SECRETS`, which the database doesn't hold.
    """
    secret = "".join(secrets.choice(_SECRET_ALPHABET) for _ in range(_SECRET_CHARACTERS))
    key = AccessKey.objects.create(
        access_key_id=_ID_PREFIX + "".join(secrets.choice(_ID_ALPHABET) for _ in range(16)),
        encrypted_secret=_cipher(tuple(settings.ACCESS_KEY_SECRETS)).encrypt(secret.encode()),
        user=user,
        label=label,
    )
    log.info("access_key_issued", key=key.pk, user=user.get_username())
    return key, secret


def find(access_key_id: str) -> AccessKey | None:
    """The key of that id, with its user, unless it is revoked or the user is deactivated."""
    return (
        AccessKey.objects.select_related("user")
        .filter(access_key_id=access_key_id, revoked=None, user__is_active=True)
        .first()
    )


def secret_of(key: AccessKey) -> str | None:
    """The key's secret, or None when no Fernet key of the settings can decrypt it any more."""
    try:
        decrypted = _cipher(tuple(settings.ACCESS_KEY_SECRETS)).decrypt(bytes(key.encrypted_secret))
    except InvalidToken:
        return None
    return decrypted.decode()


def note_use(key: AccessKey) -> None:
    """Remember that the key was used, to the minute."""
    now = timezone.now()
    if key.last_used is None or now - key.last_used > _LAST_USED_GRAIN:
        AccessKey.objects.filter(pk=key.pk).update(last_used=now)


def revoke(key: AccessKey) -> None:
    """End a key for good."""
    AccessKey.objects.filter(pk=key.pk, revoked=None).update(revoked=timezone.now())
    log.info("access_key_revoked", key=key.pk, user=key.user.get_username())


@lru_cache(maxsize=4)
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])
