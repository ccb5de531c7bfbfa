"""Checks that promptmill and Python share the cache of the Hub and folders of their own, byte for byte.

Usage: hub_cache.py PROMPTMILL

Each side reads what the other has downloaded, from a real server over HTTP, with counters that prove that nothing is
downloaded twice.
"""

import collections.abc
import json
import pathlib
import sys
import tempfile
import time
import typing

import datasets
import huggingface_hub

from double import Double
from hub_fixture import Revision, make, make_large
from hub_lab import (
    Call,
    Lab,
    cache,
    compare_prompts,
    entries,
    healthy,
    same,
    snapshot_files,
    store,
    verify,
    without_absent,
    without_times,
)

EVERYTHING = ("--include", "*")
T = typing.TypeVar("T")  # what a check is about
OFFLINE = {"HF_HUB_OFFLINE": "1"}
EXPORTED = "refs/convert/parquet"


def check_python_reads(lab: Lab, revisions: list[Revision]) -> str:
    """Python finds what promptmill pulled, of every revision in one cache, offline and online."""
    home = lab.home()
    for rev in revisions:
        lab.pull(home, rev, *EVERYTHING)
    calls: list[Call] = []
    sources: list[pathlib.Path] = []  # of the files that the first calls ask for
    for rev in revisions:
        for name, path in rev.files().items():
            calls += [("file", [rev.repo, name, rev.name]), ("file", [rev.repo, name, lab.commit(rev)])]
            sources += [path, path]
    calls += [("snapshot", [rev.repo, name]) for rev in revisions for name in (rev.name, lab.commit(rev))]
    with lab.untouched(cache(home), offline=True):
        results = lab.python(home, calls, **OFFLINE)
    for source, got in zip(sources, results, strict=False):
        same(f"the content of {got}", pathlib.Path(got).read_bytes() == source.read_bytes(), True)
    with lab.untouched(cache(home), offline=False):
        same("the paths when online", lab.python(home, calls), results)
    healthy(lab, home, revisions)
    return f"{len(sources)} files, by revision and by commit"


def check_datasets_reads(lab: Lab, revisions: list[Revision]) -> str:
    """load_dataset reads pulled snapshots offline, and pulled repositories by their names without a download."""
    named = [rev for rev in revisions if rev.name != EXPORTED]  # which datasets resolves only at the real Hub
    splits = 0
    for rev in named:
        home = lab.home()
        for config in dict.fromkeys(split.config for split in rev.splits):
            lab.pull(home, rev, "--config", config)
        snapshot = store(home, rev) / "snapshots" / lab.commit(rev)
        offline: list[Call] = [("load", [str(snapshot), split.config, split.name]) for split in rev.splits]
        online: list[Call] = [("load", [rev.repo, split.config, split.name, rev.name]) for split in rev.splits]
        want = [split.rows for split in rev.splits]
        with lab.untouched(cache(home), offline=True):
            same(f"{rev.repo}@{rev.name} offline", lab.python(home, offline, **OFFLINE), want)
        with lab.untouched(cache(home), offline=False):
            same(f"{rev.repo}@{rev.name} online", lab.python(home, online), want)
        splits += len(want)
    return f"{splits} splits"


def check_promptmill_reads(lab: Lab, revisions: list[Revision]) -> str:
    """promptmill finds what Python pulled, of every revision in one cache, offline and online."""
    home = lab.home()
    lab.python(home, [("snapshot", [rev.repo, rev.name]) for rev in revisions])
    read = 0
    for rev in revisions:
        for split in rev.splits:
            part = ("--config", split.config, "--split", split.name)
            with lab.untouched(cache(home), offline=True):
                paths = lab.pull(home, rev, *part, "--offline")
                same("HF_HUB_OFFLINE", lab.pull(home, rev, *part, **OFFLINE), paths)
                compare_prompts(lab, home, rev, split, "--offline")
            with lab.untouched(cache(home), offline=False):
                same("the paths when online", lab.pull(home, rev, *part), paths)
                compare_prompts(lab, home, rev, split)
            read += len(paths)
        with lab.untouched(cache(home), offline=True):
            got = lab.pull(home, rev, *EVERYTHING, "--offline")
        same("all files", {p.as_posix() for p in got}, snapshot_files(lab, home, rev))
    healthy(lab, home, revisions)
    return f"{read} files of {len(revisions)} revisions"


