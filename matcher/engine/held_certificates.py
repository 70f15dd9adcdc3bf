"""Takes who holds which certificates; gives them as narrow columns, by person and by what they are worth.

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
    ``quarters`` uint8 of issue and ``last_days`` uint16, all (m,).

    Certificates alike in score row, grade and quarter are a group, and ``groups`` uint32 (g,) are the numbers of those
    that there are, ascending: ``(4 row + grade) 256 + quarter``. ``posted`` uint32 (m,) lists the holders of group i at
    ``group_starts[i]:group_starts[i + 1]``, uint32, in order of person.
    """

    score_rows: Unsigned
    grades: NDArray[np.uint8]
    quarters: NDArray[np.uint8]
    last_days: NDArray[np.uint16]
    offsets: NDArray[np.uint32]
    groups: NDArray[np.uint32]
    group_starts: NDArray[np.uint32]
    posted: NDArray[np.uint32]
    n_rows: int

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
        grades, quarters = facts[0][order].astype(np.uint8), facts[1][order]
        numbers = _group_numbers(rows, grades, quarters)
        by_group = np.argsort(numbers, kind="stable")
        groups, sizes = np.unique(numbers, return_counts=True)
        ends = np.cumsum(np.bincount(holders, minlength=n_people))
        return cls(
            score_rows=rows,
            grades=grades,
            quarters=quarters,
            last_days=facts[2][order],
            offsets=np.concatenate([[0], ends]).astype(np.uint32),
            groups=groups,
            group_starts=np.concatenate([[0], np.cumsum(sizes)]).astype(np.uint32),
            posted=holders[by_group],
            n_rows=n_rows,
        )

    def groups_of(self, rows: NDArray[np.integer]) -> NDArray[np.int64]:
        """Return the places in ``groups`` of all groups of these rows: int64. Raises nothing."""
        starts, ends = (np.searchsorted(self.groups, _group_numbers(rows + more, 0, 0)) for more in (0, 1))
        return spread(starts, ends - starts)

    def holders_of(self, places: NDArray[np.integer]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
        """Return who holds a certificate of the groups at these `places`, and how many hold one of each.

        Notes
        -----
        Raises nothing. Who holds two stands there twice.
        """
        starts = self.group_starts[places].astype(np.int64)
        sizes = self.group_starts[places + 1] - starts
        return self.posted[spread(starts, sizes)], sizes

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
        return spread(starts, counts), begins


def spread(starts: NDArray[np.int64], counts: NDArray[np.integer]) -> NDArray[np.int64]:
    """Return the numbers ``start, start + 1, ...``, so many from each start: int64. Raises nothing."""
    return np.arange(counts.sum()) + np.repeat(starts - (np.cumsum(counts) - counts), counts)


def standings_of(groups: NDArray[np.uint32]) -> NDArray[np.int64]:
    """Return what a certificate of each numbered group is worth until it lapses: int64 (g,). Raises nothing."""
    return (groups >> 8 & 3).astype(np.int64) + 1


def group_parts(groups: NDArray[np.uint32]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return score row and quarter of numbered groups, as ``HeldCertificates`` numbers them. Raises nothing."""
    numbers = groups.astype(np.int64)
    return numbers >> 10, numbers & 255


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


def _group_numbers(
    rows: NDArray[np.integer], grades: NDArray[np.uint8] | int, quarters: NDArray[np.uint8] | int
) -> NDArray[np.uint32]:
    return (rows.astype(np.uint32) << np.uint32(10)) + (np.asarray(grades, np.uint32) << np.uint32(8)) + quarters


_FIRST_QUARTER = 80
"""Quarters from 1970 to 1990."""
