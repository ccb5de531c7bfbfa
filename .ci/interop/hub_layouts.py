"""Compares how promptmill and `datasets` read the layout of a dataset: its configs, the default one, the splits of each
in order, and their parquet files in order; and which layouts neither reads.

    hub_layouts.py PROMPTMILL [--seed N] [--random N] [--only NAME]

The repositories are made here: one for each rule, and random mixtures of them, the same for the same seed. `promptmill
mock hub` serves them. `datasets` lists a file once for each pattern that selects it; promptmill lists it once, so
repeated files are compared by where they come first.
"""

import argparse
import contextlib
import io
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile

DATA = "data/{}-0000{}-of-0000{}.parquet"
YAML_A = "configs:\n- config_name: a\n"

# name: (files separated by blanks or a list, front matter of README.md or None, .huggingface.yaml or None)
LAYOUTS = {
    # Rule 1: what push_to_hub writes.
    "shards": ([DATA.format("train", 0, 2), DATA.format("train", 1, 2), DATA.format("test", 0, 1)], None),
    "shards order": ([DATA.format(s, 0, 1) for s in ("zeta", "test", "alpha", "validation", "train")], None),
    "shards free names": ([DATA.format(s, 0, 1) for s in ("my.split", "x_1", "été", "日本")], None),
    "shards with a suffix": (
        ["data/train-00000-of-00001-0f1e2d.parquet", "data/train-00000-of-00001.v2.parquet"],
        None,
    ),
    "shards twice of": (
        ["data/train-00000-of-00001-of-x.parquet", "data/a-00000-of-00001-00000-of-00002.parquet"],
        None,
    ),
    "shards bad split": ([DATA.format("a-b", 0, 1), DATA.format("train", 0, 1)], None),
    "shards no split": (["data/-00000-of-00001.parquet"], None),
    "shards win": ([DATA.format("train", 0, 1), "test.parquet", "logs/x.eval", "dev/a.parquet"], None),
    "shards elsewhere": (["main/train-00000-of-00001.parquet", "main/test-00000-of-00001.parquet"], None),
    "shards below": (["x/data/train-00000-of-00001.parquet"], None),
    "shards six digits": (["data/train-000000-of-000001.parquet", "data/dev.parquet"], None),
    "shards of two formats": ([DATA.format("train", 0, 1), "data/test-00000-of-00001.csv"], None),
    "shards of no format": ([DATA.format("train", 0, 1), "data/test-00000-of-00001.weird"], None),
    # Rule 2: logs and tasks.
    "eval logs": ("logs/a.eval logs/b/c.eval train.parquet", None),
    "eval at the top": ("a.eval train/x.parquet", None),
    "harbor": ("t1/task.toml t1/instruction.md train.parquet", None),
    # Rule 3: folders.
    "folders": ("train/a.parquet train/b/c.parquet test/a.parquet validation/z.parquet", None),
    "folders words": ("training/a.parquet dev/a.parquet evaluation/a.parquet", None),
    "folders valid val": ("valid/a.parquet val/b.parquet dev/c.parquet validation/d.parquet", None),
    "folders with suffix": ("x/train-v2/a.parquet x/my_dev/b.parquet y/old.test.2/c.parquet", None),
    "folders not words": ("trainer/a.parquet pretrain/b.parquet contest/c.parquet", None),
    "folders win": ("test/train.parquet dev.parquet", None),
    "folders twice": ("train/test/a.parquet test/train/b.parquet", None),
    "folder and text": ("train/a.parquet test/notes.txt", None),
    "folder of unknown": ("train/a.parquet test/notes.weird", None),
    "folder digits": ("train2/a.parquet 2test/b.parquet", None),
    "folder case": ("Train/a.parquet TEST/b.parquet", None),
    # Rule 4: file names.
    "names": ("train.parquet test.parquet validation.parquet", None),
    "names words": ("a_training_1.parquet x-eval.parquet valid 3.parquet".replace("valid 3", "valid_3"), None),
    "names with blanks": (["my train file.parquet", "the test.parquet"], None),
    "names in folders": ("a/train-0.parquet b/train-0.parquet b/test-0.parquet", None),
    "names not words": ("attestation.parquet contrain.parquet trains.parquet", None),
    "names twice": ("train-test.parquet dev_val.parquet", None),
    "names of two formats": ("train.parquet test.csv", None),
    "names csv tsv": ("train.csv test.tsv", None),
    "names unknown split": ("train.parquet test.weird", None),
    "names without ending": ("train test.parquet", None),
    "license counts": ("a.parquet train_LICENSE", None),
    # Rule 5: everything.
    "one file": ("a.parquet", None),
    "everything": ("b.parquet a.parquet sub/c.parquet sub/deep/d.parquet", None),
    "nothing": ("", None),
    "only a card": ("", "license: mit"),
    "only unknown": ("a.weird LICENSE", None),
    # The format: the most common ending, parquet when equal.
    "majority json": ("a.parquet x.json y.json", None),
    "majority parquet": ("a.parquet b.parquet x.json", None),
    "equal": ("a.parquet x.json", None),
    "equal csv": ("x.csv a.jsonl", None),
    "two endings": ("a.json.parquet b.json", None),
    "capitals": ("A.PARQUET", None),
    "capitals beside": ("A.PARQUET b.parquet c.JPG", None),
    "geoparquet": ("a.geoparquet b.gpq", None),
    "metadata alone": ("metadata.parquet", None),
    "metadata and images": ("metadata.parquet a.png b.png", None),
    "metadata majority": ("x/metadata.parquet y/metadata.parquet z/metadata.parquet a.jsonl", None),
    "images": ("a.png b.JPG c.parquet", None),
    "endings in the middle": ("v1.0.parquet v2.csv.old a.parquet", None),
    "manifest beside": ("a.manifest b.manifest c.parquet", None),
    # What is ignored.
    "ignored": (
        "a.parquet config.json dataset_info.json dataset_infos.json sub/README.md sub/config.json dataset_dict.json dummy_data.zip",
        None,
    ),
    "hidden": (".a.parquet .x/b.parquet c.parquet d/.e/f.parquet", None),
    "special": ("__MACOSX/a.parquet b.parquet __x.parquet c/__y/d.parquet", None),
    "only hidden": (".a.parquet __x/b.parquet", None),
    "hidden named": (".x/b.parquet .x/.c.parquet a.parquet", YAML_A + "  data_files: .x/*"),
    "hidden file named": (".a.parquet b.parquet", YAML_A + "  data_files: [.a.parquet, '.*']"),
    "special named": ("__x/b.parquet a.parquet", YAML_A + "  data_files: __x/*.parquet"),
    "special not named": ("__x/b.parquet a.parquet", YAML_A + "  data_files: '*/*.parquet'"),
    "ignored named": ("config.json a.parquet", YAML_A + "  data_files: config.json"),
    "default by info and old infos": (
        "a.parquet dataset_infos.json",
        YAML_A + "  data_files: a.parquet\n- config_name: b\n  data_files: a.parquet\ndataset_info:\n  config_name: b",
    ),
    "script": ("a.parquet {repo}.py", None),
    # Cards.
    "text": ("a.parquet b.parquet", YAML_A + "  data_files: b.parquet"),
    "glob": ("a.parquet b.parquet c.csv", YAML_A + "  data_files: '*.parquet'"),
    "list": ("a.parquet b.parquet c.parquet", YAML_A + "  data_files: [c.parquet, '*.parquet']"),
    "empty list": ("a.parquet", YAML_A + "  data_files: []"),
    "empty list second": ("a.parquet", YAML_A + "  data_files: a.parquet\n- config_name: b\n  data_files: []"),
    "empty text": ("a.parquet", YAML_A + "  data_files: ''"),
    "null": ("a.parquet", YAML_A + "  data_files:"),
    "null second": ("a.parquet", YAML_A + "- config_name: b\n  data_files:"),
    "splits": (
        "a.parquet b.parquet",
        YAML_A + "  data_files:\n  - split: one.two\n    path: b.parquet\n  - {split: train, path: [a.parquet]}",
    ),
    "split of nothing": (
        "a.parquet",
        YAML_A + "  data_files:\n  - {split: train, path: a.parquet}\n  - {split: test, path: 'z/*'}",
    ),
    "split of nothing second": (
        "a.parquet",
        YAML_A
        + "  data_files: a.parquet\n- config_name: b\n  data_files:\n  - {split: train, path: a.parquet}\n  - {split: test, path: 'z/*'}",
    ),
    "split with a dash": ("a.parquet", YAML_A + "  data_files:\n  - {split: a-b, path: a.parquet}"),
    "split in unicode": ("a.parquet", YAML_A + "  data_files:\n  - {split: été٣, path: a.parquet}"),
    "split twice": (
        "a.parquet",
        YAML_A + "  data_files:\n  - {split: x, path: a.parquet}\n  - {split: x, path: a.parquet}",
    ),
    "split a number": ("a.parquet", YAML_A + "  data_files:\n  - {split: 1, path: a.parquet}"),
    "split a quoted number": ("a.parquet", YAML_A + "  data_files:\n  - {split: '1', path: a.parquet}"),
    "split too many keys": ("a.parquet", YAML_A + "  data_files:\n  - {split: x, path: a.parquet, more: 1}"),
    "split without path": ("a.parquet", YAML_A + "  data_files:\n  - {split: x}"),
    "splits and texts": ("a.parquet", YAML_A + "  data_files:\n  - {split: x, path: a.parquet}\n  - a.parquet"),
    "mapping": ("a.parquet", YAML_A + "  data_files: {train: a.parquet}"),
    "missing file": ("a.parquet", YAML_A + "  data_files: b.parquet"),
    "missing file second": ("a.parquet", YAML_A + "  data_files: a.parquet\n- config_name: b\n  data_files: b.parquet"),
    "missing glob": ("a.parquet", YAML_A + "  data_files: 'b*.parquet'"),
    "file of no format": (
        "a.parquet x.weird",
        YAML_A + "  data_files: a.parquet\n- config_name: b\n  data_files: x.weird",
    ),
    "mixed split": ("d/a.parquet d/x.json d/y.json", YAML_A + "  data_files: 'd/*'"),
    "other format second": (
        "a.parquet x.csv",
        YAML_A + "  data_files: a.parquet\n- config_name: b\n  data_files: x.csv",
    ),
    "other format first": (
        "a.parquet x.csv",
        YAML_A + "  data_files: x.csv\n- config_name: b\n  data_files: a.parquet",
    ),
    "formats differ": (
        "a.parquet x.csv",
        YAML_A + "  data_files:\n  - {split: train, path: a.parquet}\n  - {split: test, path: x.csv}",
    ),
    "data_dir": (
        "s/train/a.parquet s/test/b.parquet t/c.parquet",
        YAML_A + "  data_dir: s\n- config_name: b\n  data_dir: t/",
    ),
    "data_dir shards": ("s/data/dev-00000-of-00001.parquet s/x.parquet t.parquet", YAML_A + "  data_dir: s"),
    "data_dir and files": ("a.parquet s/b.parquet s/c.parquet", YAML_A + "  data_dir: s\n  data_files: '*.parquet'"),
    "data_dir and files not at the top": ("s/b.parquet", YAML_A + "  data_dir: s\n  data_files: b.parquet"),
    "data_dir and files second": (
        "a.parquet s/b.parquet",
        YAML_A + "  data_files: a.parquet\n- config_name: b\n  data_dir: s\n  data_files: b.parquet",
    ),
    "data_dir empty": ("a.parquet", YAML_A + "  data_dir: nowhere"),
    "data_dir glob": ("s1/a.parquet s2/b.parquet", YAML_A + "  data_dir: 's*'"),
    "data_dir absolute": (
        "s/a.parquet",
        YAML_A + "  data_files: s/a.parquet\n- config_name: b\n  data_dir: /s\n  data_files: '*.parquet'",
    ),
    "data_dir number": ("7/a.parquet", YAML_A + "  data_dir: 7"),
    "data_dir of another format": ("s/a.csv t/b.parquet", YAML_A + "  data_dir: s\n- config_name: b\n  data_dir: t"),
    "default by name": (
        "a.parquet",
        YAML_A + "  data_files: a.parquet\n- config_name: default\n  data_files: a.parquet",
    ),
    "default by mark": (
        "a.parquet",
        YAML_A + "  data_files: a.parquet\n- config_name: b\n  default: true\n  data_files: a.parquet",
    ),
    "default by yes": (
        "a.parquet",
        YAML_A + "  data_files: a.parquet\n- config_name: b\n  default: yes\n  data_files: a.parquet",
    ),
    "default by text": (
        "a.parquet",
        YAML_A + "  data_files: a.parquet\n- config_name: b\n  default: 'false'\n  data_files: a.parquet",
    ),
    "default twice": (
        "a.parquet",
        YAML_A + "  default: true\n  data_files: a.parquet\n- config_name: b\n  default: true\n  data_files: a.parquet",
    ),
    "default by name and mark": (
        "a.parquet",
        "configs:\n- config_name: default\n  default: true\n  data_files: a.parquet\n- config_name: b\n  data_files: a.parquet",
    ),
    "default of none": ("a.parquet", YAML_A + "  data_files: a.parquet\n- config_name: b\n  data_files: a.parquet"),
    "default by info": (
        "a.parquet",
        YAML_A + "  data_files: a.parquet\n- config_name: b\n  data_files: a.parquet\ndataset_info:\n  config_name: b",
    ),
    "default by info list": (
        "a.parquet",
        YAML_A + "  data_files: a.parquet\n- config_name: b\n  data_files: a.parquet\ndataset_info:\n- config_name: b",
    ),
    "default by two infos": (
        "a.parquet",
        YAML_A
        + "  data_files: a.parquet\n- config_name: b\n  data_files: a.parquet\ndataset_info:\n- config_name: a\n- config_name: b",
    ),
    "default by unknown info": (
        "a.parquet",
        YAML_A + "  data_files: a.parquet\n- config_name: b\n  data_files: a.parquet\ndataset_info:\n  config_name: c",
    ),
    "config twice": (
        "a.parquet b.parquet",
        YAML_A
        + "  data_files: a.parquet\n- config_name: b\n  data_files: a.parquet\n- config_name: a\n  data_files: b.parquet",
    ),
    "config a number": ("a.parquet", "configs:\n- config_name: 7\n  data_files: a.parquet"),
    "config a quoted number": ("a.parquet", "configs:\n- config_name: '007'\n  data_files: a.parquet"),
    "config a date": ("a.parquet", "configs:\n- config_name: 2024-01-01\n  data_files: a.parquet"),
    "config no": ("a.parquet", "configs:\n- config_name: no\n  data_files: a.parquet"),
    "config like a number": (
        "a.parquet",
        "configs:\n- config_name: 1e5\n  data_files: a.parquet\n- config_name: 1.5.2\n  data_files: a.parquet\n- config_name: 0o17\n  data_files: a.parquet",
    ),
    "config sexagesimal": ("a.parquet", "configs:\n- config_name: 12:30\n  data_files: a.parquet"),
    "config null": ("a.parquet", "configs:\n- config_name:\n  data_files: a.parquet"),
    "config bad characters": ("a.parquet", "configs:\n- config_name: a/b\n  data_files: a.parquet"),
    "config in unicode": ("a.parquet", "configs:\n- config_name: 日本 語\n  data_files: a.parquet"),
    "config without name": ("a.parquet", "configs:\n- data_files: a.parquet"),
    "configs no list": ("a.parquet", "configs: a"),
    "configs a mapping": ("a.parquet", "configs: {config_name: a}"),
    "configs null": ("a.parquet", "configs:"),
    "configs empty": ("a.parquet", "configs: []"),
    "configs of text": ("a.parquet", "configs: [a]"),
    "unknown keys": ("a.parquet", YAML_A + "  data_files: a.parquet\n  drop_labels: true\n  whatever: 3"),
    "key twice": ("a.parquet b.parquet", YAML_A + "  data_files: a.parquet\n  data_files: b.parquet"),
    "alias": ("a.parquet", "x: &f a.parquet\nconfigs:\n- config_name: a\n  data_files: *f"),
    "merge": (
        "a.parquet",
        "x: &f {data_files: a.parquet}\nconfigs:\n- config_name: a\n  <<: *f\n- config_name: b\n  <<: *f\n  default: true",
    ),
    "not YAML": ("a.parquet", "configs: ["),
    "a list on top": ("a.parquet", "- configs"),
    "empty front matter": ("a.parquet", ""),
    "info without configs": (
        "a.parquet",
        "dataset_info:\n  features:\n  - name: x\n    dtype: int64\n  splits:\n  - {name: train, num_examples: 3, num_bytes: 10}",
    ),
    "standalone": (
        "a.parquet b.parquet",
        YAML_A + "  data_files: a.parquet",
        "configs:\n- config_name: z\n  data_files: b.parquet",
    ),
    "standalone alone": ("a.parquet b.parquet", None, "configs:\n- config_name: z\n  data_files: b.parquet"),
    "standalone other keys": ("a.parquet b.parquet", YAML_A + "  data_files: a.parquet", "license: mit"),
    "standalone empty": ("a.parquet b.parquet", YAML_A + "  data_files: a.parquet", ""),
    "standalone null configs": ("a.parquet b.parquet", YAML_A + "  data_files: a.parquet", "configs:"),
    "standalone text": ("a.parquet", None, "hello"),
    # Patterns.
    "deep": ("d/a.parquet d/e/b.parquet d/e/f/c.parquet", YAML_A + "  data_files: 'd/**'"),
    "deep middle": ("d/a.parquet d/e/b.parquet d/e/f/c.parquet", YAML_A + "  data_files: 'd/**/*.parquet'"),
    "deep twice": ("a.parquet d/e/b.parquet", YAML_A + "  data_files: '**/**/*.parquet'"),
    "deep with name": ("d/a.parquet", YAML_A + "  data_files: 'd**'"),
    "one level": ("d/a.parquet d/e/b.parquet", YAML_A + "  data_files: 'd/*'"),
    "folder as a file": ("d/a.parquet", YAML_A + "  data_files: d"),
    "folder with slash": ("d/a.parquet", YAML_A + "  data_files: d/"),
    "trailing slash": ("d/a.parquet", YAML_A + "  data_files: 'd/*/'"),
    "dot slash": ("a.parquet", YAML_A + "  data_files: ./a.parquet"),
    "dot slash glob": ("a.parquet", YAML_A + "  data_files: ['./*.parquet', a.parquet]"),
    "parent": ("d/a.parquet b.parquet", YAML_A + "  data_files: d/../b.parquet"),
    "double slash": ("d/a.parquet", YAML_A + "  data_files: d//a.parquet"),
    "absolute": ("a.parquet", YAML_A + "  data_files: /a.parquet"),
    "absolute glob": ("a.parquet", YAML_A + "  data_files: ['/*.parquet', a.parquet]"),
    "class": ("a1.parquet a2.parquet a3.parquet ab.parquet", YAML_A + "  data_files: 'a[12].parquet'"),
    "class negated": ("a1.parquet a2.parquet ab.parquet", YAML_A + "  data_files: 'a[!1].parquet'"),
    "class range": ("a1.parquet a5.parquet ab.parquet a-.parquet", YAML_A + "  data_files: 'a[0-4-].parquet'"),
    "class backwards": (
        "a1.parquet az.parquet a-.parquet",
        YAML_A + "  data_files: ['a[z-a].parquet', 'a[b-az].parquet']",
    ),
    "class never closed": (["a[.parquet", "b.parquet"], YAML_A + "  data_files: 'a[.parquet'"),
    "class of brackets": (["a[.parquet", "a].parquet"], YAML_A + "  data_files: 'a[][].parquet'"),
    "class caret": (["a^.parquet", "a1.parquet"], YAML_A + "  data_files: 'a[^1].parquet'"),
    "question": ("a1.parquet a12.parquet a/b.parquet", YAML_A + "  data_files: 'a?.parquet'"),
    "braces": (["{a,b}.parquet", "a.parquet"], YAML_A + "  data_files: '{a,b}.parquet'"),
    "regular characters": (["a.(b)+$.parquet", "ab.parquet"], YAML_A + "  data_files: 'a.(b)+$.*'"),
    "unicode names": (["é.parquet", "日本.parquet", "😀.parquet", "ﬀ.parquet"], None),
    "order of bytes": (["a-b.parquet", "a/b.parquet", "a.parquet", "aB.parquet", "ab.parquet", "a b.parquet"], None),
    "colon": (["a:b.parquet", "c.parquet"], YAML_A + "  data_files: ['a:*.parquet', c.parquet]"),
    "percent": (["a%20b.parquet", "a b.parquet"], YAML_A + "  data_files: a%20b.parquet"),
    "at sign": (["a@b/c.parquet"], YAML_A + "  data_files: 'a@b/*'"),
    "URL": ("a.parquet", YAML_A + "  data_files: https://example.invalid/a.parquet"),
    "archive hop": ("a.zip", YAML_A + "  data_files: 'zip://*.parquet::a.zip'"),
}