def check_promptmill_reads_parts(lab: Lab, rev: Revision) -> str:
    """promptmill goes on from what load_dataset and hf_hub_download left, which has no listing of the repository."""
    train, test = rev.splits[0], rev.splits[1]
    home = lab.home()
    lab.python(home, [("load", [rev.repo, train.config, train.name])])
    compare_prompts(lab, home, rev, train, "--offline")
    before = lab.double.stats()
    compare_prompts(lab, home, rev, train)
    same("bytes of files for what load_dataset has", lab.moved(before), 0)

    home = lab.home()
    files = [f for f in rev.files() if f == "README.md" or f.startswith("data/test")]
    lab.python(home, [("file", [rev.repo, f, rev.name]) for f in files])
    compare_prompts(lab, home, rev, test, "--offline")
    lab.ends(4, home, "pull", rev.repo, "--split", "train", "--offline")
    healthy(lab, home, [rev])
    return "load_dataset's and single files"


def check_special_caches(lab: Lab, rev: Revision) -> str:
    """promptmill reads a cache without symlinks, and one whose blobs are in the store of all repositories."""
    home = lab.home()
    lab.python(home, [("snapshot", [rev.repo, rev.name])], HF_HUB_DISABLE_SYMLINKS="1")
    with lab.untouched(cache(home), offline=True):
        for split in rev.splits:
            compare_prompts(lab, home, rev, split, "--offline")

    home = lab.home()
    lab.python(home, [("snapshot", [rev.repo, rev.name])])
    blobs = [p for p in sorted((store(home, rev) / "blobs").iterdir()) if len(p.name) == 64]
    hashes = [f"{n + 10:064x}" for n in range(len(blobs))]
    lab.python(home, [("share", [str(cache(home)), str(p), h]) for p, h in zip(blobs, hashes, strict=True)])
    with lab.untouched(cache(home), offline=True):
        for split in rev.splits:
            compare_prompts(lab, home, rev, split, "--offline")
    with lab.untouched(cache(home), offline=False):
        lab.pull(home, rev, *EVERYTHING)
        lab.pull(home, rev, *EVERYTHING, "--verify")
    healthy(lab, home, [rev])
    return f"no symlinks; {len(blobs)} shared blobs"


def check_same_cache(lab: Lab, revisions: list[Revision]) -> str:
    """Both make the same cache: names, modes, links, refs, listings, locks, notes of what does not exist."""
    ours, theirs = lab.home(), lab.home()
    calls: list[Call] = [("snapshot", [rev.repo, rev.name]) for rev in revisions]
    for rev in revisions:
        lab.pull(ours, rev, *EVERYTHING)
        if rev.name != EXPORTED:  # load_dataset asks for files that a repository may lack
            calls.append(("load", [rev.repo, rev.splits[0].config, rev.splits[0].name, rev.name]))
    lab.python(theirs, calls)
    exported = next(lab.commit(rev) for rev in revisions if rev.name == EXPORTED)
    got, want = entries(cache(ours)), entries(cache(theirs))
    same("the cache", {k: v for k, v in got.items() if f".no_exist/{exported}" not in k}, want)
    return f"{len(want)} entries are equal"


def check_same_split(lab: Lab, revisions: list[Revision]) -> str:
    """Both make the same cache of one split: the card and the data, nothing else."""
    compared = 0
    for rev in revisions:
        split = rev.splits[0]
        ours, theirs = lab.home(), lab.home()
        paths = lab.pull(ours, rev, "--config", split.config, "--split", split.name)
        base = store(ours, rev) / "snapshots" / lab.commit(rev)
        patterns = ["README.md", *(p.relative_to(base).as_posix() for p in paths)]
        lab.python(theirs, [("snapshot", [rev.repo, rev.name, None, patterns])])
        want = entries(cache(theirs))
        same(f"{rev.repo}@{rev.name}", without_absent(entries(cache(ours))), want)
        with lab.untouched(cache(ours), offline=True):
            got = lab.python(ours, [("snapshot", [rev.repo, rev.name, None, patterns])], **OFFLINE)
        same("the snapshot of the same files", got, [str(base)])
        compared += len(want)
    return f"{compared} entries are equal"


def check_local_dir(lab: Lab, revisions: list[Revision]) -> str:
    """Folders filled with --local-dir are the same from both, and either goes on with the other's."""
    compared = 0
    for rev in revisions:
        home, ours, theirs = lab.home(), lab.home(), lab.home()
        lab.pull(home, rev, *EVERYTHING, "--local-dir", str(ours))
        lab.python(home, [("snapshot", [rev.repo, rev.name, str(theirs)])])
        want = without_times(theirs)
        same(f"{rev.repo}@{rev.name}", without_times(ours), want)
        compared += len(want)
        calls: list[Call] = [("file", [rev.repo, f, lab.commit(rev), str(ours)]) for f in rev.files()]
        with lab.untouched(ours, offline=True):
            lab.python(home, calls, **OFFLINE)
        with lab.untouched(ours, offline=False):
            lab.python(home, [("snapshot", [rev.repo, rev.name, str(ours)])])
        with lab.untouched(theirs, offline=False):
            lab.pull(home, rev, *EVERYTHING, "--local-dir", str(theirs))
        for folder in (ours, theirs):
            verify(lab, home, rev, "--local-dir", str(folder))
    return f"{compared} entries are equal"


