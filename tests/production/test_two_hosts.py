"""Two machines of the app behind the shipped proxy: one is killed, one cut off, nothing is lost."""

import contextlib
import os
import re
import signal
import threading
import time
import uuid
from collections import Counter

import pytest
import requests

from demo.client import EngineClient
from demo.cognito import ensure_pool, id_token
from demo.engine import start as start_engine
from demo.load import load
from tests.production import programs
from tests.production.certificates import write_certificates
from tests.production.conftest import (
    SIGN_IN_SERVER,
    Site,
    shipped_servers,
    site_environment,
)
from tests.production.networks import HUB, NoNamespaces, forwarding, hosts_around_a_hub
from tests.production.test_sign_in import sign_in

PORT = 8000
WRITERS = 6
# Long enough for a host that comes back, short enough to count among lost answers.
PATIENCE_SECONDS = 4
SHIPPED = "server 127.0.0.1:8000 max_fails=0;"


class Machine:
    """One host of the app, with its log."""

    def __init__(self, host, site, folder):
        self.host, self.site, self.folder = host, site, folder
        self.stack = contextlib.ExitStack()

    def start(self):
        bind = f"{self.host.address}:{PORT}"
        environment = self.site.environment | {"BIND": bind}
        within = self.host.within
        self.master = self.stack.enter_context(
            programs.gunicorn(self.site.python, self.folder, environment, bind, within=within)
        )
        command = [*within, self.site.python, "manage.py", "run_jobs"]
        self.jobs = self.stack.enter_context(
            programs.running(
                command, self.folder / "jobs.log", cwd=self.folder / "app", env=environment
            )
        )

    def kill(self):
        """As a power cut would: no process of it lives on."""
        served = programs.workers_of(self.master)
        for process in (self.master.pid, self.jobs.pid, *served):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        self.master.wait()
        self.stack.close()

    @property
    def log(self):
        return (self.folder / "gunicorn.log").read_text()


@pytest.fixture(scope="module")
def machines(folder, python, copied):
    """Two machines, and what they share in the hub: PostgreSQL, Redis, the engine and nginx."""
    try:
        with hosts_around_a_hub(2) as hosts, contextlib.ExitStack() as stack:
            yield _machines(hosts, stack, folder / "hosts", python, copied)
    except NoNamespaces:
        pytest.skip("TWO HOSTS WERE NOT TRIED: this machine makes no network namespaces.")


def _machines(hosts, stack, folder, python, copied):
    folder.mkdir()
    folder.chmod(0o755)
    (folder / "app").symlink_to(copied)
    write_certificates(folder)
    https, http, sign_in_port = (programs.free_port() for _ in range(3))
    origin, sign_in_origin = f"https://localhost:{https}", f"https://localhost:{sign_in_port}"
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
        "WEB_CONCURRENCY": "2",
        "THROTTLE_WRITE": "",
    }
    site = Site(origin, "", "", folder, environment, python, id_token(client, pool, "ada.admin"))
    site.prepare()
    _connect(hosts, stack, site, [database, cache, engine.url, sign_in_origin])
    servers = shipped_servers(folder, https, http, PORT)
    both = "\n".join(f"    server {host.address}:{PORT};" for host in hosts)
    assert SHIPPED in servers
    servers = servers.replace(SHIPPED, f"{both}\n") + SIGN_IN_SERVER.format(
        port=sign_in_port, folder=folder, engine=engine.url
    )
    stack.enter_context(programs.nginx(folder, servers, [https, http, sign_in_port]))
    machines = []
    for number, host in enumerate(hosts):
        own = folder / str(number)
        own.mkdir()
        (own / "app").symlink_to(copied)
        machine = Machine(host, site, own)
        machine.start()
        stack.callback(machine.stack.close)
        machines.append(machine)
    return machines


def _connect(hosts, stack, site, urls):
    """What answers at 127.0.0.1 of the hub answers at each host's 127.0.0.1, through its cable."""
    ports = [re.search(r":(\d+)(/|$)", url)[1] for url in urls]
    log = site.folder / "forwarding.log"
    shared = [(f"{HUB}:{port}", f"127.0.0.1:{port}") for port in ports]
    stack.enter_context(forwarding(log, shared))
    for host in hosts:
        pairs = [(f"127.0.0.1:{port}", f"{HUB}:{port}") for port in ports]
        stack.enter_context(forwarding(log, pairs, within=host.within))


