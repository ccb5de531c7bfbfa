"""Faults of the process: it is killed, told to end, stopped for a while, or short of something."""

import contextlib
import os
import pathlib
import signal
import time

from account import Tally, check, description, exits
from lab import Lab, SkipError


def killed(lab: Lab) -> Tally:
    with lab.mock() as mock, lab.bench(mock.url) as bench:
        lab.some_time()
        cut = time.time()
        bench.process.kill()
        exits(bench, 10, -signal.SIGKILL)
        return check(lab.promptmill, bench, mock.drain(), cut=cut)


def told_to_end(lab: Lab, number: int) -> Tally:
    with lab.mock() as mock, lab.bench(mock.url) as bench:
        lab.some_time()
        bench.process.send_signal(number)
        exits(bench, 10, 5)
        time.sleep(0.5)  # the server has noticed that its clients are gone
        tally = check(lab.promptmill, bench, mock.drain())
        assert f"{tally.rows} requests measured so far" in bench.said(), f"{tally.rows} rows: {bench.said()}"
        return tally


def stopped(lab: Lab) -> Tally:
    """Stops the client for a while, as a laptop that sleeps does: it must say so."""
    with lab.mock() as mock, lab.bench(mock.url) as bench:
        time.sleep(lab.random.uniform(0.8, 1.5))
        bench.process.send_signal(signal.SIGSTOP)
        time.sleep(1.5)
        bench.process.send_signal(signal.SIGCONT)
        exits(bench, 60, 0)
        slept = description(bench.results)["benchmarks"][0]["health"].get("suspended_ns", 0)
        assert slept > 1e9, f"stopped for 1.5 s, and the results say {slept} ns"
        return check(lab.promptmill, bench, mock.drain())


def few_descriptors(lab: Lab) -> Tally:
    """Leaves fewer descriptors than streams: requests fail, and the file is closed all the same."""
    load = ["--concurrency", "100", "--profile", "concurrent", "--max-requests", "400", "--model", "mock-model"]
    with lab.mock() as mock, lab.bench(mock.url, load=load, before=["prlimit", "--nofile=40:40"]) as bench:
        exits(bench, 60, 0, 4)
        tally = check(lab.promptmill, bench, mock.drain())
        assert tally.rows == 400, f"{tally.rows} rows of 400 requests"
        assert tally.statuses["error"] > 0, "no request failed: the fault did not strike"
        return tally


def little_memory(lab: Lab) -> Tally:
    """Sets Go's own limit below what the streams take: the collector works harder, nothing else changes."""
    load = ["--concurrency", "200", "--profile", "concurrent", "--max-requests", "2000", "--model", "mock-model"]
    with lab.mock() as mock, lab.bench(mock.url, load=load, env={"GOMEMLIMIT": "16MiB"}) as bench:
        exits(bench, 120, 0)
        tally = check(lab.promptmill, bench, mock.drain())
        assert tally.rows == 2000, f"{tally.rows} rows of 2000 requests"
        return tally


def out_of_memory(lab: Lab) -> Tally:
    """Has the kernel kill the process for its memory: it comes into a cgroup that has none to spare."""
    group, limit = memory_group()
    load = ["--concurrency", "200", "--profile", "concurrent", "--max-seconds", "60", "--model", "mock-model"]
    try:
        limit.write_text(str(1 << 20))  # what the process has is not counted, what it takes from now on is
        with lab.mock() as mock, lab.bench(mock.url, "--keep-text", load=load) as bench:
            lab.some_time()
            (group / "cgroup.procs").write_text(str(bench.process.pid))
            cut = time.time()
            exits(bench, 60, -signal.SIGKILL)
            return check(lab.promptmill, bench, mock.drain(), cut=cut)
    finally:
        time.sleep(0.5)  # a group is busy for as long as the kernel buries its dead
        with contextlib.suppress(OSError):
            group.rmdir()


def memory_group() -> tuple[pathlib.Path, pathlib.Path]:
    """Returns a new cgroup and the file of its limit."""
    for root in ("/sys/fs/cgroup/memory", "/sys/fs/cgroup"):
        group = pathlib.Path(root, f"promptmill-{os.getpid()}")
        try:
            group.mkdir()
        except OSError:
            continue
        for name in ("memory.limit_in_bytes", "memory.max"):
            if (group / name).exists():
                return group, group / name
        group.rmdir()
    raise SkipError("no cgroup with a memory limit can be made here")
