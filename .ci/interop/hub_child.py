"""Does what it reads from stdin with huggingface_hub and datasets, and writes what came of it to stdout.

Both libraries read their environment when they are imported, so every environment needs a process of its own.
Input and output are JSON: a list of [function, arguments], and a list with one result for each.
"""

import json
import pathlib
import sys

import datasets
import huggingface_hub
from huggingface_hub.utils import _shared_blobs

REPO_TYPE = "dataset"


def file(repo: str, name: str, revision: str, local_dir: str | None = None) -> str:
    """Returns the path of one file."""
    return str(huggingface_hub.hf_hub_download(repo, name, repo_type=REPO_TYPE, revision=revision, local_dir=local_dir))


def snapshot(repo: str, revision: str, local_dir: str | None = None, patterns: list[str] | None = None) -> str:
    """Returns the folder of all files, or of those that match the patterns."""
    path = huggingface_hub.snapshot_download(
        repo, repo_type=REPO_TYPE, revision=revision, local_dir=local_dir, allow_patterns=patterns
    )
    return str(path)


def load(path: str, config: str | None, split: str, revision: str | None = None) -> list[dict[str, object]]:
    """Returns the rows of a split of a repository or of a folder."""
    rows: list[dict[str, object]] = datasets.load_dataset(path, config, split=split, revision=revision).to_list()
    return rows


def scan() -> dict[str, object]:
    """Returns what scan_cache_dir() says of the cache."""
    info = huggingface_hub.scan_cache_dir()
    files = {
        f"{revision.commit_hash}/{f.file_path.relative_to(revision.snapshot_path)}": f.size_on_disk
        for repo in info.repos
        for revision in repo.revisions
        for f in revision.files
    }
    refs = {name: r.commit_hash for repo in info.repos for r in repo.revisions for name in r.refs}
    return {"warnings": [str(w) for w in info.warnings], "files": files, "refs": refs, "size": info.size_on_disk}


def share(cache: str, blob: str, xet_hash: str) -> str:
    """Moves a blob into the store that all repositories of a cache share, and returns what its name links to."""
    size = pathlib.Path(blob).stat().st_size
    if not _shared_blobs.publish_blob_to_shared_store(
        blob_path=blob, xet_hash=xet_hash, cache_dir=cache, expected_size=size, replace_existing=False
    ):
        raise SystemExit(f"{blob}: not published")
    return str(pathlib.Path(blob).readlink())


def files(repo: str) -> dict[str, list[object]] | None:
    """Returns size and hashes of every file that a repository has; None if there is no such repository."""
    try:
        tree = huggingface_hub.HfApi().list_repo_tree(repo, recursive=True, repo_type=REPO_TYPE)
        return {f.path: [f.size, f.blob_id, f.lfs.sha256 if f.lfs else None] for f in tree if hasattr(f, "blob_id")}
    except huggingface_hub.errors.RepositoryNotFoundError:
        return None


def card(repo: str) -> dict[str, object]:
    """Returns the front matter of a repository's card."""
    return dict(huggingface_hub.DatasetCard.load(repo).data.to_dict())


def upload(repo: str, path: str, name: str) -> str:
    """Makes a repository of one file and returns the URL of the commit."""
    api = huggingface_hub.HfApi()
    api.create_repo(repo, repo_type=REPO_TYPE)
    return str(api.upload_file(path_or_fileobj=path, path_in_repo=name, repo_id=repo, repo_type=REPO_TYPE))


FUNCTIONS = {f.__name__: f for f in (file, snapshot, load, scan, share, files, card, upload)}


def main() -> None:
    datasets.disable_progress_bars()
    json.dump([FUNCTIONS[name](*arguments) for name, arguments in json.load(sys.stdin)], sys.stdout)


if __name__ == "__main__":
    main()
