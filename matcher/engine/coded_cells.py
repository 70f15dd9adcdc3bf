"""Takes columns of a table; gives what their cells stand for, each distinct cell worked out once. Knows no person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray


def coded(column: pa.ChunkedArray, value_of: Callable[[Any], int], dtype: type) -> NDArray[Any]:
    """Return `value_of` each cell, asked once for each distinct one.

    Notes
    -----
    Raises what `value_of` raises.
    """
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    encoded = whole if isinstance(whole.type, pa.DictionaryType) else whole.dictionary_encode()
    values = np.array([value_of(text) for text in [*encoded.dictionary.to_pylist(), None]], dtype=dtype)
    return values[np.asarray(encoded.indices.fill_null(len(encoded.dictionary)))]


def distinct_rows(table: pa.Table, names: Sequence[str]) -> tuple[list[tuple[Any, ...]], NDArray[np.int64]]:
    """Return the distinct rows of these columns, and which of them each row is: int64 (n,). Raises nothing."""
    codes = np.zeros(table.num_rows, dtype=np.int64)
    values = []
    for name in names:
        whole = table[name].combine_chunks()
        encoded = whole if isinstance(whole.type, pa.DictionaryType) else whole.dictionary_encode()
        values.append([*encoded.dictionary.to_pylist(), None])
        codes = codes * len(values[-1]) + np.asarray(encoded.indices.fill_null(len(values[-1]) - 1))
    distinct, inverse = np.unique(codes, return_inverse=True)
    rows = []
    for code in distinct.tolist():
        cells = []
        for known in reversed(values):
            code, place = divmod(code, len(known))
            cells.append(known[place])
        rows.append(tuple(reversed(cells)))
    return rows, inverse
