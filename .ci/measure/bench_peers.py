"""Measures load generators against promptmill's mock server: requests/s, CPU time per request, error of the TTFT.

The mock keeps when each request arrived and when each token left. A tool's rate is that of the arrivals there, and the
error of its TTFT is the difference between a percentile that it reports and the same percentile of the server's own
times, so every tool is measured by the same clock. CPU time is that of all its processes, for the requests that a long
run has more than a short one: starting up is not counted.
"""

import argparse
import dataclasses
import json
import os
import pathlib
import subprocess
import sys
import urllib.request

STREAM = ["--ttft", "50ms", "--itl", "10ms", "--tokens", "100"]
BURST = ["--tokens", "1"]
OFFLINE = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}


@dataclasses.dataclass(frozen=True)
class Run:
    """One run of a tool: CPU seconds, the requests that the mock saw, and the TTFT that the tool reports, in seconds."""

    cpu: float
    sends: list[dict]
    ttft: dict[str, float]

    def rate(self) -> float:
        first = min(s["received_ns"] for s in self.sends)
        return len(self.sends) / (max(s["sends_ns"][-1] for s in self.sends) - first) * 1e9

    def error(self, name: str) -> float:
        """Returns by how many microseconds a percentile of the TTFT is off."""
        times = sorted(s["sends_ns"][0] - (s["arrived_ns"] or s["received_ns"]) for s in self.sends)
        rank = {"p50": 0.50, "p99": 0.99}[name]
        return self.ttft[name] * 1e6 - times[max(0, -int(-rank * len(times) // 1) - 1)] / 1e3


class Mock:
    """The server, for the length of a with statement."""

    def __init__(self, promptmill: str, flags: list[str]) -> None:
        self.command = [promptmill, "mock", "--listen", "127.0.0.1:0", "--record-sends", *flags]

    def __enter__(self) -> "Mock":
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.url = self.process.stdout.readline().strip()
        return self

    def __exit__(self, *_) -> None:
        self.process.terminate()
        self.process.wait()

    def sends(self) -> list[dict]:
        """Returns what the requests up to now were, and forgets it."""
        with urllib.request.urlopen(self.url + "/mock/sends?reset=1") as page:
            return [s for s in map(json.loads, page) if s["sends_ns"]]


class Promptmill:
    def __init__(self, program: str, work: pathlib.Path) -> None:
        self.program, self.out = program, work / "ours.parquet"

    def command(self, url: str, prompts: pathlib.Path, streams: int, requests: int) -> list[str]:
        flags = ["--profile", "concurrent", "--concurrency", str(streams), "--max-requests", str(requests), "-q"]
        return [self.program, "bench", str(prompts), "--target", url, *flags, "-o", str(self.out)]

    def ttft(self) -> dict[str, float]:
        report = subprocess.run([self.program, "report", str(self.out), "--json"], check=True, capture_output=True)
        found = json.loads(report.stdout)["benchmarks"][0]["ttft"]
        return {name: found[name] for name in ("p50", "p99")}


class GuideLLM:
    def __init__(self, program: str, work: pathlib.Path) -> None:
        self.program, self.out = program, work / "guidellm.json"

    def command(self, url: str, prompts: pathlib.Path, streams: int, requests: int) -> list[str]:
        return [
            self.program, "run", "--disable-console",
            "--backend", f"kind=openai_http,target={url},model=mock-model,request_format=/v1/chat/completions",
            "--profile", f"kind=concurrent,streams={streams}",
            "--constraint", f"kind=max_requests,count={requests}",
            "--data", f"kind=text_file,path={prompts}",
            "--output", f"kind=json,path={self.out}",
        ]  # fmt: skip

    def ttft(self) -> dict[str, float]:
        benchmark = json.loads(self.out.read_text())["benchmarks"][0]
        found = benchmark["metrics"]["time_to_first_token_ms"]["successful"]["percentiles"]
        return {name: found[name] / 1e3 for name in ("p50", "p99")}


class AIPerf:
    def __init__(self, program: str, work: pathlib.Path) -> None:
        self.program, self.out = program, work / "aiperf"

    def command(self, url: str, prompts: pathlib.Path, streams: int, requests: int) -> list[str]:
        return [
            self.program, "profile", "--model", "mock-model", "--url", url, "--endpoint-type", "chat", "--streaming",
            "--concurrency", str(streams), "--request-count", str(requests), "--tokenizer", os.environ.get("TOKENIZER", "builtin"),
            "--input-file", str(prompts.with_suffix(".jsonl")), "--custom-dataset-type", "single-turn",
            "--artifact-dir", str(self.out), "--ui", "none",
        ]  # fmt: skip

    def ttft(self) -> dict[str, float]:
        found = json.loads((self.out / "profile_export_aiperf.json").read_text())["time_to_first_token"]
        scale = {"ms": 1e3, "s": 1}[found["unit"]]
        return {name: found[name] / scale for name in ("p50", "p99")}


PEERS = {"guidellm": GuideLLM, "aiperf": AIPerf}


def run(tool, mock: Mock, prompts: pathlib.Path, streams: int, requests: int) -> Run:
    mock.sends()
    command = tool.command(mock.url, prompts, streams, requests)
    log = prompts.with_suffix(".log")
    with log.open("w") as out:
        child = subprocess.Popen(command, stdout=out, stderr=out, cwd=prompts.parent, env=os.environ | OFFLINE)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: exit code {child.returncode}\n{log.read_text()[-2000:]}")
    sends = mock.sends()
    if len(sends) < requests:
        raise RuntimeError(f"{command[0]} sent {len(sends)} requests of {requests}")
    return Run(usage.ru_utime + usage.ru_stime, sends[-requests:], tool.ttft())  # those before warmed up


def row(name: str, tool, args: argparse.Namespace, prompts: pathlib.Path, more: int) -> None:
    """Measures a tool and prints its line. more is how many times the requests the burst has, for a fast one."""
    with Mock(args.promptmill, BURST) as mock:
        requests = args.requests * more
        few, many = (run(tool, mock, prompts, args.streams, n) for n in (requests // 10, requests))
    with Mock(args.promptmill, STREAM) as mock:
        streamed = run(tool, mock, prompts, args.streams, max(args.streams, args.requests // 4))
    cpu = (many.cpu - few.cpu) / (requests - requests // 10) * 1e6
    print(f"{name:12} {many.rate():12.0f} {cpu:12.0f} {streamed.error('p50'):14.0f} {streamed.error('p99'):14.0f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("promptmill")
    parser.add_argument("work", type=pathlib.Path)
    parser.add_argument("--requests", type=int, default=2000)
    parser.add_argument("--streams", type=int, default=100)
    parser.add_argument("--peers", nargs="*", default=[])
    args = parser.parse_args()
    prompts = args.work / "prompts.txt"
    texts = [f"Tell me about the number {n}." for n in range(1000)]
    prompts.write_text("".join(text + "\n" for text in texts))
    prompts.with_suffix(".jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    print(f"{args.requests} one-token requests, then streams of 50 ms TTFT and 100 tokens, {args.streams} at a time")
    print(f"{'':12} {'requests/s':>12} {'CPU us each':>12} {'TTFT p50 + us':>14} {'TTFT p99 + us':>14}")
    row("promptmill", Promptmill(args.promptmill, args.work), args, prompts, 10)
    for name in args.peers:
        try:
            row(name, PEERS[name](os.environ.get(name.upper(), name), args.work), args, prompts, 1)
        except (OSError, RuntimeError, KeyError) as err:
            print(f"{name}: {err!r}", file=sys.stderr)


if __name__ == "__main__":
    main()
