"""Checks that promptmill convert gives the texts of parquet files that DuckDB writes exactly as DuckDB reads them.

Usage: parquet_kinds.py PROMPTMILL

The files have the types of texts that apache/parquet-testing lacks (JSON, UUID, ENUM) beside the others, texts that are
easily lost (empty, blank, line ends, NUL, a mark of byte order, long) and every codec and version that DuckDB writes.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

import duckdb

from parquet_values import is_text, leaves, prompts, prompts_digest

TEXTS = [
    *(
        "",
        " ",
        "\u3000",
        "\u0085",
        "\n",
        None,
        "plain",
        " lead, trail ",
        "a\nb",
        "a\r\nb\r",
        "tab\t",
        "\x00nul",
        "\x1f",
    ),
    *("\u2028line", "\ufeffmark", "e\u0301", "\u200bzero", "\U0001f600", '\\ "q"', "Ã©", "\x1b[31mred", "x" * 100_000),
]

TABLE = """
CREATE TABLE kinds AS
SELECT
    text,
    CASE WHEN n % 5 < 4 THEN md5(text)::UUID END AS uuid,
    CASE WHEN n % 4 < 3 THEN to_json({'k': [text, NULL]}) END AS json,
    ['a', 'b c', 'ü', NULL][n % 4 + 1]::ENUM ('a', 'b c', 'ü') AS enum,
    encode(text) || CASE WHEN n % 3 = 0 THEN '\\xFF'::BLOB ELSE ''::BLOB END AS bytes,
    ((n - 7) * 0.333333333)::DECIMAL(38, 9) AS decimal,
    CASE WHEN n % 3 < 2 THEN [text, NULL, text][: n % 4] END AS list,
    map(['k.' || n % 2, '"'], [text, 'z']) AS map,
    {'a.b': text, 'q"x': [text, 'z']} AS struct
FROM (SELECT unnest($1::VARCHAR[]) AS text, unnest(range(len($1))) AS n)
"""

# What JSON, UUID and ENUM are as texts is for DuckDB to say too.
READ = "SELECT * REPLACE (uuid::VARCHAR AS uuid, json::VARCHAR AS json, enum::VARCHAR AS enum) FROM read_parquet($1)"

FILES = [("zstd", "V1"), ("snappy", "V2"), ("gzip", "V2"), ("lz4_raw", "V1"), ("brotli", "V2"), ("uncompressed", "V1")]


NOTHING = 3  # the exit code where no row has a prompt


def converted(promptmill: str, path: str, column: str) -> list[str]:
    flags = ["--prompt-column", column, "--no-clean", "--invalid", "drop", "--layout", "vllm", "--format", "jsonl"]
    done = subprocess.run([promptmill, "convert", path, *flags, "--quiet", "-o", "-"], capture_output=True)
    if done.returncode not in (0, NOTHING):
        sys.exit(f"{path}: {column}: {done.stderr.decode()}")
    return [json.loads(line)["prompt"] for line in done.stdout.decode().split("\n")[:-1]]


def check(connection: duckdb.DuckDBPyConnection, promptmill: str, path: str) -> int:
    """Checks every path to a text in a file, and returns how many there are."""
    table = connection.sql(READ, params=[path]).to_arrow_table()
    found = 0
    for field, column in zip(table.schema, table.columns, strict=True):
        assert is_text(field.type), field
        for leaf in leaves(field.name, field.type, column.to_pylist()):
            want = prompts(*leaf)
            got = converted(promptmill, path, leaf[0])
            if (len(got), prompts_digest(got)) != (want["prompts"], want["sha256"]):
                sys.exit(f"{path}: {leaf[0]}: {len(got)} prompts, want {want}: {str(got)[:500]}")
            found += 1
    return found


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    connection = duckdb.connect()
    connection.execute(TABLE, [TEXTS])
    with tempfile.TemporaryDirectory() as work:
        for codec, version in FILES:
            path = str(pathlib.Path(work) / f"{codec}-{version}.parquet")
            options = f"FORMAT parquet, CODEC {codec}, PARQUET_VERSION {version}, ROW_GROUP_SIZE 7"
            connection.execute(f"COPY kinds TO '{path}' ({options})")
            found = check(connection, sys.argv[1], path)
    print(f"parquet kinds: {found} paths to texts in each of {len(FILES)} files are as DuckDB reads them")


if __name__ == "__main__":
    main()
