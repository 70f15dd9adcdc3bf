"""Takes the table of course values; gives what became of the earlier takers of each course. Estimates nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from matcher.domain.errors import InvalidInput

NAME = "course_value"
"""The table by this name, beside those of an artifact."""

_TYPES = {"course_id": pa.string(), "value": pa.float64(), "low": pa.float64(), "high": pa.float64(), "n": pa.int64()}
_REMEDY = "make it with padan course-value, or take it away"


@dataclass(frozen=True, slots=True)
class EarlierTakers:
    """Share of earlier takers at work, 0 .. 1, with its 95 % interval, and how many were heard of."""

    value: float
    low: float
    high: float
    n: int


def read_course_values(path: Path) -> pa.Table:
    """Return the table in the Parquet file `path`, its columns and figures checked.

    Raises
    ------
    InvalidInput
        When it is no Parquet file, a column is missing or of another type, a course repeats, or a share is outside
        its interval or 0 .. 1.
    """
    try:
        table = pq.read_table(path)
    except pa.ArrowInvalid as problem:
        raise InvalidInput.at(str(path), "no Parquet file", _REMEDY) from problem
    wrong = [name for name, kind in _TYPES.items() if name not in table.column_names or table[name].type != kind]
    if wrong:
        raise InvalidInput.at(str(path), f"column {', '.join(wrong)} missing or of another type", _REMEDY)
    table = table.select(list(_TYPES))
    ids = table["course_id"].to_pylist()
    if None in ids or len(set(ids)) < len(ids):
        raise InvalidInput.at(str(path), "a course without id, or twice", _REMEDY)
    for row in table.to_pylist():
        if not _is_sound(row):
            raise InvalidInput.at(str(path), f"course '{row['course_id']}' has impossible figures", _REMEDY)
    return table


def save_course_values(tables: Mapping[str, pa.Table], folder: Path) -> None:
    """Write the course values of `tables`, where there are any, into an artifact's `folder`.

    Raises
    ------
    OSError
        When the folder cannot be written.
    """
    if NAME in tables:
        pq.write_table(tables[NAME], folder / f"{NAME}.parquet")


def load_earlier_takers(folder: Path) -> dict[str, EarlierTakers]:
    """Return by course what an artifact's `folder` tells, withheld courses left out; empty where it tells nothing.

    Notes
    -----
    Raises nothing for an artifact that was built from a table as ``read_course_values`` gives it.
    """
    path = folder / f"{NAME}.parquet"
    rows = pq.read_table(path).to_pylist() if path.is_file() else []
    return {row.pop("course_id"): EarlierTakers(**row) for row in rows if row["value"] is not None}


def _is_sound(row: dict[str, float | None]) -> bool:
    value, low, high, n = (row[name] for name in ("value", "low", "high", "n"))
    if value is None or low is None or high is None or n is None:
        return value is low is high is n is None
    return 0 <= low <= value <= high <= 1 and n > 0