# Pieces of random repositories.
FOLDERS = [
    "",
    "",
    "",
    "data/",
    "train/",
    "test/",
    "dev/",
    "my-eval/",
    "x/",
    "x/y/",
    "en/",
    "de/",
    "__x/",
    ".h/",
    "validation.old/",
    "logs/",
]
STEMS = [
    "a",
    "b",
    "train",
    "test",
    "valid",
    "dev-1",
    "my_train_2",
    "data",
    "train-00000-of-00002",
    "train-00001-of-00002",
    "test-00000-of-00001",
    "extra-00000-of-00001",
    "contest",
    "metadata",
    "README",
    "eval results",
    "é",
]
ENDINGS = [".parquet"] * 12 + [
    ".json",
    ".jsonl",
    ".csv",
    ".txt",
    ".md",
    ".weird",
    "",
    ".PARQUET",
    ".png",
    ".parquet.json",
    ".eval",
]
GLOBS = [
    "*.parquet",
    "**",
    "**/*.parquet",
    "x/*",
    "train/**",
    "*/*.parquet",
    "data/train-*",
    "en/*",
    "de/**",
    "[a-d]*",
    "**/t*",
    "a.parquet",
    "__x/*",
    ".h/*",
    "x/y/*.parquet",
    "?.parquet",
    "*",
]
SPLITS = ["train", "test", "validation", "dev", "extra", "a.b", "x_1"]


