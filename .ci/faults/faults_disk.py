"""Faults of the disk. They need the right to mount."""

import collections.abc
import contextlib
import pathlib
import time

from account import NOTHING, Tally, check, exits
from lab import LOAD, Lab, system


@contextlib.contextmanager
def mounted(folder: pathlib.Path, *options: str) -> collections.abc.Iterator[None]:
    system("mount", *options, str(folder))
    try:
        yield
    finally:
        system("umount", "--lazy", str(folder))


def full(lab: Lab) -> Tally:
    """Gives the results a disk that a few seconds fill."""
    folder = lab.folder()
    size = lab.random.randrange(64, 160)
    with (
        mounted(folder, "-t", "tmpfs", "-o", f"size={size}k", "none"),
        lab.mock() as mock,
        lab.bench(mock.url, "--keep-text", folder=folder, load=[*LOAD, "--max-seconds", "60"]) as bench,
    ):
        exits(bench, 80, 3)
        cut = time.time()
        assert "no space left" in bench.said(), bench.said()
        return check(lab.promptmill, bench, mock.drain(), cut=cut)


def full_at_the_end(lab: Lab) -> Tally:
    """Leaves room for the growing file, and none for the compacted one: everything stays in the first."""
    folder = lab.folder()
    with (
        mounted(folder, "-t", "tmpfs", "-o", "size=2m", "none"),
        lab.mock() as mock,
        lab.bench(mock.url, folder=folder) as bench,
    ):
        lab.some_time()
        fill(folder / "other", spare=64 << 10)
        exits(bench, 60, 3, 0)
        return check(lab.promptmill, bench, mock.drain(), cut=time.time())


def fill(path: pathlib.Path, spare: int) -> None:
    """Takes all of a disk but for spare bytes."""
    with path.open("wb", buffering=0) as out:
        with contextlib.suppress(OSError):
            while out.write(bytes(4096)):
                pass
        out.truncate(max(out.tell() - spare, 0))


def read_only(lab: Lab) -> Tally:
    """Starts in a folder that cannot be written: nothing may be sent."""
    folder = lab.folder()
    with (
        mounted(folder, "-t", "tmpfs", "-o", "ro", "none"),
        lab.mock() as mock,
        lab.bench(mock.url, folder=folder) as bench,
    ):
        exits(bench, 10, 3)
        assert "read-only" in bench.said(), bench.said()
        assert not mock.drain(), "requests were sent whose results nobody could keep"
    return NOTHING


def read_only_meanwhile(lab: Lab) -> Tally:
    """Makes the folder read-only under a run: the file cannot get its name, and keeps everything under the other."""
    folder = lab.folder()
    with lab.mock() as mock, lab.bench(mock.url, folder=folder) as bench:
        lab.some_time()
        with mounted(folder, "--bind", str(folder)):
            system("mount", "-o", "remount,bind,ro", str(folder))
            exits(bench, 30, 3)
            return check(lab.promptmill, bench, mock.drain())
