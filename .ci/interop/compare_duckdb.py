"""Computes again, in DuckDB, what `promptmill compare` and `merge` say of two runs.

Usage: compare_duckdb.py PROMPTMILL

Two runs of different speed against `promptmill mock`: values, changes and rates must be the same to the last digit,
probabilities to nine.
"""

from __future__ import annotations

import collections.abc
import contextlib
import json
import math
import pathlib
import subprocess
import sys
import tempfile

import duckdb

REQUESTS = 300

# What compare takes of a file: the answers that are measured, in the order of sending.
ANSWERS = """
CREATE OR REPLACE TABLE {name} AS
SELECT row_number() OVER (ORDER BY sent_ns, sequence) AS i, sequence, prompt_sha256, sent_ns, done_ns, output_tokens,
    (first_token_ns - sent_ns) / 1e9 AS ttft,
    CASE WHEN output_tokens > 1 THEN (last_token_ns - first_token_ns) / (output_tokens - 1) / 1e9 END AS tpot,
    (done_ns - sent_ns) / 1e9 AS latency
FROM read_parquet('{path}') WHERE status = 'ok' AND NOT warmup AND (output_tokens <> 0 OR first_token_ns IS NOT NULL)
"""

# The integrated autocorrelation time of a table of scores series(i, v), by Geyer's initial monotone sequence.
SLOWNESS = """
WITH centred AS (SELECT i, v - (SELECT avg(v) FROM series) AS c FROM series),
lagged AS (
    SELECT b.i - a.i AS lag, sum(a.c * b.c) AS s FROM centred a JOIN centred b ON b.i >= a.i GROUP BY lag
),
paired AS (
    SELECT lag // 2 AS m, sum(s) / (SELECT s FROM lagged WHERE lag = 0) AS pair FROM lagged
    WHERE lag // 2 * 2 + 1 < (SELECT count(*) FROM series) GROUP BY m
),
kept AS (
    SELECT m, min(pair) OVER (ORDER BY m) AS pair FROM paired
    WHERE m < coalesce((SELECT min(m) FROM paired WHERE pair <= 0), 1000000)
)
SELECT CASE WHEN (SELECT s FROM lagged WHERE lag = 0) > 0
    THEN greatest(1, coalesce(2 * (SELECT sum(pair) FROM kept) - 1, 1)) ELSE 1 END
"""

# The mean ranks of both runs among all, with ties, and the variance of the ranks.
RANKS = """
CREATE OR REPLACE TABLE ranks AS
WITH both_runs AS (SELECT 'a' AS run, i, {metric} AS v FROM a WHERE {metric} IS NOT NULL
    UNION ALL SELECT 'b', i, {metric} FROM b WHERE {metric} IS NOT NULL)
SELECT run, i, rank() OVER (ORDER BY v) + (count(*) OVER (PARTITION BY v) - 1) / 2.0 AS v FROM both_runs
"""

# The logarithm of the change of each request with the same prompt at the same place, and its signed rank.
SIGNED = """
CREATE OR REPLACE TABLE series AS
WITH changes AS (
    SELECT a.i, ln(b.{metric} / a.{metric}) AS d FROM a JOIN b USING (sequence, prompt_sha256)
    WHERE a.{metric} > 0 AND b.{metric} > 0
), changed AS (SELECT i, d FROM changes WHERE d <> 0)
SELECT row_number() OVER (ORDER BY i) AS i, d,
    sign(d) * (rank() OVER (ORDER BY abs(d)) + (count(*) OVER (PARTITION BY abs(d)) - 1) / 2.0) AS v
FROM changed
"""


