"""Checks that what promptmill pushes is to Python a dataset like those that Python pushes itself.

Usage: hub_push.py PROMPTMILL RESULTS.parquet
"""

import json
import pathlib
import sys
import tempfile

import pyarrow.parquet as pq

from double import Double
from hub_lab import Call, Lab, same

OURS, THEIRS = "interop/results", "interop/results-from-python"
TOKEN = {"HF_TOKEN": "hf_interop", "HF_HUB_DISABLE_XET": "1"}


def push(lab: Lab, home: pathlib.Path, results: pathlib.Path, *flags: str) -> dict[str, object]:
    """Pushes with promptmill and returns what it says of that."""
    out = lab.run(home, "push", str(results), f"hf://datasets/{OURS}", "--json", *flags, **TOKEN)
    said = json.loads(out)
    assert isinstance(said, dict)
    return said


def check_push(lab: Lab, results: pathlib.Path) -> None:
    home = lab.home()
    before = lab.double.stats()
    push(lab, home, results, "--dry-run")
    same("the dataset after --dry-run", lab.python(home, [("files", [OURS])], **TOKEN), [None])
    same("bytes sent by the storage", lab.double.stats().since(before).sent["cdn"], 0)

    said = push(lab, home, results)
    calls: list[Call] = [
        ("upload", [THEIRS, str(results), results.name]),
        ("files", [OURS]),
        ("files", [THEIRS]),
        ("card", [OURS]),
        ("load", [OURS, "results", "train"]),
    ]
    _, ours, theirs, card, rows = lab.python(home, calls, **TOKEN)
    same(f"{results.name} in the listing", ours[results.name], theirs[results.name])
    same("the files", sorted(ours), [".gitattributes", "README.md", results.name])
    same("the configs of the card", [c["config_name"] for c in card["configs"]], ["results"])
    table = pq.read_table(results)
    same("rows", len(rows), table.num_rows)
    same("the values of done_ns", [row["done_ns"] for row in rows], table["done_ns"].to_pylist())

    again = push(lab, home, results)
    same("the commit of the same results pushed again", again["commit"], said["commit"])


def main() -> None:
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    promptmill, results = (pathlib.Path(arg).resolve() for arg in sys.argv[1:])
    with tempfile.TemporaryDirectory() as temporary:
        work = pathlib.Path(temporary)
        (work / "hub/interop/other").mkdir(parents=True)
        (work / "hub/interop/other/README.md").write_text("# Not the one that is pushed\n")
        with Double(promptmill, work / "hub", "--writable") as double:
            try:
                check_push(Lab(promptmill, double, work), results)
            except AssertionError as error:
                sys.exit(f"FAIL  push: {error}")
    print("ok    Python reads what promptmill pushed, and pushes the same")


if __name__ == "__main__":
    main()
