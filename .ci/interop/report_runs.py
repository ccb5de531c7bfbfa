"""Runs of `promptmill bench` against `promptmill mock` that have everything in them that a report tells."""

from __future__ import annotations

import collections.abc
import contextlib
import pathlib
import subprocess


@contextlib.contextmanager
def mock(promptmill: str, *flags: str) -> collections.abc.Iterator[str]:
    """Serves a model that is not there, and yields its URL."""
    command = [promptmill, "mock", "--listen", "127.0.0.1:0", *flags]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


def mixed(promptmill: str, work: pathlib.Path) -> pathlib.Path:
    """Benchmarks in both loops, with warm-up, errors, repeated prompts and requests that the end cuts off."""
    prompts, out = work / "prompts.txt", work / "mixed.parquet"
    prompts.write_text("".join(f"Write sentence {i} about the sea.\n" for i in range(60)), encoding="utf-8")
    command = [promptmill, "bench", str(prompts), "-o", str(out), "-q", "--no-progress", "--max-tokens", "12"]
    load = ["--profile", "synchronous,concurrent,constant", "--concurrency", "4", "--rate", "25", "--max-seconds", "3"]
    ends = ["--warmup", "0.3s", "--grace", "20ms", "--slo", "ttft<=20ms,tpot<=10ms,latency.p50<=1s"]
    with mock(promptmill, "--ttft", "15ms", "--itl", "5ms", "--error-rate", "0.05") as url:
        subprocess.run([*command, *load, *ends, "--target", url], check=True, capture_output=True)
    return out


def varying(promptmill: str, work: pathlib.Path) -> pathlib.Path:
    """A ramp and stages, and a rate that grows at first, of each of which the warm-up has a part."""
    prompts, out = work / "varying.txt", work / "varying.parquet"
    prompts.write_text("".join(f"Write sentence {i} about the sea.\n" for i in range(200)), encoding="utf-8")
    command = [promptmill, "bench", str(prompts), "-o", str(out), "-q", "--no-progress", "--max-tokens", "4"]
    load = ["--profile", "ramp,stages,constant", "--ramp", "5/s..60/s:2s", "--stages", "5/s:1s,50/s:1s", "--rate", "40", "--rampup", "1s"]
    ends = ["--max-seconds", "2", "--warmup", "0.7s", "--grace", "20ms", "--slo", "ttft<=20ms,tpot<=10ms,latency.p50<=1s"]
    with mock(promptmill, "--ttft", "15ms", "--itl", "5ms") as url:
        subprocess.run([*command, *load, *ends, "--target", url], check=True, capture_output=True)
    return out


def merged(promptmill: str, work: pathlib.Path) -> pathlib.Path:
    """One closed loop that was run twice, in one file: it has two windows."""
    prompts, out = work / "merged.txt", work / "merged.parquet"
    prompts.write_text("".join(f"Write sentence {i} about the sea.\n" for i in range(30)), encoding="utf-8")
    parts = [work / "part1.parquet", work / "part2.parquet"]
    with mock(promptmill, "--ttft", "5ms", "--itl", "1ms") as url:
        for part in parts:
            command = [promptmill, "bench", str(prompts), "-o", str(part), "-q", "--max-tokens", "8", "--target", url]
            subprocess.run(command, check=True, capture_output=True)
    subprocess.run([promptmill, "merge", *map(str, parts), "-o", str(out), "-q"], check=True, capture_output=True)
    return out
