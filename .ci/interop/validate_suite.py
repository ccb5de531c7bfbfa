"""Runs the official JSON-Schema-Test-Suite's cases, as jsonschema's source package carries them, through validate.

Every group of cases is a schema and a JSON Lines file of its own. What differs must be in EXCEPTIONS, by name, and what
is there must differ.
"""

import collections
import concurrent.futures
import importlib.metadata
import json
import pathlib
import subprocess
import sys
import tarfile
import tempfile

DRAFTS = {
    "draft4": "http://json-schema.org/draft-04/schema#",
    "draft6": "http://json-schema.org/draft-06/schema#",
    "draft7": "http://json-schema.org/draft-07/schema#",
    "draft2019-09": "https://json-schema.org/draft/2019-09/schema",
    "draft2020-12": "https://json-schema.org/draft/2020-12/schema",
}
REMOTE = "references must stay inside the schema"
# Files left out whole, with the reason.
LEFT_OUT = {
    "refRemote.json": "its schemas refer to a server",
    "format.json": "its cases say that formats are not asserted; validate asserts them",
}
# What the names of cases begin with -> why the verdict is another one.
EXCEPTIONS = {
    "draft2020-12/dynamicRef.json/$dynamicRef skips over intermediate resources - direct": "so does the schema library",
}


def suite(folder: pathlib.Path) -> pathlib.Path:
    """Fetches the source package of the jsonschema that is installed, and returns its copy of the suite."""
    version = importlib.metadata.version("jsonschema")
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--no-deps", "--no-binary", "jsonschema", f"jsonschema=={version}", "-d", folder], check=True)
    with tarfile.open(next(folder.glob("jsonschema-*.tar.gz"))) as tar:
        tar.extractall(folder, filter="data")
    return next(folder.glob("jsonschema-*/json/tests"))


def verdicts(promptmill: str, schema: object, rows: list[object]) -> list[bool] | str:
    """Returns whether each row is valid, or why the schema is refused."""
    with tempfile.TemporaryDirectory() as folder:
        path, lines = pathlib.Path(folder, "schema.json"), pathlib.Path(folder, "rows.jsonl")
        path.write_text(json.dumps(schema))
        lines.write_text("".join(json.dumps(row) + "\n" for row in rows))
        done = subprocess.run(
            [promptmill, "validate", "--json", "--quiet", "--schema", path, lines],
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode not in (0, 1):
        return done.stderr.strip()
    findings = json.loads(done.stdout)["findings"]
    bad = {finding["line"] for finding in findings if finding["severity"] == "error"}
    return [n not in bad for n in range(1, len(rows) + 1)]


def differences(promptmill: str, draft: str, file: str, group: dict) -> tuple[list[str], int]:
    """Returns the names of the cases of a group that have another verdict, and how many agree: none where it
    refers to another file, which is refused."""
    schema = group["schema"]
    if isinstance(schema, dict) and "$schema" not in schema:
        schema = {"$schema": DRAFTS[draft], **schema}
    got = verdicts(promptmill, schema, [case["data"] for case in group["tests"]])
    name = f"{draft}/{file}/{group['description']}"
    if isinstance(got, str):
        if REMOTE in got:
            return [], 0
        return [f"{name}/*: {got}"], 0
    other = [case["description"] for case, valid in zip(group["tests"], got, strict=True) if valid != case["valid"]]
    return [f"{name}/{case}" for case in other], len(got) - len(other)


def excused(name: str) -> str | None:
    return next((key for key in EXCEPTIONS if name.startswith(key)), None)


def main() -> None:
    promptmill, agreed, differ, used, remote = sys.argv[1], collections.Counter(), [], set(), 0
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(2) as pool:
        jobs = []
        tests = suite(pathlib.Path(folder))
        for draft in DRAFTS:
            for path in sorted((tests / draft).glob("*.json")):
                if path.name not in LEFT_OUT:
                    for group in json.loads(path.read_text()):
                        jobs.append((draft, pool.submit(differences, promptmill, draft, path.name, group)))
        for draft, job in jobs:
            names, same = job.result()
            agreed[draft] += same
            remote += not names and same == 0
            for name in names:
                if key := excused(name):
                    used.add(key)
                else:
                    differ.append(name)
    print("JSON-Schema-Test-Suite:", ", ".join(f"{draft} {n} cases" for draft, n in agreed.items()), "agree")
    print(f"  refused: {remote} groups whose schemas refer to other files")
    for name, why in [*LEFT_OUT.items(), *EXCEPTIONS.items()]:
        print(f"  left out: {name}: {why}")
    unused = set(EXCEPTIONS) - used
    if differ or unused or min(agreed.values()) < 500:
        sys.exit("\n".join(["JSON-Schema-Test-Suite:", *differ, *(f"no longer an exception: {key}" for key in unused)]))


if __name__ == "__main__":
    main()
