"""`make run` from start to Ctrl-C, and what it says when it can't."""

import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import jwt
import pytest
import requests

from demo.__main__ import DemoError, plan
from demo.client import EngineClient
from demo.engine import start
from demo.environment import demo_settings, process_environment
from demo.load import load

PROJECT = Path(__file__).parents[2]
PATIENCE = 60  # seconds until a condition that must come true has failed


@pytest.fixture
def free_ports():
    """Two ports that nobody uses."""
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]


@pytest.fixture
def busy_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """What an earlier start left, but with ten cities: as if all had been loaded."""
    made = tmp_path_factory.mktemp("var")
    with start(0, made / "engine") as running:
        client = EngineClient(running.url)
        load(client, cities=10)
        arn = client.dynamodb("DescribeTable", TableName="ttd-Cities")["Table"]["TableArn"]
        client.dynamodb(
            "TagResource", ResourceArn=arn, Tags=[{"Key": "demo-items", "Value": "all"}]
        )
    return made


class Run:
    """`make run` with an output that can be read while it runs."""

    def __init__(self, folder, ports):
        self.port, self.engine_port = ports
        self.output = folder / "output.txt"
        given = {"DEMO_DIR": folder, "PORT": self.port, "ENGINE_PORT": self.engine_port}
        # A shell that works with AWS: none of it may reach the demo.
        given |= {
            "AWS_PROFILE": "work",
            "COGNITO_DOMAIN": "https://real.example",
            "HTTP_PROXY": "x",
        }
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "demo"],
                cwd=PROJECT,
                env={**os.environ, **{name: str(value) for name, value in given.items()}},
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def says(self):
        return self.output.read_text()

    def until(self, condition):
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, self.says()
            time.sleep(0.05)

    def is_serving(self):
        for port in (self.port, self.engine_port):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return True
        return False

    def __enter__(self):
        self.until(lambda: "Ctrl-C ends it" in self.says() or self.process.poll() is not None)
        assert self.process.poll() is None, self.says()
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.until(lambda: not self.is_serving())


def token_in(text):
    return re.search(r"[\w-]{20,}\.[\w-]+\.[\w-]+", text)[0]


def holder_of(token):
    return jwt.decode(token, options={"verify_signature": False})["custom:username"]


def test_it_prints_the_way_in_serves_it_and_ends_in_order(folder, free_ports):
    with Run(folder, free_ports) as run:
        said = run.says()
        assert f"http://127.0.0.1:{run.port}/\n" in said
        for user in ("ada.admin", "sam.staff", "rita.reader"):
            assert user in said
        assert holder_of(token_in(said)) == "ada.admin"
        assert f"curl 'http://127.0.0.1:{run.port}/endpoint?table=Workers&id=1'" in said
        assert requests.get(f"http://127.0.0.1:{run.port}/readyz", timeout=10).ok

        env_file = folder / "demo.env"
        assert stat.S_IMODE(env_file.stat().st_mode) == 0o600
        printed = subprocess.run(
            [sys.executable, "manage.py", "idtoken", "sam.staff"],
            cwd=PROJECT,
            env={"PATH": os.environ["PATH"], "ENV_FILE": str(env_file)},
            capture_output=True,
            text=True,
            check=True,
        )
        assert holder_of(printed.stdout.strip()) == "sam.staff"

        run.process.send_signal(signal.SIGINT)
        assert run.process.wait(PATIENCE) == 0
        assert run.says().endswith("Stopped; the data is kept.\n")
        assert not run.is_serving()


def test_when_the_engine_dies_the_app_is_ended_and_that_is_said(folder, free_ports):
    with Run(folder, free_ports) as run:
        engine = subprocess.run(
            ["pgrep", "-f", f"demo.engine --port={run.engine_port} "],
            capture_output=True,
            text=True,
            check=True,
        )
        for pid in engine.stdout.split():
            os.kill(int(pid), signal.SIGKILL)
        assert run.process.wait(PATIENCE) == 1
        assert "The engine ended by itself (status -9)" in run.says()
        assert not run.is_serving()


def test_when_it_is_killed_itself_nothing_is_left_running(folder, free_ports):
    with Run(folder, free_ports) as run:
        run.process.kill()
        run.until(lambda: not run.is_serving())


@pytest.mark.parametrize("name", ["PORT", "ENGINE_PORT"])
def test_a_busy_port_says_which_and_how_to_choose_another(name, busy_port, free_ports):
    given = {"PORT": str(free_ports[0]), "ENGINE_PORT": str(free_ports[1]), name: str(busy_port)}
    with pytest.raises(DemoError) as refused:
        plan(given)
    assert str(refused.value) == (
        f"Port {busy_port} can't be used (Address already in use): is an earlier `make run` still"
        f" running? End it, or choose another port: make run {name}={busy_port + 1}"
    )


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"PORT": "http"}, "PORT is a number from 1 to 65535, not 'http'."),
        ({"PORT": "0"}, "PORT is a number from 1 to 65535, not '0'."),
        ({"ENGINE_PORT": "65536"}, "ENGINE_PORT is a number from 1 to 65535, not '65536'."),
        (
            {"PORT": "9000", "ENGINE_PORT": "9000"},
            "PORT and ENGINE_PORT are both 9000: choose two.",
        ),
        ({"HOST": "0.0.0.0"}, "The demo serves this machine only: HOST is 127.0.0.1 or localhost."),
    ],
)
def test_what_cannot_be_served_is_said_in_words(given, message):
    with pytest.raises(DemoError) as refused:
        plan(given)
    assert str(refused.value) == message


def test_a_wrong_python_is_named_before_anything_else_is_imported():
    code = "import sys; sys.version_info = (3, 9); sys.version = '3.9.1 (main)'; import demo"
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stderr) == (
        1,
        "Dynadmin needs Python 3.11 or newer; this is 3.9.1.\n",
    )


def test_nothing_of_a_real_account_reaches_the_demo(tmp_path, demo_engine, pool):
    given = {
        "PATH": "/bin",
        "AWS_PROFILE": "work",
        "AWS_SESSION_TOKEN": "real",
        "COGNITO_CLIENT_SECRET": "real",
        "DATABASE_URL": "postgres://real",
        "https_proxy": "http://proxy:1",
        "THROTTLE_READ": "5/min",
    }
    settings = demo_settings(demo_engine.url, pool, "http://127.0.0.1:8000", tmp_path, given=given)
    environment = process_environment(settings, given)
    assert not {"AWS_PROFILE", "AWS_SESSION_TOKEN", "https_proxy"} & set(environment)
    assert "COGNITO_CLIENT_SECRET" not in environment
    assert environment["DATABASE_URL"] == f"sqlite:///{tmp_path}/dynadmin.sqlite3"
    assert environment["ENV_FILE"] == os.devnull
    assert (environment["PATH"], environment["THROTTLE_READ"]) == ("/bin", "5/min")


def test_the_secret_key_is_the_same_at_every_start(tmp_path, demo_engine, pool):
    keys = {
        demo_settings(demo_engine.url, pool, "http://127.0.0.1:8000", tmp_path, given={})[
            "SECRET_KEY"
        ]
        for _ in range(2)
    }
    assert len(keys) == 1
    assert len(keys.pop()) >= 50
