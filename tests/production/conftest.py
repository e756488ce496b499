"""A whole production site: what the Dockerfile copies, installed by hash, behind TLS."""

import contextlib
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from demo.client import REGION, EngineClient
from demo.cognito import ensure_pool, id_token
from demo.engine import start as start_engine
from demo.load import load
from tests.production import programs
from tests.production.certificates import write_certificates
from tests.production.programs import ROOT

SIGN_IN_SERVER = """
    server {{
        listen 127.0.0.1:{port} ssl;
        server_name localhost;
        ssl_certificate {folder}/server.pem;
        ssl_certificate_key {folder}/server.key;
        location / {{ proxy_pass {engine}; proxy_set_header Host $http_host; }}
    }}
"""


@dataclass
class Site:
    """Where the site answers, and what a test needs to disturb it."""

    origin: str
    plain_origin: str
    direct: str  # gunicorn, past the proxy
    folder: Path
    environment: dict
    python: str
    token: str
    master: subprocess.Popen = None

    @property
    def authority(self):
        return str(self.folder / "ca.pem")

    def session(self):
        """A client that trusts our authority and nothing of this machine's environment."""
        session = requests.Session()
        session.trust_env = False
        session.verify = self.authority
        return session

    def manage(self, *arguments):
        return subprocess.run(
            [self.python, "manage.py", *arguments],
            cwd=self.folder / "app",
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def prepare(self):
        """What is done once before the first start."""
        for command in (["collectstatic", "--noinput"], ["migrate"], ["create_state_table"]):
            done = self.manage(*command)
            assert done.returncode == 0, done.stderr

    @property
    def log(self):
        return (self.folder / "gunicorn.log").read_text()


@pytest.fixture(scope="session")
def folder():
    """A folder that other users' processes may enter, as PostgreSQL's does."""
    made = Path(tempfile.mkdtemp(prefix="dynadmin-production-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="session")
def python(folder):
    """A Python that has what production installs, and nothing of the engine or the tests."""
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    made = str(folder / "venv" / "bin" / "python")
    uv = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
    install = [uv, "pip", "install", "--python", made] if uv else [made, "-m", "pip", "install"]
    subprocess.run(
        [*install, "--quiet", "--require-hashes", "-r", ROOT / "requirements.txt"], check=True
    )
    return made


@pytest.fixture(scope="session")
def copied(folder):
    """The app as the image holds it: the COPY lines of the Dockerfile, done by hand."""
    for sources, place in re.findall(
        r"^COPY (?!--from)(.+) (\S+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE
    ):
        if place != "/":
            for source in sources.split():
                _copy(ROOT / source, folder / "app" / place / ("" if place == "./" else "."))
    return folder / "app"


def _copy(source, place):
    if source.is_dir():
        shutil.copytree(source, place, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        place.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, place)


@pytest.fixture(scope="session")
def site(folder, python, copied):
    """PostgreSQL, Redis, the engine, gunicorn with two workers, and nginx with TLS before them."""
    write_certificates(folder)
    https, http, app, sign_in = (programs.free_port() for _ in range(4))
    origin, sign_in_origin = f"https://localhost:{https}", f"https://localhost:{sign_in}"
    with contextlib.ExitStack() as stack:
        database = stack.enter_context(programs.postgresql(folder))
        cache = stack.enter_context(programs.redis(folder))
        engine = stack.enter_context(
            start_engine(0, folder / "engine", origins=(sign_in_origin, origin))
        )
        client = EngineClient(engine.url)
        pool = ensure_pool(client, [origin])
        load(client, cities=200)
        environment = site_environment(origin, sign_in_origin, database, cache, engine.url, pool)
        environment |= {
            "REQUESTS_CA_BUNDLE": str(folder / "ca.pem"),
            "BIND": f"127.0.0.1:{app}",
            "WEB_CONCURRENCY": "2",
        }
        made = Site(
            origin,
            f"http://localhost:{http}",
            f"http://127.0.0.1:{app}",
            folder,
            environment,
            python,
            id_token(client, pool, "ada.admin"),
        )
        made.prepare()
        servers = shipped_servers(folder, https, http, app) + SIGN_IN_SERVER.format(
            port=sign_in, folder=folder, engine=engine.url
        )
        stack.enter_context(programs.nginx(folder, servers, [https, http, sign_in]))
        made.master = stack.enter_context(
            programs.gunicorn(python, folder, environment, environment["BIND"])
        )
        yield made


def site_environment(origin, sign_in_origin, database, cache, engine, pool):
    """The settings of a site at this origin, whose parts answer at these URLs."""
    return {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "project.settings",
        "ENV_FILE": os.devnull,
        "SECRET_KEY": secrets.token_urlsafe(64),
        "ALLOWED_HOSTS": "localhost",
        "CSRF_TRUSTED_ORIGINS": origin,
        "TRUST_PROXY": "true",
        "DATABASE_URL": database,
        "CACHE_URL": cache,
        "AWS_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "engine",
        "AWS_SECRET_ACCESS_KEY": "engine",
        "AWS_ENDPOINT_URL_DYNAMODB": engine,
        "TABLES_FILE": str(ROOT / "demo" / "tables.toml"),
        "COGNITO_USER_POOL_ID": pool.pool_id,
        "COGNITO_CLIENT_ID": pool.client_id,
        "COGNITO_DOMAIN": sign_in_origin,
        "COGNITO_JWKS_URL": f"{sign_in_origin}/{pool.pool_id}/.well-known/jwks.json",
        "THROTTLE_EXPORT": "3/day",
        "METRICS": "true",
    }


def shipped_servers(folder, https, http, app):
    """deploy/nginx.conf with this machine's ports, name and certificate."""
    changes = {
        "listen 443 ": f"listen 127.0.0.1:{https} ",
        "listen 80;": f"listen 127.0.0.1:{http};",
        "admin.example.com": "localhost",
        "127.0.0.1:8000": f"127.0.0.1:{app}",
        "https://$server_name$request_uri": f"https://$server_name:{https}$request_uri",
        "/etc/ssl/dynadmin/fullchain.pem": f"{folder}/server.pem",
        "/etc/ssl/dynadmin/privkey.pem": f"{folder}/server.key",
    }
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    for shipped, ours in changes.items():
        assert shipped in text
        text = text.replace(shipped, ours)
    return text
