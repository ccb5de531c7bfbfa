"""Counts the bytes that reading the first rows of a large split takes, by the server's own count."""

import argparse
import collections.abc
import json
import os
import pathlib
import random
import subprocess
import sys
import time

import pyarrow as pa
import pyarrow.parquet as pq

from double import Double

MIB = 1 << 20
ROWS = 100
MOST = 16 * MIB
BATCH_ROWS = 20_000
SCHEMA = pa.schema(
    {
        "id": pa.string(),
        "url": pa.string(),
        "text": pa.string(),
        "language_score": pa.float64(),
        "token_count": pa.int64(),
    }
)


class Prose:
    """Text that compresses as web text does: words of a Zipf-like vocabulary in paragraphs of random length."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        letters = "etaoinshrdlucmfwypvbgk"
        vocabulary = ["".join(self.random.choices(letters, k=self.random.randint(2, 11))) for _ in range(30_000)]
        weights = [1 / (n + 3) for n in range(len(vocabulary))]
        words = self.random.choices(vocabulary, weights, k=2_000_000)
        self.text = " ".join(words)

    def document(self) -> str:
        """Returns between a line and some pages, from two places, so that no two are alike."""
        size = int(min(self.random.lognormvariate(7.3, 0.9), 60_000))
        parts = []
        for n in (size // 3, size - size // 3):
            at = self.random.randrange(len(self.text) - n)
            parts.append(self.text[at : at + n].strip())
        return ".\n".join(parts)

    def batch(self, first: int, rows: int) -> pa.Table:
        texts = [self.document() for _ in range(rows)]
        ids = [f"<urn:uuid:{self.random.getrandbits(128):032x}>" for _ in range(rows)]
        return pa.table(
            {
                "id": ids,
                "url": [f"https://example.org/{n // 7}/{i[-9:-1]}" for n, i in enumerate(ids, first)],
                "text": texts,
                "language_score": [self.random.uniform(0.65, 1) for _ in texts],
                "token_count": [len(t) // 4 for t in texts],
            },
            schema=SCHEMA,
        )


def batches(size: int) -> collections.abc.Iterator[pa.Table]:
    """Yields enough rows for a file of about size bytes, which text compressed by snappy is."""
    prose, made, rows = Prose(1), 0, 0
    while made < size:
        table = prose.batch(rows, BATCH_ROWS)
        sink = pa.BufferOutputStream()
        pq.write_table(table, sink, compression="snappy")
        made, rows = made + sink.tell(), rows + BATCH_ROWS
        yield table


def make(root: pathlib.Path, size: int) -> list[tuple[str, pathlib.Path]]:
    """Writes the same rows twice: in row groups of a tenth of the file, and in one row group."""
    table = pa.concat_tables(batches(size))
    made = []
    for name, group in (("groups", table.num_rows // 10 + 1), ("single", table.num_rows)):
        path = root / f"limit/{name}/data/train-00000-of-00001.parquet"
        path.parent.mkdir(parents=True)
        pq.write_table(table, path, compression="snappy", row_group_size=group)
        made.append((f"limit/{name}", path))
    return made


def convert(promptmill: str, double: Double, home: pathlib.Path, repo: str) -> list[str]:
    """Returns the prompts of the first rows."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("HF_", "HUGGING", "PROMPTMILL_"))}
    env = kept | {"HF_HOME": str(home), "HF_ENDPOINT": double.url, "NO_PROXY": "*"}
    command = [promptmill, "convert", f"hf://datasets/{repo}/default/train", "--limit", str(ROWS),
               "--allow-empty-expected", "-o", "-"]  # fmt: skip
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: exit code {done.returncode}\n{done.stderr}")
    return [json.loads(line)["prompt"] for line in done.stdout.splitlines()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("promptmill")
    parser.add_argument("work", type=pathlib.Path)
    parser.add_argument("--size", type=int, required=True, help="MiB of the split")
    args = parser.parse_args()
    made = make(args.work / "hub", args.size * MIB)

    good = True
    print(f"convert --limit {ROWS}\n")
    print(f"{'':12} {'file MiB':>9} {'row groups':>11} {'moved MiB':>10} {'requests':>9} {'seconds':>8}")
    with Double(args.promptmill, args.work / "hub") as double:
        for repo, path in made:
            before, start = double.stats(), time.perf_counter()
            prompts = convert(args.promptmill, double, args.work / path.parts[-3], repo)
            took = double.stats().since(before)
            moved = took.sent.total()
            print(
                f"{repo:12} {path.stat().st_size / MIB:9.0f} {pq.ParquetFile(path).num_row_groups:11}"
                f" {moved / MIB:10.2f} {took.requests.total():9} {time.perf_counter() - start:8.2f}"
            )
            first = next(pq.ParquetFile(path).iter_batches(batch_size=ROWS, columns=["text"]))
            want = [text.strip() for text in first.column("text").to_pylist()]
            if [p.strip() for p in prompts] != want:
                good = False
                print(f"FAIL  {repo}: the prompts are not the first {ROWS} texts")
            if moved >= MOST:
                good = False
                print(f"FAIL  {repo}: {moved / MIB:.2f} MiB moved, want less than {MOST // MIB} MiB")
    if not good:
        sys.exit(1)
    print(f"\nok    the first {ROWS} rows took less than {MOST // MIB} MiB of each split")


if __name__ == "__main__":
    main()