def random_layout(r):
    files = {r.choice(FOLDERS) + r.choice(STEMS) + r.choice(ENDINGS) for _ in range(r.randint(1, 14))} - {"README.md"}
    files = {f for f in files if not any(o.startswith(f + "/") for o in files)}  # no file where a folder is
    return sorted(files), r.choice([None, None, random_card(r, sorted(files))])


def random_card(r, files):
    configs = []
    for name in r.sample(["a", "b", "default", "en", "de", "x y"], r.randint(1, 4)):
        c = {"config_name": name}
        if r.random() < 0.2:
            c["default"] = True
        if r.random() < 0.25:
            c["data_dir"] = r.choice(["x", "data", "en", "x/y", "train/"])
        kind = r.random()
        paths = lambda: [r.choice(GLOBS + files) for _ in range(r.randint(1, 3))]
        if kind < 0.2:
            c["data_files"] = r.choice(GLOBS + files)
        elif kind < 0.4:
            c["data_files"] = paths()
        elif kind < 0.8:
            c["data_files"] = [
                {"split": s, "path": r.choice([paths(), r.choice(GLOBS + files)])}
                for s in r.sample(SPLITS, r.randint(1, 3))
            ]
        configs.append(c)
    card = {"license": "mit", "configs": configs}
    if r.random() < 0.3:
        card["dataset_info"] = [{"config_name": n, "splits": []} for n in r.sample(["a", "b", "en"], r.randint(1, 2))]
    return json.dumps(card)  # which is YAML too


