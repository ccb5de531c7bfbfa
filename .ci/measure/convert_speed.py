"""Measures convert against DuckDB's COPY ... TO ... (FORMAT json), interleaved, on one core and on two; holds the bars.

Both write to /dev/null. promptmill's time is that of the whole command, with start-up, cleaning and the check of every
line; DuckDB's, from npm, is that of the COPY alone. A manifest needs the sums of input and output: what that costs is a
line of its own. Peak memory is promptmill's whole process.
"""

import argparse
import dataclasses
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

MIB = 1 << 20
FILE = str(pathlib.Path(__file__).with_name("convert_speed_file.py"))
FLAT = "SELECT prompt, response AS expected FROM '{}'"
CHAT = "SELECT messages[1:len(messages)-1] AS messages, messages[len(messages)].content AS expected FROM '{}'"
DUCKDB = "@duckdb/node-api@1.5.6-r.1"
SCRIPT = str(pathlib.Path(__file__).with_name("convert_duckdb.mjs"))
MEMORY_MIB = 128
TWO_CORES = 1.7
KEPT = 0.9  # of the rate with few rows, with many
FEW = 10_000


@dataclasses.dataclass(frozen=True)
class Kind:
    """A file, the query that gives what promptmill writes, and how many times DuckDB's rate is to be reached."""

    name: str
    query: str
    layout: str
    over: float


KINDS = {
    kind.name: kind
    for kind in [
        Kind("flat", FLAT, "strict", 2.5),
        Kind("mixed", FLAT, "strict", 1.5),
        Kind("chat", CHAT, "messages", 1.5),
    ]
}


@dataclasses.dataclass(frozen=True)
class Run:
    """One conversion: wall time and CPU time in seconds, peak memory in bytes."""

    seconds: float
    cpu: float
    memory: int


class Bench:
    """Runs both tools on the files of a folder."""

    def __init__(self, promptmill: str, work: pathlib.Path) -> None:
        self.promptmill, self.work = promptmill, work
        npm = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(work), DUCKDB]
        subprocess.run(npm, check=True, stdout=subprocess.DEVNULL)

    def file(self, kind: Kind, rows: int) -> pathlib.Path:
        path = self.work / f"{kind.name}-{rows}.parquet"
        if not path.exists():  # by a process of its own: a child inherits the peak memory of its parent
            subprocess.run([sys.executable, FILE, kind.name, str(rows), path], check=True)
        return path

    def ours(self, kind: Kind, path: pathlib.Path, cores: int, out: str = "/dev/null", *more: str) -> Run:
        command = [self.promptmill, "convert", str(path), "-o", out, "--format", "jsonl", "--layout", kind.layout, "-q", *more]
        start = time.perf_counter()
        child = subprocess.Popen(pinned(cores) + command)
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)  # it has been waited for
        if child.returncode != 0:
            sys.exit(f"{' '.join(command)}: exit code {child.returncode}")
        return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)

    def duckdb(self, kind: Kind, path: pathlib.Path, cores: int, out: str = "/dev/null") -> Run:
        command = ["node", SCRIPT, kind.query.format(path), out, str(cores)]
        child = subprocess.Popen(pinned(cores) + command, stdout=subprocess.PIPE, cwd=self.work)
        answer = child.stdout.read()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            sys.exit(f"duckdb: exit code {child.returncode}: {kind.query.format(path)}")
        seconds, cpu = json.loads(answer)
        return Run(seconds, cpu, usage.ru_maxrss * 1024)

    def check(self, kind: Kind) -> None:
        """Fails unless both tools make the same of a small file."""
        path, ours, theirs = self.file(kind, FEW), self.work / "ours.jsonl", self.work / "theirs.jsonl"
        self.ours(kind, path, 2, str(ours))
        self.duckdb(kind, path, 1, str(theirs))
        with ours.open() as a, theirs.open() as b:
            for n, (x, y) in enumerate(zip(a, b, strict=True), start=1):
                if json.loads(x) != json.loads(y):
                    sys.exit(f"{kind.name}: line {n} differs:\n{x}{y}")

    def measure(self, kind: Kind, rows: int, runs: int) -> dict[str, list[Run]]:
        """Runs every tool in turn, runs times; each round starts with another one."""
        path = self.file(kind, rows)
        subprocess.run(["cat", path], check=True, stdout=subprocess.DEVNULL)  # so that nobody pays for the disk
        tools = {
            "duckdb, 1 core": lambda: self.duckdb(kind, path, 1),
            "promptmill, 1 core": lambda: self.ours(kind, path, 1),
            "duckdb": lambda: self.duckdb(kind, path, 2),
            "promptmill": lambda: self.ours(kind, path, 2),
            "with a manifest": lambda: self.ours(kind, path, 2, "/dev/null", "--manifest", str(self.work / "manifest.json")),
        }
        names = list(tools)
        result: dict[str, list[Run]] = {name: [] for name in names}
        for n in range(runs):
            for name in names[n % len(names) :] + names[: n % len(names)]:
                result[name].append(tools[name]())
        return result


