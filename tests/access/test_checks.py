"""What the start refuses of who may call."""

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.core.management.base import SystemCheckError


def test_an_access_key_secret_that_is_no_fernet_key_stops_the_start_and_is_not_shown(settings):
    settings.ACCESS_KEY_SECRETS = [Fernet.generate_key().decode(), "correct-horse-battery"]
    with pytest.raises(SystemCheckError, match=r"access\.E006.* number 2 of 2") as refusal:
        call_command("check")
    assert "correct-horse-battery" not in str(refusal.value)


def test_fernet_keys_are_no_mistake(settings):
    settings.ACCESS_KEY_SECRETS = [Fernet.generate_key().decode() for _ in range(2)]
    call_command("check")