def write_repo(root, repo, layout, parquet):
    files, readme, *rest = layout
    if isinstance(files, str):
        files = files.format(repo=repo).split()
    folder = os.path.join(root, "layouts", repo)
    os.makedirs(folder)
    contents = {f: b"x" for f in files}
    contents |= {f: parquet for f in files if f.lower().endswith((".parquet", ".gpq", ".geoparquet"))}
    if readme is not None:
        contents["README.md"] = ("---\n" + readme + "\n---\n# A dataset\n").encode()
    if rest:
        contents[".huggingface.yaml"] = rest[0].encode()
    if "dataset_infos.json" in contents:
        contents["dataset_infos.json"] = b'{"a": {}, "b": {}}'
    contents[".gitattributes"] = b"*.parquet filter=lfs\n"
    for name, content in contents.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(content)


def is_parquet(path):
    return os.path.splitext(path)[1] in (".parquet", ".geoparquet", ".gpq")


def ask_python(datasets, repo):
    """What `datasets` makes of a repository; {"error": ...} when it reads nothing of it."""
    from datasets import get_dataset_config_names, get_dataset_default_config_name, load_dataset_builder
    from datasets.load import dataset_module_factory

    try:
        names = get_dataset_config_names(repo)
        module = dataset_module_factory(repo)
    except Exception as e:
        return {"error": f"{type(e).__name__}: {e}"}
    if not module.builder_configs_parameters.metadata_configs and not module.module_path.endswith(".parquet"):
        return {"error": f"read by {module.module_path}"}
    out = {"configs": [], "default": None}
    for name in names:
        out["configs"].append(ask_config(load_dataset_builder, repo, name))
    out["default"] = get_dataset_default_config_name(repo)
    if out["default"] not in names:  # dataset_info names one that is not there: promptmill takes the only one
        out["default"] = names[0] if len(names) == 1 else None
    with contextlib.suppress(Exception):  # the config's own error, which it has too
        out["default"] = load_dataset_builder(repo).config.name
    if not any(c.get("splits") for c in out["configs"]):
        return {"error": "no parquet in any config"}
    return out


