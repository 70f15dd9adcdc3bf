"""Takes what came through the door; gives a folder's table with it merged in, and what to look at. Checks no cell."""

from __future__ import annotations

import csv
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from matcher.domain.errors import InvalidInput
from matcher.ingest.datasets import KEYS, empty_table, read_table, whole_or_nothing, write_table
from matcher.ingest.intake import Ingested

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Deposit:
    """What a folder holds after an ingest: the table's path and rows, and the lists that were written (or ``None``)."""

    table_path: Path
    n_rows: int
    rejected_path: Path | None
    flagged_path: Path | None


def deposit(ingested: Ingested, folder: Path) -> Deposit:
    """Merge `ingested` into the table of `folder`, write what was rejected and flagged beside it, and return the paths.

    A row takes the place of the row with the same key; other rows are added at the end. So the same ingest twice
    leaves the same bytes. ``NAME.rejected.csv`` and ``NAME.flagged.csv`` speak of this ingest alone: those of an
    earlier one are replaced, or removed where there is nothing to say. Where every row was rejected the table is left
    as it was.

    Raises
    ------
    InvalidInput
        When the folder holds a table that is not in home form, or cannot be written.
    """
    table = _merged(ingested, folder)
    lists = {"rejected": ingested.rejected, "flagged": ingested.flagged}
    paths = {kind: folder / f"{ingested.name}.{kind}.csv" for kind in lists}
    told = {kind for kind, rows in lists.items() if rows.num_rows}
    try:
        with ExitStack() as drafts:
            for kind in told:
                _write_list(lists[kind], drafts.enter_context(whole_or_nothing(paths[kind])))
            if ingested.table.num_rows or not ingested.rejected.num_rows:
                write_table(table, ingested.name, folder)
        for kind in paths.keys() - told:
            paths[kind].unlink(missing_ok=True)
    except OSError as problem:
        raise InvalidInput.at(
            str(folder), f"cannot be written ({problem.strerror})", "check its rights and the space on the disk"
        ) from problem
    written = {kind: path if kind in told else None for kind, path in paths.items()}
    return Deposit(folder / f"{ingested.name}.parquet", table.num_rows, written["rejected"], written["flagged"])


def _merged(ingested: Ingested, folder: Path) -> pa.Table:
    name = ingested.name
    held = read_table(name, folder) if (folder / f"{name}.parquet").exists() else empty_table(name)
    both = pa.concat_tables([held, ingested.table])
    keys = zip(*(both[column].to_pylist() for column in KEYS[name]), strict=True)
    last_of_key = {key: row for row, key in enumerate(keys)}
    return both.take(pa.array(last_of_key.values(), pa.int64()))


def _write_list(rows: pa.Table, path: Path) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([_inert(name) for name in rows.column_names])
        for cells in zip(*(column.to_pylist() for column in rows.columns), strict=True):
            writer.writerow([_inert(cell) for cell in cells])


def _inert(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell
