"""Measures validate, alone and against ajv and @sourcemeta/jsonschema, and holds the bars.

A rate per core is bytes over the CPU seconds of a whole process that is pinned to one core, reading included, less what
the same command takes for one row. The rate on two cores is by the clock, in the same way. "ajv" is a program that
reads line by line; "ajv, no reading" is what JSON.parse and ajv alone take with the file in memory.
"""

import argparse
import dataclasses
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import time

MIB = 1 << 20
HERE = pathlib.Path(__file__).parent
GO_PEERS = HERE.parents[1] / "validate" / "testdata" / "peers"
AJV_LINES, AJV_ALONE = HERE / "validate_ajv_lines.mjs", HERE.parent / "interop" / "validate_ajv.mjs"
PEERS = ["ajv@8.20.0", "@sourcemeta/jsonschema@16.11.0"]
MEMORY_MIB = 64
TWO_CORES = 1.8
OVER_AJV = 6
FAULTY_KEEPS = 0.5


@dataclasses.dataclass(frozen=True)
class Rows:
    """Rows to check, their share of the size, and the rate per core in MB/s that must be reached, 0 for none."""

    name: str
    schema: str
    share: float
    bar: float = 0
    bad: bool = False


ROWS = [
    Rows("long", "strict", 1, bar=1400),
    Rows("short", "strict", 0.25, bar=750),
    Rows("chat", "messages", 0.5),
    Rows("faulty", "strict", 0.5, bad=True),
]


@dataclasses.dataclass(frozen=True)
class Run:
    """One run: seconds by the clock and of CPU, peak memory in bytes."""

    seconds: float
    cpu: float
    memory: int

    def less(self, start: "Run") -> "Run":
        return Run(self.seconds - start.seconds, self.cpu - start.cpu, self.memory)


def least(runs: list[Run]) -> Run:
    return Run(min(run.seconds for run in runs), min(run.cpu for run in runs), max(run.memory for run in runs))


def pinned(cores: int) -> list[str]:
    chosen = sorted(os.sched_getaffinity(0))[:cores]
    return ["taskset", "-c", ",".join(map(str, chosen))]


def timed(command: list[str], codes: set[int]) -> Run:
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    said = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)  # it has been waited for
    if child.returncode not in codes:
        sys.exit(f"{' '.join(command)}: exit code {child.returncode}: {said.decode()}")
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