def ask_config(load, repo, name):
    try:
        found = load(repo, name).config.data_files
    except Exception as e:
        return {"config": name, "problem": f"{type(e).__name__}: {e}"}
    splits = []
    for split, files in found.items():
        paths = [f.split("@", 1)[1].split("/", 1)[1] for f in files]
        splits.append((split, list(dict.fromkeys(p for p in paths if is_parquet(p)))))
    if not any(files for _, files in splits):
        return {"config": name, "problem": "no parquet"}
    return {"config": name, "splits": splits}


def ask_promptmill(binary, repo, env):
    p = subprocess.run([binary, "pull", repo, "--list", "--json"], env=env, capture_output=True, text=True, timeout=60)
    if p.returncode not in (0, 2, 3):
        raise SystemExit(f"{repo}: exit code {p.returncode}: {p.stderr}")
    if p.returncode != 0:
        return {"error": p.stderr.strip()}
    listed = json.loads(p.stdout)
    out = {"configs": [], "default": None}
    for c in listed["configs"]:
        if c["default"]:
            out["default"] = c["config"]
        if "problem" in c:
            out["configs"].append({"config": c["config"], "problem": c["problem"]})
        else:
            out["configs"].append(
                {"config": c["config"], "splits": [(s["split"], [f["path"] for f in s["files"]]) for s in c["splits"]]}
            )
    return out


