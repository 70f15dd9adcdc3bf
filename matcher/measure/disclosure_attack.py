"""Takes what was published of a table; gives the range an attacker can work out for a count that was withheld.

Withholds nothing itself: the audit and the tests ask it the same question.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import linprog

from matcher.domain.errors import InvalidInput

LEAST_PEOPLE = 10
"""A count of 1 to 9 people is small; so is a range narrower than this that can be worked out for one."""


@dataclass(frozen=True, slots=True)
class Publication:
    """One month of a table.

    ``counts`` int64 (n_cells, n_kinds): people in each finest cell; kind 0 counts all of them, the further kinds
    count disjoint parts of them. ``members`` bool (n_rows, n_cells): which cells each row adds up. ``is_published``
    bool (n_rows,): the rows that are shown, with every kind.
    """

    counts: NDArray[np.int64]
    members: NDArray[np.bool_]
    is_published: NDArray[np.bool_]

    @property
    def totals(self) -> NDArray[np.int64]:
        """People in each row, by kind: int64 (n_rows, n_kinds)."""
        return self.members.astype(np.int64) @ self.counts

    def small(self, least: int = LEAST_PEOPLE) -> NDArray[np.bool_]:
        """Return which counts lie in 1 .. `least` - 1: bool (n_rows, n_kinds). Raises nothing."""
        return (self.totals > 0) & (self.totals < least)


def reachable_range(months: Sequence[Publication], row: int, kind: int, *, month: int = -1) -> tuple[float, float]:
    """Return the least and the greatest count of `kind` in `row` of one month that agree with all that was published.

    Parameters
    ----------
    months : sequence of Publication
        In order of time, of one table.
    row, kind : int
        What the attacker wants.
    month : int
        Index of its month, the last unless told.

    Raises
    ------
    InvalidInput
        When no month is given, or the months are of different tables.

    Notes
    -----
    Linear programming (HiGHS) over real counts: what the attacker knows is that counts are 0 or more, that parts do not
    exceed the whole, that months only add (in each kind of which no cell fell, as a late answer or an erasure makes it)
    and every published sum. An attacker who knows that counts are whole can do
    no better by more than rounding inward. No upper end is told as infinity.
    """
    _check(months)
    n_cells, n_kinds = months[0].counts.shape
    wanted = np.zeros((len(months), n_cells, n_kinds))
    wanted[month, months[month].members[row], kind] = 1
    sums, values = _published_sums(months)
    parts = _part_rows(months, n_cells, n_kinds)
    free = {"A_ub": parts, "b_ub": parts @ np.zeros(wanted.size), "A_eq": sums, "b_eq": values, "bounds": (0, None)}
    low, high = (linprog(sign * wanted.ravel(), method="highs", **free) for sign in (1, -1))
    return float(low.fun), float("inf") if high.status == _UNBOUNDED else -float(high.fun)


def reachable_width(months: Sequence[Publication], row: int, kind: int, *, month: int = -1) -> float:
    """Return how far the ends of ``reachable_range`` lie apart.

    Raises
    ------
    InvalidInput
        As ``reachable_range``.
    """
    low, high = reachable_range(months, row, kind, month=month)
    return high - low


def exchange_width(months: Sequence[Publication], row: int, kind: int, *, month: int = -1) -> float:
    """Return a width that ``reachable_width`` is sure to reach, found without linear programming.

    Raises
    ------
    InvalidInput
        When no month is given, or the months are of different tables.

    Notes
    -----
    Two cells that stand in the same published sums of every month can trade all their people: the sums, the parts
    and the growth from month to month stay right. So the count may lack all that its cells can hand to a cell outside
    the row, and hold all that such cells can hand to it.
    """
    _check(months)
    twin = _twins(months)
    inside = months[month].members[row]
    n_sets = twin.max() + 1
    has_both = (np.bincount(twin[inside], minlength=n_sets) > 0) & (np.bincount(twin[~inside], minlength=n_sets) > 0)
    return float(months[month].counts[has_both[twin], kind].sum())


def _twins(months: Sequence[Publication]) -> NDArray[np.intp]:
    """Number the sets of cells that stand in the same published sums: (n_cells,)."""
    shown = np.concatenate([month.members[month.is_published] for month in months])
    packed = np.ascontiguousarray(np.packbits(shown, axis=0).T)
    if packed.shape[1] == 0:
        return np.zeros(len(packed), dtype=np.intp)
    return np.unique(packed.view(np.dtype((np.void, packed.shape[1]))).ravel(), return_inverse=True)[1]


_UNBOUNDED = 3
"""How ``scipy.optimize.linprog`` says that nothing limits the answer."""


def _check(months: Sequence[Publication]) -> None:
    if not months:
        raise InvalidInput("disclosure: no publication to attack; give at least one month")
    if len({(month.counts.shape, month.members.shape) for month in months}) > 1:
        raise InvalidInput("disclosure: the months are of different tables; give the same cells and rows each month")


def _published_sums(months: Sequence[Publication]) -> tuple[sparse.csr_array, NDArray[np.float64]]:
    n_kinds = months[0].counts.shape[1]
    blocks = [
        sparse.kron(sparse.csr_array(m.members[m.is_published].astype(float)), sparse.eye(n_kinds)) for m in months
    ]
    values = [m.totals[m.is_published].ravel() for m in months]
    return sparse.csr_array(sparse.block_diag(blocks)), np.concatenate(values).astype(np.float64)


def _part_rows(months: Sequence[Publication], n_cells: int, n_kinds: int) -> sparse.csr_array:
    """Give the rows of ``A x <= 0``: the parts of a cell less its whole, and every count less its later self."""
    whole = np.ones((1, n_kinds))
    whole[0, 0] = -1
    rows = [sparse.kron(sparse.eye(len(months) * n_cells), sparse.csr_array(whole))]
    if len(months) > 1:
        grown = sparse.eye(len(months) - 1, len(months)) - sparse.eye(len(months) - 1, len(months), k=1)
        holds = [np.tile((then.counts <= now.counts).all(axis=0), n_cells) for then, now in pairwise(months)]
        rows.append(sparse.csr_array(sparse.kron(grown, sparse.eye(n_cells * n_kinds)))[np.concatenate(holds)])
    return sparse.csr_array(sparse.vstack(rows))