@pytest.fixture(scope="module")
def site(machines):
    return machines[0].site


class Writers:
    """Each adds one to one counter again and again; a key goes with each until it is told."""

    def __init__(self, site):
        self.site, self.ending = site, threading.Event()
        self.told = Counter()
        self.lock = threading.Lock()

    def write(self):
        session = self.site.session()
        headers = {"Authorization": f"Bearer {self.site.token}"}
        url = f"{self.site.origin}/endpoint?table=Workers&id=counter&atomic=true"
        while not self.ending.is_set():
            key = {"Idempotency-Key": str(uuid.uuid4())}
            while (status := self._send(session, url, headers | key)) != 200:
                with self.lock:
                    self.told[status] += 1
                time.sleep(0.2)
            with self.lock:
                self.told[200] += 1

    def _send(self, session, url, headers):
        try:
            return session.put(
                url, json={"add": {"n": 1}}, headers=headers, timeout=PATIENCE_SECONDS
            ).status_code
        except requests.RequestException as error:
            session.close()
            return type(error).__name__

    def wait_for(self, more):
        goal = self.told[200] + more
        programs.wait_until(lambda: self.told[200] >= goal, f"No progress: {self.told}")


@contextlib.contextmanager
def writing(site):
    writers = Writers(site)
    with programs.in_threads(writers.write, WRITERS, writers.ending):
        writers.wait_for(50)
        yield writers


def counter(site):
    headers = {"Authorization": f"Bearer {site.token}"}
    url = f"{site.origin}/endpoint?table=Workers&id=counter"
    return site.session().get(url, headers=headers, timeout=30).json()["item"]["n"]


def account(trouble, writers):
    """Tell what was acknowledged and what is stored; it has to be the same."""
    told, stored = dict(writers.told), counter(writers.site)
    acknowledged = told.pop(200)
    lost, twice = max(0, acknowledged - stored), max(0, stored - acknowledged)
    figures = f"acknowledged {acknowledged}, lost {lost}, twice {twice}; asked again after {told}"
    print(f"{trouble}: {figures}")  # noqa: T201 - figures
    assert (lost, twice) == (0, 0)


@pytest.fixture
def counted(site):
    """A new counter."""
    headers = {"Authorization": f"Bearer {site.token}"}
    url = f"{site.origin}/endpoint?table=Workers"
    session = site.session()
    session.delete(f"{url}&id=counter", headers=headers, timeout=30)
    made = session.post(url, json={"empId": "counter", "n": 0}, headers=headers, timeout=30)
    assert made.status_code == 200, made.text


def test_who_signs_in_on_one_works_on_the_other(machines, site):
    session = site.session()
    assert sign_in(site, session, "sam.staff").status_code == 200
    statuses = {session.get(f"{site.origin}/admin/", timeout=30).status_code for _ in range(10)}
    assert statuses == {200}
    served = [machine.log.count('"path":"/admin/"') for machine in machines]
    assert all(served), served


def test_limits_are_counted_once_for_both(machines, site):
    before = [machine.log.count("/oidc/authenticate/") for machine in machines]
    left = []
    for number in range(6):
        answer = site.session().get(
            f"{site.origin}/oidc/authenticate/",
            headers={"X-Forwarded-For": f"203.0.113.{number}"},
            allow_redirects=False,
            timeout=30,
        )
        left.append(int(re.search(r"r=(\d+)", answer.headers["RateLimit"])[1]))
    assert left == list(range(left[0], left[0] - 6, -1)), left
    after = [machine.log.count("/oidc/authenticate/") for machine in machines]
    assert all(now > then for now, then in zip(after, before, strict=True)), (
        "One host had them all."
    )