def pulled_files(binary, repo, env):
    """The files that a pull without --config and --split brings, in order."""
    p = subprocess.run([binary, "pull", repo, "--json", "-q"], env=env, capture_output=True, text=True, timeout=60)
    if p.returncode != 0:
        return p.stderr.strip()
    return [f["repo_path"] for f in json.loads(p.stdout)["files"]]


def different_pull(python, files):
    """What is wrong with a pull of the default config."""
    for c in python.get("configs", []):
        if c["config"] == python["default"] and "splits" in c:
            want = list(dict.fromkeys(f for _, files in c["splits"] for f in files))
            if want != files:
                yield f"files {want}", f"files {files}"


def differences(python, ours):
    if "error" in python or "error" in ours:
        if ("error" in python) != ("error" in ours):
            yield f"datasets: {python.get('error', 'reads it')}", f"promptmill: {ours.get('error', 'reads it')}"
        return
    if python["default"] != ours["default"]:
        yield f"default {python['default']}", f"default {ours['default']}"
    names = [c["config"] for c in python["configs"]]
    if names != [c["config"] for c in ours["configs"]]:
        yield f"configs {names}", f"configs {[c['config'] for c in ours['configs']]}"
        return
    for a, b in zip(python["configs"], ours["configs"]):
        if ("problem" in a) != ("problem" in b) or a.get("splits") != b.get("splits"):
            yield json.dumps(a, ensure_ascii=False), json.dumps(b, ensure_ascii=False)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("promptmill")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--random", type=int, default=60)
    parser.add_argument("--only")
    parser.add_argument("-v", action="store_true", help="print what each layout is")
    args = parser.parse_args()
    layouts = dict(LAYOUTS)
    r = random.Random(args.seed)
    for i in range(args.random):
        layouts[f"random {args.seed}/{i}"] = random_layout(r)
    if args.only:
        layouts = {k: v for k, v in layouts.items() if args.only in k}
    work = tempfile.mkdtemp(prefix="hub-layouts-")
    try:
        sys.exit(run(args, layouts, work))
    finally:
        shutil.rmtree(work, ignore_errors=True)


