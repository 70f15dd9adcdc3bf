"""Takes the place and least qualification of vacancies; gives exact top-k over what a person may reach.

Computes no score.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import faiss
import numpy as np
from numpy.typing import NDArray

from matcher.engine.columns import NO_PROVINCE, VacancyColumns

Block = tuple[int, bool]
"""A province code as a number (0 unknown), and whether the vacancies are remote."""


@dataclass(frozen=True, slots=True)
class Hits:
    """The k best of what was compared, as places in the layout, scores descending, and how many were compared.

    ``layout_indices`` int64 (k,), ``scores`` float32 (k,); ties stand in layout order.
    """

    layout_indices: NDArray[np.int64]
    scores: NDArray[np.float32]
    scored: int


@dataclass(frozen=True, slots=True)
class VacancyIndex:
    """Vacancies laid out in one block per (province, remote), each block sorted by least qualification.

    What a person of a given schooling may apply for in a province is therefore a prefix of a contiguous run, and search
    over it is exact: nothing is skipped, nothing is approximated.

    ``layout`` int64 (n,) holds the table row at each layout place; ``education_ranks`` int8 (m,) the least
    qualification of those in blocks; ``blocks`` the half-open run of each block. The n - m places behind the blocks are
    vacancies that came later, in table order: few, and searched whole.
    """

    layout: NDArray[np.int64]
    education_ranks: NDArray[np.int8]
    blocks: dict[Block, tuple[int, int]]

    @classmethod
    def build(cls, columns: VacancyColumns) -> VacancyIndex:
        """Return the index over `columns`.

        Notes
        -----
        Raises nothing. Within a qualification the table order is kept, so that equal tables give equal layouts.
        """
        n = len(columns)
        layout = np.lexsort((np.arange(n), columns.education_ranks, columns.is_remote, columns.provinces))
        keys = list(zip(columns.provinces[layout].tolist(), columns.is_remote[layout].tolist(), strict=True))
        starts = [place for place in range(n) if place == 0 or keys[place] != keys[place - 1]]
        stops = [*starts[1:], n]
        blocks = {keys[start]: (start, stop) for start, stop in zip(starts, stops, strict=True)}
        return cls(layout.astype(np.int64), columns.education_ranks[layout], blocks)

    def followed_by(self, n_later: int) -> VacancyIndex:
        """Return the index with the next `n_later` rows of the table behind the blocks. Raises nothing."""
        n = len(self.layout)
        return replace(self, layout=np.concatenate([self.layout, np.arange(n, n + n_later)]))

    def prefixes(
        self, province_codes: Sequence[str] | None, *, education_rank: int, accepts_remote: bool
    ) -> list[slice]:
        """Return the contiguous runs of the layout that place and schooling leave open, and whatever came later.

        Parameters
        ----------
        province_codes : sequence of str or None
            Where the person would work; ``None`` opens every block.
        education_rank : int
            The person's rank on the ladder, 0 to 10.
        accepts_remote : bool
            Whether remote vacancies of other provinces are open too.

        Notes
        -----
        Raises nothing; a province without vacancies adds no run.
        """
        reach = None if province_codes is None else {int(code) for code in province_codes} - {NO_PROVINCE}
        runs = []
        for (province, is_remote), (start, stop) in self.blocks.items():
            if reach is None or province in reach or (is_remote and accepts_remote):
                length = int(np.searchsorted(self.education_ranks[start:stop], education_rank, side="right"))
                if length:
                    runs.append(slice(start, start + length))
        n_sorted, n = len(self.education_ranks), len(self.layout)
        return runs if n == n_sorted else [*runs, slice(n_sorted, n)]

    @staticmethod
    def top(scores: NDArray[np.float32], runs: Iterable[slice], *, allowed: NDArray[np.bool_], k: int) -> Hits:
        """Return the exact `k` best allowed places of the `runs`.

        Parameters
        ----------
        scores : ndarray of float32, shape (n,)
            One score per layout place; larger is better.
        runs : iterable of slice
            Contiguous runs to search, from ``prefixes``.
        allowed : ndarray of bool, shape (n,)
            What the person-level constraints leave, in layout order.
        k : int
            How many to return, at least 1; fewer come back when fewer are allowed.

        Notes
        -----
        Raises nothing. faiss keeps the k best over the runs in one heap; every score of every run enters it.
        """
        faiss.omp_set_num_threads(1)  # one row: further threads would only wait for one another
        heap = faiss.ResultHeap(1, k, keep_max=True)
        compared = []
        for run in runs:
            places = run.start + np.flatnonzero(allowed[run])
            if len(places):
                values = np.ascontiguousarray(scores[places])
                heap.add_result(values[None], places[None].astype(np.int64))
                compared.append((places, values))
        heap.finalize()
        found = heap.I[0] >= 0
        places, best = heap.I[0][found], heap.D[0][found]
        if len(places) == k:  # of those equal to the last the heap keeps any; the layout decides
            is_last = best == best.min()
            equals = np.concatenate([at[values == best.min()] for at, values in compared])
            places[is_last] = np.sort(equals)[: np.count_nonzero(is_last)]
        order = np.lexsort((places, -best))
        return Hits(places[order], best[order], sum(len(at) for at, _ in compared))