def check_local_dir_offline(lab: Lab, revisions: list[Revision]) -> str:
    """promptmill finds offline what is in a folder, whoever filled it."""
    for rev in revisions:
        for fill in ("promptmill", "Python"):
            home, folder = lab.home(), lab.home()
            if fill == "promptmill":
                lab.pull(home, rev, *EVERYTHING, "--local-dir", str(folder))
            else:
                lab.python(home, [("snapshot", [rev.repo, rev.name, str(folder)])])
            with lab.untouched(folder, offline=True):
                got = lab.pull(home, rev, *EVERYTHING, "--local-dir", str(folder), "--offline")
            same(f"the files of {rev.repo}@{rev.name} from {fill}", set(got), {folder / name for name in rev.files()})
    return f"{2 * len(revisions)} folders"


def check_together(lab: Lab, large: Revision) -> str:
    """Both pull one repository at the same time into one cache: every file is fetched once."""
    rounds = 4
    size = sum(p.stat().st_size for p in large.files().values())
    for _ in range(rounds):
        home = lab.home()
        before = lab.double.stats()
        child = lab.start_python(home)
        assert child.stdin is not None
        child.stdin.write(json.dumps([("snapshot", [large.repo, large.name])]))
        child.stdin.close()
        child.stdin = None  # so that communicate does not write to it
        lab.pull(home, large, *EVERYTHING)
        _, err = child.communicate()
        assert child.returncode == 0, err
        fetched = lab.moved(before)
        assert fetched < 1.1 * size, f"{fetched} bytes fetched for {size}: the locks do not hold each other off"
        healthy(lab, home, [large])
        same("unfinished files", [p.name for p in cache(home).rglob("*.incomplete")], [])
    return f"{rounds} rounds of {size >> 20} MiB"


def check_unfinished(lab: Lab, large: Revision) -> str:
    """Python takes what a killed promptmill leaves for what it is: nothing to warn of, and garbage to prune."""
    home = lab.home()
    half = sum(p.stat().st_size for p in large.files().values()) // 2
    before = lab.double.stats()
    child = lab.start(home, "pull", large.repo)
    while lab.moved(before) < half:
        assert child.poll() is None, f"pull ended with {child.returncode} before half of the data was sent"
        time.sleep(0.01)
    child.kill()
    child.communicate()
    left = [p for p in cache(home).rglob("*.incomplete")]
    assert left, "a killed pull left nothing to go on from"
    scanned = lab.python(home, [("scan", []), ("snapshot", [large.repo, large.name]), ("scan", [])])
    same("warnings of scan_cache_dir()", scanned[0]["warnings"] + scanned[2]["warnings"], [])
    lab.hf(home, "cache", "prune", "--yes")
    same("files that prune left", [p.name for p in cache(home).rglob("*.incomplete*")], [])
    healthy(lab, home, [large])
    return f"{len(left)} unfinished files"


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    promptmill = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as temporary:
        work = pathlib.Path(temporary)
        revisions = make(work / "hub")
        large = make_large(work / "hub", "interop/large", files=6, rows_each=20_000)
        with Double(promptmill, work / "hub", "--connection-rate", "8MiB") as double:
            lab = Lab(promptmill, double, work)
            held = [
                holds(check_python_reads, lab, revisions),
                holds(check_datasets_reads, lab, revisions),
                holds(check_promptmill_reads, lab, revisions),
                holds(check_promptmill_reads_parts, lab, revisions[0]),
                holds(check_special_caches, lab, revisions[0]),
                holds(check_same_cache, lab, revisions),
                holds(check_same_split, lab, revisions),
                holds(check_local_dir, lab, revisions),
                holds(check_local_dir_offline, lab, revisions),
                holds(check_together, lab, large),
                holds(check_unfinished, lab, large),
            ]
    versions = f"huggingface_hub {huggingface_hub.__version__}, datasets {datasets.__version__}"
    if not all(held):
        sys.exit(f"{versions}: {held.count(False)} checks failed")
    print(f"{versions}: the cache and folders are shared")


def holds(check: collections.abc.Callable[[Lab, T], str], lab: Lab, subject: T) -> bool:
    """Runs a check and says how it came out."""
    what = (check.__doc__ or "").split(":")[0].rstrip(".")
    try:
        print(f"ok    {what}: {check(lab, subject)}", flush=True)
    except AssertionError as error:
        print(f"FAIL  {what}: {error}", flush=True)
        return False
    return True


if __name__ == "__main__":
    main()
