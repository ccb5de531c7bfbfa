"""Holds a results file against what the server says that it sent. Needs pyarrow."""

import collections
import dataclasses
import json
import pathlib
import subprocess
import time
import typing

import pyarrow.parquet

from processes import BUGS, Answered, Bench

# How old what a killed run loses may be, in seconds: results are brought to the file about once a second, and a busy
# machine is late.
UNSAVED = 3.0


@dataclasses.dataclass
class Tally:
    """What became of the requests of one run."""

    rows: int
    statuses: collections.Counter[str]
    errors: collections.Counter[str]
    lost: int  # requests that ended at the server, were due in the file and are not


NOTHING = Tally(0, collections.Counter(), collections.Counter(), 0)  # was sent


def kept(bench: Bench) -> pathlib.Path:
    """Returns the file that is left: the closed one, or the partial one."""
    return bench.results if bench.results.exists() else bench.results.with_name(bench.results.name + ".partial")


def rows_of(path: pathlib.Path) -> list[dict[str, typing.Any]]:
    columns = [
        "request_id",
        "benchmark",
        "sequence",
        "status",
        "error_kind",
        "chunk_ns",
        "due_ns",
        "sent_ns",
        "done_ns",
    ]
    return pyarrow.parquet.read_table(path, columns=columns).to_pylist()


def description(path: pathlib.Path) -> dict[str, typing.Any]:
    """Returns what the file says of its run."""
    metadata = pyarrow.parquet.read_metadata(path).metadata
    assert metadata is not None
    return json.loads(metadata[b"promptmill.run"])


def check(
    promptmill: str, bench: Bench, answered: list[Answered], *, cut: float | None = None, whole: bool = True
) -> Tally:
    """Asserts what holds after every fault, and counts what is lost.

    cut is when the run was ended without a chance to save: what ended at the server well before it must be there.
    Without it, everything must. whole says that the server's account is of all it ever sent.
    """
    said = bench.said()
    assert not any(word in said for word in BUGS), f"a bug shows: {said}"
    path = kept(bench)
    rows = rows_of(path)
    by_id = {r["request_id"]: r for r in rows}
    assert len(by_id) == len(rows), "a request has two rows"
    for index in {r["benchmark"] for r in rows}:
        numbers = sorted(r["sequence"] for r in rows if r["benchmark"] == index)
        assert len(set(numbers)) == len(numbers), "a sequence number is there twice"
        assert cut or numbers == list(range(len(numbers))), f"sequence numbers are missing: {numbers}"
    sent = {a.id: a for a in answered}
    for r in rows:
        if r["status"] == "ok":
            assert r["due_ns"] <= r["sent_ns"] <= r["chunk_ns"][0] <= r["chunk_ns"][-1] <= r["done_ns"], (
                f"out of order: {r}"
            )
            if whole:
                assert r["request_id"] in sent, f"{r['request_id']} is ok, but the server sent no such answer"
                chunks = sent[r["request_id"]].chunks
                assert len(r["chunk_ns"]) == chunks, f"{len(r['chunk_ns'])} chunks of {chunks} that the server sent"
    limit = cut - UNSAVED if cut else time.time()
    lost = [a for a in answered if a.id not in by_id and a.ended < limit]
    reported = subprocess.run([promptmill, "report", str(bench.results), "--json"], capture_output=True, text=True)
    assert reported.returncode == 0, f"report: exit code {reported.returncode}: {reported.stderr}"
    total = sum(b["counts"]["total"] + b["counts"]["warmup"] for b in json.loads(reported.stdout)["benchmarks"])
    assert total == len(rows), f"report counts {total} requests, the file has {len(rows)}"
    return Tally(
        len(rows),
        collections.Counter(r["status"] for r in rows),
        collections.Counter(r["error_kind"] for r in rows if r["error_kind"]),
        len(lost),
    )


def exits(bench: Bench, seconds: float, *codes: int) -> int:
    """Asserts how the bench ends."""
    code = bench.wait(seconds)
    assert code in codes, f"exit code {code}, want {' or '.join(map(str, codes))}: {bench.said()}"
    return code
