"""What every fault is injected into: a server and a bench, and folders of their own."""

import collections.abc
import dataclasses
import pathlib
import random
import shutil
import subprocess
import time

from processes import Bench, Mock

ANSWER = ["--ttft", "20ms", "--itl", "10ms", "--tokens", "20"]  # takes 210 ms
RATE = 50  # requests a second, so that about ten are under way
SECONDS = 4
LOAD = [
    "--profile",
    "constant",
    "--rate",
    str(RATE),
    "--max-seconds",
    str(SECONDS),
    "--grace",
    "10",
    "--model",
    "mock-model",
]


class SkipError(Exception):
    """This machine cannot inject the fault; the message says why."""


@dataclasses.dataclass(frozen=True)
class Lab:
    """Makes servers and benches. One is for one injection."""

    promptmill: str
    work: pathlib.Path
    random: random.Random

    def mock(self, *flags: str, inside: collections.abc.Sequence[str] = (), host: str = "127.0.0.1") -> Mock:
        return Mock(self.promptmill, *ANSWER, *flags, inside=inside, host=host)

    def folder(self) -> pathlib.Path:
        folder = self.work / "out"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder

    def bench(
        self,
        url: str,
        *flags: str,
        folder: pathlib.Path | None = None,
        load: collections.abc.Sequence[str] = LOAD,
        before: collections.abc.Sequence[str] = (),
        env: dict[str, str] | None = None,
    ) -> Bench:
        folder = folder or self.folder()
        return Bench(self.promptmill, folder, "--target", url, "--quiet", *load, *flags, before=before, env=env)

    def some_time(self) -> None:
        """Waits for a random part of the run, past its first checkpoint."""
        time.sleep(self.random.uniform(1.8, SECONDS - 0.3))


def system(*command: str) -> None:
    """Runs a command of the system; where it cannot be run the fault is skipped."""
    if not shutil.which(command[0]):
        raise SkipError(f"no {command[0]} on this machine")
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise SkipError(f"{' '.join(command[:2])}: {done.stderr.strip() or done.returncode}")
