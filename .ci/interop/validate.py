"""Gives validate, ajv and Python's jsonschema the same generated rows of every layout: valid ones, and ones with each
way of being invalid. All three must say the same of each, but where validate is stricter on purpose, which is checked
too. Needs npm; the first argument is promptmill, the second a folder to work in."""

import collections
import copy
import itertools
import json
import pathlib
import random
import re
import subprocess
import sys
from collections.abc import Callable, Iterator

from jsonschema import Draft202012Validator

ROWS = 10_000
AJV = "ajv@8.20.0"
SCRIPT = pathlib.Path(__file__).with_name("validate_ajv.mjs")
WORDS = [
    "a",
    "What is 2 + 2?",
    "naïve café",
    "中文提示",
    "📊 é\n\ttab",
    'say "hi" \\ / \b\f',
    "x" * 300,
    "\u00a0x",
    " lead",
    "<b>&amp;</b>",
]
BLANKS = ["", " ", "\n\t", "\u3000\u2003", "\u00a0\u0085\u2028"]
OTHERS = [None, True, 5, -1.5, [], ["a"], {}, {"a": "b"}]  # values that are no string
Row = dict[str, object]


class Rows:
    """Makes valid rows of every layout."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng

    def text(self) -> str:
        return " ".join(self.rng.choices(WORDS, k=self.rng.randint(1, 4)))

    def some(self, row: Row, **optional: object) -> Row:
        """Adds some of the optional keys, in any order."""
        chosen = [(key, value) for key, value in optional.items() if self.rng.random() < 0.3]
        items = [*row.items(), *chosen]
        if self.rng.random() < 0.3:
            self.rng.shuffle(items)
        return dict(items)

    def strict(self) -> Row:
        return self.some({"prompt": self.text(), "expected": self.text()})

    def vllm(self) -> Row:
        return self.some(
            {"prompt": self.text()},
            output_tokens=self.rng.choice([1, 128, 7.0]),
            expected=self.text(),
            id=3,
            more=OTHERS,
        )

    def message(self) -> Row:
        role = self.rng.choice(["system", "developer", "user", "assistant", "tool", "function"])
        parts = [{"type": "text", "text": self.text()}, {"type": "image_url", "image_url": {"url": "data:"}}]
        if role == "assistant" and self.rng.random() < 0.3:
            return {"role": role, "content": None, "tool_calls": [{"id": "1", "function": {"name": "f"}}]}
        content = [self.text(), parts] if role == "user" else [self.text(), parts, ""]
        return self.some(
            {"role": role, "content": self.rng.choice(content)},
            name="n",
            tool_call_id="c",
            extra=[1, {}],
        )

    def messages(self) -> Row:
        turns = [self.message() for _ in range(self.rng.randint(1, 4))]
        return self.some(
            {"messages": turns}, expected=self.text(), model="m", max_tokens=5, tools=[{"type": "function"}], seed=1e3
        )

    def sharegpt(self) -> Row:
        turns = [
            {"from": self.rng.choice(["human", "gpt", "system", "tool"]), "value": self.text()}
            for _ in range(self.rng.randint(2, 5))
        ]
        return self.some({"conversations": turns}, id=self.rng.choice(["a", 5]), extra={"a": [None]})

    def turn(self) -> Row:
        kind = self.rng.choice(["text", "texts", "image", "audios"])
        value = {
            "text": self.text(),
            "texts": [self.text(), {"contents": ["a"]}],
            "image": "a.png",
            "audios": ["b.wav"],
        }[kind]
        when = self.rng.choice(["timestamp", "delay"])
        return self.some(
            {kind: value},
            **{when: self.rng.choice([0, 12.5, 3])},
            role="user",
            output_length=4,
            extra={"k": 1},
            other=False,
        )

    def aiperf(self) -> Row:
        if self.rng.random() < 0.5:
            return self.turn()
        return self.some({"turns": [self.turn() for _ in range(self.rng.randint(1, 3))]}, session_id="s")

    def guidellm(self) -> Row:
        name = self.rng.choice(["prompt", "Question", "text", "inputs", "context_1", "turn-2"])
        return self.some(
            {name: self.text()}, output_tokens_count=9, expected=self.text(), label=4, instruction=self.text()
        )


def places(value: object) -> Iterator[tuple[object, object]]:
    """Yields every container with each of its keys or indexes."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in list(items):
        yield value, key
        yield from places(inner)


