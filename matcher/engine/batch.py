"""Takes people in numbers and the lists of their courses; gives everybody's slate as rows of a table.

One pure function over Arrow tables: it reads no file, and the slates of a person depend on nobody else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from matcher.domain.qualifications import field_matches
from matcher.engine.batch_people import Demands, HeldCourses
from matcher.engine.batch_profiles import Profiles, Reach
from matcher.engine.columns import NO_PROVINCE, VacancyColumns
from matcher.engine.course_lists import NOWHERE, Area, CourseLists, ScoreSource, areas_in_reach
from matcher.engine.explain import LEAST_VALUES, REASON_TEXTS
from matcher.engine.features import FEATURES, Pairs, RankingFacts, pair_features
from matcher.engine.held_lists import HeldLists, TargetWords, first_distinct, merge_keys
from matcher.engine.occupation_evidence import Occupations
from matcher.engine.papers import day_number
from matcher.engine.recommend import Ranker

SLATES = pa.schema(
    [
        pa.field("alumnus_id", pa.dictionary(pa.int32(), pa.string()), nullable=False),
        pa.field("vacancy_id", pa.dictionary(pa.int32(), pa.string()), nullable=False),
        pa.field("position", pa.int16(), nullable=False),
        pa.field("score", pa.float32(), nullable=False),
        pa.field("reasons", pa.dictionary(pa.int32(), pa.string()), nullable=False),
    ]
)
"""One row a place of a slate, people in the order they came in: ``reasons`` are codes of ``explain.REASON_TEXTS``,
weightiest first, joined by ``;``."""

PROFILES_AT_ONCE = 2_048


@dataclass(frozen=True)
class BatchEngine:
    """Everything the slates are made of; one instance serves any number of parts.

    ``layout`` int64 (n,) as in ``VacancyIndex``; ``scores`` gives stored scores where no list helps: for vacancies that
    ask for papers; ``occupations`` is what each score row speaks of; ``n_shown`` is the length of a slate, ``lists.k``
    how many are ranked for it.
    """

    lists: CourseLists
    layout: NDArray[np.int64]
    columns: VacancyColumns
    facts: RankingFacts
    vacancy_ids: pa.Array
    courses: HeldCourses
    demands: Demands
    scores: ScoreSource
    occupations: Occupations
    now: datetime
    ranker: Ranker
    n_shown: int = 10

    def slates(self, people: pa.Table) -> pa.Table:
        """Return the slates of `people`, of the schema ``PEOPLE``, in the schema ``SLATES``.

        Notes
        -----
        Raises KeyError for a table of another schema: a defect of the caller. Equal profiles are computed once. Who
        holds no certificate, or to whom nothing is open, has no row. The order is that of ``recommend`` asked for the
        same depth without exploration, so every propensity is 1.
        """
        profiles = Profiles.of(people)
        found = _Slates.empty(len(profiles.firsts), self.n_shown)
        for table, rows in self._tables(profiles):
            for start in range(0, len(rows), PROFILES_AT_ONCE):
                part = rows[start : start + PROFILES_AT_ONCE]
                found.put(part, self._ranked(profiles, table, part))
        return self._as_rows(people, profiles, found)

    @cached_property
    def _repeat_keys(self) -> NDArray[np.int64]:
        """One number for each (title, employer), by table row."""
        seen: dict[tuple[str, str], int] = {}
        pairs = zip(self.facts.titles, self.facts.employers, strict=True)
        return np.array([seen.setdefault(pair, len(seen)) for pair in pairs], dtype=np.int64)

    @cached_property
    def _fields(self) -> tuple[list[tuple[str, ...]], NDArray[np.int64]]:
        """The distinct lists of fields asked for, and which of them each vacancy asks."""
        seen: dict[tuple[str, ...], int] = {}
        numbers = [seen.setdefault(tuple(asked or ()), len(seen)) for asked in self.facts.fields_of_study]
        return list(seen), np.array(numbers, dtype=np.int64)

    @cached_property
    def _words(self) -> TargetWords:
        return TargetWords.of(self.facts.titles, self.courses.targets)

    @cached_property
    def _demanded(self) -> list[NDArray[np.int32]]:
        """The open places that ask for each demand."""
        place_of = np.empty(len(self.layout), dtype=np.int32)
        place_of[self.layout] = np.arange(len(self.layout), dtype=np.int32)
        is_open = self.columns.open_at(self.now)
        rows = [self.columns.requirements[asked] for asked in self.demands.required]
        return [np.sort(place_of[one[is_open[one]]]) for one in rows]

    def _tables(self, profiles: Profiles) -> Iterator[tuple[HeldLists, NDArray[np.int64]]]:
        """Yield the lists of what is held for each (reach, schooling, demands met, number of rows held)."""
        for rows in profiles.alike():
            one = profiles.reach(rows)
            held = np.unique(profiles.held[rows][:, : one.n_held])
            yield self._table(one, held), rows

    def _table(self, one: Reach, held: NDArray[np.int64]) -> HeldLists:
        home = None if one.province == NO_PROVINCE else [str(code) for code in (one.province, *one.willing)]
        areas = areas_in_reach(self.lists.areas, home, accepts_remote=one.accepts_remote)
        places, scores = self._best(self.courses.rows[held].astype(np.int64), areas, one, home)
        rows = np.where(places == NOWHERE, 0, self.layout[places])
        return HeldLists(held, one.n_held, places, scores, rows, self._words.shares(held, rows))

    def _best(
        self, rows: NDArray[np.int64], areas: Sequence[Area], one: Reach, home: Sequence[str] | None
    ) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        places, scores = self.lists.best(rows, areas, education_rank=one.education_rank)
        demanded = self._open_by_papers(one, home)
        if not len(demanded):
            return places, scores
        all_places = np.concatenate([places, np.broadcast_to(demanded, (len(rows), len(demanded)))], axis=1)
        all_scores = np.concatenate([scores, self.scores(rows, demanded)], axis=1)
        order = np.argsort(merge_keys(all_scores, all_places), axis=1)[:, : self.lists.k]
        return np.take_along_axis(all_places, order, axis=1), np.take_along_axis(all_scores, order, axis=1)

    def _open_by_papers(self, one: Reach, home: Sequence[str] | None) -> NDArray[np.int32]:
        """Return the places that only somebody with the papers of `one` may take."""
        places = np.concatenate([np.zeros(0, np.int32), *(self._demanded[number] for number in one.met)])
        rows = self.layout[places]
        near = np.isin(self.columns.provinces[rows], [int(code) for code in home or ()])
        is_open = home is None or near | (self.columns.is_remote[rows] & one.accepts_remote)
        return np.sort(places[(self.columns.education_ranks[rows] <= one.education_rank) & is_open])

    def _ranked(self, profiles: Profiles, table: HeldLists, rows: NDArray[np.int64]) -> _Found:
        at, ground = table.merged(profiles.held[rows][:, : table.n_held])
        person, column = np.nonzero(at >= 0)
        cells = at[person, column]
        standing = profiles.evidence(rows, day_number(self.now))
        vacancies = table.rows.ravel()[cells]
        pairs = Pairs(
            vacancy_indices=vacancies,
            scores=table.scores.ravel()[cells],
            target_shares=table.shares.ravel()[cells],
            field_met=self._field_met(profiles, rows)[person, self._fields[1][vacancies]],
            evidence=standing[person, ground[person, column]],
            home_districts=profiles.districts[rows][person],
            education_ranks=profiles.education_ranks[rows][person],
            salaries_wanted=profiles.salaries[rows][person],
            held=self.occupations.take(self.courses.rows[table.held[cells // table.places.shape[1]]]),
        )
        features = pair_features(pairs, self.facts, now=self.now)
        values = features.values
        scores = np.full(at.shape, -np.inf, dtype=np.float32)
        scores[person, column] = self.ranker.predict(values)
        keys = np.full(at.shape, -1, dtype=np.int64)
        keys[person, column] = self._repeat_keys[vacancies]
        shown, is_shown = first_distinct(scores, keys, self.n_shown)
        pair = np.full(at.shape, -1)
        pair[person, column] = np.arange(len(person))
        chosen = np.take_along_axis(pair, shown, axis=1)[is_shown]
        is_named = features.held.take(chosen).has_shared_name(features.asked.take(chosen))
        reasons = _reason_codes(self.ranker.contributions(values[chosen]), values[chosen], is_named)
        return _Found(is_shown, vacancies[chosen], scores[person[chosen], column[chosen]], reasons)

    def _field_met(self, profiles: Profiles, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return for each of the profiles and distinct lists of fields whether they agree: bool (p, f)."""
        numbers, at = np.unique(profiles.field_numbers[rows], return_inverse=True)
        return np.array([self._agreeing(profiles.fields[number]) for number in numbers.tolist()], dtype=bool)[at]

    def _agreeing(self, held: str | None) -> NDArray[np.bool_]:
        known, asked = self._known_fields, self._fields[0]
        if held not in known:
            known[held] = np.array([bool(field_matches(held, one)) for one in asked], dtype=bool)
        return known[held]

    @cached_property
    def _known_fields(self) -> dict[str | None, NDArray[np.bool_]]:
        return {}

    def _as_rows(self, people: pa.Table, profiles: Profiles, found: _Slates) -> pa.Table:
        counts = found.is_shown.sum(axis=1)[profiles.number]
        person = np.repeat(np.arange(len(profiles.number)), counts)
        ends = np.cumsum(counts)
        position = np.arange(len(person)) - np.repeat(ends - counts, counts)
        at = (profiles.number[person], position)
        vacancies, vacancy = np.unique(found.vacancies[at], return_inverse=True)
        codes, reason = np.unique(found.reasons[at], return_inverse=True)
        columns = [
            pa.DictionaryArray.from_arrays(
                pa.array(person, pa.int32()), people["alumnus_id"].combine_chunks()
            ),
            pa.DictionaryArray.from_arrays(pa.array(vacancy, pa.int32()), self.vacancy_ids.take(pa.array(vacancies))),
            pa.array(position + 1, pa.int16()),
            pa.array(found.scores[at]),
            pa.DictionaryArray.from_arrays(
                pa.array(reason, pa.int32()), pa.array([_reason_names(code) for code in codes.tolist()], pa.string())
            ),
        ]  # fmt: skip
        return pa.table(columns, schema=SLATES)


