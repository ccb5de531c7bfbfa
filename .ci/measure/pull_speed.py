"""Measures downloads of one large file with curl, `hf download` and promptmill, interleaved, and holds the bars.

A rate is the size of the file over the time of the whole command, start-up and checking of hashes included.
"""

import argparse
import dataclasses
import os
import pathlib
import re
import resource
import shutil
import statistics
import subprocess
import sys
import threading
import time

from double import Double
from noise import MIB, make_file

REPO = "speed/one"
FILE = "data/train-00000-of-00001.parquet"
HF = str(pathlib.Path(sys.executable).with_name("hf"))
OVER_HF = 1.5
OVER_CURL = 1.0
OVER_ONE = 4.0
MEMORY_MIB = 64
LINK_RATE = "16MiB"


@dataclasses.dataclass(frozen=True)
class Run:
    """One download: wall time and CPU time in seconds, peak memory in bytes."""

    seconds: float
    cpu: float
    memory: int


@dataclasses.dataclass(frozen=True)
class Tool:
    """A way to download FILE: its command is given the URL of the Hub and an empty folder."""

    name: str
    command: list[str]

    def download(self, url: str, folder: pathlib.Path, size: int) -> Run:
        """Downloads once into a new folder, removes it, and fails unless the file was all there."""
        folder.mkdir()
        os.sync()  # so that nobody pays for what the one before has written
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("HF_", "HUGGING", "PROMPTMILL_"))}
        env = kept | {"HF_HOME": str(folder), "HF_ENDPOINT": url, "HF_HUB_DISABLE_XET": "1", "NO_PROXY": "*"}
        command = [part.format(url=url, folder=folder) for part in self.command]
        log = folder.with_suffix(".log")
        with log.open("wb") as out:
            start = time.perf_counter()
            child = subprocess.Popen(command, env=env, stdout=out, stderr=out)
            watch = Memory(child.pid)
            _, status, usage = os.wait4(child.pid, 0)
            seconds = time.perf_counter() - start
            watch.join()
        child.returncode = os.waitstatus_to_exitcode(status)  # it has been waited for
        if child.returncode != 0:
            sys.exit(f"{' '.join(command)}: exit code {child.returncode}\n{log.read_text()}")
        got = [p.stat().st_size for p in folder.rglob("*") if p.is_file() and not p.is_symlink()]
        if max(got, default=0) != size:
            sys.exit(f"{' '.join(command)}: no file of {size} bytes")
        shutil.rmtree(folder)
        return Run(seconds, usage.ru_utime + usage.ru_stime, max(watch.peak, own_excess(usage.ru_maxrss * 1024)))


class Memory(threading.Thread):
    """Follows the peak memory of a process until it ends."""

    def __init__(self, pid: int) -> None:
        super().__init__()
        self.status = pathlib.Path(f"/proc/{pid}/status")
        self.peak = 0
        self.start()

    def run(self) -> None:
        while found := re.search(r"VmHWM:\s+(\d+) kB", self.read()):
            self.peak = int(found[1]) * 1024
            time.sleep(0.01)

    def read(self) -> str:
        try:
            return self.status.read_text()
        except (FileNotFoundError, ProcessLookupError):
            return ""


def own_excess(peak: int) -> int:
    """Returns what the system says of the peak of a child, or 0 where that is only this process's own peak, which a
    child inherits when it is started."""
    return peak if peak > resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 else 0


def tools(promptmill: str) -> dict[str, Tool]:
    pull = [promptmill, "pull", REPO, "--split", "train"]
    return {
        "curl": Tool("curl", ["curl", "-sSfL", "-o", "{folder}/file", f"{{url}}/datasets/{REPO}/resolve/main/{FILE}"]),
        "hf": Tool("hf download", [HF, "download", REPO, FILE, "--repo-type", "dataset", "--quiet"]),
        "one": Tool("promptmill --jobs 1", [*pull, "--jobs", "1"]),
        "pull": Tool("promptmill", pull),
    }


