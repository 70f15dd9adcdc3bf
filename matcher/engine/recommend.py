"""Takes an alumnus; gives a slate: retrieve, features, rank, slate, explore, explain, in this order.

Receives its parts and builds none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from typing import Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from matcher.domain.errors import InvalidInput
from matcher.domain.records import Alumnus, Certificate, Reason, Slate, SlateItem
from matcher.domain.text import normalise
from matcher.engine.columns import VacancyColumns
from matcher.engine.explain import ItemFacts, gaps, notices, reasons
from matcher.engine.exploration import EXPLORATION_SHARE, HEAD_TIMES, draw
from matcher.engine.features import FEATURES, FeatureRows, RankingFacts, features
from matcher.engine.grounds import Ground, HeldOccupation, grounds_of
from matcher.engine.index import VacancyIndex
from matcher.engine.occupation_evidence import Occupations
from matcher.engine.relax import Relaxer
from matcher.engine.retrieve import Shortlist, plain_shortlist, retrieve
from matcher.engine.slate import order_slate

ScoreTitles = Callable[[Sequence[str]], NDArray[np.float32]]
ReadTitles = Callable[[Sequence[str]], Occupations]

_QUOTED = [
    "vacancy_id", "employer_id", "province_code", "is_remote", "education_min", "education_hint", "fields_of_study",
    "min_experience_years", "posted_at", "n_applicants", "n_openings",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class ScoreRows:
    """The stored scores: ``values`` float32 (n_rows, n_vacancies) in layout order, and the row of each course or title.

    ``row_of`` is keyed by course id, by the normalised title for courses and for certificates gained elsewhere, and by
    ``grounds.occupation_key`` for what people want to work in or worked in.
    ``score_titles`` scores texts that have no row, with every vacancy. ``occupations`` holds what each row's title
    speaks of, and ``read_titles`` reads it in texts that have no row. ``later`` holds the scores of vacancies that
    came after the artifact, float32 (n_rows, any) each; they follow those of ``values``.
    """

    values: NDArray[np.float32]
    row_of: Mapping[str, int]
    score_titles: ScoreTitles
    occupations: Occupations
    read_titles: ReadTitles
    later: tuple[NDArray[np.float32], ...] = ()

    def of(self, grounds: Sequence[Ground]) -> NDArray[np.float32]:
        """Return one stored score row per ground: float32 (n_grounds, n_vacancies).

        Raises
        ------
        ModelUnavailable
            When a title has no row and the encoder cannot run.
        """
        row_of_each, parts = self._rows(grounds), (self.values, *self.later)
        rows = np.empty((len(grounds), sum(part.shape[1] for part in parts)), dtype=np.float32)
        for place, row in enumerate(row_of_each):
            if row >= 0:
                np.concatenate([part[row] for part in parts], out=rows[place])
        unseen = [place for place, row in enumerate(row_of_each) if row < 0]
        if unseen:
            rows[unseen] = self.score_titles([grounds[place].title for place in unseen])
        return rows

    def occupations_of(self, grounds: Sequence[Ground]) -> Occupations:
        """Return the occupations that each ground speaks of, in order.

        Raises
        ------
        ModelUnavailable
            As ``of``.
        """
        rows = np.array(self._rows(grounds), dtype=np.int64)
        unseen = np.flatnonzero(rows < 0).tolist()
        if not unseen:
            return self.occupations.take(rows)
        read = self.read_titles([grounds[place].title for place in unseen])
        stored = self.occupations.take(np.maximum(rows, 0)).followed_by(read)
        order = np.arange(len(rows))
        order[unseen] = len(rows) + np.arange(len(unseen))
        return stored.take(order)

    def _rows(self, grounds: Sequence[Ground]) -> list[int]:
        """Return the row of each ground, -1 where it has none."""
        return [self.row_of.get(self._key(ground), -1) for ground in grounds]

    def _key(self, ground: Ground) -> str:
        if isinstance(ground, HeldOccupation):
            return ground.key
        return ground.course_id if ground.course_id in self.row_of else normalise(ground.title)  # type: ignore[return-value]


class Ranker(Protocol):
    """What orders a shortlist: the sum of a row's contributions is its score."""

    def contributions(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return what each feature adds to each score: float32 (k, n_features)."""
        ...

    def predict(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the score of each row: float32 (k,); larger is better."""
        ...


@dataclass(frozen=True, slots=True)
class Head:
    """What a slate is drawn from: the shortlist, its feature rows, and ``places`` int64 (h,) in it, best first."""

    shortlist: Shortlist
    rows: FeatureRows
    places: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Recommender:
    """The one composition of the engine: ``vacancies`` in home form, and everything computed from them."""

    vacancies: pa.Table
    columns: VacancyColumns
    facts: RankingFacts
    index: VacancyIndex
    scores: ScoreRows
    ranker: Ranker
    policy: str

    def recommend(
        self,
        alumnus: Alumnus,
        *,
        k: int = 10,
        now: datetime,
        rng: np.random.Generator | None = None,
        exploration_share: float = EXPLORATION_SHARE,
        depth: int | None = None,
    ) -> Slate:
        """Return the slate of at most `k` vacancies for `alumnus`, with reasons and the proof of exhaustive scoring.

        Parameters
        ----------
        alumnus : Alumnus
            With at least one certificate.
        k : int
            Places of the slate, 1 to 1000.
        now : datetime
            Aware instant that decides expiry and freshness.
        rng : numpy.random.Generator, optional
            Lets a share of slates explore, as ``exploration.draw``; the policy then says so. Without it, or with a
            share of 0, the order is the ranked one and every propensity is 1.
        exploration_share : float
            That share, 0 to 1.
        depth : int, optional
            How many of the best by stored score are ranked, at least 1; 20 times `k` where left out.

        Raises
        ------
        InvalidInput
            When the alumnus holds no certificate, `k` or the share is out of range, or `now` has no zone.
        ModelUnavailable
            When a certificate title has no stored row and the encoder cannot run.
        """
        head = self.head(alumnus, k=k, now=now, depth=depth)
        share = 0.0 if rng is None else exploration_share
        drawn = draw(len(head.places), k=k, share=share, rng=rng)
        items = self._items(
            alumnus, head.shortlist, head.places[drawn.indices],
            rows=head.rows, propensities=drawn.propensities, now=now,
        )  # fmt: skip
        policy = f"{self.policy}/explore={share:g}" if share else self.policy
        eligible = head.shortlist.eligible
        return Slate(
            alumnus.alumnus_id, policy, eligible, head.shortlist.scored, items,
            notices=notices(alumnus, eligible=eligible),
            relaxations=self._relaxations(alumnus, eligible, k=k, now=now),
        )  # fmt: skip

    def head(self, alumnus: Alumnus, *, k: int = 10, now: datetime, depth: int | None = None) -> Head:
        """Return what a slate of `k` is drawn from: retrieved, ranked, repeats collapsed. Raises as `recommend`."""
        _check(alumnus, k, now)
        grounds = grounds_of(alumnus)
        shortlist = retrieve(
            alumnus,
            self.scores.of(grounds),
            columns=self.columns,
            index=self.index,
            now=now,
            depth=_DEPTH * k if depth is None else depth,
        )
        held = self.scores.occupations_of(grounds)
        rows = features(alumnus, shortlist, self.facts, held=held, now=now)
        repeats = [(self.facts.titles[row], self.facts.employers[row]) for row in shortlist.vacancy_indices.tolist()]
        return Head(shortlist, rows, order_slate(self.ranker.predict(rows.values), repeats, k=HEAD_TIMES * k))

    def recommend_plain(self, alumnus: Alumnus, *, k: int = 10, now: datetime) -> Slate:
        """Return the slate in the plain order: what is open to `alumnus`, own province first, newest first.

        Parameters
        ----------
        alumnus, k, now
            As `recommend`.

        Raises
        ------
        InvalidInput, ModelUnavailable
            As `recommend`.

        Notes
        -----
        The comparison of the holdout, and what a list sorted by province and date shows: the hard constraints hold, no
        score decides and nothing is drawn, so every propensity is 1. Scores and reasons are those of the ranking, for
        the same items; repeats are collapsed as there.
        """
        _check(alumnus, k, now)
        grounds = grounds_of(alumnus)
        scores = self.scores.of(grounds)
        shortlist = plain_shortlist(alumnus, scores, columns=self.columns, index=self.index, now=now, depth=_DEPTH * k)
        held = self.scores.occupations_of(grounds)
        rows = features(alumnus, shortlist, self.facts, held=held, now=now)
        repeats = [(self.facts.titles[row], self.facts.employers[row]) for row in shortlist.vacancy_indices.tolist()]
        shown = order_slate(-np.arange(len(repeats), dtype=np.float32), repeats, k=k)
        items = self._items(
            alumnus, shortlist, shown,
            rows=rows, propensities=np.ones(len(shown)), now=now,
        )  # fmt: skip
        return Slate(
            alumnus.alumnus_id, self.policy, shortlist.eligible, shortlist.scored, items,
            notices=notices(alumnus, eligible=shortlist.eligible),
            relaxations=self._relaxations(alumnus, shortlist.eligible, k=k, now=now),
        )  # fmt: skip

    def _relaxations(self, alumnus: Alumnus, eligible: int, *, k: int, now: datetime) -> tuple[Reason, ...]:
        """Return what would open more, where fewer than a slate's worth are open."""
        return Relaxer.of(self.columns).relaxations(alumnus, now=now) if eligible < k else ()

    def _items(
        self,
        alumnus: Alumnus,
        shortlist: Shortlist,
        shown: NDArray[np.int64],
        *,
        rows: FeatureRows,
        propensities: NDArray[np.float64],
        now: datetime,
    ) -> tuple[SlateItem, ...]:
        """Return the items of the slate: `shown` are places of the shortlist in order of position."""
        adverts = self.vacancies.select(_QUOTED).take(shortlist.vacancy_indices[shown]).to_pylist()
        asked, held, grounds = rows.asked.take(shown), rows.held.take(shown), grounds_of(alumnus)
        parts = self.ranker.contributions(rows.values[shown])
        shared, has_both = held.shared_names(asked), held.is_known & asked.is_known
        items = []
        for number, (place, advert) in enumerate(zip(shown.tolist(), adverts, strict=True)):
            ground = grounds[int(shortlist.ground_indices[place])]
            facts = _quoted(advert, ground, float(rows.distances_km[place]), now)
            facts = replace(facts, shared_occupation=shared[number], has_occupations=bool(has_both[number]))
            part_of, value_of = _named(parts[number]), _named(rows.values[place])
            items.append(
                SlateItem(
                    vacancy_id=advert["vacancy_id"],
                    position=number + 1,
                    score=float(parts[number].sum()),
                    propensity=float(propensities[number]),
                    certificate_title=ground.title if isinstance(ground, Certificate) else None,
                    reasons=reasons(part_of, value_of, facts),
                    gaps=gaps(value_of, facts),
                )
            )
        return tuple(items)


_DEPTH = 20
_JAKARTA = timezone(timedelta(hours=7))
_MOST = 1000


def _check(alumnus: Alumnus, k: int, now: datetime) -> None:
    if not alumnus.certificates:
        raise InvalidInput(
            f"alumnus {alumnus.alumnus_id}: no certificate to match; add one with its title or course_id"
        )
    if not 1 <= k <= _MOST:
        raise InvalidInput(f"k = {k}: a slate has 1 to {_MOST} places; choose a number in that range")
    if now.tzinfo is None:
        raise InvalidInput(
            f"now = {now.isoformat()}: no time zone; give an instant with its zone, for example ...+07:00"
        )


def _named(row: NDArray[np.float32]) -> dict[str, float]:
    return dict(zip(FEATURES, row.tolist(), strict=True))


def _quoted(advert: Mapping[str, object], ground: Ground, distance_km: float, now: datetime) -> ItemFacts:
    posted_at = advert["posted_at"]
    years = advert["min_experience_years"]
    fields = advert["fields_of_study"]
    return ItemFacts(
        ground=ground,
        distance_km=None if np.isnan(distance_km) else distance_km,
        age_days=_days_between(posted_at, now) if isinstance(posted_at, datetime) else None,
        education_min=_text(advert["education_min"]),
        education_hint=_text(advert["education_hint"]),
        fields_of_study=tuple(fields) if isinstance(fields, list) else (),
        min_experience_years=float(years) if isinstance(years, int | float) else None,
        has_place=bool(advert["province_code"] or advert["is_remote"]),
        n_applicants=_whole(advert["n_applicants"]),
        n_openings=_whole(advert["n_openings"]),
    )


def _days_between(posted_at: datetime, now: datetime) -> int:
    return max((now.astimezone(_JAKARTA).date() - posted_at.astimezone(_JAKARTA).date()).days, 0)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None