class Bench:
    """Checks the files of a folder with every tool."""

    def __init__(self, promptmill: str, work: pathlib.Path) -> None:
        self.promptmill, self.work = promptmill, work
        npm = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(work), *PEERS]
        subprocess.run(npm, check=True, stdout=subprocess.DEVNULL)
        for script in AJV_LINES, AJV_ALONE:
            shutil.copy(script, work)  # to where the modules are

    def file(self, name: str, size: int) -> pathlib.Path:
        path = self.work / f"{name}.jsonl"
        if not path.exists():  # by a process of its own: a child inherits the peak memory of its parent
            subprocess.run([sys.executable, HERE / "validate_speed_file.py", name, str(size), path], check=True)
        subprocess.run(["cat", path], check=True, stdout=subprocess.DEVNULL)  # so that nobody pays for the disk
        return path

    def schema(self, name: str) -> str:
        path = self.work / f"{name}.schema.json"
        path.write_bytes(subprocess.run([self.promptmill, "schema", name], check=True, capture_output=True).stdout)
        return str(path)

    def ours(self, rows: Rows, path: pathlib.Path, cores: int) -> Run:
        command = [self.promptmill, "validate", "--quiet", "--max-errors", "1", "--schema", rows.schema, str(path)]
        return timed(pinned(cores) + command, {1} if rows.bad else {0})

    def ajv(self, rows: Rows, path: pathlib.Path) -> Run:
        return timed([*pinned(1), "node", str(self.work / AJV_LINES.name), self.schema(rows.schema), str(path)], {0})

    def ajv_alone(self, rows: Rows, path: pathlib.Path) -> Run:
        command = [*pinned(1), "node", str(self.work / AJV_ALONE.name), self.schema(rows.schema), str(path), "timed"]
        answer = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        if (answer["bad"] > 0) != rows.bad:
            sys.exit(f"ajv: {rows.name}: {answer['bad']} bad lines")
        return Run(answer["seconds"], answer["seconds"], 0)

    def sourcemeta(self, rows: Rows, path: pathlib.Path) -> Run:
        tool = str(self.work / "node_modules" / ".bin" / "jsonschema")
        return timed([*pinned(1), tool, "validate", "--fast", self.schema(rows.schema), str(path)], {0})

    def measure(self, rows: Rows, size: int, runs: int) -> dict[str, list[Run]]:
        """Runs every tool in turn, runs times; those that take long, three times. Start-up is taken off."""
        path, first = self.file(rows.name, int(size * rows.share)), self.work / "first.jsonl"
        with path.open("rb") as file:
            first.write_bytes(file.readline())
        base = {name: least(taken) for name, taken in self.rounds(rows, first, 3).items()}
        result = self.rounds(rows, path, runs)
        return {name: [run.less(base[name]) for run in taken] for name, taken in result.items()}

    def rounds(self, rows: Rows, path: pathlib.Path, runs: int) -> dict[str, list[Run]]:
        result: dict[str, list[Run]] = {
            name: [] for name in ["promptmill, 1 core", "promptmill", "ajv", "ajv, no reading", "jsonschema"]
        }
        for n in range(runs):
            result["promptmill, 1 core"].append(self.ours(rows, path, 1))
            result["promptmill"].append(self.ours(rows, path, 2))
            if n < 3:
                result["ajv"].append(self.ajv(rows, path))
                result["ajv, no reading"].append(self.ajv_alone(rows, path))
                if not rows.bad:  # it stops at the first bad line
                    result["jsonschema"].append(self.sourcemeta(rows, path))
        return {name: taken for name, taken in result.items() if taken}

    def stream(self, path: pathlib.Path, times: int) -> Run:
        """Checks a file's content so many times over, from standard input."""
        command = [self.promptmill, "validate", "--quiet", "--max-errors", "1", "-"]
        start = time.perf_counter()
        child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        for _ in range(times):
            with path.open("rb") as file:
                shutil.copyfileobj(file, child.stdin, MIB)
        child.stdin.close()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            sys.exit(f"stream: exit code {child.returncode}")
        return Run(time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)

    def one_line(self) -> Run:
        """Checks a line of 300 MB."""
        path = self.work / "one_line.jsonl"
        with path.open("wb") as file:
            file.write(b'{"prompt":"')
            for _ in range(300):
                file.write(b"x" * 1_000_000)
            file.write(b'","expected":"b"}\n')
        run = timed([self.promptmill, "validate", "--quiet", str(path)], {1})
        path.unlink()
        return run


def per_core(size: int, runs: list[Run]) -> float:
    """Returns MB per CPU second."""
    return size / statistics.median(run.cpu for run in runs) / 1e6


def table(title: str, size: int, result: dict[str, list[Run]]) -> None:
    print(f"\n{title}")
    print(f"{'':20} {'MB/s a core':>11} {'seconds':>8} {'min':>7} {'max':>7} {'CPU s':>7} {'peak MiB':>9}")
    for name, runs in result.items():
        times = [run.seconds for run in runs]
        cpu, memory = statistics.median(run.cpu for run in runs), max(run.memory for run in runs) / MIB
        seconds = f"{statistics.median(times):8.3f} {min(times):7.3f} {max(times):7.3f}"
        print(f"{name:20} {per_core(size, runs):11.0f} {seconds} {cpu:7.3f} {memory:9.0f}")


def bar(what: str, got: float, want: str, good: bool) -> bool:
    """Prints whether a figure is what it has to be."""
    print(f"{'ok  ' if good else 'FAIL'}  {what}: {got:.2f}, want {want}")
    return good


