"""The database goes in the middle: programs go on, pages say so, and all comes back by itself."""

import contextlib
import os
import signal
from pathlib import Path

import pytest

from tests.production.programs import children_of, postmaster, wait_until, workers_of
from tests.production.test_sign_in import sign_in


@pytest.fixture
def person(site):
    """A browser of somebody who has signed in."""
    session = site.session()
    assert sign_in(site, session, "sam.staff").status_code == 200
    return session


def page(site, session):
    return session.get(f"{site.origin}/admin/", timeout=60, allow_redirects=False).status_code


def program(site):
    """What a program with a token is answered."""
    headers = {"Authorization": f"Bearer {site.token}"}
    url = f"{site.origin}/endpoint?table=Workers&id=1"
    return site.session().get(url, headers=headers, timeout=60).status_code


def end_connections(site):
    """End every connection to the database, as a restart or a failover does."""
    for process in children_of(postmaster(site.folder)):
        with contextlib.suppress(OSError):
            if b"dynadmin dynadmin" in Path(f"/proc/{process}/cmdline").read_bytes():
                os.kill(process, signal.SIGTERM)


def test_connections_that_postgresql_ends_cost_nobody_a_page(site, person):
    assert page(site, person) == 200
    for _ in range(3):
        end_connections(site)
        assert [page(site, person) for _ in range(6)] == [200] * 6


def test_a_postgresql_that_is_gone_stops_pages_alone(site, person):
    assert program(site) == 200
    server = postmaster(site.folder)
    os.kill(server, signal.SIGSTOP)  # connections are taken and never answered: the worst way to go
    try:
        end_connections(site)
        said = page(site, person)
        during = [program(site) for _ in range(10)]
    finally:
        os.kill(server, signal.SIGCONT)
    assert said >= 500
    assert during == [200] * 10
    wait_until(lambda: page(site, person) == 200, "Pages do not come back.")
    assert len(workers_of(site.master)) == 2
