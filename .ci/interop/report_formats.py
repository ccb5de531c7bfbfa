"""Reads what `promptmill report --format` writes with the loaders of the tools that the formats are of.

Usage: report_formats.py PROMPTMILL

GuideLLM and AIPerf are installed from the package index, each in a virtual environment of its own in
.venv-interop/formats (PROMPTMILL_FORMAT_VENVS names another folder); one that does not install is skipped, and said so.
llm-d's models are on no index: PROMPTMILL_LLMD names a checkout of llm-d-benchmark. benchstat comes from the Go proxy.
"""

from __future__ import annotations

import collections
import csv
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import report_runs
from prometheus_client.openmetrics.parser import text_string_to_metric_families

ROOT = pathlib.Path(__file__).parents[2]
VENVS = pathlib.Path(os.environ.get("PROMPTMILL_FORMAT_VENVS", ROOT / ".venv-interop" / "formats"))
BENCHSTAT = "golang.org/x/perf/cmd/benchstat@v0.0.0-20260908200009-22c9c6c9d4da"

# What `vllm bench serve --save-result --save-detailed` has, without the options that add to it.
VLLM_KEYS = """date endpoint_type backend label model_id tokenizer_id num_prompts request_rate burstiness
max_concurrency duration completed failed total_input_tokens total_output_tokens request_throughput request_goodput
output_throughput total_token_throughput input_lens output_lens ttfts itls latencies start_times queue_times
generated_texts errors max_output_tokens_per_s max_concurrent_requests rtfx""".split()
VLLM_FIGURES = [
    f"{stat}_{metric}_ms"
    for metric in ("ttft", "tpot", "itl", "e2el", "client_queue_time", "e2el_including_client_queue")
    for stat in ("mean", "median", "std", "p99")
]

GUIDELLM = """
import json, sys
from guidellm.benchmark.schemas.report import GenerativeBenchmarksReport
report = GenerativeBenchmarksReport.load_file(sys.argv[1])
print(json.dumps([{
    "successful": len(b.requests.successful), "errored": len(b.requests.errored), "incomplete": len(b.requests.incomplete),
    "latency": b.metrics.request_latency.successful.median, "ttft": b.metrics.time_to_first_token_ms.successful.median,
    "rate": b.metrics.requests_per_second.successful.mean, "strategy": b.config.strategy.type_,
    "latencies": sorted(r.request_latency for r in b.requests.successful),
} for b in report.benchmarks]))
"""

AIPERF = """
import json, pathlib, sys
from aiperf.common.models.export_models import JsonExportData
from aiperf.common.models.record_models import MetricRecordInfo
folder = pathlib.Path(sys.argv[1])
records = [MetricRecordInfo.model_validate_json(line) for line in (folder / "profile_export.jsonl").open()]
summary = JsonExportData.model_validate_json((folder / "profile_export_aiperf.json").read_text())
print(json.dumps({
    "records": len(records), "errors": sum(r.error is not None for r in records),
    "latency": summary.request_latency.p50, "count": summary.request_count.avg,
    "phase": str(summary.input_config.phases[0].type),
    "ttft": sorted(r.metrics["time_to_first_token"].value for r in records if r.error is None),
}))
"""

LLMD = """
import json, sys
sys.path.insert(0, sys.argv[1])
from llmdbenchmark.analysis.benchmark_report.core import import_yaml, load_benchmark_report
report = load_benchmark_report(import_yaml(sys.argv[2]))
aggregate = report.results.request_performance.aggregate
print(json.dumps({
    "version": report.version, "total": aggregate.requests.total, "failures": aggregate.requests.failures,
    "latency": aggregate.latency.request_latency.p50, "rate": aggregate.throughput.request_rate.mean,
}))
"""


def close(got: float, want: float, relative: float = 1e-9) -> bool:
    return abs(got - want) <= relative * max(abs(got), abs(want))


