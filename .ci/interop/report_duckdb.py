"""Computes again, in DuckDB, every figure that `promptmill report --format json` gives.

Usage: report_duckdb.py PROMPTMILL

The queries are those of sql/report.sql. Every number must be the same to the last digit, over runs in closed and open
loops with warm-up, errors, requests that were cut off and an SLO, over a ramp and stages of which the warm-up is a part,
and over a run that was merged from two.
"""

from __future__ import annotations

import json
import pathlib
import subprocess
import sys
import tempfile

import duckdb
import report_runs

SQL = pathlib.Path(__file__).with_name("sql") / "report.sql"

# What a benchmark of the report has and is no figure of its requests: what was asked for, what the client says of
# itself, and sentences.
NOT_FIGURES = """index strategy target_rate target_concurrency start_ns send_end_ns window_end_ns end_ns stop_reason
stop_detail health windows name client_limited shape warmup_start_ns cooldown_end_ns cap prefill_cap vary prompts_taken
turns_dropped repeat targets""".split()

GOODPUT = ["requests", "good", "share", "requests_per_second"]


class Check:
    """One results file in DuckDB beside what promptmill says of it."""

    def __init__(self, promptmill: str, results: pathlib.Path) -> None:
        said = subprocess.run([promptmill, "report", str(results), "--json"], check=True, capture_output=True)
        self.benchmarks = json.loads(said.stdout)["benchmarks"]
        self.db = duckdb.connect()
        self.db.execute("SET VARIABLE results = ?", [str(results)])
        self.db.execute(SQL.read_text(encoding="utf-8"))
        self.figures = 0

    def rows(self, view: str, benchmark: int) -> list[dict]:
        found = self.db.execute(f"SELECT * EXCLUDE benchmark FROM {view} WHERE benchmark = ?", [benchmark])
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def same(self, what: str, got: object, want: object) -> None:
        assert got == want, f"{what}: promptmill says {got!r}, DuckDB {want!r}"
        self.figures += 1

    def all(self) -> int:
        for bench in self.benchmarks:
            known = {key: value for key, value in bench.items() if key not in NOT_FIGURES}
            self.benchmark(bench["index"], bench["name"], known)
            assert not known, f"{bench['name']}: nothing computes {', '.join(known)}"
        return self.figures

    def benchmark(self, index: int, name: str, left: dict) -> None:
        """Holds every figure of a benchmark against the database, and takes it out of what is left to check."""
        counts = left.pop("counts")
        said = counts.pop("error_kinds")
        for row in self.rows("counts", index):
            for key, want in row.items():
                self.same(f"{name}: {key}", counts.get(key, 0), want)
        want = sorted(self.rows("errors", index), key=lambda e: (-e["count"], e["kind"]))
        self.same(f"{name}: errors", said, want)
        for row in self.rows("figures", index):
            for key, want in row.items():
                # A closed loop asks for no rate, and says nothing of one.
                said = left.pop(key, None) if key == "asked_per_second" else left.pop(key)
                self.same(f"{name}: {key}", said, want)
        for tally in ("token_sources", "time_sources", "finish_reasons"):
            want = {row["name"]: row["n"] for row in self.rows("tallies", index) if row["tally"] == tally}
            self.same(f"{name}: {tally}", left.pop(tally), want)
        dists = {row.pop("metric"): row for row in self.rows("distributions", index)}
        for metric in [key for key, value in left.items() if isinstance(value, dict) and "p999" in value]:
            got = left.pop(metric)
            for stat, want in dists.get(metric, dict.fromkeys(got, 0)).items():
                self.same(f"{name}: {metric} {stat}", got[stat], want)
        if "goodput" in left:
            got = left.pop("goodput")
            for key, want in self.rows("goodput", index)[0].items():
                self.same(f"{name}: goodput {key}", got[key], want)
            median = next(p for p in got["percentiles"] if p["bound"] == "latency.p50<=1s")
            self.same(f"{name}: goodput median", median["value"], dists["latency"]["p50"])


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        figures = 0
        for run in (report_runs.mixed, report_runs.varying, report_runs.merged):
            figures += Check(sys.argv[1], run(sys.argv[1], work)).all()
    print(f"report: {figures} figures of three runs are those that DuckDB {duckdb.__version__} computes")


if __name__ == "__main__":
    main()
