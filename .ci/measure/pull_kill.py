"""Kills a download again and again and measures what that costs.

In every mode one file is downloaded by as many runs of promptmill as it takes: each of the first is killed when the
server has sent a random number of bytes in all. Bytes are counted by the server, when they leave it: what is on the way
when a client dies counts as fetched.
"""

import argparse
import collections
import dataclasses
import hashlib
import os
import pathlib
import random
import shutil
import subprocess
import sys
import time

from double import Double
from noise import MIB, make_file

REPO = "kill/one"
FILE = "data/train-00000-of-00001.parquet"
TWICE = 0.10  # the largest share of the file that may be fetched twice
# Some kinds are only for the storage: from the Hub itself an "expired" is a refusal.
FAULTS = ["cut@cdn", "reset@cdn", "shorten@cdn", "stall@cdn", "hang@cdn", "expire@cdn", "ignore-range@cdn", "inflate@cdn"]
FAULTS += ["web@cdn", "redirect@cdn", "drop", "limit", "retry-after", "retry-date", "503"]
# A wrong byte cannot be found by the one hash that the Hub gives of a file: all of it is fetched a second time.
WRONG_BYTES = "flip@cdn"
STALLED = "2"  # seconds of silence after which a client tries again
PATIENCE = 600  # seconds that one run may take


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What a download of the whole file took."""

    kills: int
    fetched: int  # bytes that the server sent
    requests: int
    faults: collections.Counter[str]
    seconds: float


class Download:
    """One download into a cache of its own."""

    def __init__(self, promptmill: str, double: Double, home: pathlib.Path) -> None:
        self.command = [promptmill, "pull", REPO, "--split", "train"]
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("HF_", "HUGGING", "PROMPTMILL_"))}
        self.env = kept | {"HF_HOME": str(home), "HF_ENDPOINT": double.url, "NO_PROXY": "*"}
        self.env["HF_HUB_DOWNLOAD_TIMEOUT"] = STALLED
        self.double, self.home = double, home
        self.start = double.stats()

    def fetched(self) -> int:
        """Returns how many bytes of the file the server has sent."""
        return self.double.stats().since(self.start).sent["cdn"]

    def run(self, limit: int | None) -> bool:
        """Runs until the end, or until limit bytes have been fetched in all; reports whether it was killed."""
        log = self.home.with_suffix(".log")
        with log.open("wb") as out:
            child = subprocess.Popen(self.command, env=self.env, stdout=out, stderr=out)
            try:
                killed = self.watch(child, limit)
            finally:
                child.kill()
                code = child.wait()
        if not killed and code != 0:
            sys.exit(f"{' '.join(self.command)}: exit code {code}\n{log.read_text(errors='replace')}")
        return killed

    def watch(self, child: subprocess.Popen[bytes], limit: int | None) -> bool:
        give_up = time.monotonic() + PATIENCE
        while child.poll() is None:
            if limit is not None and self.fetched() >= limit:
                child.kill()
                return child.wait() < 0  # it may just have come to its end
            if time.monotonic() > give_up:
                sys.exit(f"{' '.join(self.command)}: no end after {PATIENCE} s")
            time.sleep(0.005)
        return False


def download(promptmill: str, double: Double, home: pathlib.Path, limits: list[int]) -> Outcome:
    """Downloads with a kill at each of the limits and then to the end."""
    home.mkdir()
    job = Download(promptmill, double, home)
    began = time.perf_counter()
    kills = sum(job.run(limit) for limit in limits)
    job.run(None)
    took = double.stats().since(job.start)
    return Outcome(kills, took.sent["cdn"], took.requests["cdn"], took.faults, time.perf_counter() - began)


def check(home: pathlib.Path, want: str) -> list[str]:
    """Returns what is wrong with a cache that should hold the file and no remains of the download."""
    wrong = []
    blobs = [p for p in (home / "hub").rglob("*") if p.is_file() and p.parent.name == "blobs" and not p.is_symlink()]
    if [p.name for p in blobs] != [want]:
        wrong.append(f"blobs: {[p.name for p in blobs]}, want only {want}")
    links = [p for p in (home / "hub").rglob(pathlib.PurePath(FILE).name)]
    if len(links) != 1 or digest(links[0]) != want:
        wrong.append(f"sha256 of {[str(p) for p in links]} is not {want}")
    return wrong


def digest(path: pathlib.Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("promptmill")
    parser.add_argument("work", type=pathlib.Path)
    parser.add_argument("--size", type=int, required=True, help="MiB")
    parser.add_argument("--kills", type=int, required=True)
    parser.add_argument("--faults", type=float, required=True, help="share of the requests that suffer each kind")
    parser.add_argument("--rate", required=True, help="of each connection, as 16MiB; empty: no limit")
    parser.add_argument("--seed", type=int, required=True)
    args = parser.parse_args()

    size, hub = args.size * MIB, args.work / "hub"
    make_file(hub / REPO / FILE, size, args.seed)
    want = digest(hub / REPO / FILE)
    limits = sorted(random.Random(args.seed).sample(range(size), args.kills))
    rate = ["--connection-rate", args.rate] if args.rate else []
    faults = ["--seed", str(args.seed)]
    for kind in FAULTS:
        faults += ["--fault", f"{kind}={args.faults:g}"]
    flips = ["--seed", str(args.seed), "--fault", f"{WRONG_BYTES}={args.faults:g}"]
    each = f"{100 * args.faults:g} % of each fault"
    modes: list[tuple[str, list[int], list[str], bool]] = [
        (f"{args.kills} kills", limits, [], True),
        (each, [], faults, True),
        (f"{args.kills} kills, {each}", limits, faults, True),
        (f"{100 * args.faults:g} % of answers with a wrong byte", [], flips, False),
    ]

    print(f"{args.size} MiB, {args.rate + '/s' if args.rate else 'no limit'} per connection, seed {args.seed}\n")
    print(f"{'':34} {'kills':>5} {'requests':>9} {'faults':>7} {'fetched twice':>14} {'seconds':>8}")
    wrong: list[str] = []
    struck: collections.Counter[str] = collections.Counter()
    for n, (name, points, flags, sparing) in enumerate(modes):
        home = args.work / f"home{n}"
        with Double(args.promptmill, hub, *rate, *flags) as double:
            got = download(args.promptmill, double, home, points)
        twice = got.fetched / size - 1
        print(
            f"{name:34} {got.kills:5} {got.requests:9} {got.faults.total():7} {100 * twice:12.2f} % {got.seconds:8.1f}",
            flush=True,
        )
        struck += got.faults
        wrong += [f"{name}: {w}" for w in check(home, want)]
        if got.kills != len(points):
            wrong.append(f"{name}: only {got.kills} of {len(points)} kills struck before the end")
        if flags and not got.faults:
            wrong.append(f"{name}: no fault struck")
        if sparing and twice >= TWICE:
            wrong.append(f"{name}: {100 * twice:.2f} % fetched twice, want less than {100 * TWICE:g} %")
        shutil.rmtree(home)
    print(f"\nfaults: {', '.join(f'{kind} {struck[kind]}' for kind in sorted(struck))}")
    if wrong:
        sys.exit("\n".join(["", *(f"FAIL  {w}" for w in wrong)]))
    print(f"\nok    sha256 is right every time, less than {100 * TWICE:g} % fetched twice where no byte was wrong")


if __name__ == "__main__":
    main()
