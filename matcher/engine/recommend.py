"""Takes an alumnus; gives a slate: retrieve, features, rank, slate, explain, in this order.

Receives its parts and builds none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from matcher.domain.errors import InvalidInput
from matcher.domain.records import Alumnus, Certificate, Slate, SlateItem
from matcher.domain.text import normalise
from matcher.engine.columns import VacancyColumns
from matcher.engine.explain import ItemFacts, gaps, notices, reasons
from matcher.engine.features import FEATURES, FeatureRows, RankingFacts, features
from matcher.engine.index import VacancyIndex
from matcher.engine.rank import LinearRanker
from matcher.engine.retrieve import Shortlist, retrieve
from matcher.engine.slate import order_slate

ScoreTitles = Callable[[Sequence[str]], NDArray[np.float32]]

_QUOTED = [
    "vacancy_id", "employer_id", "province_code", "is_remote", "education_min", "education_hint", "fields_of_study",
    "min_experience_years", "posted_at",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class ScoreRows:
    """The stored scores: ``values`` float32 (n_rows, n_vacancies) in layout order, and the row of each course or title.

    ``row_of`` is keyed by course id, and by the normalised title for courses and for certificates gained elsewhere.
    ``score_titles`` scores texts that have no row.
    """

    values: NDArray[np.float32]
    row_of: Mapping[str, int]
    score_titles: ScoreTitles

    def of(self, certificates: Sequence[Certificate]) -> NDArray[np.float32]:
        """Return one stored score row per certificate: float32 (n_certificates, n_vacancies).

        Raises
        ------
        ModelUnavailable
            When a title has no row and the encoder cannot run.
        """
        keys = [c.course_id if c.course_id in self.row_of else normalise(c.title) for c in certificates]
        unseen = [place for place, key in enumerate(keys) if key not in self.row_of]
        rows = np.empty((len(keys), self.values.shape[1]), dtype=np.float32)
        for place, key in enumerate(keys):
            if key in self.row_of:
                rows[place] = self.values[self.row_of[str(key)]]
        if unseen:
            rows[unseen] = self.score_titles([certificates[place].title for place in unseen])
        return rows


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

    def recommend(self, alumnus: Alumnus, *, k: int = 10, now: datetime) -> Slate:
        """Return the slate of at most `k` vacancies for `alumnus`, with reasons and the proof of exhaustive scoring.

        Parameters
        ----------
        alumnus : Alumnus
            With at least one certificate.
        k : int
            Places of the slate, 1 to 1000.
        now : datetime
            Aware instant that decides expiry and freshness.

        Raises
        ------
        InvalidInput
            When the alumnus holds no certificate, `k` is out of range, or `now` has no zone.
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
        rows = features(alumnus, shortlist, self.facts, now=now)
        parts = self.ranker.contributions(rows.values)
        scores = parts.sum(axis=1)
        told = self.vacancies.select(_QUOTED).take(shortlist.vacancy_indices).to_pylist()
        repeats = [
            _repeat_key(self.facts.titles[row], adverts)
            for row, adverts in zip(shortlist.vacancy_indices, told, strict=True)
        ]
        items = tuple(
            _item(alumnus, shortlist, rows, parts, advert=told[place], place=place, position=position, now=now)
            for position, place in enumerate(order_slate(scores, repeats, k=k).tolist(), start=1)
        )
        return Slate(
            alumnus.alumnus_id, self.policy, shortlist.eligible, shortlist.scored, items,
            notices=notices(alumnus, eligible=shortlist.eligible),
        )  # fmt: skip


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


def _repeat_key(title: str, advert: Mapping[str, object]) -> tuple[str, object]:
    return title, advert["employer_id"] or advert["vacancy_id"]


def _item(
    alumnus: Alumnus,
    shortlist: Shortlist,
    rows: FeatureRows,
    parts: NDArray[np.float32],
    *,
    advert: Mapping[str, object],
    place: int,
    position: int,
    now: datetime,
) -> SlateItem:
    certificate = alumnus.certificates[int(shortlist.certificate_indices[place])]
    values: dict[str, float] = dict(zip(FEATURES, rows.values[place].tolist(), strict=True))
    facts = _quoted(advert, certificate, float(rows.distances_km[place]), now)
    return SlateItem(
        vacancy_id=str(advert["vacancy_id"]),
        position=position,
        score=float(parts[place].sum()),
        propensity=1.0,
        certificate_title=certificate.title,
        reasons=reasons(dict(zip(FEATURES, parts[place].tolist(), strict=True)), values, facts),
        gaps=gaps(values, facts),
    )


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
    )


def _days_between(posted_at: datetime, now: datetime) -> int:
    return max((now.astimezone(_JAKARTA).date() - posted_at.astimezone(_JAKARTA).date()).days, 0)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
