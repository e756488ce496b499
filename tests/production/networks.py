"""Hosts of their own on one machine: network namespaces around a hub, each with its cable."""

import asyncio
import contextlib
import ctypes
import os
import subprocess
import sys
from pathlib import Path

from tests.production import programs

HUB = "10.77.0.1"
_CLONE_NEWNET = 0x40000000


class NoNamespaces(Exception):
    """This machine lets nobody make a network namespace."""


class Host:
    """A namespace with an address; `within` is the command that starts a program in it."""

    def __init__(self, name, address):
        self.name, self.address = name, address
        self.within = ["ip", "netns", "exec", name]

    def cut_off(self):
        """Take its cable out: nothing arrives any more, and nobody is told."""
        _ip("-n", self.name, "link", "set", "eth0", "down")

    def join(self):
        _ip("-n", self.name, "link", "set", "eth0", "up")


@contextlib.contextmanager
def hosts_around_a_hub(count):
    """Hosts, each with a cable to the hub, which the calling thread stands in until the end."""
    prefix = f"dynadmin{os.getpid()}"
    hosts = [Host(f"{prefix}h{n}", f"10.77.0.{n + 2}") for n in range(count)]
    hub = Host(f"{prefix}hub", HUB)
    with contextlib.ExitStack() as stack:
        for host in (hub, *hosts):
            stack.enter_context(_namespace(host.name))
        _ip("-n", hub.name, "link", "add", "bridge", "type", "bridge")
        _ip("-n", hub.name, "addr", "add", f"{HUB}/24", "dev", "bridge")
        _ip("-n", hub.name, "link", "set", "bridge", "up")
        for number, host in enumerate(hosts):
            _plug_in(host, hub, f"cable{number}")
        stack.enter_context(_standing_in(hub.name))
        yield hosts


@contextlib.contextmanager
def forwarding(log, pairs, *, within=()):
    """Connections to the first address of each pair go on to the second."""
    given = [f"{listening}={target}" for listening, target in pairs]
    command = [*within, sys.executable, "-m", "tests.production.networks", *given]
    with programs.running(command, log, cwd=programs.ROOT):
        yield


@contextlib.contextmanager
def _namespace(name):
    try:
        _ip("netns", "add", name)
    except (OSError, subprocess.CalledProcessError) as error:
        raise NoNamespaces from error
    try:
        _ip("-n", name, "link", "set", "lo", "up")
        yield
    finally:
        _ip("netns", "del", name)


def _plug_in(host, hub, cable):
    _ip("-n", hub.name, "link", "add", cable, "type", "veth", "peer", "eth0", "netns", host.name)
    _ip("-n", hub.name, "link", "set", cable, "master", "bridge")
    _ip("-n", hub.name, "link", "set", cable, "up")
    _ip("-n", host.name, "addr", "add", f"{host.address}/24", "dev", "eth0")
    _ip("-n", host.name, "link", "set", "eth0", "up")


@contextlib.contextmanager
def _standing_in(name):
    """Enter a namespace: so do the threads and processes that start meanwhile."""
    before = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    try:
        there = os.open(Path("/run/netns") / name, os.O_RDONLY)
        _enter(there)
        os.close(there)
        yield
    finally:
        _enter(before)
        os.close(before)


def _enter(namespace):
    # os.setns comes with Python 3.12.
    if ctypes.CDLL(None, use_errno=True).setns(namespace, _CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")


def _ip(*arguments):
    subprocess.run(["ip", *arguments], check=True, capture_output=True)


async def _forward(pairs):
    servers = []
    for pair in pairs:
        (host, port), target = (address.rsplit(":", 1) for address in pair.split("="))
        servers.append(await asyncio.start_server(_passing_to(*target), host, int(port)))
    await asyncio.gather(*(server.serve_forever() for server in servers))


def _passing_to(host, port):
    async def passing(reader, writer):
        with contextlib.suppress(OSError):
            far_reader, far_writer = await asyncio.open_connection(host, int(port))
            await asyncio.gather(_pour(reader, far_writer), _pour(far_reader, writer))
        writer.close()

    return passing


async def _pour(reader, writer):
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


if __name__ == "__main__":
    asyncio.run(_forward(sys.argv[1:]))
