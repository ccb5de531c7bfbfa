"""Checks that a results file reads with the documented types in DuckDB, pyarrow, polars and datasets.

Usage: results_types.py RESULTS.parquet

Types come from docs/results.md; row counts and sums must be the same through every reader.
"""

import json
import pathlib
import re
import sys
import tempfile

import datasets
import duckdb
import polars
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

ARROW = {"string": pa.string(), "int32": pa.int32(), "int64": pa.int64(), "float64": pa.float64(), "bool": pa.bool_()}
DUCKDB = {"string": "VARCHAR", "int32": "INTEGER", "int64": "BIGINT", "float64": "DOUBLE", "bool": "BOOLEAN"}


def documented():
    """Returns column -> (type, nullable) from docs/results.md."""
    page = pathlib.Path(__file__).resolve().parents[2] / "docs" / "results.md"
    section = page.read_text(encoding="utf-8").split("\n## Columns\n")[1].split("\n## ")[0]
    columns = {}
    for name, kind in re.findall(r"^\| `(\w+)` \| (\S+) \|", section, re.M):
        kind = kind.replace("\\", "")
        columns[name] = (kind.rstrip("?"), kind.endswith("?"))
    assert len(columns) > 40, columns
    return columns


def element(kind):
    """Returns the element type of "list<int64>", or None."""
    found = re.fullmatch(r"list<(\w+)>", kind)
    return found and found[1]


def same(reader, what, got, want):
    assert got == want, f"{reader}: {what} is {got!r}, want {want!r}"


def check_pyarrow(path, columns):
    schema = pq.read_schema(path)
    same("pyarrow", "the list of columns", schema.names, list(columns))
    for name, (kind, nullable) in columns.items():
        field = schema.field(name)
        if element(kind):
            assert pa.types.is_list(field.type), f"pyarrow: {name} is {field.type}"
            same("pyarrow", name, field.type.value_type, ARROW[element(kind)])
        else:
            same("pyarrow", name, field.type, ARROW[kind])
        same("pyarrow", f"nullable of {name}", field.nullable, nullable)
    meta = schema.metadata
    same("pyarrow", "the schema version", meta[b"promptmill.schema_version"], b"2")
    run = json.loads(meta[b"promptmill.run"])
    assert run["id"] and run["benchmarks"] is not None, run
    return pq.read_table(path)


def check_duckdb(path, columns):
    db = duckdb.connect()
    rows = db.execute("DESCRIBE SELECT * FROM read_parquet(?)", [path]).fetchall()
    for (name, kind, *_), (want_name, (want, _)) in zip(rows, columns.items(), strict=True):
        same("duckdb", "a column", name, want_name)
        inner = element(want)
        same("duckdb", name, kind, DUCKDB[inner] + "[]" if inner else DUCKDB[want])
    return db


def check_datasets(path, columns):
    with tempfile.TemporaryDirectory() as cache:
        data = datasets.load_dataset("parquet", data_files=path, split="train", cache_dir=cache, keep_in_memory=True)
        same("datasets", "the list of columns", data.column_names, list(columns))
        for name, (kind, _) in columns.items():
            feature = data.features[name]
            inner = element(kind)
            if inner:
                feature = feature.feature
            same("datasets", name, feature.dtype, inner or kind)
        return data


def check_polars(path, columns, table):
    frame = polars.read_parquet(path)
    same("polars", "the list of columns", frame.columns, list(columns))
    same("polars", "rows", frame.height, table.num_rows)
    same(
        "polars", "chunks", frame["chunk_ns"].list.len().sum(), pc.sum(pc.list_value_length(table["chunk_ns"])).as_py()
    )


def check_values(path, columns, table, db, data):
    """Compares the rows, nulls and sums that the readers see; returns how many figures."""
    same("duckdb", "rows", db.execute("SELECT count(*) FROM read_parquet(?)", [path]).fetchone()[0], table.num_rows)
    same("datasets", "rows", data.num_rows, table.num_rows)
    compared = 2
    for name, (kind, nullable) in columns.items():
        arrow, loaded = table.column(name), data.data.column(name)
        if element(kind):
            arrow, loaded = pc.list_flatten(arrow), pc.list_flatten(loaded)
            query = f"SELECT count(*), sum(v) FROM (SELECT unnest({name}) AS v FROM read_parquet(?))"
        elif kind in ("int32", "int64", "float64"):
            query = f"SELECT count({name}), sum({name}) FROM read_parquet(?)"
        else:
            query = f"SELECT count({name}), sum(length({name}::VARCHAR)) FROM read_parquet(?)"
        got = db.execute(query, [path]).fetchone()
        want, again = figures(arrow), figures(loaded)
        close("duckdb", name, got, want)
        close("datasets", name, again, want)
        if nullable:  # through the filter, which reads the statistics of row groups
            nulls = db.execute(f"SELECT count(*) FROM read_parquet(?) WHERE {name} IS NULL", [path]).fetchone()[0]
            same("duckdb", f"nulls of {name}", nulls, arrow.null_count)
            compared += 1
        compared += 4
    return compared


def figures(column):
    """Returns the non-null values of an arrow column and their sum (of lengths, for text)."""
    if pa.types.is_string(column.type):
        values = pc.utf8_length(column)
    elif pa.types.is_boolean(column.type):
        values = pc.if_else(column, 4, 5)  # "true", "false"
    else:
        values = column
    if pa.types.is_integer(values.type):  # beyond int64, as DuckDB's sum goes
        total = sum(v for v in values.to_pylist() if v is not None)
        return pc.count(column).as_py(), total
    return pc.count(column).as_py(), pc.sum(values).as_py()


def close(reader, name, got, want):
    same(reader, f"count of {name}", got[0], want[0])
    a, b = got[1] or 0, want[1] or 0
    assert abs(a - b) <= 1e-9 * max(abs(a), abs(b)), f"{reader}: sum of {name} is {a}, want {b}"


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    path = sys.argv[1]
    datasets.disable_progress_bars()
    columns = documented()
    table = check_pyarrow(path, columns)
    check_polars(path, columns, table)
    assert table.num_rows > 0, f"{path} has no rows: nothing to compare"
    db = check_duckdb(path, columns)
    data = check_datasets(path, columns)
    compared = check_values(path, columns, table, db, data)
    print(
        f"{path}: {len(columns)} columns have the documented types in pyarrow {pa.__version__}, "
        f"duckdb {duckdb.__version__} and datasets {datasets.__version__}; "
        f"{table.num_rows} rows, {compared} counts and sums agree"
    )


if __name__ == "__main__":
    main()
