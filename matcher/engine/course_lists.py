"""Takes blocks of stored scores and the open vacancies; gives the exact k best of every (course, area, schooling).

An area is a province or all remote work; a level is a rank of schooling. Knows no person and no paper.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matcher.domain.errors import InvalidInput
from matcher.domain.records import Alumnus
from matcher.engine.columns import NO_PROVINCE, VacancyColumns

Area = tuple[int, bool]
"""A province code as a number, and whether its remote vacancies are meant; ``ALL_REMOTE`` are those of all."""

ALL_REMOTE: Area = (-1, True)
NOWHERE = -1
"""Stands where a list has fewer than k vacancies; its score is minus infinity."""

ROWS_AT_ONCE = 256
MOST_VACANCIES = 1 << 24

ScoreSource = Callable[[NDArray[np.int64], NDArray[np.int32]], NDArray[np.float32]]
"""Score rows int64 (r,) and places int32 (p,) -> stored scores float32 (r, p)."""


@dataclass(frozen=True, slots=True)
class AreaPlaces:
    """The m listed vacancies of one area: ``places`` int32 (m,) in the layout and ``levels`` int8 (m,), the least
    schooling asked; sorted by level, then place."""

    places: NDArray[np.int32]
    levels: NDArray[np.int8]

    def runs(self) -> list[slice]:
        """Return the run of each level, lowest first. Raises nothing."""
        starts = np.flatnonzero(np.diff(self.levels, prepend=np.int8(-1))).tolist()
        return [slice(*ends) for ends in pairwise([*starts, len(self.levels)])]

    def by_place(self) -> NDArray[np.int8]:
        """Return the level of each place up to the last listed, -1 where it is not listed. Raises nothing."""
        levels = np.full(int(self.places.max(initial=-1)) + 1, -1, dtype=np.int8)
        levels[self.places] = self.levels
        return levels


def areas_of(columns: VacancyColumns, layout: NDArray[np.int64], *, now: datetime) -> dict[Area, AreaPlaces]:
    """Return the vacancies that are open at the aware instant `now` and ask for no paper, by area.

    Parameters
    ----------
    columns : VacancyColumns
    layout : ndarray of int64, shape (n,)
        The table row at each place, as ``VacancyIndex.layout``.
    now : datetime

    Raises
    ------
    InvalidInput
        When there are more vacancies than a list can number.

    Notes
    -----
    A remote vacancy stands in the remote area of its province and in ``ALL_REMOTE``.
    """
    if len(layout) > MOST_VACANCIES:
        raise InvalidInput(f"{len(layout):,} vacancies: lists number up to {MOST_VACANCIES:,}; close what has lapsed")
    anybody = Alumnus("", education="S3")
    places = np.flatnonzero(columns.eligible(anybody, now=now)[layout]).astype(np.int32)
    rows = layout[places]
    levels, provinces, is_remote = columns.education_ranks[rows], columns.provinces[rows], columns.is_remote[rows]
    order = np.lexsort((places, levels))
    areas = {}
    for province, remote in sorted({*zip(provinces.tolist(), is_remote.tolist(), strict=True)}):
        own = order[((provinces == province) & (is_remote == remote))[order]]
        areas[(province, remote)] = AreaPlaces(places[own], levels[own])
    own = order[is_remote[order]]
    return {**areas, ALL_REMOTE: AreaPlaces(places[own], levels[own])} if len(own) else areas


def areas_in_reach(
    areas: Iterable[Area], province_codes: Sequence[str] | None, *, accepts_remote: bool
) -> tuple[Area, ...]:
    """Return the areas whose vacancies are open to a person, no vacancy twice; as ``VacancyIndex.prefixes``.

    Notes
    -----
    Raises nothing; a province without vacancies has no area. ``None`` opens everything.
    """
    everywhere = province_codes is None
    reach = {int(code) for code in province_codes or ()} - {NO_PROVINCE}

    def is_open(area: Area) -> bool:
        province, is_remote = area
        if is_remote and (everywhere or accepts_remote):
            return area == ALL_REMOTE
        return everywhere or province in reach

    return tuple(area for area in areas if is_open(area))


@dataclass(frozen=True, slots=True)
class _Entries:
    """The lists of one area: those of row r are ``places`` int32 and ``scores`` float32 from ``starts[r]`` to
    ``starts[r + 1]``, best first."""

    starts: NDArray[np.int64]
    places: NDArray[np.int32]
    scores: NDArray[np.float32]

    def of(self, rows: NDArray[np.int64]) -> NDArray[np.uint64]:
        """Return the keys of these at most 256 rows, numbered as they come."""
        sizes = self.starts[rows + 1] - self.starts[rows]
        row = np.repeat(np.arange(len(rows)), sizes)
        at = np.repeat(self.starts[rows] - (np.cumsum(sizes) - sizes), sizes) + np.arange(len(row))
        return _pack(row, self.scores[at], self.places[at])


@dataclass(frozen=True, slots=True)
class CourseLists:
    """For every score row and area the vacancies that are among the ``k`` best of some level and all below it.

    A vacancy is kept while fewer than k of its own level or lower come before it; larger scores first, of equals the
    smaller place. So the k best for a level are the first k kept entries that ask for no more, and the lists of two
    areas merge into the lists of both.
    """

    k: int
    n_rows: int
    areas: Mapping[Area, AreaPlaces]
    entries: Mapping[Area, _Entries]

    @classmethod
    def fit(cls, blocks: Iterable[NDArray[np.float32]], areas: Mapping[Area, AreaPlaces], *, k: int) -> CourseLists:
        """Return the lists of every score row.

        Parameters
        ----------
        blocks : iterable of ndarray of float32, shape (<= 256, n)
            Stored scores of consecutive rows over all places; read once, so that memory holds one block.
        areas : mapping of Area to AreaPlaces
            From ``areas_of``.
        k : int
            At least 1.

        Raises
        ------
        InvalidInput
            When `k` is below 1 or a block has more than 256 rows.
        """
        if k < 1:
            raise InvalidInput(f"k = {k}: a list holds at least one vacancy; choose 1 or more")
        found: dict[Area, list[NDArray[np.uint64]]] = {area: [] for area in areas}
        counts: dict[Area, list[NDArray[np.int64]]] = {area: [] for area in areas}
        n_rows = 0
        for block in blocks:
            _check_rows(len(block))
            for area, listed in areas.items():
                keys = _candidates(np.take(block, listed.places, axis=1), listed, k, np.arange(len(block)))
                kept = _skyband(keys, listed.by_place(), len(block), k)
                found[area].append(kept & _WITHOUT_ROW)
                counts[area].append(np.bincount(_row(kept), minlength=len(block)))
            n_rows += len(block)
        entries = {area: _entries(found.pop(area), counts.pop(area)) for area in areas}
        return cls(k, n_rows, areas, entries)

    def best(
        self, rows: NDArray[np.int64], areas: Sequence[Area], *, education_rank: int
    ) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Return the k best of the `areas` for each of the `rows`, best first.

        Parameters
        ----------
        rows : ndarray of int64, shape (r,)
        areas : sequence of Area
            That share no vacancy, from ``areas_in_reach``.
        education_rank : int
            0 to 10; vacancies that ask for more are left out.

        Returns
        -------
        places : ndarray of int32, shape (r, k)
            In the layout; ``NOWHERE`` behind the last.
        scores : ndarray of float32, shape (r, k)

        Notes
        -----
        Raises nothing. Ties stand in layout order.
        """
        places = np.full((len(rows), self.k), NOWHERE, dtype=np.int32)
        scores = np.full((len(rows), self.k), -np.inf, dtype=np.float32)
        levels = [self.areas[area].by_place() for area in areas]
        for start in range(0, len(rows), ROWS_AT_ONCE):
            part = rows[start : start + ROWS_AT_ONCE]
            keys = [self._keys(area, part, own, education_rank) for area, own in zip(areas, levels, strict=True)]
            ordered = np.sort(np.concatenate([_NO_KEYS, *keys]))
            position = _positions(ordered, len(part))
            ordered, position = ordered[position < self.k], position[position < self.k]
            into = (_row(ordered) + start, position)
            places[into], scores[into] = _place(ordered), _score(ordered)
        return places, scores

    def changed(self, areas: Mapping[Area, AreaPlaces], scores: ScoreSource) -> CourseLists:
        """Return the lists over the vacancies of `areas`, as a build from nothing would give them.

        Parameters
        ----------
        areas : mapping of Area to AreaPlaces
            What is listed now. A vacancy that changed has another place, as ``arrivals.Arrivals`` gives it one.
        scores : ScoreSource
            Asked for what came, with every row; and for whole areas, with the rows whose lists lost a vacancy.

        Notes
        -----
        Raises what `scores` raises. What no list held may go without any work; what came needs one look at each list.
        """
        entries = {}
        for area, now_listed in areas.items():
            before = self.areas.get(area, _EMPTY)
            came = ~np.isin(now_listed.places, before.places)
            is_gone = not np.isin(before.places, now_listed.places).all()
            if area in self.entries and not is_gone and not came.any():
                entries[area] = self.entries[area]
                continue
            arrived = AreaPlaces(now_listed.places[came], now_listed.levels[came])
            entries[area] = self._renewed(area, now_listed, arrived, scores)
        return CourseLists(self.k, self.n_rows, areas, entries)

    def nbytes(self) -> int:
        """Return the memory that the entries take. Raises nothing."""
        return sum(one.starts.nbytes + one.places.nbytes + one.scores.nbytes for one in self.entries.values())

    def save(self, folder: Path) -> None:
        """Write the lists into `folder`, which exists.

        Raises
        ------
        OSError
            When the folder cannot be written.
        """
        named = {f"{province}_{int(remote)}": (province, remote) for province, remote in self.areas}
        for name, area in named.items():
            own, listed = self.entries[area], self.areas[area]
            arrays = (own.starts, own.places, own.scores, listed.places, listed.levels)
            for part, array in zip(_PARTS, arrays, strict=True):
                np.save(folder / f"{name}.{part}.npy", array)
        about = {"k": self.k, "n_rows": self.n_rows, "areas": list(named.values())}
        (folder / "lists.json").write_text(json.dumps(about), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> CourseLists:
        """Return the lists that ``save`` wrote into `folder`, mapped, so that processes share them.

        Raises
        ------
        OSError
            When a file is missing.
        """
        about = json.loads((folder / "lists.json").read_text(encoding="utf-8"))
        areas, entries = {}, {}
        for province, remote in about["areas"]:
            name = f"{province}_{int(remote)}"
            starts, places, scores, listed, levels = (
                np.load(folder / f"{name}.{part}.npy", mmap_mode="r") for part in _PARTS
            )
            areas[(province, remote)] = AreaPlaces(listed, levels)
            entries[(province, remote)] = _Entries(starts, places, scores)
        return cls(about["k"], about["n_rows"], areas, entries)

    def _keys(
        self, area: Area, rows: NDArray[np.int64], levels: NDArray[np.int8], education_rank: int
    ) -> NDArray[np.uint64]:
        keys = self.entries[area].of(rows)
        return keys[levels[_place(keys)] <= education_rank]

    def _renewed(self, area: Area, listed: AreaPlaces, arrived: AreaPlaces, scores: ScoreSource) -> _Entries:
        old = self.entries.get(area)
        found, counts = [], []
        for start in range(0, self.n_rows, ROWS_AT_ONCE):
            rows = np.arange(start, min(start + ROWS_AT_ONCE, self.n_rows))
            held = _NO_KEYS if old is None else old.of(rows)
            lost = np.zeros(len(rows), dtype=bool)
            lost[_row(held[~np.isin(_place(held), listed.places)])] = True
            keys = [
                held[~lost[_row(held)]],
                _candidates(scores(rows[~lost], arrived.places), arrived, self.k, np.flatnonzero(~lost)),
                _candidates(scores(rows[lost], listed.places), listed, self.k, np.flatnonzero(lost)),
            ]
            kept = _skyband(np.concatenate(keys), listed.by_place(), len(rows), self.k)
            found.append(kept & _WITHOUT_ROW)
            counts.append(np.bincount(_row(kept), minlength=len(rows)))
        return _entries(found, counts)


# A key is one uint64: 8 bits of row, 32 of score turned so that larger comes first, 24 of place. Sorting keys sorts
# rows, then scores, then places; sorting integers is the fastest exact order there is for so many short lists.
_ROW_BIT, _SCORE_BIT = np.uint64(56), np.uint64(24)
_WITHOUT_ROW = np.uint64((1 << 56) - 1)
_PLACE_MASK = np.uint64(MOST_VACANCIES - 1)
_SIGN = np.uint32(1 << 31)
_NO_KEYS = np.zeros(0, dtype=np.uint64)
_EMPTY = AreaPlaces(np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.int8))
_PARTS = ("starts", "places", "scores", "listed", "levels")