def nearest_rank(values: list[float], share: float) -> float:
    return sorted(values)[max(0, -(-len(values) * round(share * 1000) // 1000) - 1)]


def python_with(name: str, *packages: str) -> pathlib.Path | None:
    """Returns the Python of a virtual environment that has the packages, or None where they do not install."""
    python = VENVS / name / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", VENVS / name], check=True)
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages]
        if subprocess.run(install, check=False).returncode:
            shutil.rmtree(VENVS / name)
            return None
    return python


def loaded(python: pathlib.Path, program: str, *arguments: object) -> object:
    command = [python, "-c", program, *map(str, arguments)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout.splitlines()[-1])


class Formats:
    """A results file, its report as JSON, and the folder that its exports go to."""

    def __init__(self, promptmill: str, results: pathlib.Path, folder: pathlib.Path) -> None:
        self.promptmill, self.results, self.folder = promptmill, results, folder
        self.report = json.loads(self.run("--json"))["benchmarks"]

    def run(self, *flags: str) -> str:
        command = [self.promptmill, "report", str(self.results), *flags]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def export(self, name: str) -> pathlib.Path:
        out = self.folder / name
        self.run("--format", name, "-o", f"{out}/")
        return out

    def vllm(self) -> str:
        files = sorted(self.export("vllm").iterdir())
        assert len(files) == len(self.report), files
        for file, bench in zip(files, self.report, strict=True):
            doc = json.loads(file.read_text())
            missing = [key for key in VLLM_KEYS + VLLM_FIGURES if key not in doc]
            assert not missing, f"{file.name} lacks {missing}"
            order = [key for key in doc if key in VLLM_KEYS]
            assert sorted(order) == sorted(VLLM_KEYS)
            counts = bench["counts"]
            assert doc["completed"] == counts["ok"], file
            assert doc["completed"] + doc["failed"] == counts["total"] == doc["num_prompts"], file
            lists = ("input_lens", "output_lens", "ttfts", "itls", "latencies", "start_times", "queue_times", "errors")
            assert {len(doc[key]) for key in lists} == {counts["total"]}, file
            answered = [v for v, error in zip(doc["latencies"], doc["errors"], strict=True) if not error]
            assert close(nearest_rank(answered, 0.5), bench["latency"]["p50"]), file
            assert close(nearest_rank(answered, 0.99), bench["latency"]["p99"]), file
        return f"vLLM: {len(files)} files have all documented keys"

    def guidellm(self) -> str:
        python = python_with("guidellm", "guidellm==0.8.1")
        if python is None:
            return "GuideLLM: skipped, it does not install"
        read = loaded(python, GUIDELLM, self.export("guidellm") / "benchmarks.json")
        for got, bench in zip(read, self.report, strict=True):
            counts = bench["counts"]
            want = (counts["ok"], counts["errors"], counts["unfinished"])
            assert (got["successful"], got["errored"], got["incomplete"]) == want, got
            assert close(got["latency"], bench["latency"]["p50"]), got
            assert close(got["ttft"], 1e3 * bench["ttft"]["p50"]), got
            assert close(got["rate"], bench["requests_per_second"]), got
            assert abs(nearest_rank(got["latencies"], 0.99) - bench["latency"]["p99"]) < 1e-6, "its own latencies"
        return f"GuideLLM: its loader reads {len(read)} benchmarks"

    def aiperf(self) -> str:
        python = python_with("aiperf", "aiperf==0.13.0")
        if python is None:
            return "AIPerf: skipped, it does not install"
        folders = sorted(f for f in self.export("aiperf").iterdir() if f.is_dir())
        for folder, bench in zip(folders, self.report, strict=True):
            got, counts = loaded(python, AIPERF, folder), bench["counts"]
            assert (got["records"], got["count"]) == (counts["total"], counts["ok"]), got
            assert got["errors"] == counts["errors"] + counts["unfinished"], got
            assert close(nearest_rank(got["ttft"], 0.5), 1e3 * bench["ttft"]["p50"]), got
            with (folder / "profile_export_aiperf.csv").open(newline="") as file:
                rows = {row[0]: row for row in csv.reader(file) if row}
            head = rows["Metric"]
            assert head == ["Metric", "Value"], head
            assert rows["Request Count"][1] == f"{counts['ok']:.2f}", rows
            assert abs(float(rows["Request Latency (ms)"][1]) - 1e3 * bench["latency"]["mean"]) < 0.01, rows
        return f"AIPerf: its models read {len(folders)} folders"

    def llmd(self) -> str:
        checkout = os.environ.get("PROMPTMILL_LLMD")
        python = python_with("guidellm", "guidellm==0.8.1")  # brings pydantic and yaml
        files = sorted(self.export("llm-d").iterdir())
        assert len(files) == len(self.report), files
        if not checkout or python is None:
            return "llm-d: skipped, PROMPTMILL_LLMD names no checkout of llm-d-benchmark"
        for file, bench in zip(files, self.report, strict=True):
            got, counts = loaded(python, LLMD, checkout, file), bench["counts"]
            assert got["version"] == "0.2.1", got
            assert (got["total"], got["failures"]) == (counts["total"], counts["errors"]), got
            assert got["latency"] == bench["latency"]["p50"], got
            assert got["rate"] == bench["requests_per_second"], got
        return f"llm-d: its models read {len(files)} reports"

    def openmetrics(self) -> str:
        text = (self.export("openmetrics") / "report.prom").read_text()
        families = {f.name: f for f in text_string_to_metric_families(text)}
        by_index = collections.defaultdict(dict)
        for sample in families["promptmill_latency_seconds"].samples:
            by_index[int(sample.labels["index"])][sample.name, sample.labels.get("quantile")] = sample.value
        for i, bench in enumerate(self.report):
            latency, got = bench["latency"], by_index[i]
            assert got["promptmill_latency_seconds", "0.99"] == latency["p99"], got
            assert got["promptmill_latency_seconds_count", None] == latency["count"], got
        return f"OpenMetrics: the Prometheus client reads {len(families)} families"

    def gobench(self) -> str:
        if shutil.which("go") is None:
            return "benchstat: skipped, there is no go"
        file = self.export("gobench") / "report.txt"
        command = ["go", "run", BENCHSTAT, "-format", "csv", str(file)]
        done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=self.folder)
        medians, metric = collections.defaultdict(list), ""
        for row in csv.reader(done.stdout.splitlines()):
            if len(row) > 2 and row[0] == "" and row[1]:
                metric = row[1]
            elif len(row) > 1 and row[0].startswith("Server/"):
                medians[metric].append(float(row[1]))
        want = [b["latency"]["p50"] for b in self.report if b["latency"]["count"]]
        got = medians["latency-sec"]
        assert len(got) == len(want), done.stdout
        assert all(close(g, w, 0.01) for g, w in zip(got, want, strict=True)), (got, want)
        return f"benchstat: reads {len(medians)} units of {len(want)} benchmarks"

    def csv(self) -> str:
        with (self.export("csv") / "report.csv").open(newline="") as file:
            rows = list(csv.DictReader(file))
        for row, bench in zip(rows, self.report, strict=True):
            assert float(row["latency_p99"]) == bench["latency"]["p99"], row
            assert int(row["requests"]) == bench["counts"]["total"], row
        return f"csv: {len(rows)} rows of {len(rows[0])} columns"


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        results = report_runs.mixed(sys.argv[1], work)
        formats = Formats(sys.argv[1], results, work)
        for check in (
            formats.csv,
            formats.vllm,
            formats.openmetrics,
            formats.gobench,
            formats.guidellm,
            formats.aiperf,
            formats.llmd,
        ):
            print(check())


if __name__ == "__main__":
    main()
