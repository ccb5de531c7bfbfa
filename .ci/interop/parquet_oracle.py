"""Says what DuckDB reads in the texts of apache/parquet-testing, which promptmill convert is held against.

Usage: parquet_oracle.py CORPUS/parquet-testing TABLE [--write]

TABLE is the file that convert's tests read: every file of the corpus with its verdict, every column of texts, bytes or
decimals with the digest of its values. Without --write, TABLE must be what DuckDB says now. Where DuckDB cannot read a
column, pyarrow is asked; where both can, they must agree.
"""

import collections
import contextlib
import dataclasses
import json
import pathlib
import sys

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from parquet_values import is_text, leaves, prompts, quoted, values_digest


@dataclasses.dataclass(frozen=True)
class Refusal:
    """What promptmill says of a file, or of a column of one, that it does not read."""

    sentinel: str  # of package dataset: corrupt or unreadable
    text: str  # is in the message
    why: str
    duckdb: str = ""  # what DuckDB does instead, where to ask it would cost too much


DAMAGED = "its bytes are damaged"
CUT = "a page ends before its values do"
SURPLUS = "a page has more values than the column; DuckDB takes what it needs of them"
HEADER = "the footer places it where the file has no such bytes"
CHECKSUM = (
    "a page has another checksum than its header says; DuckDB does not look at checksums, pyarrow only when told to"
)
BOMB = Refusal(
    "unreadable",
    "the limit is 512 MiB",
    "a decompression bomb: its map keys of 1 GiB each are packed into 2 KB. What a page may unpack to is bounded",
    duckdb="reads 2 rows, in 4 GB of memory",
)

# Columns that promptmill refuses, as file:column, and files of which it refuses some column. Every other column must be
# read, with the values that DuckDB gives.
REFUSED = {
    "bad_data/ARROW-GH-41317.parquet": Refusal("corrupt", "page header: metadata ends early", DAMAGED),
    "bad_data/ARROW-GH-41321.parquet": Refusal("corrupt", "definition levels: 3 are missing", DAMAGED),
    "bad_data/ARROW-GH-41321.parquet:large_binary": Refusal("corrupt", "definition levels", DAMAGED),
    "bad_data/ARROW-GH-41321.parquet:map_float32": Refusal("corrupt", "it declares -4 values", DAMAGED),
    "bad_data/ARROW-GH-45185.parquet": Refusal(
        "corrupt", "a row before the first", "its levels begin inside of a list"
    ),
    "bad_data/ARROW-GH-47662.parquet": Refusal("corrupt", "100 values as PLAIN", CUT),
    "bad_data/ARROW-GH-47662.parquet:flba_field": Refusal("corrupt", "100 values as PLAIN", CUT),
    "bad_data/ARROW-RS-GH-6229-DICTHEADER.parquet": Refusal("corrupt", "outside of the file", HEADER),
    "bad_data/ARROW-RS-GH-6229-DICTHEADER.parquet:name": Refusal("corrupt", "outside of the file", HEADER),
    "bad_data/ARROW-RS-GH-6229-DICTHEADER.parquet:comment_col": Refusal("corrupt", "outside of the file", HEADER),
    "bad_data/ARROW-RS-GH-6229-LEVELS.parquet": Refusal("corrupt", "the column has 1 more", SURPLUS),
    "bad_data/PARQUET-1481.parquet": Refusal("corrupt", "physical type -7 does not exist", "its schema is damaged"),
    "bad_data/lfs-pointer.parquet": Refusal("unreadable", "Git LFS pointer", "the data was not downloaded"),
    "data/datapage_v1-corrupt-checksum.parquet": Refusal("corrupt", "checksum mismatch", CHECKSUM),
    "data/large_string_map.brotli.parquet": BOMB,
    "data/large_string_map.brotli.parquet:arr": BOMB,
    "data/rle-dict-uncompressed-corrupt-checksum.parquet": Refusal("corrupt", "checksum mismatch", CHECKSUM),
    "data/rle-dict-uncompressed-corrupt-checksum.parquet:binary_field": Refusal(
        "corrupt", "checksum mismatch", CHECKSUM
    ),
}


def first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0]


class DuckDB:
    """Reads columns with DuckDB."""

    name = "DuckDB"

    def __init__(self) -> None:
        self.connection = duckdb.connect()
        # It refuses a whole file when the metadata of a GeoParquet column is of a version that it does not know.
        self.connection.execute("SET enable_geoparquet_conversion = false")

    def schema(self, path: str) -> pa.Schema:
        return self.table(path, "*", "LIMIT 0").schema

    def column(self, path: str, name: str) -> pa.ChunkedArray:
        return self.table(path, '"' + name.replace('"', '""') + '"').column(0)

    def kind(self, path: str, name: str) -> str:
        described = self.connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [path]).fetchall()
        return next(
            str(row[1]).split("(")[0] if row[1].startswith("GEO") else row[1] for row in described if row[0] == name
        )

    def rows(self, path: str) -> int:
        return self.connection.execute("SELECT count(*) FROM read_parquet(?)", [path]).fetchall()[0][0]

    def table(self, path: str, what: str, more: str = "") -> pa.Table:
        return self.connection.sql(f"SELECT {what} FROM read_parquet($1) {more}", params=[path]).to_arrow_table()


