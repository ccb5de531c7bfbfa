"""Keeps streams open for a long time, with every fault that the mock knows, and watches what the client takes.

Every sample is the memory and the open descriptors of the client. It is flat when the mean of the last third of the
samples is within a tenth of the mean of the first third, after a warm-up in which Go's heap reaches its size.
"""

import argparse
import collections
import pathlib
import re
import statistics
import sys
import time

import pyarrow.parquet

from processes import BUGS, Answered, Bench, Mock

# Seconds, at most two thirds of the run: at this rate the collector, which lets the heap grow to five times what is in
# use, runs every ten minutes or so, and memory grows until it has.
WARM_UP = 1200.0
FLAT = 0.10
TOKENS, ITL = 40, 0.5  # an answer takes 20 s, so that 1,000 streams are 2,000 chunks a second
FAULTS = [
    "--error-rate",
    "0.01",
    "--cut-rate",
    "0.01",
    "--reset-rate",
    "0.01",
    "--hang-rate",
    "0.005",
    "--event-rate",
    "0.01",
]


def lost(results: pathlib.Path, answered: list[Answered]) -> list[str]:
    """Returns in what the rows and the server's account of every request differ."""
    table = pyarrow.parquet.read_table(results, columns=["request_id", "sequence", "status", "chunk_ns"])
    rows = table.to_pylist()
    wrong = []
    if sorted(r["sequence"] for r in rows) != list(range(len(rows))):
        wrong.append("the sequence numbers have gaps or repeat")
    known = {r["request_id"]: r for r in rows}
    if len(known) != len(rows):
        wrong.append("a request id is there twice")
    wrong += [f"the server answered {a.id}, which has no row" for a in answered if a.id not in known]
    sent = {a.id: a.chunks for a in answered}
    for r in rows:
        if r["status"] == "ok" and len(r["chunk_ns"]) != sent.get(r["request_id"]):
            wrong.append(f"{r['request_id']}: {len(r['chunk_ns'])} chunks, the server sent {sent.get(r['request_id'])}")
    counts = collections.Counter(r["status"] for r in rows)
    kinds = ", ".join(f"{n} {status}" for status, n in sorted(counts.items()))
    print(f"\n{len(rows)} rows: {kinds}; {len(answered)} at the server")
    return wrong


def in_use(said: str) -> float:
    """Returns the MiB that the last collection found in use, by Go's own trace; 0 before the first."""
    found = re.findall(r"->(\d+) MB, \d+ MB goal", said)
    return float(found[-1]) if found else 0


def flat(name: str, samples: list[float]) -> list[str]:
    """Prints the thirds of the samples, and returns what is wrong with them."""
    third = max(len(samples) // 3, 1)
    first, last = statistics.fmean(samples[:third]), statistics.fmean(samples[-third:])
    change = last / first - 1
    print(f"{name:12} first third {first:8.1f}   last third {last:8.1f}   {100 * change:+5.1f} %")
    return [f"{name} grew by {100 * change:.1f} %, want at most {100 * FLAT:g} %"] if change > FLAT else []


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("promptmill")
    parser.add_argument("work", type=pathlib.Path)
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--streams", type=int, required=True)
    parser.add_argument("--every", type=float, default=10, help="seconds between samples")
    args = parser.parse_args()

    folder = args.work / "soak"
    folder.mkdir()
    load = ["--concurrency", str(args.streams), "--profile", "concurrent", "--max-seconds", f"{args.minutes * 60:g}"]
    waits = ["--token-timeout", "10", "--first-token-timeout", "60", "--rampup", f"{TOKENS * ITL:g}", "--quiet"]
    samples: list[tuple[float, float, float]] = []
    trace = {"GODEBUG": "gctrace=1"}
    print(f"{args.streams} streams for {args.minutes:g} min, {TOKENS} tokens each, one every {ITL} s\n")
    print(f"{'seconds':>8} {'MiB':>8} {'in use':>8} {'descriptors':>12} {'answered':>9}")
    with Mock(args.promptmill, "--tokens", str(TOKENS), "--itl", f"{ITL}s", *FAULTS) as mock:
        with Bench(args.promptmill, folder, "--target", mock.url, *load, *waits, env=trace) as bench:
            began = time.monotonic()
            while bench.process.poll() is None:
                at = time.monotonic() - began
                answered = mock.drain()
                samples.append((at, bench.resident() / (1 << 20), bench.descriptors()))
                live = in_use(bench.said())
                print(
                    f"{at:8.0f} {samples[-1][1]:8.1f} {live:8.0f} {samples[-1][2]:12.0f} {len(answered):9}", flush=True
                )
                time.sleep(args.every)
            code = bench.wait(60)
        answered = mock.drain()
    wrong = lost(bench.results, answered)
    end = args.minutes * 60
    steady = [s for s in samples if min(WARM_UP, end * 2 / 3) <= s[0] <= end]
    if len(steady) < 3:
        sys.exit(f"only {len(steady)} samples after the warm-up: take more MINUTES")
    wrong += flat("MiB", [s[1] for s in steady]) + flat("descriptors", [s[2] for s in steady])
    wrong += [f"it said {word!r}" for word in BUGS if word in bench.said()]
    if code != 0:
        wrong.append(f"exit code {code}: {bench.said()}")
    if wrong:
        sys.exit("\n".join(["", *(f"FAIL  {w}" for w in wrong[:20])]))
    print("\nok    nothing lost; memory and descriptors are flat")


if __name__ == "__main__":
    main()
