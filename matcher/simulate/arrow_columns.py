"""Takes arrays of numbers and codes; gives Arrow columns: ids, names, dates, instants. Knows no table's meaning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from matcher.ingest.schemas import DAY, INSTANT, SCHEMAS, TEXT
from matcher.simulate.months import Months

DIGITS = 9
"""Digits of an id, so that ids sort as their numbers do."""


def ids(prefix: str, numbers: NDArray[np.int64], *, is_there: NDArray[np.bool_] | None = None) -> pa.Array:
    """Return the ids of `numbers`, as "a-000000041", null where `is_there` is false.

    Notes
    -----
    Raises nothing for ASCII prefixes, numbers from 0 to 999,999,999 and at most 190 million of them at once.
    """
    head = np.frombuffer(f"{prefix}-".encode(), dtype=np.uint8)
    width = len(head) + DIGITS
    letters = np.empty((len(numbers), width), dtype=np.uint8)
    letters[:, : len(head)] = head
    rest = np.maximum(numbers, 0).astype(np.uint32)
    for place in range(width - 1, len(head) - 1, -1):
        rest, digit = np.divmod(rest, np.uint32(10))
        letters[:, place] = digit + 48
    offsets = np.arange(len(numbers) + 1, dtype=np.int32) * np.int32(width)
    validity = None if is_there is None else pa.py_buffer(np.packbits(is_there, bitorder="little"))
    buffers = [validity, pa.py_buffer(offsets), pa.py_buffer(letters)]
    return pa.Array.from_buffers(TEXT, len(numbers), buffers)


def named(codes: NDArray[np.integer], names: Sequence[Any], type_: pa.DataType = TEXT) -> pa.Array:
    """Return the names of codes, null for a code below 0 or a name that is ``None``.

    Notes
    -----
    Raises nothing for codes below the number of names.
    """
    rows = pa.array(codes.astype(np.int64), mask=codes < 0)
    return pa.array(list(names), type_).take(rows)


def days(numbers: NDArray[np.int64], months: Months, *, is_there: NDArray[np.bool_] | None = None) -> pa.Array:
    """Return day numbers as dates, null where `is_there` is false.

    Notes
    -----
    Raises nothing.
    """
    safe = numbers if is_there is None else np.where(is_there, numbers, 0)
    dates = months.dates(safe).astype("datetime64[D]").astype(np.int32)
    return pa.array(dates, pa.int32(), mask=None if is_there is None else ~is_there).cast(DAY)


def instants(numbers: NDArray[np.floating], months: Months, *, is_there: NDArray[np.bool_] | None = None) -> pa.Array:
    """Return day numbers with fractions as instants in UTC, null where `is_there` is false.

    Notes
    -----
    Raises nothing.
    """
    safe = numbers if is_there is None else np.where(is_there, numbers, 0.0)
    moments = months.instants(safe.astype(np.float64)).astype(np.int64)
    return pa.array(moments, pa.int64(), mask=None if is_there is None else ~is_there).cast(INSTANT)


def in_home_form(name: str, columns: Mapping[str, Any], n: int) -> pa.Table:
    """Return a table of `n` rows in home form; a column that is not given is null throughout.

    Raises
    ------
    pyarrow.ArrowInvalid
        When a given column is of another length or type.
    """
    schema = SCHEMAS[name]
    arrays = [
        _typed(columns[field.name], field.type) if field.name in columns else pa.nulls(n, field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def _typed(column: Any, type_: pa.DataType) -> pa.Array:
    return column.cast(type_) if isinstance(column, (pa.Array, pa.ChunkedArray)) else pa.array(column, type_)
