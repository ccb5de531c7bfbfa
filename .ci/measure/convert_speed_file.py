"""Writes a parquet file of prompts, the same bytes for the same arguments: zstd, row groups of 100,000 rows.

flat   columns prompt (600 B on average) and response (1 KB), 7 % of the values not ASCII
mixed  the same with 30 %
chat   messages: list<struct<role, content>>, two to six messages of 400 B on average, 7 % not ASCII
"""

import argparse
import pathlib

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

GROUP = 100_000
VOCABULARY = 20_000
BLOCK_WORDS = 3_000_000
ASCII = "etaoinshrdlcumwfgypbvk"
OTHER = ["éèüöäßñçåøàî", "абвгдеиклмнопрст", "的一是不了人我在有他这中大来上国和学生", "のはをにがでとたしいるてすこ"]
ENDS = [" "] * 50 + [", "] * 4 + [". "] * 3 + [".\n"] * 4 + ['" ', "? ", ": "]


class Words:
    """A block of random words that occur about as often as those of a language, to cut texts from."""

    def __init__(self, rng: np.random.Generator, other: bool) -> None:
        words = [self.word(rng, other) for _ in range(VOCABULARY)]
        lengths = np.array([len(word) for word in words])
        rank = np.minimum((VOCABULARY + 1) ** rng.random(BLOCK_WORDS) - 1, VOCABULARY - 1).astype(np.int64)
        self.block = b"".join([words[k] for k in rank.tolist()])
        self.starts = np.concatenate([[0], np.cumsum(lengths[rank])])
        self.mean = float(lengths[rank].mean())

    @staticmethod
    def word(rng: np.random.Generator, other: bool) -> bytes:
        letters = OTHER[rng.integers(len(OTHER))] if other and rng.random() < 0.5 else ASCII
        size = int(rng.integers(1, 11)) if letters.isascii() else int(rng.integers(1, 7))
        word = "".join(letters[k] for k in rng.integers(len(letters), size=size))
        return (word + ENDS[rng.integers(len(ENDS))]).encode()

    def texts(self, rng: np.random.Generator, n: int, mean: int) -> list[bytes]:
        """Returns n texts of so many bytes on average. None ends or begins with a space."""
        words = np.clip(rng.lognormal(np.log(mean / self.mean) - 0.32, 0.8, n), 2, 60_000).astype(np.int64)
        first = rng.integers(0, BLOCK_WORDS - 60_000, n)
        spans = zip(self.starts[first].tolist(), self.starts[first + words].tolist(), strict=True)
        return [self.block[a : b - 1] for a, b in spans]


class Source:
    """Texts of which a share is not ASCII."""

    def __init__(self, seed: int, share: float) -> None:
        self.rng = np.random.default_rng(seed)
        self.plain, self.other = Words(self.rng, False), Words(self.rng, True)
        self.share = share

    def column(self, n: int, mean: int) -> pa.Array:
        foreign = self.rng.random(n) < self.share
        texts = self.plain.texts(self.rng, n, mean)
        where = np.flatnonzero(foreign).tolist()
        for i, text in zip(where, self.other.texts(self.rng, len(where), mean), strict=True):
            texts[i] = text
        return pa.array(texts, pa.binary()).cast(pa.string())

    def flat(self, n: int) -> pa.Table:
        return pa.table({"prompt": self.column(n, 600), "response": self.column(n, 1000)})

    def chat(self, n: int) -> pa.Table:
        ends = np.concatenate([[0], np.cumsum(2 * self.rng.integers(1, 4, n))])
        roles = pa.DictionaryArray.from_arrays(np.arange(ends[-1]) % 2, ["user", "assistant"]).cast(pa.string())
        messages = pa.StructArray.from_arrays([roles, self.column(int(ends[-1]), 400)], ["role", "content"])
        return pa.table({"messages": pa.ListArray.from_arrays(ends.astype(np.int32), messages)})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=["flat", "mixed", "chat"])
    parser.add_argument("rows", type=int)
    parser.add_argument("path", type=pathlib.Path)
    args = parser.parse_args()
    source = Source(seed=4, share=0.30 if args.kind == "mixed" else 0.07)
    make = source.chat if args.kind == "chat" else source.flat
    writer = None
    for row in range(0, args.rows, GROUP):
        table = make(min(GROUP, args.rows - row))
        writer = writer or pq.ParquetWriter(args.path, table.schema, compression="zstd")
        writer.write_table(table, row_group_size=GROUP)
    if writer is None:
        parser.error("rows: there must be some")
    writer.close()


if __name__ == "__main__":
    main()
