"""Makes files to download, the same bytes every time. Needs the standard library only."""

import pathlib
import random

MIB = 1 << 20


def make_file(path: pathlib.Path, size: int, seed: int) -> None:
    """Writes bytes that do not compress and have the marks of parquet at both ends."""
    path.parent.mkdir(parents=True)
    source = random.Random(seed)
    with path.open("wb") as out:
        out.write(b"PAR1")
        for left in range(size - 8, 0, -MIB):
            out.write(source.randbytes(min(left, MIB)))
        out.write(b"PAR1")
