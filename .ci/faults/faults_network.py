"""Faults between the client and the server, and of the server."""

import collections.abc
import contextlib
import os
import signal
import subprocess
import time

from account import NOTHING, Tally, check, exits
from lab import Lab, system
from proxy import Proxy

IMPATIENT = ["--first-token-timeout", "2", "--token-timeout", "2"]


def server_killed(lab: Lab) -> Tally:
    """Kills the server and starts it again: the requests in between fail, and the ones after do not."""
    with lab.mock() as mock, lab.bench(mock.url) as bench:
        time.sleep(lab.random.uniform(0.8, 1.5))
        mock.restart(after=0.7)
        exits(bench, 30, 0)
        # What ended between its last account and its death the server could not tell.
        tally = check(lab.promptmill, bench, mock.drain(), whole=False)
        assert tally.errors and tally.statuses["ok"], f"the fault did not strike: {tally.statuses}"
        return tally


def half_open(lab: Lab) -> Tally:
    """Stops the server, whose connections stay open: it reads and writes nothing more."""
    with lab.mock() as mock, lab.bench(mock.url, *IMPATIENT) as bench:
        lab.some_time()
        mock.process.send_signal(signal.SIGSTOP)
        try:
            exits(bench, 60, 0)
        finally:
            mock.process.send_signal(signal.SIGCONT)
        time.sleep(0.5)
        answered = [a for a in mock.drain() if a.id]
        tally = check(lab.promptmill, bench, answered, whole=False)
        assert tally.errors, "no request failed: the fault did not strike"
        return tally


def slow(lab: Lab) -> Tally:
    """Lets 4 KiB a second through in each direction: what the server has sent arrives long after."""
    load = ["--concurrency", "4", "--profile", "concurrent", "--max-requests", "8", "--model", "mock-model"]
    with lab.mock() as mock, Proxy(mock.port, rate=4096) as proxy, lab.bench(proxy.url, load=load) as bench:
        exits(bench, 90, 0)
        tally = check(lab.promptmill, bench, mock.drain())
        assert tally.statuses["ok"] == 8, f"{tally.statuses}"
        return tally


def delayed(lab: Lab) -> Tally:
    with lab.mock() as mock, Proxy(mock.port, delay=0.05) as proxy, lab.bench(proxy.url) as bench:
        exits(bench, 90, 0)
        return check(lab.promptmill, bench, mock.drain())


def cut(lab: Lab) -> Tally:
    """Ends connections in the middle of answers, every other one with a reset."""
    with lab.mock() as mock, Proxy(mock.port, cut=20_000) as proxy, lab.bench(proxy.url) as bench:
        exits(bench, 60, 0)
        time.sleep(0.5)
        tally = check(lab.promptmill, bench, mock.drain())
        assert tally.errors and tally.statuses["ok"], f"the fault did not strike: {tally.statuses}"
        return tally


def no_such_name(lab: Lab) -> Tally:
    """Names a server that does not resolve: the run says so before its first request, and leaves no file."""
    with lab.bench("http://promptmill.invalid:8000") as bench:
        exits(bench, 60, 4)
        assert "dns" in bench.said(), bench.said()
        assert not list(bench.folder.iterdir()), "a run that did not begin left a file"
        return NOTHING


@contextlib.contextmanager
def namespace() -> collections.abc.Iterator[tuple[list[str], str, str]]:
    """Yields the command that runs others in a network of their own, its address and the link to it."""
    name = f"pm{os.getpid()}"
    address, other = "10.211.7.2", "10.211.7.1"
    system("ip", "netns", "add", name)
    inside = ["ip", "netns", "exec", name]
    try:
        system("ip", "link", "add", name, "type", "veth", "peer", "name", "far", "netns", name)
        system("ip", "addr", "add", f"{other}/30", "dev", name)
        system("ip", "link", "set", name, "up")
        system(*inside, "ip", "addr", "add", f"{address}/30", "dev", "far")
        system(*inside, "ip", "link", "set", "far", "up")
        system(*inside, "ip", "link", "set", "lo", "up")
        yield inside, address, name
    finally:
        subprocess.run(["ip", "link", "del", name], check=False, capture_output=True)
        subprocess.run(["ip", "netns", "del", name], check=False)


def partition(lab: Lab) -> Tally:
    """Takes the link between two networks down for a second and a half."""
    with (
        namespace() as (inside, address, link),
        lab.mock(inside=inside, host=address) as mock,
        lab.bench(mock.url, *IMPATIENT) as bench,
    ):
        time.sleep(lab.random.uniform(0.8, 1.5))
        system("ip", "link", "set", link, "down")
        time.sleep(1.5)
        system("ip", "link", "set", link, "up")
        exits(bench, 60, 0)
        time.sleep(0.5)
        return check(lab.promptmill, bench, mock.drain(), whole=False)


def lossy(lab: Lab) -> Tally:
    """Delays packets between two networks and loses some."""
    with namespace() as (inside, address, link), lab.mock(inside=inside, host=address) as mock:
        system("tc", "qdisc", "add", "dev", link, "root", "netem", "delay", "20ms", "5ms", "loss", "3%")
        with lab.bench(mock.url) as bench:
            exits(bench, 60, 0)
            return check(lab.promptmill, bench, mock.drain())
