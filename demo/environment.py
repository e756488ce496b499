"""The environment in which the app meets the demo: its settings, and nobody's AWS account."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from demo.client import REGION
from demo.cognito import PASSWORD, Pool
from demo.processes import PROJECT

# What whoever starts the demo may set otherwise.
_DEFAULTS = {
    "ENVIRONMENT_NAME": "demo",
    "LOG_FORMAT": "console",
    "HISTORY": "true",
    "WEB_CONCURRENCY": str(min(4, os.cpu_count() or 1)),
    # Scripts that load a table should meet the tables, not the limits.
    "THROTTLE_READ": "",
    "THROTTLE_WRITE": "",
    "THROTTLE_SCAN": "",
    "THROTTLE_EXPORT": "",
}
# A shell that works with AWS has these; one left over would point the demo at a real account.
# Nor can a proxy reach this machine's loopback.
_FOREIGN = ("AWS_", "COGNITO_")


def demo_settings(
    engine_url: str, pool: Pool, origin: str, folder: Path, *, given: Mapping[str, str]
) -> dict[str, str]:
    """The variables that `.env.example` describes, for the app at `origin`.

    `folder` holds what the demo keeps; `given` is the environment that it was started from.
    """
    chosen = {name: given.get(name, default) for name, default in _DEFAULTS.items()}
    return chosen | {
        "SECRET_KEY": _secret_key(folder / "secret-key"),
        "DEBUG": "false",
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "CSRF_TRUSTED_ORIGINS": "",
        "TRUST_PROXY": "false",
        "SECURE_SSL_REDIRECT": "false",  # no TLS on loopback
        "SECURE_HSTS_SECONDS": "0",
        "DATABASE_URL": f"sqlite:///{folder}/dynadmin.sqlite3",
        "BIND": origin.removeprefix("http://"),
        "TABLES_FILE": str(PROJECT / "demo" / "tables.toml"),
        "AWS_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "demo",
        "AWS_SECRET_ACCESS_KEY": "demo",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL_DYNAMODB": engine_url,
        "COGNITO_USER_POOL_ID": pool.pool_id,
        "COGNITO_CLIENT_ID": pool.client_id,
        "COGNITO_DOMAIN": engine_url,
        "COGNITO_JWKS_URL": f"{engine_url}/{pool.pool_id}/.well-known/jwks.json",
        "IDTOKEN_PASSWORD": PASSWORD,
    }


def process_environment(settings: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """The whole environment of a process that runs the app with `settings`."""
    kept = {
        name: text
        for name, text in given.items()
        if not name.startswith(_FOREIGN) and not name.lower().endswith("_proxy")
    }
    # No file adds to it: a `.env` here may be meant for production.
    ours = {"DJANGO_SETTINGS_MODULE": "project.settings", "ENV_FILE": os.devnull}
    return {**kept, **settings, **ours}


def write_env_file(path: Path, settings: Mapping[str, str]) -> None:
    """Keep the settings for `ENV_FILE=… manage.py` in another shell; only this user may read."""
    path.touch(mode=0o600)
    path.chmod(0o600)  # one of a former version may be open to others
    path.write_text("".join(f"{name}={text}\n" for name, text in settings.items()))


def _secret_key(path: Path) -> str:
    """The same at every start, or everybody would be signed out."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(64))
    path.chmod(0o600)
    return path.read_text()