class Check:
    """The database, the document of compare, and how many figures have been held against each other."""

    def __init__(self, document: dict, a: pathlib.Path, b: pathlib.Path) -> None:
        self.db = duckdb.connect()
        self.paths = {"a": a, "b": b}
        for name, path in self.paths.items():
            self.db.execute(ANSWERS.format(name=name, path=path))
        comparison = document["comparisons"][0]
        self.rows = {(r["metric"], r["stat"]): r for r in comparison["benchmarks"][0]["rows"]}
        self.figures = 0

    def one(self, query: str) -> float:
        return self.db.execute(query).fetchone()[0]

    def same(self, what: str, got: float, want: float, relative: float = 0.0) -> None:
        near = abs(got - want) <= relative * max(abs(got), abs(want))
        assert near, f"{what}: promptmill says {got!r}, DuckDB {want!r}"
        self.figures += 1

    def slowness(self, query: str) -> float:
        self.db.execute(f"CREATE OR REPLACE TABLE series AS {query}")
        return self.one(SLOWNESS)

    def percentiles(self, metric: str) -> None:
        for stat, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99)):
            row = self.rows[metric, stat]
            a, b = (self.one(f"SELECT quantile_disc({metric}, {share}) FROM {run}") for run in "ab")
            self.same(f"{metric} {stat} of A", row["a"], a)
            self.same(f"{metric} {stat} of B", row["b"], b)
            self.same(f"change of {metric} {stat}", row["change"], b / a - 1)
            low, high = row["interval"]
            assert low <= row["change"] <= high, f"{metric} {stat}: {row['change']} outside {low} to {high}"

    def mann_whitney(self, metric: str) -> None:
        self.db.execute(RANKS.format(metric=metric))
        n, ma = self.db.execute("SELECT count(*), avg(v) FROM ranks WHERE run = 'a'").fetchone()
        m, mb = self.db.execute("SELECT count(*), avg(v) FROM ranks WHERE run = 'b'").fetchone()
        spread = self.one("SELECT var_samp(v) FROM ranks")
        sa, sb = (
            self.slowness(f"SELECT row_number() OVER (ORDER BY i) AS i, v FROM ranks WHERE run = '{r}'") for r in "ab"
        )
        z = (mb - ma) / math.sqrt(spread * (sa / n + sb / m))
        self.same(f"p of {metric} p50", self.rows[metric, "p50"]["p"], math.erfc(abs(z) / math.sqrt(2)), 1e-9)

    def exceedances(self, metric: str, stat: str, share: float) -> None:
        limit = self.one(
            f"SELECT quantile_disc({metric}, {share}) FROM (SELECT {metric} FROM a UNION ALL SELECT {metric} FROM b)"
        )
        counts = []
        for run in "ab":
            slow = self.slowness(
                f"SELECT row_number() OVER (ORDER BY i) AS i, CASE WHEN {metric} > {limit!r} THEN 1 ELSE 0 END AS v"
                f" FROM {run} WHERE {metric} IS NOT NULL"
            )
            hits, total = self.db.execute("SELECT sum(v), count(*) FROM series").fetchone()
            counts += [math.floor(float(hits) / slow + 0.5), math.floor(total / slow + 0.5)]
        self.same(f"p of {metric} {stat}", self.rows[metric, stat]["p"], fisher(*counts), 1e-9)

    def signed_rank(self, metric: str) -> None:
        self.db.execute(SIGNED.format(metric=metric))
        total, squares = self.db.execute("SELECT sum(v), sum(v * v) FROM series").fetchone()
        z = total / math.sqrt(self.one(SLOWNESS) * squares)
        row = self.rows[metric, "paired"]
        self.same(f"p of {metric} paired", row["p"], math.erfc(abs(z) / math.sqrt(2)), 1e-9)
        median = self.one(
            f"SELECT quantile_disc(ln(b.{metric} / a.{metric}), 0.5) FROM a JOIN b USING (sequence, prompt_sha256)"
            f" WHERE a.{metric} > 0 AND b.{metric} > 0"
        )
        self.same(f"change of {metric} paired", row["change"], math.expm1(median), 1e-9)

    def rates(self) -> None:
        for run, path in self.paths.items():
            footer = f"parquet_kv_metadata('{path}')"
            text = self.one(f"SELECT decode(value) FROM {footer} WHERE decode(key) = 'promptmill.run'")
            bench = json.loads(text)["benchmarks"][0]
            start, end = bench["start_ns"], bench["window_end_ns"]
            inside = f"FROM {run} WHERE done_ns > {start} AND done_ns <= {end}"
            seconds = (end - start) / 1e9
            tokens = self.one(f"SELECT sum(output_tokens) {inside}")
            requests = self.one(f"SELECT count(*) {inside}")
            self.same("tokens/s", self.rows["output_tokens_per_second", ""][run], int(tokens) / seconds)
            self.same("requests/s", self.rows["requests_per_second", ""][run], requests / seconds)
            failed = self.one(
                f"SELECT count_if(status = 'error') / count(*) FROM read_parquet('{path}') WHERE NOT warmup"
            )
            self.same("error rate", self.rows["error_rate", ""][run], failed)

    def holm(self, tests: int) -> None:
        tested = sorted((r for r in self.rows.values() if r["test"]), key=lambda r: r["p"])
        assert len(tested) == tests, f"{tests} tests, {len(tested)} rows with one"
        least = 0.0
        for done, row in enumerate(tested):
            least = max(least, min(1.0, row["p"] * (tests - done)))
            self.same(f"corrected p of {row['metric']} {row['stat']}", row["p_adjusted"], least, 1e-12)

    def merged(self, merged: pathlib.Path, report: dict) -> None:
        query = f"SELECT count(*), sum(done_ns - sent_ns) FROM read_parquet('{merged}')"
        both = f"SELECT count(*), sum(done_ns - sent_ns) FROM read_parquet(['{self.paths['a']}', '{self.paths['b']}'])"
        assert self.db.execute(query).fetchone() == self.db.execute(both).fetchone(), "merge lost or changed requests"
        for stat, share in (("p50", 0.5), ("p99", 0.99)):
            want = self.one(
                f"SELECT quantile_disc(latency, {share}) FROM (SELECT latency FROM a UNION ALL SELECT latency FROM b)"
            )
            self.same(f"latency {stat} of both", report["benchmarks"][0]["latency"][stat], want)