def pinned(cores: int) -> list[str]:
    chosen = sorted(os.sched_getaffinity(0))[:cores]
    return ["taskset", "-c", ",".join(map(str, chosen))]


def median(runs: list[Run]) -> float:
    return statistics.median(run.seconds for run in runs)


def table(title: str, rows: int, result: dict[str, list[Run]]) -> None:
    print(f"\n{title}")
    print(f"{'':20} {'rows/s':>10} {'seconds':>8} {'min':>7} {'max':>7} {'CPU s':>7} {'peak MiB':>9}")
    for name, runs in result.items():
        m, times = median(runs), [run.seconds for run in runs]
        cpu = statistics.median(run.cpu for run in runs)
        memory = max(run.memory for run in runs) / MIB
        print(f"{name:20} {rows / m:10.0f} {m:8.2f} {min(times):7.2f} {max(times):7.2f} {cpu:7.2f} {memory:9.0f}")


def bar(what: str, got: float, want: str, good: bool) -> bool:
    """Prints whether a figure is what it has to be."""
    print(f"{'ok  ' if good else 'FAIL'}  {what}: {got:.2f}, want {want}")
    return good


def bars(kind: Kind, result: dict[str, list[Run]]) -> list[bool]:
    over = median(result["duckdb"]) / median(result["promptmill"])
    two = median(result["promptmill, 1 core"]) / median(result["promptmill"])
    memory = max(run.memory for run in result["promptmill"] + result["promptmill, 1 core"]) / MIB
    return [
        bar(f"{kind.name}: rate over DuckDB's on two cores", over, f"at least {kind.over}", over >= kind.over),
        bar(f"{kind.name}: rate on two cores over that on one", two, f"at least {TWO_CORES}", two >= TWO_CORES),
        bar(f"{kind.name}: peak memory in MiB", memory, f"less than {MEMORY_MIB}", memory < MEMORY_MIB),
    ]


def steady(bench: Bench, kind: Kind, rows: int, seconds: float, runs: int) -> bool:
    """Holds the rate with many rows against that with few."""
    few = bench.file(kind, FEW)
    kept = rows / seconds / (FEW / median([bench.ours(kind, few, 2) for _ in range(runs)]))
    return bar(f"{kind.name}: rate with {rows} rows over that with {FEW}", kept, f"at least {KEPT}", kept >= KEPT)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("promptmill")
    parser.add_argument("work", type=pathlib.Path)
    parser.add_argument("--rows", type=int, required=True)
    parser.add_argument("--runs", type=int, required=True)
    parser.add_argument("--files", nargs="+", choices=list(KINDS), required=True)
    args = parser.parse_args()
    if args.runs < 3:
        sys.exit("--runs: a median needs at least 3")
    if len(os.sched_getaffinity(0)) < 2:
        sys.exit("two cores are needed")
    bench, held = Bench(args.promptmill, args.work), []
    for kind in [KINDS[name] for name in args.files]:
        bench.check(kind)
        result = bench.measure(kind, args.rows, args.runs)
        table(f"{kind.name}: {args.rows} rows, medians of {args.runs} interleaved runs", args.rows, result)
        held += bars(kind, result)
        held.append(steady(bench, kind, args.rows, median(result["promptmill"]), args.runs))
        bench.file(kind, args.rows).unlink()
    if not all(held):
        sys.exit(1)


if __name__ == "__main__":
    main()