def bars(rows: Rows, size: int, result: dict[str, list[Run]], rates: dict[str, float]) -> list[bool]:
    one, two = result["promptmill, 1 core"], result["promptmill"]
    rates[rows.name] = per_core(size, one)
    memory = max(run.memory for run in one + two) / MIB
    held = [bar(f"{rows.name}: peak memory in MiB", memory, f"less than {MEMORY_MIB}", memory < MEMORY_MIB)]
    if rows.bad:
        kept = rates[rows.name] / rates["long"]
        held.append(
            bar(f"{rows.name}: rate over that of good rows", kept, f"at least {FAULTY_KEEPS}", kept >= FAULTY_KEEPS)
        )
    if rows.bar:
        rate, times = rates[rows.name], rates[rows.name] / per_core(size, result["ajv"])
        scale = statistics.median(run.seconds for run in one) / statistics.median(run.seconds for run in two)
        held += [
            bar(f"{rows.name}: MB/s on one core", rate, f"at least {rows.bar}", rate >= rows.bar),
            bar(f"{rows.name}: rate per core over ajv's", times, f"at least {OVER_AJV}", times >= OVER_AJV),
            bar(f"{rows.name}: rate on two cores over that on one", scale, f"at least {TWO_CORES}", scale >= TWO_CORES),
        ]
    return held


def large(bench: Bench, size: int) -> list[bool]:
    """Holds the memory of a long stream and of a line that is too long."""
    times = 25
    runs = {
        f"{size * times / 1e9:.1f} GB from standard input": bench.stream(bench.file("long", size), times),
        "a line of 300 MB": bench.one_line(),
    }
    print()
    peaks = {what: run.memory / MIB for what, run in runs.items()}
    return [
        bar(f"{what}: peak memory in MiB", peak, f"less than {MEMORY_MIB}", peak < MEMORY_MIB)
        for what, peak in peaks.items()
    ]


def user_schemas(path: pathlib.Path, runs: int) -> list[bool]:
    """Holds the rate under schemas of a user's own against those of the peers."""
    bench = ["-run", "^$", "-bench", "UserSchema", "-benchtime", "3x", "-count", str(runs), "-cpu", "1"]
    command = [*pinned(1), "go", "test", "-mod=mod", *bench, "."]
    env = os.environ | {"PROMPTMILL_ROWS": str(path)}
    out = subprocess.run(command, cwd=GO_PEERS, env=env, check=True, capture_output=True, text=True).stdout
    rates: dict[str, dict[str, list[float]]] = {}
    for schema, who, rate in re.findall(r"schema=(\w+)/check=(\w+)\s.*?([\d.]+) MB/cpu-s", out):
        rates.setdefault(schema, {}).setdefault(who, []).append(float(rate))
    print("\na user's schema: MB per CPU second")
    held = []
    for schema, by in rates.items():
        medians = {who: statistics.median(values) for who, values in by.items()}
        print(f"{schema:10}", ", ".join(f"{who} {rate:.0f}" for who, rate in sorted(medians.items())))
        over = medians.pop("promptmill") / max(medians.values())
        held.append(bar(f"{schema}: rate over the fastest peer's", over, "at least 1", over >= 1))
    return held or [False]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("promptmill")
    parser.add_argument("work", type=pathlib.Path)
    parser.add_argument("--size", type=int, required=True)
    parser.add_argument("--runs", type=int, required=True)
    args = parser.parse_args()
    if args.runs < 3:
        sys.exit("--runs: a median needs at least 3")
    if len(os.sched_getaffinity(0)) < 2:
        sys.exit("two cores are needed")
    bench, held, rates = Bench(args.promptmill, args.work), [], {}
    for rows in ROWS:
        result = bench.measure(rows, args.size, args.runs)
        path = bench.file(rows.name, 0)
        size = path.stat().st_size
        table(f"{rows.name}: {size / 1e6:.0f} MB, medians of {args.runs} interleaved runs", size, result)
        held += bars(rows, size, result, rates)
        path.unlink()
    held += large(bench, args.size)
    held += user_schemas(bench.file("user", args.size // 10), min(args.runs, 5))
    if not all(held):
        sys.exit(1)


if __name__ == "__main__":
    main()