def at(row: Row, rng: random.Random, wanted: Callable[[object], bool] = lambda _: True) -> tuple[object, object] | None:
    found = [(inside, key) for inside, key in places(row) if wanted(inside[key])]
    return rng.choice(found) if found else None


def replaced(values: list, wanted: Callable[[object], bool] = lambda _: True) -> Callable[[Row, random.Random], None]:
    def change(row: Row, rng: random.Random) -> None:
        if place := at(row, rng, wanted):
            place[0][place[1]] = rng.choice(values)

    return change


def removed(row: Row, rng: random.Random) -> None:
    if place := at(row, rng):
        del place[0][place[1]]


def added(row: Row, rng: random.Random) -> None:
    objects = [row, *(inside[key] for inside, key in places(row) if isinstance(inside[key], dict))]
    keys = ["id", "text", "texts", "timestamp", "delay", "turns", "role", "expected", "prompt_2", "content", "é"]
    rng.choice(objects)[rng.choice(keys)] = rng.choice([*OTHERS, "text"])


def text(value: object) -> bool:
    return isinstance(value, str)


# Changes of a row. Most make it invalid in some layout and not in others: the three must agree on which.
CHANGES: dict[str, Callable[[Row, random.Random], None]] = {
    "removed": removed,
    "added": added,
    "another type": replaced(OTHERS, text),
    "text for another type": replaced(["text"], lambda value: not text(value)),
    "blank": replaced(BLANKS, text),
    "another word": replaced(["human", "USER", "robot", "image"], text),
    "empty": replaced([[], {}], lambda value: isinstance(value, list | dict)),
    "another number": replaced(
        [0, -1, 0.5, 1.0, 2.0e1], lambda value: isinstance(value, int | float) and not isinstance(value, bool)
    ),
}


def within(line: bytes, bad: bytes) -> bytes:
    """Puts bytes at the beginning of the first string that is the value of a key, or else of the first key."""
    found = re.search(rb'": ?"', line) or re.search(rb'"', line)
    return line[: found.end()] + bad + line[found.end() :]


# Changes of a line after which it is no JSON to anybody.
BREAKS: dict[str, Callable[[bytes], bytes]] = {
    "cut": lambda line: line[: len(line) // 2],
    "trailing comma": lambda line: line[:-1] + b",}",
    "trailing text": lambda line: line + b" x",
    "two values": lambda line: line + line,
    "single quotes": lambda line: line.replace(b'"', b"'"),
    "NaN": lambda line: line[:-1] + b',"n":NaN}',
    "leading zero": lambda line: line[:-1] + b',"n":01}',
    "control character": lambda line: within(line, b"\x01"),
    "unknown escape": lambda line: within(line, b"\\x41"),
    "bad unicode escape": lambda line: within(line, b"\\u12g4"),
    "not UTF-8": lambda line: within(line, b"\xff"),
    "overlong UTF-8": lambda line: within(line, b"\xc0\xaf"),
    "surrogate in UTF-8": lambda line: within(line, b"\xed\xa0\x80"),
    "byte order mark": lambda line: b"\xef\xbb\xbf" + line,
    "array of lines": lambda line: b"[" + line,
    "blank": lambda line: b"  ",
}
# Changes of a line that only validate refuses, or, last, that it refuses for other reasons than its schema.
STRICTER: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "duplicate key": ("duplicate-key", lambda line: line[:-1] + b"," + line[1:]),
    "half a surrogate pair": ("surrogate", lambda line: within(line, b"\\ud83d")),
    "line separator": ("separator", lambda line: within(line, b"\xe2\x80\xa8")),
    "CR LF": ("cr", lambda line: line + b"\r"),
}


def written(row: Row, rng: random.Random) -> bytes:
    separators = rng.choice([(",", ":"), (", ", ": ")])
    line = json.dumps(row, ensure_ascii=rng.random() < 0.3, separators=separators)
    return re.sub("[\u0085\u2028\u2029]", lambda m: f"\\u{ord(m[0]):04x}", line).encode()


