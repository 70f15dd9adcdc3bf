"""Takes where people live, their schooling and whether they take remote work; gives cells of people alike in all.

People are kept in the order of cells, so a question of place and schooling is a few runs of rows. Ranks nobody.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.engine.columns import NO_PROVINCE


@dataclass(frozen=True, slots=True)
class TalentCells:
    """c cells, in order: whoever takes no remote work first, then by province, district and schooling.

    ``takes_remote`` bool; ``provinces`` int8 (``NO_PROVINCE`` unknown); ``districts`` int16 in the order of
    ``district_index``, -1 unknown; ``education_ranks`` int8; all (c,). Cell i holds the people
    ``starts[i]:starts[i + 1]``, int64 (c + 1,).
    """

    takes_remote: NDArray[np.bool_]
    provinces: NDArray[np.int8]
    districts: NDArray[np.int16]
    education_ranks: NDArray[np.int8]
    starts: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.provinces)

    def of(self, people: NDArray[np.integer]) -> NDArray[np.int64]:
        """Return the cell of each of these people: int64 (n,). Raises nothing."""
        return np.searchsorted(self.starts, people, side="right") - 1

    def in_reach(self, province: int | None, *, is_remote: bool) -> NDArray[np.bool_]:
        """Return the cells of `province`, of unknown place, and with `is_remote` of remote work: bool (c,).

        Notes
        -----
        Raises nothing. Where neither is asked for, all are in reach.
        """
        if province is None and not is_remote:
            return np.ones(len(self), dtype=bool)
        near = self.provinces == NO_PROVINCE
        if province is not None:
            near |= self.provinces == province
        return near | self.takes_remote if is_remote else near

    def runs(self, chosen: NDArray[np.bool_]) -> Iterator[slice]:
        """Yield the rows of the people in the `chosen` cells, neighbours together. Raises nothing."""
        edges = np.flatnonzero(np.diff(np.concatenate([[False], chosen, [False]]).astype(np.int8)))
        for first, after in edges.reshape(-1, 2).tolist():
            yield slice(int(self.starts[first]), int(self.starts[after]))


def cells_of(
    takes_remote: NDArray[np.bool_],
    provinces: NDArray[np.integer],
    districts: NDArray[np.integer],
    education_ranks: NDArray[np.integer],
) -> tuple[TalentCells, NDArray[np.unsignedinteger]]:
    """Return the cells of n people, all arrays (n,), and the cell of each: unsigned (n,). Raises nothing."""
    codes = ((takes_remote.astype(np.int32) * 128 + provinces - NO_PROVINCE) * 1024 + districts + 1) * 32
    codes += education_ranks.astype(np.int32)
    counts = np.bincount(codes)
    there = np.flatnonzero(counts)
    number_of = np.zeros(len(counts), dtype=np.min_scalar_type(len(there)))
    number_of[there] = np.arange(len(there))
    places, ranks = np.divmod(there, 32)
    places, homes = np.divmod(places, 1024)
    remote, home_provinces = np.divmod(places, 128)
    cells = TalentCells(
        takes_remote=remote == 1,
        provinces=(home_provinces + NO_PROVINCE).astype(np.int8),
        districts=(homes - 1).astype(np.int16),
        education_ranks=ranks.astype(np.int8),
        starts=np.concatenate([[0], np.cumsum(counts[there])]).astype(np.int64),
    )
    return cells, number_of[codes]
