"""A wall clock that jumps. promptmill is one static binary, which no library loaded before it can lie to, and the
clock of the machine belongs to others: hence a binary whose copy of Go's package time tells a wrong time of day."""

import json
import pathlib
import shutil
import subprocess

from account import Tally, check, exits, rows_of
from lab import LOAD, SECONDS, Lab, SkipError

NOW = "func Now() Time {\n"


def jumpy(lab: Lab) -> str:
    """Builds the binary, once."""
    binary = lab.work / "promptmill-jumpy"
    if binary.exists():
        return str(binary)
    if not shutil.which("go"):
        raise SkipError("no go on this machine")
    root = pathlib.Path(
        subprocess.run(["go", "env", "GOROOT"], check=True, capture_output=True, text=True).stdout.strip()
    )
    original = root / "src" / "time" / "time.go"
    head, tail = original.read_text().split(NOW, 1)
    for reading in ("sec, nsec, mono := runtimeNow()\n", "sec, nsec, mono := now()\n"):
        if reading in tail:
            changed = lab.work / "time.go"
            lie = reading + "\tif mono/5e8%2 == 1 { // every other half second\n\t\tsec -= 3600\n\t}\n"
            changed.write_text(head + NOW + tail.replace(reading, lie, 1))
            break
    else:
        raise SkipError(f"{original} does not read the clock as known here")
    overlay = lab.work / "overlay.json"
    overlay.write_text(json.dumps({"Replace": {str(original): str(changed)}}))
    subprocess.run(["go", "build", "-overlay", str(overlay), "-o", str(binary), "./cmd/promptmill"], check=True)
    return str(binary)


def jumps(lab: Lab) -> Tally:
    """Runs the client under that clock: no duration may have an hour in it."""
    binary = jumpy(lab)
    with lab.mock() as mock, Lab(binary, lab.work, lab.random).bench(mock.url, load=LOAD) as bench:
        exits(bench, 60, 0)
        limit = (SECONDS + 30) * 1e9
        for r in rows_of(bench.results):
            assert 0 <= r["due_ns"] <= r["done_ns"] < limit, f"the clock's jump is in the results: {r}"
        return check(lab.promptmill, bench, mock.drain())