@dataclass(frozen=True, slots=True)
class _Found:
    """The slates of p profiles: ``is_shown`` bool (p, n); the rest one value a place shown."""

    is_shown: NDArray[np.bool_]
    vacancies: NDArray[np.int64]
    scores: NDArray[np.float32]
    reasons: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class _Slates:
    """The slates of all profiles, all (n_profiles, n)."""

    is_shown: NDArray[np.bool_]
    vacancies: NDArray[np.int32]
    scores: NDArray[np.float32]
    reasons: NDArray[np.int32]

    @classmethod
    def empty(cls, n_profiles: int, n: int) -> _Slates:
        shape = (n_profiles, n)
        return cls(
            np.zeros(shape, bool), np.zeros(shape, np.int32), np.zeros(shape, np.float32), np.zeros(shape, np.int32)
        )

    def put(self, profiles: NDArray[np.int64], found: _Found) -> None:
        row, place = np.nonzero(found.is_shown)
        at = (profiles[row], place)
        self.is_shown[at] = True
        self.vacancies[at], self.scores[at], self.reasons[at] = found.vacancies, found.scores, found.reasons


_CODES = tuple(REASON_TEXTS)
_COLUMNS = np.array([FEATURES.index(code) for code in _CODES])
_LEAST = np.array([LEAST_VALUES.get(code, 0.0) for code in _CODES])
_BASE = len(_CODES) + 1


def _reason_codes(
    parts: NDArray[np.float32], values: NDArray[np.float32], has_shared_name: NDArray[np.bool_]
) -> NDArray[np.int32]:
    """Return the reasons of each pair as one number, a digit each, weightiest first, as ``explain.reasons`` orders."""
    added, value = parts[:, _COLUMNS], values[:, _COLUMNS].astype(np.float64)
    is_named = (added > 0) & (value >= _LEAST)
    is_named[:, _CODES.index("occupation")] &= has_shared_name
    weight = np.where(is_named, -added, np.inf)
    first = _CODES.index("similarity")
    weight[is_named[:, first], first] = -np.inf
    order = np.argsort(weight, axis=1, kind="stable")
    digits = np.where(np.take_along_axis(is_named, order, axis=1), order + 1, 0)
    return (digits @ _BASE ** np.arange(len(_CODES))).astype(np.int32)


def _reason_names(code: int) -> str:
    names = []
    while code:
        code, digit = divmod(code, _BASE)
        names.append(_CODES[digit - 1])
    return ";".join(names)
