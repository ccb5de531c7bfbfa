"""Runs `promptmill mock hub`, the double of the Hub, and reads its counters. Needs the standard library only."""

import collections
import json
import pathlib
import subprocess
import types
import typing
import urllib.request


class Stats(typing.NamedTuple):
    """What the double has done since it started."""

    requests: collections.Counter[str]  # per route: api, resolve, cdn
    sent: collections.Counter[str]  # body bytes per route
    faults: collections.Counter[str]  # per kind
    connections: int

    def since(self, before: "Stats") -> "Stats":
        """Returns what has been added after before."""
        return Stats(
            self.requests - before.requests,
            self.sent - before.sent,
            self.faults - before.faults,
            self.connections - before.connections,
        )


class Double:
    """A double of the Hub that serves a folder for as long as the `with` lasts."""

    def __init__(self, promptmill: pathlib.Path, folder: pathlib.Path, *flags: str) -> None:
        command = [str(promptmill), "mock", "hub", str(folder), "--listen", "127.0.0.1:0", *flags]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().strip()
        if not self.url.startswith("http://"):
            raise SystemExit(f"{' '.join(command)}: did not start, exit code {self.process.wait()}")

    def __enter__(self) -> "Double":
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | types.TracebackType | None) -> None:
        self.process.terminate()
        self.process.wait()

    def stats(self) -> Stats:
        with urllib.request.urlopen(f"{self.url}/double/stats") as answer:
            raw = json.load(answer)
        counters = (collections.Counter(raw.get(key) or {}) for key in ("requests", "bytes", "faults"))
        return Stats(*counters, connections=raw.get("connections", 0))
