"""Writes a JSONL file of prompts, the same bytes for the same arguments.

long    1.6 KB a line on average, 7 % of the texts not ASCII; a line end or a quote every 70 bytes or so
short   88 B a line on average
chat    the rows of long in the messages layout
user    the rows of long under other keys, for a schema of the user's own
faulty  the rows of long; one in a hundred is bad, in one of six ways
"""

import argparse
import json
import pathlib
from collections.abc import Callable

from convert_speed_file import Source

BLOCK = 20_000
SIZES = {"short": (45, 15)}
FAULTS: list[Callable[[str], str]] = [
    lambda line: line[:-1],
    lambda line: line.replace('"expected"', '"answer"', 1),
    lambda line: line[:-1] + ',"id":7}',
    lambda line: line.replace('"prompt":"', '"prompt":" ", "was":"', 1),
    lambda line: line.replace('"expected":"', '"expected":5,"was":"', 1),
    lambda line: line.replace('"prompt":"', '"prompt":"\\x', 1),
]


def strict(prompt: str, answer: str) -> dict[str, object]:
    return {"prompt": prompt, "expected": answer}


def chat(prompt: str, answer: str) -> dict[str, object]:
    half = len(prompt) // 2
    turns = [("system", prompt[:half] or "a"), ("user", prompt[half:] or "b")]
    return {"messages": [{"role": role, "content": text} for role, text in turns], "expected": answer}


def user(prompt: str, answer: str) -> dict[str, object]:
    return {"id": len(prompt), "question": prompt, "answer": answer, "tags": ["a", "b"], "score": 0.5}


def lines(kind: str, source: Source) -> list[str]:
    prompts, answers = (source.column(BLOCK, size).to_pylist() for size in SIZES.get(kind, (600, 1000)))
    shape = {"chat": chat, "user": user}.get(kind, strict)
    rows = [shape(prompt, answer) for prompt, answer in zip(prompts, answers, strict=True)]
    out = [json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows]
    if kind == "faulty":
        for n, i in enumerate(range(0, len(out), 100)):
            out[i] = FAULTS[n % len(FAULTS)](out[i])
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=["long", "short", "chat", "user", "faulty"])
    parser.add_argument("bytes", type=int)
    parser.add_argument("path", type=pathlib.Path)
    args = parser.parse_args()
    source, left = Source(seed=5, share=0.07), args.bytes
    with args.path.open("wb") as file:
        while left > 0:
            block = "".join(line + "\n" for line in lines(args.kind, source)).encode()
            block = block[: block.rfind(b"\n", 0, left) + 1] or block[: block.find(b"\n") + 1]
            file.write(block)
            left -= max(len(block), 4096)


if __name__ == "__main__":
    main()
