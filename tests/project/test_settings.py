"""Every setting of the contract: its name, its default, its place in `.env.example`."""

import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
import structlog
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parents[2]
SECRET_KEY = "made-up-for-this-test-and-long-enough-for-the-checks-0123456789"
# As in `.env.example`: `NAME=value` to be filled in, `# NAME=value` the default.
EXAMPLE = re.findall(r"^(# )?([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE)
READ_BY_GUNICORN = {"BIND", "WEB_CONCURRENCY"}


@pytest.fixture
def settings_of(monkeypatch):
    """Run the settings module in an environment of exactly these variables."""

    def load(**environment):
        for name in [*os.environ]:
            if name.startswith("AWS_") or name in {name for _, name, _ in EXAMPLE}:
                monkeypatch.delenv(name)
        for name, value in {"ENV_FILE": os.devnull, **environment}.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(ROOT / "project" / "settings.py"))

    # The module configures logging; loggers that are in use keep to the present configuration.
    logging = structlog.get_config()
    yield load
    structlog.configure(**logging)


@pytest.mark.parametrize(
    ("name", "default"),
    [
        ("DEBUG", False),
        ("ALLOWED_HOSTS", []),
        ("CSRF_TRUSTED_ORIGINS", []),
        ("TRUST_PROXY", False),
        ("SECURE_SSL_REDIRECT", True),
        ("SECURE_HSTS_SECONDS", 31_536_000),
        ("AWS_REGION", None),
        ("AWS_ENDPOINT_URL_DYNAMODB", None),
        ("DYNAMODB_TRANSACTIONS", True),
        ("DYNAMODB_DISCOVER", False),
        ("TABLES_FILE", ROOT / "tables.toml"),
        ("STATE_TABLE", "dynadmin-state"),
        ("COGNITO_USER_POOL_ID", ""),
        ("COGNITO_CLIENT_ID", []),
        ("COGNITO_CLIENT_SECRET", ""),
        ("COGNITO_DOMAIN", ""),
        ("COGNITO_ISSUER", ""),
        ("COGNITO_JWKS_URL", ""),
        ("CORS_ALLOWED_ORIGINS", []),
        ("ENVIRONMENT_NAME", ""),
        ("READ_ONLY", False),
        ("ADMINAPI_PARTIAL_STATUS", 400),
        ("ADMINAPI_LIST_LIMIT", 0),
        ("SCAN_BUDGET_ITEMS", 10_000),
        ("SCAN_BUDGET_SECONDS", 5),
        ("METRICS", False),
        ("LOG_FORMAT", "json"),
    ],
)
def test_a_setting_that_is_not_given_has_its_documented_default(settings_of, name, default):
    assert settings_of(SECRET_KEY=SECRET_KEY)[name] == default


def test_users_and_sessions_live_in_a_sqlite_file_that_several_workers_can_share(settings_of):
    database = settings_of(SECRET_KEY=SECRET_KEY)["DATABASES"]["default"]
    assert database["NAME"] == str(ROOT / "var" / "dynadmin.sqlite3")
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in database["OPTIONS"]["init_command"]


def test_postgresql_and_redis_work_by_url(settings_of):
    settings = settings_of(
        SECRET_KEY=SECRET_KEY,
        DATABASE_URL="postgres://ann:secret@db.example.com:5433/admin",
        CACHE_URL="redis://cache.example.com:6379/1",
    )
    database, cache = settings["DATABASES"]["default"], settings["CACHES"]["default"]
    assert database["ENGINE"] == "project.postgresql"
    assert (database["HOST"], database["PORT"]) == ("db.example.com", 5433)
    assert (database["USER"], database["NAME"]) == ("ann", "admin")
    assert database["OPTIONS"] == {"connect_timeout": 5}
    assert cache["BACKEND"] == "django.core.cache.backends.redis.RedisCache"
    assert cache["LOCATION"] == "redis://cache.example.com:6379/1"
    assert cache["OPTIONS"] == {"socket_timeout": 1, "socket_connect_timeout": 1}


def test_what_a_database_url_says_goes_before_what_is_usual(settings_of):
    url = "postgres://ann:secret@db.example.com/admin?connect_timeout=30&sslmode=require"
    options = settings_of(SECRET_KEY=SECRET_KEY, DATABASE_URL=url)["DATABASES"]["default"][
        "OPTIONS"
    ]
    assert options == {"connect_timeout": 30, "sslmode": "require"}


def test_a_cache_not_named_is_the_memory_of_the_process(settings_of):
    cache = settings_of(SECRET_KEY=SECRET_KEY)["CACHES"]["default"]
    assert cache["BACKEND"] == "django.core.cache.backends.locmem.LocMemCache"


def test_a_secret_key_is_required_in_words(settings_of):
    with pytest.raises(ImproperlyConfigured, match="Set SECRET_KEY to a long random text"):
        settings_of(SECRET_KEY="")


def test_development_needs_no_secret_key(settings_of):
    assert settings_of(DEBUG="true")["SECRET_KEY"].startswith("django-insecure-")


def test_a_secret_key_stands_as_it_is(settings_of):
    assert settings_of(SECRET_KEY="$not-a-reference")["SECRET_KEY"] == "$not-a-reference"


def test_access_key_secrets_are_fernet_keys_that_follow_from_the_secret_key(settings_of):
    first = settings_of(SECRET_KEY=SECRET_KEY)["ACCESS_KEY_SECRETS"]
    assert first == settings_of(SECRET_KEY=SECRET_KEY)["ACCESS_KEY_SECRETS"]
    assert first != settings_of(SECRET_KEY=SECRET_KEY[1:])["ACCESS_KEY_SECRETS"]
    assert Fernet(first[0]).decrypt(Fernet(first[0]).encrypt(b"text")) == b"text"