def run(args, layouts, work):
    import pyarrow
    import pyarrow.parquet

    buf = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table({"text": ["a", "b", "c"]}), buf)
    root = os.path.join(work, "hub")
    repos = {name: f"r{i:03d}" for i, name in enumerate(layouts)}
    for name, layout in layouts.items():
        write_repo(root, repos[name], layout, buf.getvalue())
    hub = subprocess.Popen(
        [args.promptmill, "mock", "hub", root, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True
    )
    try:
        endpoint = hub.stdout.readline().strip()
        os.environ |= {
            "HF_ENDPOINT": endpoint,
            "HF_HOME": os.path.join(work, "python"),
            "HF_HUB_DISABLE_PROGRESS_BARS": "1",
            "HF_UPDATE_DOWNLOAD_COUNTS": "0",
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "HF_HUB_DISABLE_XET": "1",
            "HF_TOKEN": "",
        }
        env = os.environ | {"HF_HOME": os.path.join(work, "promptmill")}
        return compare(args, layouts, repos, env)
    finally:
        hub.terminate()
        hub.wait()


def compare(args, layouts, repos, env):
    import datasets

    datasets.config.USE_PARQUET_EXPORT = False  # the viewer is another server
    datasets.disable_progress_bars()
    datasets.logging.set_verbosity_error()
    agreed, readable = 0, 0
    for name in layouts:
        repo = "layouts/" + repos[name]
        with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
            python = ask_python(datasets, repo)
        ours = ask_promptmill(args.promptmill, repo, env)
        found = list(differences(python, ours))
        if not found and python.get("default"):
            found = list(different_pull(python, pulled_files(args.promptmill, repo, env)))
        if args.v:
            print(
                f"{name}: {json.dumps(layouts[name], ensure_ascii=False)}\n  {json.dumps(python, ensure_ascii=False)}\n  {json.dumps(ours, ensure_ascii=False)}"
            )
        for a, b in found:
            print(f"{name}: {json.dumps(layouts[name], ensure_ascii=False)}\n  datasets:   {a}\n  promptmill: {b}")
        agreed += not found
        readable += "error" not in python
    print(f"layouts: {agreed} of {len(layouts)} agree with datasets {datasets.__version__} ({readable} can be read)")
    return 0 if agreed == len(layouts) else 1


if __name__ == "__main__":
    main()
