"""Takes counts of people by cell; says which rows of a table may be shown so that no small count can be worked out.

Withholds whole rows, never rounds or swaps. Computes no rate.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.domain.errors import InvalidInput
from matcher.measure.disclosure_attack import LEAST_PEOPLE, Publication, exchange_width, reachable_width


@dataclass(frozen=True, slots=True)
class Suppression:
    """Which rows may be shown, and which were withheld for their own counts: bool (n_rows,) each."""

    is_published: NDArray[np.bool_]
    is_small: NDArray[np.bool_]

    @property
    def is_complementary(self) -> NDArray[np.bool_]:
        """Rows withheld only so that the small ones cannot be found by subtraction: bool (n_rows,)."""
        return ~self.is_published & ~self.is_small


def suppress(
    counts: NDArray[np.int64],
    members: NDArray[np.bool_],
    *,
    before: Sequence[Publication] = (),
    least: int = LEAST_PEOPLE,
) -> Suppression:
    """Return which rows of a table may be published.

    Parameters
    ----------
    counts : ndarray of int64, shape (n_cells, n_kinds)
        People in each finest cell; kind 0 counts all, the further kinds count disjoint parts of them.
    members : ndarray of bool, shape (n_rows, n_cells)
        Which cells each row adds up: the cells themselves, margins, the grand total.
    before : sequence of Publication
        Earlier months of the same table.
    least : int
        The smallest count that may be shown, and the narrowest range that may be worked out; at least 2.

    Raises
    ------
    InvalidInput
        When a count is negative, parts exceed the whole, shapes disagree, or `least` is below 2.

    Notes
    -----
    A row is small when any of its counts lies in 1 .. `least` - 1; a count of 0 is shown. Each small count, of this
    month and of the months before, must keep a reachable range (``disclosure_attack``) of at least `least`. While one
    does not, the row is withheld that stands beside it in the smallest published sum and counts the fewest people: the
    greedy heuristic for the cell suppression problem (Fischetti and Salazar 2001) with an exact audit, so it may
    withhold more than need be but never too little. It ends, since a count that no published sum holds has no upper
    end.
    """
    _check(counts, members, least)
    everything = Publication(counts, members, np.ones(len(members), dtype=bool))
    is_small = np.asarray(everything.small(least).any(axis=1))
    # Later rows are withheld in place, so the attacker below always sees what still stands.
    month = Publication(counts, members, np.asarray(~is_small))
    months = [*before, month]
    for number, row, kind in _small_counts(months, least):
        while (
            exchange_width(months, row, kind, month=number) < least > reachable_width(months, row, kind, month=number)
        ):
            month.is_published[_partner(row, month)] = False
    return Suppression(month.is_published, is_small)


def _small_counts(months: Sequence[Publication], least: int) -> Iterator[tuple[int, int, int]]:
    for number, month in enumerate(months):
        for row, kind in np.argwhere(month.small(least)):
            yield number, int(row), int(kind)


def _check(counts: NDArray[np.int64], members: NDArray[np.bool_], least: int) -> None:
    if counts.ndim != 2 or members.shape[1:] != counts.shape[:1]:
        raise InvalidInput(f"disclosure: counts {counts.shape} and members {members.shape} do not fit together")
    if (counts < 0).any() or (counts[:, 1:].sum(axis=1) > counts[:, 0]).any():
        raise InvalidInput("disclosure: a count is negative, or the parts of a cell exceed its whole; count again")
    if least < 2:
        raise InvalidInput(f"disclosure: least = {least} protects nobody; use 2 or more, {LEAST_PEOPLE} by rule")


def _partner(row: int, month: Publication) -> int:
    """Give the published row whose absence hides `row` best."""
    members, people = month.members, month.totals[:, 0]
    holding = np.flatnonzero(month.is_published & (members & members[row]).any(axis=1))
    holding = holding[np.argsort(members[holding].sum(axis=1), kind="stable")]
    for sum_row in holding:
        is_inside = ~(members & ~members[sum_row]).any(axis=1) & ~(members & members[row]).any(axis=1)
        beside = np.flatnonzero(month.is_published & is_inside & (people > 0))
        if len(beside):
            return int(beside[np.argmin(people[beside])])
    return int(holding[0])
