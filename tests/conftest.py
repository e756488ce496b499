"""What tests share: the two engines, and a browser."""

import gc
import os
import shutil

import hypothesis
import pytest
from moto import backend_index, mock_aws
from whitenoise.middleware import WhiteNoiseMiddleware

from tables.dynamodb.client import called, client
from tables.dynamodb.descriptions import forget_descriptions
from tests import engine as tests_engine
from tests import prepared
from tests.alternator import in_front_of
from tests.signing import _session_signer, sign_in, signer

__all__ = ["_session_signer", "sign_in", "signer"]  # fixtures for every room

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# The same examples in every run, and never against a clock.
hypothesis.settings.register_profile("repeatable", deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("repeatable")

# Every start of moto registers each address that it knows in each method, for two hundred services.
SERVICES = {"cognitoidp", "dynamodb"}
backend_index.backend_url_patterns[:] = [
    known for known in backend_index.backend_url_patterns if known[0] in SERVICES
]


@pytest.fixture(autouse=True, scope="session")
def _static_files_read_once():
    """Every client of Django's has its own WhiteNoise, which would read all of them once more."""
    read, known = WhiteNoiseMiddleware.add_files_from_finders, {}

    def read_once(self):
        made = known.get((self.static_prefix, self.max_age))
        if made is None:
            read(self)
            made = known[self.static_prefix, self.max_age] = dict(self.files)
        self.files.update(made)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", read_once)
        yield


@pytest.fixture(autouse=True)
def _fresh_service():
    """No test meets a client or a table description that another one made."""
    client.cache_clear()
    forget_descriptions()
    yield
    client.cache_clear()
    forget_descriptions()


@pytest.fixture
def calls():
    """The names of the DynamoDB operations that are called from here on, in order."""
    names = []

    def note(operation, **_):
        names.append(operation)

    called.connect(note)
    yield names
    called.disconnect(note)


def pytest_collection_finish():
    """What was imported and collected stays to the end: no search for garbage looks through it."""
    gc.collect()
    gc.freeze()


def pytest_addoption(parser):
    parser.addoption(
        "--alternator", action="store_true", help="every engine is ScyllaDB Alternator's likeness"
    )


@pytest.fixture
def dynamodb_moto(request):
    """DynamoDB inside this process; empty at first."""
    if request.config.getoption("alternator"):
        yield request.getfixturevalue("dynamodb_alternator")
    else:
        with mock_aws():
            yield "moto"


@pytest.fixture(scope="session")
def embedded(tmp_path_factory):
    """The URL of a running embedded engine."""
    with tests_engine.start(tmp_path_factory.mktemp("engine")) as running:
        yield running.url


@pytest.fixture
def dynamodb_embedded(request, settings):
    """DynamoDB in the embedded engine; empty at first."""
    if request.config.getoption("alternator"):
        return request.getfixturevalue("dynamodb_alternator")
    url = request.getfixturevalue("embedded")
    return emptied(url, url, settings)


def emptied(url, engine, settings):
    """The engine that is asked at this URL as the one of this test, without a table."""
    settings.AWS_ENDPOINT_URL_DYNAMODB = url
    client.cache_clear()
    prepared.emptied(url, engine)
    return url


@pytest.fixture(scope="session")
def alternator(embedded):
    """The URL of the embedded engine behind Alternator's rules."""
    with in_front_of(embedded) as running:
        yield running.url


@pytest.fixture
def dynamodb_alternator(alternator, embedded, settings):
    """DynamoDB as ScyllaDB Alternator offers it; empty at first."""
    settings.DYNAMODB_TRANSACTIONS = False
    return emptied(alternator, embedded, settings)


@pytest.fixture
def on_alternator(request):
    """Whether this test meets Alternator's rules."""
    parameters = request.node.callspec.params if hasattr(request.node, "callspec") else {}
    chosen = parameters.get("engine") == "alternator"
    return chosen or request.config.getoption("alternator")


@pytest.fixture
def with_transactions(on_alternator):
    """For what only transactions do."""
    if on_alternator:
        pytest.skip("Alternator has no transactions.")


@pytest.fixture(params=["moto", "embedded"])
def engine(request):
    """Run a test on both engines: each has bugs that let wrong code pass."""
    request.getfixturevalue(f"dynamodb_{request.param}")
    return request.param


@pytest.fixture(scope="session")
def chromium_path():
    """Where Chromium is; without it a browser test is skipped, or fails where one is required."""
    candidates = (os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome")
    for candidate in filter(None, candidates):
        if path := shutil.which(candidate):
            return path
    if os.environ.get("REQUIRE_BROWSER") == "1":
        pytest.fail("No Chromium, and REQUIRE_BROWSER=1: install it, or name it in CHROMIUM.")
    return pytest.skip("BROWSER TESTS DID NOT RUN: install Chromium, or name it in CHROMIUM.")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args, chromium_path):
    return {
        **browser_type_launch_args,
        "executable_path": chromium_path,
        "args": CHROMIUM_FLAGS,
    }
