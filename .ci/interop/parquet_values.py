"""Texts of parquet files as promptmill's tests compare them, whichever reader they come from."""

import collections
import hashlib
import re
import struct
from collections.abc import Iterator

import pyarrow as pa

# Go's white space, by which convert calls a prompt blank.
BLANK = re.compile("[\t\n\v\f\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*")


def is_text(kind: pa.DataType) -> bool:
    """Whether values are texts, bytes or decimals, or have some inside of them."""
    if pa.types.is_dictionary(kind):
        return is_text(kind.value_type)
    if kind.num_fields:
        return any(is_text(kind.field(i).type) for i in range(kind.num_fields))
    return is_leaf(kind)


def is_leaf(kind: pa.DataType) -> bool:
    tests = (
        pa.types.is_string,
        pa.types.is_large_string,
        pa.types.is_binary,
        pa.types.is_large_binary,
        pa.types.is_fixed_size_binary,
        pa.types.is_decimal,
    )
    return any(test(kind) for test in tests)


def is_list(kind: pa.DataType) -> bool:
    return pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)


def text_of(kind: pa.DataType, value: object) -> bytes:
    """Returns a leaf as convert writes it: decimals with all digits of their scale."""
    if pa.types.is_decimal(kind):
        return f"{value:.{kind.scale}f}".encode()
    return value.encode() if isinstance(value, str) else bytes(value)


def encode(kind: pa.DataType, value: object) -> bytes:
    """Returns a value as bytes that no other value has. convert's test has the same function."""
    if pa.types.is_dictionary(kind):
        return encode(kind.value_type, value)
    if value is None:
        return b"null;"
    if is_leaf(kind):
        text = text_of(kind, value)
        return b"%d:" % len(text) + text
    if pa.types.is_map(kind):
        return b"{" + b"".join(encode(kind.key_type, k) + encode(kind.item_type, v) for k, v in value) + b"}"
    if is_list(kind):
        return b"[" + b"".join(encode(kind.value_type, v) for v in value) + b"]"
    if pa.types.is_struct(kind):
        fields = [kind.field(i) for i in range(kind.num_fields)]
        return b"(" + b"".join(encode(f.type, value[f.name]) for f in fields) + b")"
    if pa.types.is_boolean(kind) or pa.types.is_integer(kind):
        return b"%s;" % str(value).lower().encode()
    if pa.types.is_floating(kind):
        return struct.pack(">d", value).hex().encode() + b";"
    raise ValueError(f"no way to compare values of {kind}")


def quoted(name: str) -> str:
    """Returns a name as the paths of promptmill have it."""
    return '"' + name.replace('"', '""') + '"' if not name or re.search(r'[.\[\]"]', name) else name


def leaves(path: str, kind: pa.DataType, values: list[object]) -> Iterator[tuple[str, pa.DataType, list[object]]]:
    """Yields each path to a text that some row has, and the text there by row."""
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if is_leaf(kind):
        yield path, kind, values
    elif pa.types.is_struct(kind):
        for i in range(kind.num_fields):
            field = kind.field(i)
            inner = [None if v is None else v[field.name] for v in values]
            yield from leaves(f"{path}.{quoted(field.name)}", field.type, inner)
    elif pa.types.is_map(kind):
        for key in dict.fromkeys(k for v in values for k, _ in v or ()):
            inner = [next((x for k, x in v or () if k == key), None) for v in values]
            yield from leaves(f"{path}.{quoted(str(key))}", kind.item_type, inner)
    elif is_list(kind):
        for i in range(max((len(v) for v in values if v is not None), default=0)):
            inner = [v[i] if v is not None and i < len(v) else None for v in values]
            yield from leaves(f"{path}[{i}]", kind.value_type, inner)


def prompts(path: str, kind: pa.DataType, values: list[object]) -> dict[str, object]:
    """Returns what convert must make of the texts at a path: a row without one, a blank or broken one has no prompt."""
    dropped: collections.Counter[str] = collections.Counter()
    written = []
    for value in values:
        if value is None:
            dropped["null"] += 1
            continue
        try:
            text = text_of(kind, value).decode()
        except UnicodeDecodeError:
            dropped["invalid"] += 1
            continue
        if BLANK.fullmatch(text):
            dropped["blank"] += 1
        else:
            written.append(text)
    return {"path": path, "prompts": len(written), **dict(sorted(dropped.items())), "sha256": prompts_digest(written)}


def prompts_digest(written: list[str]) -> str:
    return hashlib.sha256(b"".join(b"%d:" % len(text) + text for text in map(str.encode, written))).hexdigest()


def values_digest(column: pa.ChunkedArray) -> str:
    digest = hashlib.sha256()
    for value in column.to_pylist():
        digest.update(encode(column.type, value))
    return digest.hexdigest()
