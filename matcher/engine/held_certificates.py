"""Takes who holds which certificates; gives them as narrow columns, by person and by course.

Ranks nobody and holds no word of a certificate.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from matcher.engine.papers import day_number

NO_QUARTER = 0
"""Quarter of a certificate without a day of issue, or issued before April 1990."""

Unsigned = NDArray[np.uint8] | NDArray[np.uint16] | NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class HeldCertificates:
    """The m certificates that have a score row, sorted by holder; everybody holds at least one.

    Those of person p are ``offsets[p]:offsets[p + 1]``, uint32. ``score_rows`` unsigned, ``grades`` uint8 0 to 2,
    ``quarters`` uint8 of issue and ``last_days`` uint16, all (m,). ``posted`` uint32 (m,) lists their holders by score
    row, those of row r at ``row_starts[r]:row_starts[r + 1]`` in order of person: by province, district and schooling.
    """

    score_rows: Unsigned
    grades: NDArray[np.uint8]
    quarters: NDArray[np.uint8]
    last_days: NDArray[np.uint16]
    offsets: NDArray[np.uint32]
    posted: NDArray[np.uint32]
    row_starts: NDArray[np.int64]

    @classmethod
    def of(
        cls,
        holders: NDArray[np.integer],
        score_rows: NDArray[np.integer],
        facts: tuple[NDArray[np.integer], NDArray[np.uint8], NDArray[np.uint16]],
        *,
        n_people: int,
        n_rows: int,
    ) -> HeldCertificates:
        """Return the certificates with their `facts`: grades, quarters and last days, each (m,) like the first two.

        Notes
        -----
        Raises nothing.
        """
        order = np.argsort(holders, kind="stable")
        holders, rows = holders[order].astype(np.uint32), score_rows[order].astype(np.min_scalar_type(n_rows))
        by_row = np.argsort(rows, kind="stable")
        ends = np.cumsum(np.bincount(holders, minlength=n_people))
        return cls(
            score_rows=rows,
            grades=facts[0][order].astype(np.uint8),
            quarters=facts[1][order],
            last_days=facts[2][order],
            offsets=np.concatenate([[0], ends]).astype(np.uint32),
            posted=holders[by_row],
            row_starts=np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=n_rows))]).astype(np.int64),
        )

    @property
    def n_rows(self) -> int:
        """How many score rows there are."""
        return len(self.row_starts) - 1

    def holders_of(self, row: int) -> NDArray[np.uint32]:
        """Return who holds a certificate of `row`, in order; who holds two stands there twice. Raises nothing."""
        return self.posted[self.row_starts[row] : self.row_starts[row + 1]]

    def standings(self, numbers: NDArray[np.integer] | slice, *, today: int) -> NDArray[np.uint8]:
        """Return what each certificate is worth on day `today`: 0 lapsed, 1 attended, 2 passed, 3 competence.

        Notes
        -----
        Raises nothing.
        """
        return (self.last_days[numbers] >= today) * (self.grades[numbers] + np.uint8(1))

    def best_standings(self, *, today: int) -> NDArray[np.uint8]:
        """Return the best standing of each person's certificates: uint8 (n_people,). Raises nothing."""
        if not len(self.score_rows):
            return np.empty(0, dtype=np.uint8)
        return np.maximum.reduceat(self.standings(slice(None), today=today), self.offsets[:-1])

    def of_people(self, people: NDArray[np.integer]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the numbers of all certificates of `people`, and where those of each begin: int64. Raises nothing."""
        starts = self.offsets[people].astype(np.int64)
        counts = self.offsets[people + np.uint32(1)] - starts
        begins = np.cumsum(counts) - counts
        return np.arange(counts.sum()) + np.repeat(starts - begins, counts), begins


def issue_quarters(issued_on: pa.ChunkedArray) -> NDArray[np.uint8]:
    """Return the quarter of issue, counted from the first of 1990, ``NO_QUARTER`` where unknown: uint8 (n,).

    Notes
    -----
    Raises nothing. Quarters after the year 2053 are taken as its last.
    """
    days = np.asarray(issued_on.cast(pa.int32()).fill_null(0), dtype=np.int32)
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return np.clip(months // 3 - _FIRST_QUARTER, NO_QUARTER, 255).astype(np.uint8)


def quarter_number(now: datetime) -> int:
    """Return the quarter that `now` falls in, counted as ``issue_quarters`` does.

    Raises
    ------
    InvalidInput
        When `now` has no time zone.
    """
    return int(np.datetime64(day_number(now), "D").astype("datetime64[M]").astype(np.int64)) // 3 - _FIRST_QUARTER


_FIRST_QUARTER = 80
"""Quarters from 1970 to 1990."""
