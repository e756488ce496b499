"""Row 29: what must not reach production stops the check, and what is never right the start."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.core.management.base import SystemCheckError

ROOT = Path(__file__).resolve().parents[2]
# A check looks for workers of jobs in the database.
pytestmark = pytest.mark.django_db

SETTINGS = {
    "SECRET_KEY": "made-up-for-this-test-and-long-enough-for-the-checks-0123456789",
    "DEBUG": False,
    "COGNITO_ISSUER": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_abc",
    "COGNITO_JWKS_URL": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_abc/jwks.json",
    "COGNITO_DOMAIN": "https://example.auth.eu-west-1.amazoncognito.com",
    "COGNITO_CLIENT_ID": ["web"],
    "DYNAMODB_DISCOVER": False,
}


@pytest.fixture
def found(settings):
    """The ids that a deployment check finds with these changes."""

    def ids(*, deployment=True, **changes):
        for name, value in (SETTINGS | changes).items():
            setattr(settings, name, value)
        messages = run_checks(include_deployment_checks=deployment)
        return {m.id for m in messages if m.id.startswith(("access.", "tables."))}

    return ids


def test_29_settings_for_production_pass(found):
    assert found() == set()


@pytest.mark.parametrize(
    ("changes", "id"),
    [
        ({"DEBUG": True}, "access.E002"),
        ({"SECRET_KEY": "short"}, "access.E003"),
        ({"SECRET_KEY": "a" * 60}, "access.E003"),
        ({"SECRET_KEY": "django-insecure-" + SETTINGS["SECRET_KEY"]}, "access.E003"),
        ({"COGNITO_DOMAIN": "http://127.0.0.1:4566"}, "access.E004"),
        ({"COGNITO_JWKS_URL": "https://localhost/jwks"}, "access.E004"),
        ({"COGNITO_ISSUER": "http://[::1]:9000"}, "access.E004"),
        ({"COGNITO_CLIENT_ID": []}, "access.E005"),
        ({"COGNITO_DOMAIN": ""}, "access.E005"),
        ({"DYNAMODB_DISCOVER": True}, "tables.W001"),
    ],
)
def test_29_what_belongs_to_development_fails_the_deployment_check(found, changes, id):
    assert found(**changes) == {id}
    assert found(deployment=False, **changes) == set()


@pytest.mark.parametrize("name", ["COGNITO_ISSUER", "COGNITO_JWKS_URL", "COGNITO_DOMAIN"])
@pytest.mark.parametrize(
    "url", ["http://id.example.com", "http://127.0.0.1.example.com", "http://10.0.0.1", "ftp://x"]
)
def test_29_a_sign_in_in_the_clear_stops_the_start(found, name, url):
    assert found(deployment=False, **{name: url}) == {"access.E001"}
    with pytest.raises(SystemCheckError, match=f"{name} is {url!r}, which is not https"):
        call_command("check")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.9.9.9", "[::1]", "x.localhost"])
def test_29_a_loopback_host_may_do_without_https(found, host):
    assert found(deployment=False, COGNITO_DOMAIN=f"http://{host}:4566") == set()


def test_29_the_server_itself_does_not_start_with_a_sign_in_in_the_clear():
    environment = {**os.environ, "COGNITO_ISSUER": "http://id.example.com"}
    environment["DJANGO_SETTINGS_MODULE"] = "project.settings"
    started = subprocess.run(
        [sys.executable, "-c", "import project.wsgi"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert started.returncode != 0
    assert "COGNITO_ISSUER is 'http://id.example.com', which is not https" in started.stderr