def falling(scores: NDArray[np.float32]) -> NDArray[np.uint32]:
    """Return whole numbers that order as the scores do, the largest score first. Raises nothing."""
    bits = np.ascontiguousarray(scores + np.float32(0)).view(np.uint32)  # + 0 makes -0 equal to 0
    return np.where(bits & _SIGN, bits, ~bits ^ _SIGN)


def risen(numbers: NDArray[np.uint32]) -> NDArray[np.float32]:
    """Return the scores that ``falling`` made these numbers of. Raises nothing."""
    return np.where(numbers & _SIGN, numbers, ~numbers ^ _SIGN).view(np.float32)


def _pack(rows: NDArray[np.int64], scores: NDArray[np.float32], places: NDArray[np.int32]) -> NDArray[np.uint64]:
    keys = rows.astype(np.uint64) << _ROW_BIT
    keys |= falling(scores).astype(np.uint64) << _SCORE_BIT
    keys |= places.astype(np.uint64)
    return keys


def _row(keys: NDArray[np.uint64]) -> NDArray[np.int64]:
    return (keys >> _ROW_BIT).astype(np.int64)


def _place(keys: NDArray[np.uint64]) -> NDArray[np.int32]:
    return (keys & _PLACE_MASK).astype(np.int32)


def _score(keys: NDArray[np.uint64]) -> NDArray[np.float32]:
    return risen((keys >> _SCORE_BIT).astype(np.uint32))


