"""Injects faults into a real bench against a real server, each several times, and counts what is lost.

After each the rows of the results file and what the server says that it sent must agree, the exit code must be the
documented one, `promptmill report` must read what is left, and no message may show a bug. A request is lost when it
ended at the server and is not in the file; where the run had no chance to save, its last seconds are not counted.
"""

import argparse
import collections
import collections.abc
import functools
import pathlib
import random
import signal
import sys
import traceback

import clock
import faults_disk
import faults_network
import faults_process
from account import Tally
from lab import Lab, SkipError

FAULTS: dict[str, collections.abc.Callable[[Lab], Tally]] = {
    "SIGKILL": faults_process.killed,
    "SIGINT": functools.partial(faults_process.told_to_end, number=signal.SIGINT),
    "SIGTERM": functools.partial(faults_process.told_to_end, number=signal.SIGTERM),
    "SIGHUP": functools.partial(faults_process.told_to_end, number=signal.SIGHUP),
    "suspended for 1.5 s": faults_process.stopped,
    "40 descriptors for 100 streams": faults_process.few_descriptors,
    "GOMEMLIMIT of 16 MiB": faults_process.little_memory,
    "killed for its memory (cgroup)": faults_process.out_of_memory,
    "disk full": faults_disk.full,
    "disk full at the end": faults_disk.full_at_the_end,
    "read-only folder": faults_disk.read_only,
    "folder becomes read-only": faults_disk.read_only_meanwhile,
    "server killed and restarted": faults_network.server_killed,
    "half-open connections": faults_network.half_open,
    "slow connections": faults_network.slow,
    "delay of 50 ms": faults_network.delayed,
    "proxy that cuts and resets": faults_network.cut,
    "name that does not resolve": faults_network.no_such_name,
    "partition (network namespace)": faults_network.partition,
    "delay and loss (netem)": faults_network.lossy,
    "wall clock jumps": clock.jumps,
}


def inject(lab: Lab, name: str, times: int) -> tuple[str, list[str]]:
    """Returns the line of the table, and what went wrong."""
    struck = rows = lost = 0
    kinds: collections.Counter[str] = collections.Counter()
    try:
        for _ in range(times):
            tally = FAULTS[name](lab)
            struck, rows, lost = struck + 1, rows + tally.rows, lost + tally.lost
            kinds += tally.statuses
    except SkipError as why:
        return f"{name:32} {'skipped':>8}                   {why}", []
    except Exception as why:  # the table goes on, whatever it was
        traceback.print_exc()
        return f"{name:32} {struck + 1:8} {'FAILED':>8}", [f"{name}: {why}"]
    wrong = [f"{name}: {lost} requests lost"] if lost else []
    counts = ", ".join(f"{n} {status}" for status, n in sorted(kinds.items()))
    return f"{name:32} {struck:8} {rows:8} {lost:6}   {counts}", wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("promptmill")
    parser.add_argument("work", type=pathlib.Path)
    parser.add_argument("--times", type=int, required=True, help="that each fault is injected")
    parser.add_argument("--only", default="", help="parts of the names of the faults to inject")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    wrong: list[str] = []
    print(f"{'fault':32} {'injected':>8} {'rows':>8} {'lost':>6}   rows by status", flush=True)
    for name in FAULTS:
        if any(part in name for part in args.only.split(",")):
            line, bad = inject(Lab(args.promptmill, args.work, random.Random(args.seed)), name, args.times)
            print(line, flush=True)
            wrong += bad
    if wrong:
        sys.exit("\n".join(["", *(f"FAIL  {w}" for w in wrong)]))
    print("\nok    nothing lost, every count adds up")


if __name__ == "__main__":
    main()
