"""Takes an alumnus; gives a slate: retrieve, features, rank, slate, explore, explain, in this order.

Receives its parts and builds none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone

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
from matcher.engine.index import VacancyIndex
from matcher.engine.occupation_evidence import Occupations
from matcher.engine.rank import LinearRanker
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

    ``row_of`` is keyed by course id, and by the normalised title for courses and for certificates gained elsewhere.
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

    def of(self, certificates: Sequence[Certificate]) -> NDArray[np.float32]:
        """Return one stored score row per certificate: float32 (n_certificates, n_vacancies).

        Raises
        ------
        ModelUnavailable
            When a title has no row and the encoder cannot run.
        """
        row_of_each, parts = self._rows(certificates), (self.values, *self.later)
        rows = np.empty((len(certificates), sum(part.shape[1] for part in parts)), dtype=np.float32)
        for place, row in enumerate(row_of_each):
            if row >= 0:
                np.concatenate([part[row] for part in parts], out=rows[place])
        unseen = [place for place, row in enumerate(row_of_each) if row < 0]
        if unseen:
            rows[unseen] = self.score_titles([certificates[place].title for place in unseen])
        return rows

    def occupations_of(self, certificates: Sequence[Certificate]) -> Occupations:
        """Return the occupations that each certificate speaks of, in order.

        Raises
        ------
        ModelUnavailable
            As ``of``.
        """
        rows = np.array(self._rows(certificates), dtype=np.int64)
        unseen = np.flatnonzero(rows < 0).tolist()
        if not unseen:
            return self.occupations.take(rows)
        read = self.read_titles([certificates[place].title for place in unseen])
        stored = self.occupations.take(np.maximum(rows, 0)).followed_by(read)
        order = np.arange(len(rows))
        order[unseen] = len(rows) + np.arange(len(unseen))
        return stored.take(order)

    def _rows(self, certificates: Sequence[Certificate]) -> list[int]:
        """Return the row of each certificate, -1 where it has none."""
        keys = [c.course_id if c.course_id in self.row_of else normalise(c.title) for c in certificates]
        return [self.row_of.get(str(key), -1) for key in keys]


@dataclass(frozen=True, slots=True)
class Recommender:
    """The one composition of the engine: ``vacancies`` in home form, and everything computed from them."""

    vacancies: pa.Table
    columns: VacancyColumns
    facts: RankingFacts
    index: VacancyIndex
    scores: ScoreRows
    ranker: LinearRanker
    policy: str

    def recommend(
        self,
        alumnus: Alumnus,
        *,
        k: int = 10,
        now: datetime,
        rng: np.random.Generator | None = None,
        exploration_share: float = EXPLORATION_SHARE,
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

        Raises
        ------
        InvalidInput
            When the alumnus holds no certificate, `k` or the share is out of range, or `now` has no zone.
        ModelUnavailable
            When a certificate title has no stored row and the encoder cannot run.
        """
        _check(alumnus, k, now)
        shortlist = retrieve(
            alumnus,
            self.scores.of(alumnus.certificates),
            columns=self.columns,
            index=self.index,
            now=now,
            depth=_DEPTH * k,
        )
        held = self.scores.occupations_of(alumnus.certificates)
        rows = features(alumnus, shortlist, self.facts, held=held, now=now)
        parts = self.ranker.contributions(rows.values)
        repeats = [(self.facts.titles[row], self.facts.employers[row]) for row in shortlist.vacancy_indices.tolist()]
        share = 0.0 if rng is None else exploration_share
        head = order_slate(parts.sum(axis=1), repeats, k=HEAD_TIMES * k)
        drawn = draw(len(head), k=k, share=share, rng=rng)
        items = self._items(
            alumnus, shortlist, head[drawn.indices],
            rows=rows, parts=parts, propensities=drawn.propensities, now=now,
        )  # fmt: skip
        policy = f"{self.policy}/explore={share:g}" if share else self.policy
        return Slate(
            alumnus.alumnus_id, policy, shortlist.eligible, shortlist.scored, items,
            notices=notices(alumnus, eligible=shortlist.eligible),
            relaxations=self._relaxations(alumnus, shortlist.eligible, k=k, now=now),
        )  # fmt: skip

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
        scores = self.scores.of(alumnus.certificates)
        shortlist = plain_shortlist(alumnus, scores, columns=self.columns, index=self.index, now=now, depth=_DEPTH * k)
        held = self.scores.occupations_of(alumnus.certificates)
        rows = features(alumnus, shortlist, self.facts, held=held, now=now)
        repeats = [(self.facts.titles[row], self.facts.employers[row]) for row in shortlist.vacancy_indices.tolist()]
        shown = order_slate(-np.arange(len(repeats), dtype=np.float32), repeats, k=k)
        items = self._items(
            alumnus, shortlist, shown,
            rows=rows, parts=self.ranker.contributions(rows.values), propensities=np.ones(len(shown)), now=now,
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
        parts: NDArray[np.float32],
        propensities: NDArray[np.float64],
        now: datetime,
    ) -> tuple[SlateItem, ...]:
        """Return the items of the slate: `shown` are places of the shortlist in order of position."""
        adverts = self.vacancies.select(_QUOTED).take(shortlist.vacancy_indices[shown]).to_pylist()
        asked, held = rows.asked.take(shown), rows.held.take(shown)
        shared, has_both = held.shared_names(asked), held.is_known & asked.is_known
        items = []
        for number, (place, advert) in enumerate(zip(shown.tolist(), adverts, strict=True)):
            certificate = alumnus.certificates[int(shortlist.certificate_indices[place])]
            facts = _quoted(advert, certificate, float(rows.distances_km[place]), now)
            facts = replace(facts, shared_occupation=shared[number], has_occupations=bool(has_both[number]))
            part_of, value_of = _named(parts[place]), _named(rows.values[place])
            items.append(
                SlateItem(
                    vacancy_id=advert["vacancy_id"],
                    position=number + 1,
                    score=float(parts[place].sum()),
                    propensity=float(propensities[number]),
                    certificate_title=certificate.title,
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


def _quoted(advert: Mapping[str, object], certificate: Certificate, distance_km: float, now: datetime) -> ItemFacts:
    posted_at = advert["posted_at"]
    years = advert["min_experience_years"]
    fields = advert["fields_of_study"]
    return ItemFacts(
        certificate=certificate,
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