def generated(layout: str) -> Iterator[tuple[str, bytes]]:
    """Yields what was done to each row, and its line."""
    rng = random.Random(f"5 {layout}")
    rows = Rows(rng)
    kinds = itertools.cycle([*CHANGES, *BREAKS])
    for n in range(ROWS):
        row = copy.deepcopy(getattr(rows, layout)())
        kind = "" if n % 3 == 0 else next(kinds)
        if kind in CHANGES:
            CHANGES[kind](row, rng)
        line = written(row, rng)
        yield kind, BREAKS[kind](line) if kind in BREAKS else line


def refuse(constant: str) -> None:
    raise ValueError(constant)


def python(schema: dict, lines: list[bytes]) -> list[bool]:
    validator = Draft202012Validator(schema)

    def valid(line: bytes) -> bool:
        try:
            return validator.is_valid(json.loads(line.decode(), parse_constant=refuse))
        except ValueError:
            return False

    return [valid(line) for line in lines]


def ajv(schema: pathlib.Path, path: pathlib.Path) -> list[bool]:
    script = path.with_name(SCRIPT.name)  # where its modules are
    script.write_bytes(SCRIPT.read_bytes())
    out = subprocess.run(["node", script, schema, path], check=True, capture_output=True, text=True).stdout
    return [verdict == "1" for verdict in out.strip()]


def ours(promptmill: str, layout: str, path: pathlib.Path, lines: int) -> tuple[list[bool], dict[int, set[str]]]:
    """Returns whether each line is valid, and the rules that each line breaks."""
    command = [promptmill, "validate", "--json", "--quiet", "--input-format", "jsonl", "--schema", layout, path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 1:
        sys.exit(f"{layout}: exit code {done.returncode}, want 1: {done.stderr}")
    rules = collections.defaultdict(set)
    for finding in json.loads(done.stdout)["findings"]:
        if finding["severity"] == "error":
            rules[finding["line"]].add(finding["rule"])
    return [n not in rules for n in range(1, lines + 1)], rules


def compare(promptmill: str, work: pathlib.Path, layout: str) -> None:
    schema, path = work / f"{layout}.schema.json", work / f"{layout}.jsonl"
    schema.write_bytes(subprocess.run([promptmill, "schema", layout], check=True, capture_output=True).stdout)
    kinds, lines = zip(*generated(layout), strict=True)
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    verdicts = {
        "promptmill": ours(promptmill, layout, path, len(lines))[0],
        "ajv": ajv(schema, path),
        "jsonschema": python(json.loads(schema.read_bytes()), list(lines)),
    }
    for n, (kind, line, *said) in enumerate(zip(kinds, lines, *verdicts.values(), strict=True), start=1):
        if len(set(said)) != 1:
            sys.exit(
                f"{layout}: line {n}, {kind or 'valid'}: {list(verdicts)} say {said}: {line.decode(errors='replace')}"
            )
        if (not kind and not said[0]) or (kind in BREAKS and said[0]):
            sys.exit(f"{layout}: line {n}, {kind or 'valid'}: all say {said[0]}: {line.decode(errors='replace')}")
    check_stricter(promptmill, work, layout)
    bad = collections.Counter(kind for kind, good in zip(kinds, verdicts["ajv"], strict=True) if not good)
    missing = [kind for kind in BREAKS if not bad[kind]]
    if missing or sum(bad.values()) < ROWS / 4 or not any(bad[kind] for kind in CHANGES):
        sys.exit(f"{layout}: the rows prove too little: {bad}")
    print(
        f"{layout}: {len(lines)} rows, {sum(bad.values())} of them bad in {len(bad)} ways: "
        "the same verdict as ajv and jsonschema"
    )


def check_stricter(promptmill: str, work: pathlib.Path, layout: str) -> None:
    rows, rng, path = Rows(random.Random(7)), random.Random(8), work / f"{layout}.stricter.jsonl"
    lines = [change(written(getattr(rows, layout)(), rng)) for _, change in STRICTER.values()]
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    _, rules = ours(promptmill, layout, path, len(lines))
    for n, (kind, (rule, _)) in enumerate(STRICTER.items(), start=1):
        if rule not in rules[n]:
            sys.exit(f"{layout}: {kind}: {rules[n]}, want {rule}")


def main() -> None:
    promptmill, work = sys.argv[1], pathlib.Path(sys.argv[2])
    subprocess.run(
        ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", work, AJV],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    for layout in ["strict", "messages", "sharegpt", "vllm", "aiperf", "guidellm"]:
        compare(promptmill, work, layout)


if __name__ == "__main__":
    main()
