"""Checks what promptmill makes of real datasets, row by row, against prompts made here from what pyarrow reads.

Usage: convert_rows.py PROMPTMILL CORPUS

CORPUS is the folder of the datasets. Every one is converted with no flag beyond the output, and once more as it is,
with --no-clean.
"""

import dataclasses
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unicodedata
from collections.abc import Callable, Iterator

import pyarrow.parquet as pq

Row = dict[str, object]
Line = dict[str, object]
Clean = Callable[[str], str]

# What the default profile takes away of text that has no mojibake.
ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x00-\x1f]*(?:\x07|\x1b\\)|\x1b[()][!-~]|\x1b")
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufff9-\ufffb\ufdd0-\ufdef\ufffe\uffff]")
INVISIBLE = re.compile("[\u200b\u2060]")


def as_it_is(text: str) -> str:
    return text


def profile(text: str, invisible: bool = True) -> str:
    """Cleans a text by the default profile, but for mojibake."""
    text = text.replace("\ufeff", "").replace("\r\n", "\n").replace("\r", "\n")
    text = CONTROLS.sub("", ESCAPES.sub("", text))
    if invisible:
        text = INVISIBLE.sub("", text)
    return unicodedata.normalize("NFC", text).strip()


def answer_profile(text: str) -> str:
    """Cleans an answer, which keeps what merely cannot be seen."""
    return profile(text, invisible=False)


@dataclasses.dataclass
class Cleaning:
    flags: tuple[str, ...]
    prompt: Clean
    answer: Clean


CLEANINGS = (Cleaning((), profile, answer_profile), Cleaning(("--no-clean",), as_it_is, as_it_is))


def strict(prompt: str, expected: object, how: Cleaning) -> Line | None:
    """Returns the line of a row, None where it has no answer."""
    if not isinstance(expected, str) or not (expected := how.answer(expected)).strip():
        return None
    return {"prompt": prompt, "expected": expected}


def chat(messages: list[Row], how: Cleaning) -> list[Line]:
    return [{"role": m["role"], "content": how.prompt(str(m["content"]))} for m in messages]


def flat(messages: list[Row], how: Cleaning) -> str:
    """Writes a conversation as one text."""
    said = chat(messages, how)
    if len(said) == 1:
        return str(said[0]["content"])
    if len(said) == 2 and said[0]["role"] == "system":
        return f"{said[0]['content']}\n\n{said[1]['content']}"
    return "\n\n".join(f"{m['role']}: {m['content']}" for m in said)


def gsm8k(row: Row, how: Cleaning) -> Line | None:
    return strict(how.prompt(str(row["question"])), row["answer"], how)


def ifbench(row: Row, how: Cleaning) -> Line | None:
    asked, answer, _ = row["messages"]
    return strict(how.prompt(asked["content"]), answer["content"], how)


def ifbench_open(row: Row, how: Cleaning) -> Line:
    """The last turn, which is the benchmark: it asks for another answer, and the dataset has none."""
    return {"prompt": flat(row["messages"], how), "expected": ""}


def ifbench_messages(row: Row, how: Cleaning) -> Line:
    return {"messages": chat(row["messages"], how)}


def verl(row: Row, how: Cleaning) -> Line | None:
    return strict(flat(row["prompt"], how), row["reward_model"]["ground_truth"], how)


def verl_messages(row: Row, how: Cleaning) -> Line:
    return {"messages": chat(row["prompt"], how), "expected": how.answer(row["reward_model"]["ground_truth"])}


def mtbench(row: Row, how: Cleaning) -> Line | None:
    return strict(how.prompt(row["turns"][0]), (row.get("reference") or [None])[0], how)


def mtbench_turns(row: Row, how: Cleaning) -> Line:
    return {"turns": [{"text": how.prompt(turn)} for turn in row["turns"]]}


def rows_of(path: pathlib.Path) -> Iterator[Row]:
    if path.suffix == ".parquet":
        yield from pq.read_table(path).to_pylist()
        return
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


@dataclasses.dataclass
class Case:
    file: str
    line: Callable[[Row, Cleaning], Line | None]
    lines: int
    flags: tuple[str, ...] = ()


CASES = (
    Case("gsm8k/test.parquet", gsm8k, 1319),
    Case("gsm8k/test.jsonl", gsm8k, 1319),
    Case("ifbench/test-00000-of-00001.parquet", ifbench, 1387),
    Case("ifbench/test-00000-of-00001.parquet", ifbench_open, 1387, ("--allow-empty-expected",)),
    Case("ifbench/test-00000-of-00001.parquet", ifbench_messages, 1387, ("--layout", "messages")),
    Case("verl/gsm8k-test.parquet", verl, 1319),
    Case("verl/gsm8k-test.parquet", verl_messages, 1319, ("--layout", "messages")),
    Case("verl/bfcl-test.parquet", verl, 127),
    Case("verl/bfcl-test.parquet", verl_messages, 127, ("--layout", "messages")),
    Case("mtbench/question.jsonl", mtbench, 38),
    Case("mtbench/question.jsonl", mtbench_turns, 80, ("--layout", "aiperf")),
    Case("mtbench/vicuna_question.jsonl", mtbench_turns, 80, ("--layout", "aiperf")),
)


def check(promptmill: str, source: pathlib.Path, case: Case, how: Cleaning, out: pathlib.Path) -> None:
    """Converts a dataset and compares every line."""
    name = " ".join((case.file, *case.flags, *how.flags))
    subprocess.run([promptmill, "convert", source, "-o", out, "-q", *case.flags, *how.flags], check=True)
    got = [json.loads(line) for line in out.read_text(encoding="utf-8").split("\n")[:-1]]
    want = [line for row in rows_of(source) if (line := case.line(row, how)) is not None]
    for number, (ours, theirs) in enumerate(zip(got, want, strict=False), 1):
        assert ours == theirs, f"{name}: line {number} is\n{ours}\nand not\n{theirs}"
    assert len(got) == len(want) == case.lines, f"{name}: {len(got)} lines, {len(want)} by pyarrow, want {case.lines}"
    print(f"{name}: {len(got)} lines, each as made from what pyarrow reads")


def main() -> None:
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    promptmill, corpus = sys.argv[1:]
    with tempfile.TemporaryDirectory() as temporary:
        for case in CASES:
            for how in CLEANINGS:
                check(promptmill, pathlib.Path(corpus, case.file), case, how, pathlib.Path(temporary, "out.jsonl"))


if __name__ == "__main__":
    main()
