"""The whole site as people meet it: the embedded engine, gunicorn, the real sign-in, Chromium."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from demo.cognito import PASSWORD
from demo.load import load
from tests.running import Running, running_on_engine

CITIES = 2000
# As long as Playwright waits for a page: a busy machine is no failure, and a right one waits for
# nothing.
expect.set_options(timeout=30_000)
# So small that a scan of the cities has to ask, to stop and to go on.
BUDGET_ITEMS = 600


@dataclass(frozen=True)
class Site:
    """A running site, and the sign-in state of everybody who came once."""

    running: Running
    signed_in: dict = field(default_factory=dict)

    @property
    def url(self):
        return self.running.url

    @property
    def engine(self):
        return self.running.engine

    @property
    def pool(self):
        return self.running.pool


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    changes = {"SCAN_BUDGET_ITEMS": str(BUDGET_ITEMS), "JOB_FILES": str(folder / "jobs")}
    with running_on_engine(
        folder, lambda engine: load(engine, cities=CITIES), **changes
    ) as running:
        yield Site(running)


class Visitor:
    """A person with a browser of their own, and everything that went wrong in it."""

    def __init__(self, page, site):
        self.page = page
        self.site = site
        self.troubles = []
        self.requests = []
        page.on("console", self._note_console)
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("dialog", self._note_dialog)
        page.on("request", lambda request: self.requests.append(request.url))

    def open(self, path, status=200):
        answer = self.page.goto(self.site.url + path)
        assert answer.status == status, f"{path}: {answer.status}"
        return self.page

    @property
    def strangers(self):
        """Requests that left this site."""
        known = (self.site.url, self.site.engine.url, "data:", "blob:")
        return [url for url in self.requests if not url.startswith(known)]

    def _note_console(self, message):
        if message.type in ("error", "warning"):
            self.troubles.append(message.text)

    def _note_dialog(self, dialog):
        self.troubles.append(f"dialog: {dialog.message}")
        dialog.dismiss()


@pytest.fixture
def visit(browser, site):
    """Open the site as one of the demo's people, signed in; keywords are Playwright's."""
    contexts = []

    def visit(user="ada.admin", **options):
        state = site.signed_in.get(user)
        context = browser.new_context(base_url=site.url, storage_state=state, **options)
        contexts.append(context)
        page = context.new_page()
        if state is None:
            page.goto("/admin/")
            page.fill("input[name=username]", user)
            page.fill("input[name=password]", PASSWORD)
            page.press("input[name=password]", "Enter")
            page.wait_for_url(f"{site.url}/admin/**")
            site.signed_in[user] = context.storage_state()
        return Visitor(page, site)

    yield visit
    for context in contexts:
        context.close()


@pytest.fixture
def violations():
    """What axe finds on a page, each with the elements that it means.

    Look at a visitor's troubles first: putting axe into the page is one for the CSP.
    """

    def violations(page):
        found = Axe().run(page).response["violations"]
        return [(v["id"], [node["html"][:200] for node in v["nodes"]]) for v in found]

    return violations