def test_a_killed_host_loses_no_write_and_makes_none_twice(machines, site, counted):
    session = site.session()
    sign_in(site, session, "sam.staff")
    with writing(site) as writers:
        machines[1].kill()
        writers.wait_for(100)
        pages = [session.get(f"{site.origin}/admin/", timeout=30).status_code for _ in range(10)]
        machines[1].start()
        writers.wait_for(100)
    account("killed host", writers)
    assert pages.count(200) >= 9  # one try finds out that the host is gone
    assert session.get(f"{site.origin}/admin/", timeout=30).url == f"{site.origin}/admin/"


def test_a_host_that_is_cut_off_loses_no_write_and_makes_none_twice(machines, site, counted):
    session = site.session()
    sign_in(site, session, "sam.staff")
    with writing(site) as writers:
        machines[0].host.cut_off()
        try:
            time.sleep(10)
            writers.wait_for(50)
        finally:
            machines[0].host.join()
        writers.wait_for(100)
    account("cut off", writers)
    programs.wait_until(
        lambda: session.get(f"{site.origin}/admin/", timeout=30).status_code == 200,
        "The session is gone.",
    )


CITIES = 200


def bearer(site):
    return {"Authorization": f"Bearer {site.token}"}


def order_job(site):
    """Add one to an attribute of every city, slowly; the URL of the job."""
    order = {
        "kind": "change",
        "filter": {},
        "changes": [{"action": "add", "path": "counted", "value": 1}],
        "pace": 10,
        "dry_run": False,
    }
    url = f"{site.origin}/api/v1/tables/Cities/jobs"
    answer = site.session().post(url, json=order, headers=bearer(site), timeout=30)
    assert answer.status_code == 202, answer.text
    return answer.headers["Location"]


def job_at(site, url):
    """What is said of the job now; nothing while the host that was asked is away."""
    with contextlib.suppress(requests.RequestException):
        answer = site.session().get(url, headers=bearer(site), timeout=PATIENCE_SECONDS)
        if answer.status_code == 200:
            return answer.json()
    return {"state": "unknown", "progress": {"done": 0}}


def cities(site):
    url = f"{site.origin}/endpoint?table=Cities"
    return site.session().get(url, headers=bearer(site), timeout=60).json()


@pytest.mark.parametrize("trouble", ["killed", "cut off"])
def test_a_job_goes_on_where_a_host_was_lost(machines, site, trouble):
    before = Counter(city.get("counted", 0) for city in cities(site))
    (level,) = before
    url = order_job(site)
    programs.wait_until(lambda: job_at(site, url)["progress"]["done"] > 0, "The job is not begun.")
    # Whichever host works on it: one goes after the other.
    for machine in machines:
        if trouble == "killed":
            machine.kill()
            time.sleep(2)
            machine.start()
        else:
            machine.host.cut_off()
            time.sleep(5)
            machine.host.join()
    programs.wait_until(lambda: job_at(site, url)["state"] == "finished", "The job does not end.")
    progress = job_at(site, url)["progress"]
    after = Counter(city.get("counted", 0) for city in cities(site))
    print(f"job, hosts {trouble}: {progress}, stored {after}")  # noqa: T201 - figures
    assert after == {level + 1: CITIES}
    assert progress["done"] + progress["unsure"] == CITIES


def test_writes_a_job_and_a_session_outlive_a_killed_and_a_cut_off_host(machines, site, counted):
    """All at once, as it comes: first one host is killed, and soon the other is cut off."""
    session = site.session()
    sign_in(site, session, "sam.staff")
    (level,) = Counter(city.get("counted", 0) for city in cities(site))
    with writing(site) as writers:
        url = order_job(site)
        programs.wait_until(lambda: job_at(site, url)["progress"]["done"] > 0, "It is not begun.")
        machines[1].kill()
        writers.wait_for(50)
        machines[1].start()
        machines[0].host.cut_off()
        try:
            time.sleep(8)
            writers.wait_for(50)
        finally:
            machines[0].host.join()
        programs.wait_until(lambda: job_at(site, url)["state"] == "finished", "It does not end.")
    account("one killed, one cut off, a job beside", writers)
    after = Counter(city.get("counted", 0) for city in cities(site))
    print(f"its job: {job_at(site, url)['progress']}, stored {after}")  # noqa: T201 - figures
    assert after == {level + 1: CITIES}
    assert session.get(f"{site.origin}/admin/", timeout=30).url == f"{site.origin}/admin/"