def test_access_key_secrets_can_be_given(settings_of):
    settings = settings_of(SECRET_KEY=SECRET_KEY, ACCESS_KEY_SECRETS="new, old")
    assert settings["ACCESS_KEY_SECRETS"] == ["new", "old"]


@pytest.mark.parametrize(
    ("environment", "issuer"),
    [
        (
            {"COGNITO_USER_POOL_ID": "eu-west-1_abc", "AWS_REGION": "us-east-1"},
            "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_abc",
        ),
        (
            {"COGNITO_USER_POOL_ID": "pool", "AWS_REGION": "us-east-1"},
            "https://cognito-idp.us-east-1.amazonaws.com/pool",
        ),
        (
            {
                "COGNITO_USER_POOL_ID": "eu-west-1_abc",
                "COGNITO_ISSUER": "https://id.example.com/",
            },
            "https://id.example.com",
        ),
    ],
    ids=["the pool's own region", "the tables' region", "given"],
)
def test_issuer_and_key_url_follow_from_the_pool_unless_given(settings_of, environment, issuer):
    settings = settings_of(SECRET_KEY=SECRET_KEY, **environment)
    assert settings["COGNITO_ISSUER"] == issuer
    assert settings["COGNITO_JWKS_URL"] == f"{issuer}/.well-known/jwks.json"


def test_the_first_client_signs_people_in_at_the_hosted_domain(settings_of):
    settings = settings_of(
        SECRET_KEY=SECRET_KEY,
        COGNITO_CLIENT_ID="web, robot",
        COGNITO_DOMAIN="https://sign-in.example.com/",
    )
    assert settings["COGNITO_CLIENT_ID"] == ["web", "robot"]
    assert settings["OIDC_RP_CLIENT_ID"] == "web"
    assert {name: settings[name] for name in settings if name.startswith("OIDC_OP_")} == {
        "OIDC_OP_AUTHORIZATION_ENDPOINT": "https://sign-in.example.com/oauth2/authorize",
        "OIDC_OP_TOKEN_ENDPOINT": "https://sign-in.example.com/oauth2/token",
        "OIDC_OP_USER_ENDPOINT": "https://sign-in.example.com/oauth2/userInfo",
        "OIDC_OP_LOGOUT_ENDPOINT": "https://sign-in.example.com/logout",
        "OIDC_OP_JWKS_ENDPOINT": "",
    }


def test_forwarded_headers_mean_nothing_unless_a_proxy_is_trusted(settings_of):
    settings = settings_of(SECRET_KEY=SECRET_KEY)
    assert settings["SECURE_PROXY_SSL_HEADER"] is None
    assert settings["USE_X_FORWARDED_HOST"] is False
    settings = settings_of(SECRET_KEY=SECRET_KEY, TRUST_PROXY="true")
    assert settings["SECURE_PROXY_SSL_HEADER"] == ("HTTP_X_FORWARDED_PROTO", "https")
    assert settings["USE_X_FORWARDED_HOST"] is True


@pytest.mark.parametrize(
    ("redirect", "proxy", "secure"),
    [("true", "false", True), ("false", "true", True), ("false", "false", False)],
)
def test_cookies_are_secure_except_on_plain_http_without_a_proxy(
    settings_of, redirect, proxy, secure
):
    settings = settings_of(SECRET_KEY=SECRET_KEY, SECURE_SSL_REDIRECT=redirect, TRUST_PROXY=proxy)
    assert settings["SESSION_COOKIE_SECURE"] is secure
    assert settings["CSRF_COOKIE_SECURE"] is secure
    prefix = "__Host-" if secure else ""
    assert settings["SESSION_COOKIE_NAME"] == f"{prefix}sessionid"
    assert settings["CSRF_COOKIE_NAME"] == f"{prefix}csrftoken"


def test_the_example_names_every_variable_that_the_project_reads():
    sources = [*(ROOT / "project").glob("*.py"), ROOT / "gunicorn.conf.py"]
    readers = (
        r"(?:text|flag|whole_number|comma_list|choice|rate|database|cache|hosts|origins|ports|price"
        r"|shaped|private_files|environ\.get)"
        r'\(\s*"([A-Z_]+)"'
    )
    read = {name for source in sources for name in re.findall(readers, source.read_text())}
    assert read - {"AWS_DEFAULT_REGION", "GLIBC_TUNABLES"} == {name for _, name, _ in EXAMPLE}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (name, value)
        for commented, name, value in EXAMPLE
        if commented and value and name not in READ_BY_GUNICORN | {"ENV_FILE"}
    ],
)
def test_a_commented_line_of_the_example_is_the_default(settings_of, name, value):
    def plain(settings):
        return {key: settings[key] for key in settings if key.isupper()}

    given = plain(settings_of(SECRET_KEY=SECRET_KEY, **{name: value}))
    assert given == plain(settings_of(SECRET_KEY=SECRET_KEY))


def test_the_example_for_production_passes_the_deployment_checks():
    example = {name: value for commented, name, value in EXAMPLE if not commented}
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        **example,
        "ENV_FILE": os.devnull,
        "SECRET_KEY": SECRET_KEY,
        "TABLES_FILE": "tests/tables.toml",
        "DJANGO_SETTINGS_MODULE": "project.settings",
    }
    checked = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr
