"""The repositories that hub_cache.py pulls: every kind of revision, name and file that a cache has to hold."""

import dataclasses
import pathlib
import urllib.parse

import pyarrow as pa
import pyarrow.parquet as pq


@dataclasses.dataclass(frozen=True)
class Split:
    """One split of a config, and the rows that it must have."""

    config: str
    name: str
    rows: list[dict[str, str]]


@dataclasses.dataclass(frozen=True)
class Revision:
    """One revision of a repository, as a folder that the double serves."""

    repo: str
    name: str
    folder: pathlib.Path
    splits: list[Split]

    def files(self) -> dict[str, pathlib.Path]:
        """Returns the files by their names in the repository."""
        found = sorted(p for p in self.folder.rglob("*") if p.is_file())
        return {p.relative_to(self.folder).as_posix(): p for p in found}


PLAIN_CARD = """---
configs:
- config_name: main
  default: true
  data_files:
  - split: train
    path: data/train-*.parquet
  - split: test
    path: data/test-*.parquet
- config_name: other
  data_files:
  - split: validation
    path: other/**/*.parquet
---
# %s
"""

NAMES_CARD = """---
configs:
- config_name: größe 1
  data_files:
  - split: train
    path: "naïve dir/über 100% #1+2&3=4.parquet"
- config_name: データ
  data_files:
  - split: test
    path: データ/テスト/*.parquet
---
"""

SMALL_NAMES = [
    "notes/read me.txt",
    "emoji 🎉.txt",
    "combining e\u0301.txt",
    'it\'s "quoted".txt',
    "a&b;c=d+e,f.txt",
    ".hidden/x",
]


def rows(label: str, count: int = 20) -> list[dict[str, str]]:
    """Returns question and answer rows that no cleaning changes."""
    return [{"question": f"{label}: what is {i} plus {i}?", "answer": str(2 * i)} for i in range(count)]


def write(path: pathlib.Path, content: str | list[dict[str, str]]) -> None:
    """Writes text as it is, and rows as parquet."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, str):
        path.write_text(content, encoding="utf-8")
    else:
        pq.write_table(pa.Table.from_pylist(content), path)


def plain(folder: pathlib.Path, repo: str, name: str) -> Revision:
    """Makes a revision whose training data is its own and whose other files are the same in all revisions."""
    first, second = rows(f"{name} first"), rows(f"{name} second", 7)
    test, other = rows("test"), rows("other")
    write(folder / "README.md", PLAIN_CARD % name)
    write(folder / ".gitattributes", "*.parquet filter=lfs diff=lfs merge=lfs -text\n")
    write(folder / "empty.txt", "")
    write(folder / "data/train-00000-of-00002.parquet", first)
    write(folder / "data/train-00001-of-00002.parquet", second)
    write(folder / "data/test-00000-of-00001.parquet", test)
    write(folder / "copy/of/test.parquet", test)
    write(folder / "other/a/b/c/part.parquet", other)
    splits = [Split("main", "train", first + second), Split("main", "test", test), Split("other", "validation", other)]
    return Revision(repo, name, folder, splits)


def exported(folder: pathlib.Path, repo: str, name: str) -> Revision:
    """Makes a revision with the layout of the Hub's own conversions to parquet, which have no card."""
    train = rows("converted")
    write(folder / "main/train/0000.parquet", train[:12])
    write(folder / "main/train/0001.parquet", train[12:])
    write(folder / "other/partial-test/0000.parquet", rows("converted other"))
    return Revision(repo, name, folder, [Split("main", "train", train)])


def names(folder: pathlib.Path, repo: str, name: str) -> Revision:
    """Makes a revision whose names need quoting in URLs, in YAML or in JSON."""
    train, test = rows("names"), rows("names test")
    write(folder / "README.md", NAMES_CARD)
    write(folder / "naïve dir/über 100% #1+2&3=4.parquet", train)
    write(folder / "データ/テスト/0 1.parquet", test)
    for n in SMALL_NAMES:
        write(folder / n, f"{n}\n")
    return Revision(repo, name, folder, [Split("größe 1", "train", train), Split("データ", "test", test)])


MAKERS = [
    ("interop/plain", "main", plain),
    ("interop/plain", "v1.0", plain),
    ("interop/plain", "feature/prompts", plain),
    ("interop/plain", "refs/pr/7", plain),
    ("interop/plain", "refs/convert/parquet", exported),
    ("interop/names_and-more.v2", "main", names),
]


def make(root: pathlib.Path) -> list[Revision]:
    """Writes all repositories below root, in the form that the double serves."""
    revisions = []
    for repo, name, maker in MAKERS:
        suffix = "" if name == "main" else "@" + urllib.parse.quote(name, safe="")
        revisions.append(maker(root / (repo + suffix), repo, name))
    return revisions


def make_large(root: pathlib.Path, repo: str, files: int, rows_each: int) -> Revision:
    """Writes a repository that takes some time to download."""
    folder = root / repo
    content = [rows(f"part {n} {'x' * 200}", rows_each) for n in range(files)]
    for n, part in enumerate(content):
        path = folder / f"data/train-{n:05}-of-{files:05}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.Table.from_pylist(part), path, compression="none", use_dictionary=False)
    return Revision(repo, "main", folder, [Split("default", "train", [row for part in content for row in part])])