def fisher(x: int, n: int, y: int, m: int) -> float:
    """Returns the two-sided probability of Fisher's exact test, from whole numbers."""
    ways = {k: math.comb(n, k) * math.comb(m, x + y - k) for k in range(max(0, x + y - m), min(n, x + y) + 1)}
    likely = sum(w for w in ways.values() if w * 10**7 <= ways[x] * (10**7 + 1))
    return likely / math.comb(n + m, x + y)


@contextlib.contextmanager
def mock(promptmill: str, *flags: str) -> collections.abc.Iterator[str]:
    """Serves a model that is not there, and yields its URL."""
    command = [promptmill, "mock", "--listen", "127.0.0.1:0", "--itl", "1ms", *flags]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


def bench(promptmill: str, prompts: pathlib.Path, url: str, out: pathlib.Path, *flags: str) -> None:
    command = [promptmill, "bench", str(prompts), "--target", url, "--max-tokens", "8", "-q", "--no-progress"]
    subprocess.run([*command, "-o", str(out), *flags], check=True, capture_output=True)


def compared(promptmill: str, prompts: pathlib.Path, work: pathlib.Path) -> Check:
    """Holds what compare says of a server and one that is a tenth slower against the database."""
    a, b = work / "a.parquet", work / "b.parquet"
    for out, ttft in ((a, "30ms"), (b, "33ms")):
        with mock(promptmill, "--ttft", ttft, "--error-rate", "0.02") as url:
            load = ["--profile", "concurrent", "--concurrency", "8", "--max-requests", str(REQUESTS)]
            bench(promptmill, prompts, url, out, *load)
    said = [promptmill, "compare", str(a), str(b), "--json", "--across", "target"]
    document = json.loads(subprocess.run(said, check=True, capture_output=True).stdout)
    check = Check(document, a, b)
    for metric in ("ttft", "tpot", "latency"):
        check.percentiles(metric)
        check.mann_whitney(metric)
        check.exceedances(metric, "p95", 0.95)
        check.signed_rank(metric)
    check.rates()
    check.holm(document["comparisons"][0]["tests"])
    return check


def merged(promptmill: str, prompts: pathlib.Path, work: pathlib.Path, check: Check) -> None:
    """Runs twice against one server, merges, and holds the merged file against both."""
    parts, both = [work / "c.parquet", work / "d.parquet"], work / "both.parquet"
    with mock(promptmill, "--ttft", "5ms") as url:
        for out in parts:
            bench(promptmill, prompts, url, out, "--max-requests", "40")
    subprocess.run([promptmill, "merge", *map(str, parts), "-o", str(both), "-q"], check=True, capture_output=True)
    report = subprocess.run([promptmill, "report", str(both), "--json"], check=True, capture_output=True).stdout
    check.paths = dict(zip("ab", parts, strict=True))
    for name, path in check.paths.items():
        check.db.execute(ANSWERS.format(name=name, path=path))
    check.merged(both, json.loads(report))


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    promptmill = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        prompts = work / "prompts.txt"
        prompts.write_text("".join(f"Write sentence {i} about the sea.\n" for i in range(50)), encoding="utf-8")
        check = compared(promptmill, prompts, work)
        merged(promptmill, prompts, work, check)
    print(f"compare and merge: {check.figures} figures of two runs agree with DuckDB {duckdb.__version__}")


if __name__ == "__main__":
    main()