def _candidates(scores: NDArray[np.float32], listed: AreaPlaces, k: int, rows: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Return the keys of all that may be kept: at each level what reaches the k-th score of it and of each below.

    ``scores`` (r, m) are those of `listed` for r rows of a block, `rows` their numbers in it.
    """
    floor = np.full(len(scores), -np.inf, dtype=np.float32)
    found = [_NO_KEYS]
    for run in listed.runs():
        own = scores[:, run]
        n = own.shape[1]
        if n > k:
            floor = np.maximum(floor, np.partition(own, n - k, axis=1)[:, n - k])
        row, at = np.nonzero(own >= floor[:, None])
        found.append(_pack(rows[row], own[row, at], listed.places[run][at]))
    return np.concatenate(found)


def _skyband(keys: NDArray[np.uint64], levels: NDArray[np.int8], n_rows: int, k: int) -> NDArray[np.uint64]:
    """Return the keys that fewer than k of their own level or lower precede in their row, sorted."""
    ordered = np.sort(keys)
    level = levels[_place(ordered)]
    is_kept = np.zeros(len(ordered), dtype=bool)
    for highest in np.unique(level):
        open_to = np.flatnonzero(level <= highest)
        first = open_to[_positions(ordered[open_to], n_rows) < k]
        is_kept[first] = True
    return ordered[is_kept]


def _positions(ordered: NDArray[np.uint64], n_rows: int) -> NDArray[np.int64]:
    """Return the place of each sorted key within its row, from 0."""
    row = _row(ordered)
    return np.arange(len(ordered)) - np.searchsorted(row, np.arange(n_rows))[row]


def _entries(found: Sequence[NDArray[np.uint64]], counts: Sequence[NDArray[np.int64]]) -> _Entries:
    starts = np.concatenate([[0], *counts]).cumsum().astype(np.int64)
    places = np.concatenate([_NO_KEYS[:0].astype(np.int32), *map(_place, found)])
    return _Entries(starts, places, np.concatenate([np.zeros(0, np.float32), *map(_score, found)]))


def _check_rows(n_rows: int) -> None:
    if n_rows > ROWS_AT_ONCE:
        raise InvalidInput(f"a block of {n_rows} score rows; give at most {ROWS_AT_ONCE} at once")
