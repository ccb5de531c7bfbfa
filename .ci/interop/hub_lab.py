"""The bench that hub_cache.py works at: promptmill, Python's libraries and the double, with folders to fill."""

import collections.abc
import contextlib
import hashlib
import json
import os
import pathlib
import stat
import subprocess
import sys
import urllib.parse
import urllib.request

from double import Double, Stats
from hub_fixture import Revision, Split

CHILD = pathlib.Path(__file__).with_name("hub_child.py")

Call = tuple[str, list[object]]  # a function of hub_child.py and its arguments


class Lab:
    """Runs both sides against one double."""

    def __init__(self, promptmill: pathlib.Path, double: Double, work: pathlib.Path) -> None:
        self.promptmill, self.double, self.work = promptmill, double, work
        self.homes = 0

    def home(self) -> pathlib.Path:
        """Returns a new, empty HF_HOME."""
        self.homes += 1
        path = self.work / f"home{self.homes}"
        path.mkdir()
        return path

    def environment(self, home: pathlib.Path, **more: str) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("HF_", "HUGGING", "PROMPTMILL_"))}
        return kept | {
            "HOME": str(home),
            "HF_HOME": str(home),
            "HF_ENDPOINT": self.double.url,
            "HF_HUB_DISABLE_PROGRESS_BARS": "1",
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "NO_PROXY": "*",
            **more,
        }

    def start_python(self, home: pathlib.Path, **more: str) -> subprocess.Popen[str]:
        """Starts a hub_child.py that waits for its calls on stdin."""
        pipe = subprocess.PIPE
        command = [sys.executable, str(CHILD)]
        return subprocess.Popen(
            command, env=self.environment(home, **more), stdin=pipe, stdout=pipe, stderr=pipe, text=True
        )

    def python(self, home: pathlib.Path, calls: list[Call], **more: str) -> list:
        """Makes the calls in a Python process of their own and returns their results."""
        child = self.start_python(home, **more)
        out, err = child.communicate(json.dumps(calls))
        if child.returncode != 0:
            raise AssertionError(f"Python with {more}: {calls}\n{err}")
        return json.loads(out)

    def run(self, home: pathlib.Path, *arguments: str, **more: str) -> str:
        """Runs promptmill, which must succeed, and returns its standard output."""
        return self.ends(0, home, *arguments, **more)

    def ends(self, code: int, home: pathlib.Path, *arguments: str, **more: str) -> str:
        """Runs promptmill, which must end with the exit code, and returns its standard output."""
        command = [str(self.promptmill), *arguments]
        done = subprocess.run(command, env=self.environment(home, **more), capture_output=True, text=True, check=False)
        if done.returncode != code:
            said = done.stdout + done.stderr
            raise AssertionError(f"{' '.join(command)}: exit code {done.returncode}, want {code}\n{said}")
        return done.stdout

    def start(self, home: pathlib.Path, *arguments: str) -> subprocess.Popen[str]:
        """Starts promptmill and does not wait for it."""
        command = [str(self.promptmill), *arguments]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, env=self.environment(home), stdout=pipe, stderr=pipe, text=True)

    def hf(self, home: pathlib.Path, *arguments: str, **more: str) -> str:
        """Runs the command of huggingface_hub and returns its standard output."""
        command = [str(pathlib.Path(sys.executable).with_name("hf")), *arguments]
        done = subprocess.run(command, env=self.environment(home, **more), capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise AssertionError(f"{' '.join(command)}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def pull(self, home: pathlib.Path, rev: Revision, *flags: str, **more: str) -> list[pathlib.Path]:
        """Pulls a revision with promptmill and returns the paths that it prints."""
        out = self.run(home, "pull", rev.repo, "--revision", rev.name, *flags, **more)
        return [pathlib.Path(line) for line in out.splitlines()]

    def prompts(
        self, home: pathlib.Path, rev: Revision, split: Split, *flags: str, **more: str
    ) -> list[dict[str, str]]:
        """Converts a split with promptmill and returns its lines."""
        part = ["--revision", rev.name, "--config", split.config, "--split", split.name]
        out = self.run(home, "convert", f"hf://datasets/{rev.repo}", *part, "-o", "-", *flags, **more)
        return [json.loads(line) for line in out.splitlines()]

    def commit(self, rev: Revision) -> str:
        """Asks the double for the commit of a revision."""
        url = f"{self.double.url}/api/datasets/{rev.repo}/revision/{urllib.parse.quote(rev.name, safe='')}"
        with urllib.request.urlopen(url) as answer:
            return json.load(answer)["sha"]

    @contextlib.contextmanager
    def untouched(self, folder: pathlib.Path, offline: bool) -> collections.abc.Iterator[None]:
        """Holds that what the block does rewrites no data file of folder, and fetches none: offline it makes no
        request at all, online it asks for no body of a file."""
        files, before = identities(folder), self.double.stats()
        yield
        did = self.double.stats().since(before)
        moved = did.requests.total() if offline else did.requests["cdn"] + did.sent["cdn"] + did.sent["resolve"]
        assert moved == 0, f"asked again for what {folder} has: {did}"
        now = identities(folder)
        assert now == files, f"{folder}: touched {sorted(k for k in now | files if now.get(k) != files.get(k))}"

    def moved(self, before: Stats) -> int:
        """Returns how many bytes of files have been sent since before."""
        sent = self.double.stats().since(before).sent
        return sent["cdn"] + sent["resolve"]


def cache(home: pathlib.Path) -> pathlib.Path:
    return home / "hub"


def store(home: pathlib.Path, rev: Revision) -> pathlib.Path:
    """Returns the folder of a repository in the cache."""
    return cache(home) / ("datasets--" + rev.repo.replace("/", "--"))


def identities(folder: pathlib.Path) -> dict[str, tuple[int, int, int]]:
    """Returns inode, time and size of every data file below folder: neither locks nor Python's notes of its own."""
    out = {}
    for path in folder.rglob("*"):
        if path.is_symlink() or not path.is_file() or {".locks", ".cache", "refs", ".no_exist"} & set(path.parts):
            continue
        info = path.stat()
        out[path.relative_to(folder).as_posix()] = (info.st_ino, info.st_mtime_ns, info.st_size)
    return out


def entries(folder: pathlib.Path) -> dict[str, str]:
    """Returns everything below folder with its mode and its link target or content, so that two trees can be
    compared byte for byte."""
    out = {}
    for path in sorted(folder.rglob("*")):
        mode = stat.filemode(path.lstat().st_mode)
        what = ""
        if path.is_symlink():
            what = f" -> {path.readlink()}"
        elif path.is_file():
            what = f" {path.stat().st_size} bytes, sha256 {hashlib.sha256(path.read_bytes()).hexdigest()[:16]}"
        out[path.relative_to(folder).as_posix()] = mode + what
    return out


def same(what: str, got: object, want: object) -> None:
    """Fails with the difference of two values; of two dicts only with the keys that differ."""
    if got == want:
        return
    if isinstance(got, dict) and isinstance(want, dict):
        keys = sorted(k for k in got.keys() | want.keys() if got.get(k) != want.get(k))
        lines = [f"  {k!r}: {got.get(k)!r}, want {want.get(k)!r}" for k in keys]
        raise AssertionError("\n".join([f"{what}:", *lines]))
    raise AssertionError(f"{what}: {got!r}, want {want!r}")


def compare_prompts(lab: Lab, home: pathlib.Path, rev: Revision, split: Split, *flags: str) -> None:
    """Checks that promptmill converts exactly the rows of a split."""
    want = [{"prompt": row["question"], "expected": row["answer"]} for row in split.rows]
    same(f"prompts of {rev.repo}@{rev.name} {split.config}/{split.name}", lab.prompts(home, rev, split, *flags), want)


def snapshot_files(lab: Lab, home: pathlib.Path, rev: Revision) -> set[str]:
    base = store(home, rev) / "snapshots" / lab.commit(rev)
    return {(base / name).as_posix() for name in rev.files()}


def healthy(lab: Lab, home: pathlib.Path, revisions: list[Revision]) -> None:
    """Checks a cache with Python's own tools: the scan warns of nothing and every hash is right."""
    scanned = lab.python(home, [("scan", [])])[0]
    same("warnings of scan_cache_dir()", scanned["warnings"], [])
    for rev in revisions:
        verify(lab, home, rev)
        absent = store(home, rev) / ".no_exist" / lab.commit(rev)
        wrong = [name for name in rev.files() if (absent / name).exists()]
        same(f"files of {rev.repo}@{rev.name} noted as missing", wrong, [])


def verify(lab: Lab, home: pathlib.Path, rev: Revision, *flags: str) -> None:
    """Runs Python's `hf cache verify`, which must have checked something and found nothing."""
    out = lab.hf(home, "cache", "verify", rev.repo, "--repo-type", "dataset", "--revision", rev.name,
                 "--fail-on-extra-files", "--json", *flags)  # fmt: skip
    assert json.loads(out.splitlines()[-1])["checked"] > 0, out


def without_absent(tree: dict[str, str]) -> dict[str, str]:
    """Leaves out the notes of files that a repository does not have."""
    return {k: v for k, v in tree.items() if ".no_exist" not in k}


def without_times(folder: pathlib.Path) -> dict[str, str]:
    """Returns the entries of a --local-dir folder, without the instants that its notes end with."""
    tree = entries(folder)
    for name in tree:
        if name.endswith(".metadata"):
            commit, etag, instant, rest = (folder / name).read_text().split("\n")
            assert float(instant) > 0 and rest == "", name
            tree[name] = f"{tree[name].split()[0]} {commit} {etag}"
    return tree
