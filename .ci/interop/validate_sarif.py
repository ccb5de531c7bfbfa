"""Holds the logs of `promptmill validate --format sarif` against the official JSON Schema of SARIF 2.1.0, which
sarif-om carries, and the documents of `--format json` against promptmill's own, both with Python's jsonschema.

usage: validate_sarif.py PROMPTMILL
"""

import json
import pathlib
import subprocess
import sys
import tarfile
import tempfile

import jsonschema

SARIF_OM = "sarif-om==1.0.4"

FILES = {
    "fine.jsonl": '{"prompt":"a","expected":"b"}\n',
    "bad 100%:é.jsonl": '\ufeff{"prompt":"Itâ€™s \u202e","expected":"b"}\r\n\n{"prompt":1}\n{"prompt":"\x1b[2J"',
    "bad.txt": "one\n\n \t\ntwo\x00\ncaf\u0301e\u0085\n",
    "empty.txt": "",
    "no.txt": "PAR1",
}


def official_schema(folder: pathlib.Path) -> dict:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    subprocess.run([*command, "--no-binary", ":all:", "--dest", str(folder), SARIF_OM], check=True)
    (archive,) = folder.glob("sarif*.tar.gz")
    with tarfile.open(archive) as tar:
        (name,) = [n for n in tar.getnames() if n.endswith("sarif-2.1.0-rtm.4.json")]
        return json.load(tar.extractfile(name))


def main() -> None:
    promptmill = sys.argv[1]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        sarif = official_schema(folder)
        own = json.loads(subprocess.run([promptmill, "schema", "findings"], check=True, capture_output=True).stdout)
        work = folder / "prompts"
        work.mkdir()
        for file, content in FILES.items():
            (work / file).write_bytes(content.encode())
        choices = [[f] for f in FILES] + [list(FILES), [str(work / "bad.txt"), "nowhere.jsonl"]]
        shown = 0
        for files in choices:
            for extra in [], ["--summary"], ["--max-errors", "1"], ["--schema", "messages"]:
                for shape, schema in ("sarif", sarif), ("json", own):
                    done = subprocess.run(
                        [promptmill, "validate", "--format", shape, *extra, *files], cwd=work, capture_output=True
                    )
                    if done.returncode not in (0, 1, 3):
                        sys.exit(f"{files} {extra}: exit code {done.returncode}: {done.stderr.decode()}")
                    document = json.loads(done.stdout)
                    jsonschema.validate(document, schema)
                    if shape == "json" and document["valid"] != (done.returncode == 0):
                        sys.exit(f"{files} {extra}: valid is {document['valid']}, exit code {done.returncode}")
                    shown += 1
        print(f"validate: {shown} SARIF logs and JSON documents follow their schemas")


if __name__ == "__main__":
    main()
