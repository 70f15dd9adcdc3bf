"""Takes people in numbers; gives the distinct profiles among them, so that equals are computed once. Ranks nobody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from matcher.engine.papers import LASTING


@dataclass(frozen=True, slots=True)
class Reach:
    """What decides the vacancies that are open to a profile."""

    province: int
    education_rank: int
    accepts_remote: bool
    willing: tuple[int, ...]
    met: tuple[int, ...]
    n_held: int


@dataclass(frozen=True, slots=True)
class Profiles:
    """The distinct people: ``number`` int64 (n_people,) the profile of each; what follows is by profile.

    ``firsts`` the first person of each; ``reaches`` which of ``distinct_reaches`` it has; ``held`` and ``standings``
    (p, most) of certificates and occupations, -1 behind the last, a standing being grade * 65536 + last day.
    """

    number: NDArray[np.int64]
    firsts: NDArray[np.int64]
    reaches: NDArray[np.int64]
    distinct_reaches: tuple[Reach, ...]
    districts: NDArray[np.int16]
    education_ranks: NDArray[np.int8]
    salaries: NDArray[np.int64]
    fields: tuple[str | None, ...]
    field_numbers: NDArray[np.int64]
    held: NDArray[np.int64]
    standings: NDArray[np.int64]

    @classmethod
    def of(cls, people: pa.Table) -> Profiles:
        """Return the profiles of people of the schema ``PEOPLE``.

        Notes
        -----
        Raises KeyError when a column is missing: a defect of the caller.
        """
        plain = {name: np.asarray(people[name].combine_chunks()) for name in _PLAIN}
        sizes = np.diff(_ends(people["held"]))
        held, grades, days = (_padded(people[name], sizes) for name in ("held", "grades", "last_days"))
        standings = np.where(held >= 0, grades * (LASTING + 1) + days, -1)
        willing, willing_number = _numbered(people["willing_provinces"])
        met, met_number = _numbered(people["met"])
        fields = people["field_of_study"].combine_chunks().dictionary_encode()
        field_number = np.asarray(fields.indices.fill_null(len(fields.dictionary))).astype(np.int64)
        reach = [plain["province"], plain["education_rank"], plain["accepts_remote"], willing_number, met_number, sizes]
        reaches = _joint(reach)
        number = _joint(
            [reaches, plain["district"], plain["salary_min_idr_month"], field_number, *held.T, *standings.T]
        )
        firsts = np.unique(number, return_index=True)[1]
        first_of_reach = np.unique(reaches, return_index=True)[1].tolist()
        distinct = tuple(
            Reach(int(plain["province"][p]), int(plain["education_rank"][p]), bool(plain["accepts_remote"][p]),
                   willing[willing_number[p]], met[met_number[p]], int(sizes[p]))
            for p in first_of_reach
        )  # fmt: skip
        return cls(
            number, firsts, reaches[firsts], distinct, plain["district"][firsts], plain["education_rank"][firsts],
            plain["salary_min_idr_month"][firsts], (*fields.dictionary.to_pylist(), None), field_number[firsts],
            held[firsts], standings[firsts],
        )  # fmt: skip

    def alike(self) -> Iterator[NDArray[np.int64]]:
        """Yield the profiles of each reach that hold anything."""
        order = np.argsort(self.reaches, kind="stable")
        edges = np.searchsorted(self.reaches[order], np.arange(len(self.distinct_reaches) + 1))
        for number, reach in enumerate(self.distinct_reaches):
            if reach.n_held:
                yield order[edges[number] : edges[number + 1]]

    def reach(self, rows: NDArray[np.int64]) -> Reach:
        """Return the reach that these profiles share."""
        return self.distinct_reaches[int(self.reaches[rows[0]])]

    def evidence(self, rows: NDArray[np.int64], today: int) -> NDArray[np.float64]:
        """Return the evidence of each row held as ``features`` reads it: float64 (p, most), 0 where it lapsed."""
        grades, days = np.divmod(np.maximum(self.standings[rows], 0), LASTING + 1)
        return np.where(days >= today, grades / 2, 0.0)


_PLAIN = ("province", "district", "education_rank", "accepts_remote", "salary_min_idr_month")


def _joint(columns: Sequence[NDArray[Any]]) -> NDArray[np.int64]:
    """Return one number for each distinct combination of the columns, from 0: int64 (n,)."""
    number = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        values, code = np.unique(column, return_inverse=True)
        number = np.unique(number * len(values) + code, return_inverse=True)[1]
    return number


def _ends(lists: pa.ChunkedArray) -> NDArray[np.int64]:
    return np.asarray(lists.combine_chunks().offsets).astype(np.int64)


def _values(lists: pa.ChunkedArray) -> NDArray[np.int64]:
    return np.asarray(lists.combine_chunks().values).astype(np.int64)


def _padded(lists: pa.ChunkedArray, sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the lists as rows of one matrix, -1 behind the last of each."""
    starts = _ends(lists)[:-1]
    column = np.arange(int(sizes.max(initial=0)))
    is_there = column < sizes[:, None]
    padded = np.full(is_there.shape, -1, dtype=np.int64)
    padded[is_there] = _values(lists)[(starts[:, None] + column)[is_there]]
    return padded


def _numbered(lists: pa.ChunkedArray) -> tuple[list[tuple[int, ...]], NDArray[np.int64]]:
    """Return the distinct lists, and which of them each is."""
    sizes = np.diff(_ends(lists))
    padded = _padded(lists, sizes)
    number = _joint([sizes, *padded.T])
    firsts = np.unique(number, return_index=True)[1]
    return [tuple(padded[first, : sizes[first]].tolist()) for first in firsts.tolist()], number
