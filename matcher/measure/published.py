"""Takes outcome tables as they were published; keeps them in a register, for those that come after. Withholds nothing.

A register holds the counts that were withheld too, so it is as confidential as the people's table: never publish it.
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.domain.errors import InvalidInput
from matcher.ingest.datasets import whole_or_nothing
from matcher.measure.disclosure_attack import Publication

ALL = "*"
"""In the name of a row: whatever the value of this column."""

NESTED = (("province_code", "district_code"), ("provider", "course_id"))
"""Columns of which the second parts the first: their tables are decided together."""

Name = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class PublishedTables:
    """Tables of one state of the data.

    ``cells`` are the values of all columns together; ``counts`` int64 (n_cells, n_kinds) people in each, kind 0 all;
    ``rows`` name what stood in the tables, ``ALL`` where a column was added up; ``is_published`` bool (n_rows,).
    """

    cells: tuple[Name, ...]
    counts: NDArray[np.int64]
    rows: tuple[Name, ...]
    is_published: NDArray[np.bool_]

    def says_as(self, other: PublishedTables) -> bool:
        """Return whether `other` published the very same. Raises nothing."""
        return (self.cells, self.rows, self.counts.tolist(), self.is_published.tolist()) == (
            other.cells, other.rows, other.counts.tolist(), other.is_published.tolist()
        )  # fmt: skip

    def as_publication(self, cells: Sequence[Name], rows: Sequence[Name], members: NDArray[np.bool_]) -> Publication:
        """Return the same laid out over other `cells` and `rows`, which hold all of its own.

        Notes
        -----
        A cell that it lacks had nobody, and a row that it lacks said so by not being there. Raises nothing.
        """
        own, was_shown = (
            dict(zip(self.cells, self.counts, strict=True)),
            dict(zip(self.rows, self.is_published, strict=True)),
        )
        nobody = np.zeros(self.counts.shape[1], dtype=np.int64)
        counts = np.array([own.get(cell, nobody) for cell in cells], dtype=np.int64).reshape(len(cells), len(nobody))
        return Publication(counts, members, np.array([was_shown.get(row, True) for row in rows], dtype=bool))


def published_together(column: str | None) -> tuple[tuple[str, ...], ...]:
    """Return the tables whose small counts are withheld together with those of the table by `column`, it among them.

    Notes
    -----
    Raises nothing. Tables of one column each that do not part each other share nothing but the total. Whoever knows the
    total learns nothing of one from another: any two of them fit together (cell by cell the product of their shares),
    so the range of a count is that of its own table (Dobra and Fienberg 2000, decomposable sets of margins). The same
    holds of what is added from month to month. Tables of two columns would share more.
    """
    if column is None:
        return ((),)
    family = next((pair for pair in NESTED if column in pair), (column,))
    return tuple((one,) for one in family)


def read_register(path: Path, plan: dict[str, Any]) -> list[PublishedTables]:
    """Return what was published by this `plan` so far, in order; nothing where there is no file yet.

    Parameters
    ----------
    path : Path
    plan : dict
        What makes the tables: clock, base and columns. A register is of one plan.

    Raises
    ------
    InvalidInput
        When the file is no register, or of another plan.
    """
    if not path.is_file():
        return []
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        tables = [_table(one) for one in kept["published"]]
    except (ValueError, KeyError, TypeError) as fault:
        raise InvalidInput(f"{path}: no register of published tables ({fault}); name another file") from fault
    if kept["plan"] != plan:
        raise InvalidInput(
            f"{path}: holds the tables {json.dumps(kept['plan'])}, not {json.dumps(plan)}; nobody has checked what is "
            "safe beside tables of another split: ask for the same ones"
        )
    return tables


@contextmanager
def held_register(path: Path) -> Iterator[None]:
    """Hold a register from reading to writing, so that of two processes none publishes beside the other.

    Raises
    ------
    OSError
        When its folder cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def write_register(path: Path, plan: dict[str, Any], published: Sequence[PublishedTables]) -> None:
    """Write the register whole, readable by its owner alone.

    Raises
    ------
    OSError
        When it cannot be written.
    """
    rows = [
        {"cells": one.cells, "counts": one.counts.tolist(), "rows": one.rows, "is_published": one.is_published.tolist()}
        for one in published
    ]
    with whole_or_nothing(path, mode=0o600) as draft:
        draft.write_text(json.dumps({"plan": plan, "published": rows}, ensure_ascii=False) + "\n", encoding="utf-8")


def _table(kept: dict[str, Any]) -> PublishedTables:
    cells, rows = (tuple(tuple(name) for name in kept[part]) for part in ("cells", "rows"))
    counts = np.array(kept["counts"], dtype=np.int64).reshape(len(cells), -1)
    return PublishedTables(cells, counts, rows, np.array(kept["is_published"], dtype=bool))
