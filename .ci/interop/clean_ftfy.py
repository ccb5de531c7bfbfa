"""Compares --mojibake full with ftfy on ftfy's own test cases: it must repair as many texts and damage no more.

Usage: clean_ftfy.py PROMPTMILL

The cases are part of ftfy's source distribution, which comes from the package index. A text that is expected to change
is repaired when it becomes what the case says of the encoding alone; one that is not is damaged when it changes.
"""

import dataclasses
import importlib.metadata
import json
import pathlib
import subprocess
import sys
import tarfile
import tempfile

import ftfy

# Only what the encoding did wrong is compared: all other steps are off.
OTHER_STEPS = ("bom", "newlines", "separators", "controls", "nfc", "zero-width", "blanks", "trim")


@dataclasses.dataclass
class Case:
    text: str
    want: str


@dataclasses.dataclass
class Score:
    repaired: int
    damaged: int


def cases_of(ftfy_version: str, work: pathlib.Path) -> list[Case]:
    """Downloads ftfy's source and returns its test cases."""
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    subprocess.run([*pip, "--no-binary", "ftfy", f"ftfy=={ftfy_version}", "--dest", work], check=True)
    (archive,) = work.glob("ftfy-*.tar.gz")
    with tarfile.open(archive) as source:
        member = source.extractfile(f"ftfy-{ftfy_version}/tests/test_cases.json")
        assert member is not None
        cases = json.load(member)
    return [Case(c["original"], c.get("fixed-encoding", c["fixed"])) for c in cases]


def cleaned(promptmill: str, texts: list[str], work: pathlib.Path) -> list[str]:
    """Cleans texts with promptmill."""
    source, out = work / "cases.jsonl", work / "cleaned.jsonl"
    source.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), encoding="utf-8")
    off = [flag for step in OTHER_STEPS for flag in ("--clean", f"{step}=off")]
    flags = ["--prompt-column", "text", "--allow-empty-expected", "--mojibake", "full", *off]
    subprocess.run([promptmill, "convert", source, "-o", out, "-q", *flags], check=True)
    return [json.loads(line)["prompt"] for line in out.read_text(encoding="utf-8").split("\n")[:-1]]


def score(cases: list[Case], results: list[str]) -> Score:
    pairs = list(zip(cases, results, strict=True))
    return Score(
        repaired=sum(c.text != c.want == got for c, got in pairs),
        damaged=sum(c.text == c.want != got for c, got in pairs),
    )


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    version = importlib.metadata.version("ftfy")
    with tempfile.TemporaryDirectory() as temporary:
        work = pathlib.Path(temporary)
        cases = cases_of(version, work)
        ours = score(cases, cleaned(sys.argv[1], [c.text for c in cases], work))
    theirs = score(cases, [ftfy.fix_encoding(c.text) for c in cases])
    changed = sum(c.text != c.want for c in cases)
    print(
        f"ftfy {version}'s {len(cases)} test cases: of {changed} to repair promptmill repairs {ours.repaired}, "
        f"ftfy {theirs.repaired}; of {len(cases) - changed} to leave promptmill damages {ours.damaged}, "
        f"ftfy {theirs.damaged}"
    )
    assert len(cases) > 150, f"only {len(cases)} cases"
    assert ours.repaired >= theirs.repaired, "ftfy repairs more"
    assert ours.damaged <= theirs.damaged, "ftfy damages less"


if __name__ == "__main__":
    main()