class PyArrow:
    """Reads columns with pyarrow."""

    name = "pyarrow"

    def schema(self, path: str) -> pa.Schema:
        return pq.ParquetFile(path).schema_arrow

    def column(self, path: str, name: str) -> pa.ChunkedArray:
        return pq.ParquetFile(path).read(columns=[name]).column(0)

    def kind(self, path: str, name: str) -> str:
        return str(self.schema(path).field(name).type)

    def rows(self, path: str) -> int:
        return pq.ParquetFile(path).metadata.num_rows


def column_entry(path: str, name: str, readers: tuple[DuckDB, PyArrow]) -> dict[str, object]:
    """Returns what the readers say of a column."""
    refusal = REFUSED.get(f"{path}:{name}")
    entry: dict[str, object] = {"column": name, "type": readers[0].kind(path, name)}
    if refusal and refusal.duckdb:
        return entry | {"DuckDB": refusal.duckdb, "refused": refused(refusal)}
    read: dict[str, pa.ChunkedArray] = {}
    for reader in readers:
        try:
            read[reader.name] = reader.column(path, name)
        except (duckdb.Error, pa.ArrowException, OSError) as error:
            entry[reader.name] = first_line(error)
    if refusal:
        reads = {reader: f"reads {len(column)} rows" for reader, column in read.items()}
        return entry | reads | {"refused": refused(refusal)}
    digests = {values_digest(column) for column in read.values()}
    if len(digests) != 1:
        sys.exit(f"{path}: column {name}: {len(digests)} opinions where there should be one: {entry}")
    column = next(iter(read.values()))
    entry |= {"by": " and ".join(read), "sha256": digests.pop()}
    return entry | {"paths": [prompts(*leaf) for leaf in leaves(quoted(name), column.type, column.to_pylist())]}


def refused(refusal: Refusal) -> dict[str, str]:
    return {"is": refusal.sentinel, "text": refusal.text, "why": refusal.why}


def file_entry(path: str, readers: tuple[DuckDB, PyArrow]) -> dict[str, object]:
    """Returns the verdict on a file, and what it rests on."""
    entry: dict[str, object] = {"file": path, "verdict": "", "rows": 0}
    schema = None
    for reader in readers:
        try:
            schema = schema or reader.schema(path)
            entry["rows"] = entry["rows"] or reader.rows(path)
        except (duckdb.Error, pa.ArrowException, OSError) as error:
            entry[reader.name] = first_line(error)
    if refusal := REFUSED.get(path):
        entry["refused"] = refused(refusal)
    names = [field.name for field in schema or () if is_text(field.type)]
    columns = [column_entry(path, name, readers) for name in names]
    return entry | {"verdict": verdict(schema, columns), "columns": columns}


def verdict(schema: pa.Schema | None, columns: list[dict[str, object]]) -> str:
    refused = [c for c in columns if "refused" in c]
    if schema is None:
        return "unreadable"
    if not columns:
        return "no text column"
    if any(str(c.get("DuckDB", "")).startswith("reads") for c in refused):
        return "differs"
    return "unreadable" if len(refused) == len(columns) else "equal"


def written(table: dict[str, object], files: list[dict[str, object]]) -> str:
    """Returns the table as JSON, a line for each file, column and path."""
    lines = [opened(table, "files")]
    for file in files:
        lines.append(opened({k: v for k, v in file.items() if k != "columns"}, "columns"))
        for column in file["columns"]:
            lines.append(" " + opened({k: v for k, v in column.items() if k != "paths"}, "paths"))
            lines += [f"  {json.dumps(p)}," for p in column.get("paths", [])]
            lines[-1] = closed(lines[-1]) + ","
        lines[-1] = closed(lines[-1]) + ","
    return "\n".join([*lines[:-1], closed(lines[-1])]) + "\n"


def opened(what: dict[str, object], inner: str) -> str:
    return f'{json.dumps(what)[:-1]}, "{inner}": ['


def closed(line: str) -> str:
    return line.removesuffix(",") + "]}"


def main() -> None:
    if len(sys.argv) not in (3, 4) or sys.argv[3:] not in ([], ["--write"]):
        sys.exit(__doc__)
    corpus, table = (pathlib.Path(arg).resolve() for arg in sys.argv[1:3])
    paths = sorted(str(p.relative_to(corpus)) for p in corpus.rglob("*.parquet"))
    unknown = [key for key in REFUSED if key.split(":")[0] not in paths]
    if not paths or unknown:
        sys.exit(f"{corpus}: {len(paths)} parquet files; not among them: {unknown}")
    with contextlib.chdir(corpus):  # messages have the paths that they were asked for
        readers = (DuckDB(), PyArrow())
        files = [file_entry(path, readers) for path in paths]
    now = written({"duckdb": duckdb.__version__, "pyarrow": pa.__version__}, files)
    if sys.argv[3:]:
        table.write_text(now, encoding="utf-8")
    elif now != table.read_text(encoding="utf-8"):
        sys.exit(f"{table}: not what DuckDB says now; write it anew with --write and read the difference")
    verdicts = collections.Counter(str(file["verdict"]) for file in files)
    print("parquet-testing:", ", ".join(f"{count} {verdict}" for verdict, count in verdicts.most_common()))


if __name__ == "__main__":
    main()