def measure(double: Double, work: pathlib.Path, size: int, runs: int, chosen: list[Tool]) -> dict[str, list[Run]]:
    """Downloads with every tool in turn, runs times; each round starts with another tool."""
    result: dict[str, list[Run]] = {tool.name: [] for tool in chosen}
    for n in range(runs):
        for tool in chosen[n % len(chosen) :] + chosen[: n % len(chosen)]:
            result[tool.name].append(tool.download(double.url, work / "download", size))
    return result


def startup(runs: int) -> float:
    """Returns the median time that `hf` takes to do nothing."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        subprocess.run([HF, "version"], check=True, capture_output=True)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def median(runs: list[Run]) -> float:
    return statistics.median(run.seconds for run in runs)


def table(title: str, size: int, result: dict[str, list[Run]]) -> None:
    print(f"\n{title}")
    print(
        f"{'':20} {'MB/s':>8} {'seconds':>8} {'min':>7} {'max':>7} {'CPU s':>7} {'peak MiB':>9} {'promptmill is':>14}"
    )
    ours = median(result["promptmill"])
    for name, runs in result.items():
        m = median(runs)
        times = [run.seconds for run in runs]
        cpu = statistics.median(run.cpu for run in runs)
        memory = max(run.memory for run in runs) / MIB
        print(
            f"{name:20} {size / m / 1e6:8.0f} {m:8.2f} {min(times):7.2f} {max(times):7.2f} {cpu:7.2f} {memory:9.0f}"
            f" {m / ours:13.2f}x"
        )


def bar(what: str, got: float, want: str, good: bool) -> bool:
    """Prints whether a figure is what it has to be."""
    print(f"{'ok  ' if good else 'FAIL'}  {what}: {got:.2f}, want {want}")
    return good


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("promptmill")
    parser.add_argument("work", type=pathlib.Path)
    parser.add_argument("--size", type=int, required=True, help="MiB of the file on loopback")
    parser.add_argument("--link-size", type=int, required=True, help="MiB of the file through the link")
    parser.add_argument("--runs", type=int, required=True)
    args = parser.parse_args()
    if args.runs < 5:
        sys.exit("--runs: a median needs at least 5")
    known = tools(args.promptmill)

    size, hub = args.size * MIB, args.work / "hub"
    make_file(hub / REPO / FILE, size, seed=1)
    with Double(args.promptmill, hub) as double:
        local = measure(double, args.work, size, args.runs, [known["curl"], known["hf"], known["pull"]])
    shutil.rmtree(hub)
    table(f"{args.size} MiB on loopback, medians of {args.runs} interleaved runs", size, local)

    print(f"{'hf, without working':20} {'':8} {startup(args.runs):8.2f}")

    link_size = args.link_size * MIB
    make_file(hub / REPO / FILE, link_size, seed=2)
    with Double(args.promptmill, hub, "--delay", "50ms", "--connection-rate", LINK_RATE) as double:
        link = measure(double, args.work, link_size, args.runs, [known["curl"], known["one"], known["pull"]])
    title = f"{args.link_size} MiB through 50 ms delay and {LINK_RATE}/s for each connection"
    table(f"{title}, medians of {args.runs} interleaved runs", link_size, link)

    print()
    ours, fast = median(local["promptmill"]), median(link["promptmill"])
    over_hf, over_curl = median(local["hf download"]) / ours, median(local["curl"]) / ours
    over_one = min(median(link["curl"]), median(link["promptmill --jobs 1"])) / fast
    memory = max(run.memory for run in local["promptmill"] + link["promptmill"]) / MIB
    held = [
        bar("rate over hf download's", over_hf, f"at least {OVER_HF}", over_hf >= OVER_HF),
        bar("rate over curl's", over_curl, f"at least {OVER_CURL}", over_curl >= OVER_CURL),
        bar("rate over one connection's", over_one, f"at least {OVER_ONE}", over_one >= OVER_ONE),
        bar("peak memory in MiB", memory, f"less than {MEMORY_MIB}", memory < MEMORY_MIB),
    ]
    if not all(held):
        sys.exit(1)


if __name__ == "__main__":
    main()
