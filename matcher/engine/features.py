"""Takes an alumnus and a shortlist; gives one named row of features per vacancy.

Reads no age, sex, disability or name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from matcher.domain.qualifications import UNKNOWN_EDUCATION, education_rank, evidence_rank, field_matches, is_current
from matcher.domain.records import Alumnus, Certificate
from matcher.domain.regions import distance_matrix_km, district_index
from matcher.domain.text import normalise, target_occupation
from matcher.engine.occupation_evidence import Occupations
from matcher.engine.retrieve import Shortlist

FEATURES = (
    "similarity",
    "target_occupation",
    "occupation",
    "nearness",
    "freshness",
    "schooling_met",
    "schooling_distance",
    "hint_above",
    "field_of_study",
    "evidence",
    "pay_met",
    "internship",
    "crowding",
)
"""Column order of the feature matrix. All but ``similarity`` lie in [0, 1]; 0 means absent or unknown."""

FRESHNESS_DAYS = 30.0
NEARNESS_KM = 40.0
_TOP_RANK = 10


@dataclass(frozen=True, slots=True)
class RankingFacts:
    """What ranking reads of n vacancies, row for row as in the vacancy table.

    ``titles`` normalised; ``employers`` the id of the employer, of the vacancy itself where that is unknown;
    ``district_indices`` int16 (n,), -1 where unknown; ``posted_at`` datetime64[s]; the ranks
    int8 (n,), -1 where unknown; ``salaries`` float64 (n,) IDR a month, NaN where unknown; ``is_internship`` bool (n,);
    ``crowding`` float64 (n,) as the feature; ``occupations`` n rows, what the titles speak of.
    """

    titles: list[str]
    employers: list[str]
    district_indices: NDArray[np.int16]
    posted_at: NDArray[np.datetime64]
    education_ranks: NDArray[np.int8]
    hint_ranks: NDArray[np.int8]
    salaries: NDArray[np.float64]
    is_internship: NDArray[np.bool_]
    crowding: NDArray[np.float64]
    fields_of_study: list[list[str] | None]
    occupations: Occupations

    @classmethod
    def of(cls, vacancies: pa.Table, occupations: Occupations | None = None) -> RankingFacts:
        """Return the facts of a vacancy table in home form; without `occupations` none is known.

        Raises
        ------
        InvalidInput
            When an education level is outside the ladder.
        """
        districts = district_index()
        column = {name: vacancies[name].to_pylist() for name in vacancies.column_names}
        tops = column["salary_max_idr_month"]
        salaries = [
            low if high is None else high for low, high in zip(column["salary_min_idr_month"], tops, strict=True)
        ]
        posted = [None if at is None else at.astimezone(UTC).replace(tzinfo=None) for at in column["posted_at"]]
        return cls(
            titles=[normalise(title) for title in column["title"]],
            employers=[known or own for known, own in zip(column["employer_id"], column["vacancy_id"], strict=True)],
            district_indices=np.array(
                [districts.get(code or "", -1) for code in column["district_code"]], dtype=np.int16
            ),
            posted_at=np.array(posted, dtype="datetime64[s]"),
            education_ranks=_ranks(column["education_min"]),
            hint_ranks=_ranks(column["education_hint"]),
            salaries=np.array([np.nan if pay is None else pay for pay in salaries], dtype=np.float64),
            is_internship=np.array([bool(flag) for flag in column["is_internship"]], dtype=bool),
            crowding=np.array(
                [_crowding(*row) for row in zip(column["n_applicants"], column["n_openings"], strict=True)]
            ),
            fields_of_study=column["fields_of_study"],
            occupations=occupations or Occupations.unknown(vacancies.num_rows),
        )

    def followed_by(self, later: RankingFacts) -> RankingFacts:
        """Return these facts and behind them those of vacancies that came later. Raises nothing."""
        both: dict[str, Any] = {}
        for name in (field.name for field in fields(self)):
            ours, theirs = getattr(self, name), getattr(later, name)
            if isinstance(ours, list):
                both[name] = ours + theirs
            else:
                both[name] = (
                    np.concatenate([ours, theirs]) if isinstance(ours, np.ndarray) else ours.followed_by(theirs)
                )
        return RankingFacts(**both)


@dataclass(frozen=True, slots=True)
class FeatureRows:
    """One shortlist: ``values`` float32 (k, len(FEATURES)), ``distances_km`` float32 (k,), NaN unknown.

    ``held`` and ``asked``, k rows each, are what the certificate and the vacancy of the row speak of.
    """

    values: NDArray[np.float32]
    distances_km: NDArray[np.float32]
    held: Occupations
    asked: Occupations


def features(
    alumnus: Alumnus, shortlist: Shortlist, facts: RankingFacts, *, held: Occupations, now: datetime
) -> FeatureRows:
    """Return the features of every (alumnus, vacancy) pair of the shortlist.

    Parameters
    ----------
    alumnus, shortlist, facts
        The person, what was retrieved for them, and what is known of every vacancy.
    held : Occupations
        What each certificate of the person speaks of, in order.
    now : datetime
        Aware instant that decides freshness and which certificates have lapsed.

    Raises
    ------
    InvalidInput
        When the person's education or a certificate's evidence is outside its scale.

    Notes
    -----
    ``freshness`` is exp(-days / 30) and ``nearness`` exp(-km / 40): both 1 at once and here, both 0 when unknown.
    ``evidence`` is 0 attended, .5 passed, 1 competence, and 0 once the certificate has lapsed. ``schooling_distance``
    is how far above the stated minimum the person stands, as a share of the ladder. ``crowding`` is the share of those
    who applied so far for whom there is no opening: 1 - openings / applicants, not below 0. ``occupation`` is how much
    the certificate and the vacancy speak of the same occupations, ``Occupations.overlap``.
    """
    rows = shortlist.vacancy_indices
    certified, asked = held.take(shortlist.certificate_indices), facts.occupations.take(rows)
    distances = _distances_km(alumnus.district_code, facts.district_indices[rows])
    schooling = education_rank(alumnus.education or UNKNOWN_EDUCATION)
    needed, hinted = facts.education_ranks[rows], facts.hint_ranks[rows]
    is_stated = needed > 0
    wanted = alumnus.salary_min_idr_month or 0
    matrix = {
        "similarity": shortlist.scores,
        "target_occupation": _target_shares(alumnus.certificates, shortlist, facts.titles),
        "occupation": certified.overlap(asked),
        "nearness": np.nan_to_num(np.exp(-distances / NEARNESS_KM)),
        "freshness": _freshness(facts.posted_at[rows], now),
        "schooling_met": is_stated,
        "schooling_distance": np.where(is_stated, schooling - needed, 0) / _TOP_RANK,
        "hint_above": hinted > schooling,
        "field_of_study": [
            bool(field_matches(alumnus.field_of_study, tuple(facts.fields_of_study[row] or ()))) for row in rows
        ],
        "evidence": np.array([_evidence(c, now) for c in alumnus.certificates])[shortlist.certificate_indices],
        "pay_met": (facts.salaries[rows] >= wanted) & (wanted > 0),
        "internship": facts.is_internship[rows],
        "crowding": facts.crowding[rows],
    }
    values = np.column_stack([np.asarray(matrix[name], dtype=np.float32) for name in FEATURES])
    return FeatureRows(values, distances, certified, asked)


def _crowding(n_applicants: int | None, n_openings: int | None) -> float:
    return max(1 - n_openings / n_applicants, 0.0) if n_applicants and n_openings else 0.0


def _ranks(levels: Sequence[str | None]) -> NDArray[np.int8]:
    known = {level: -1 if level is None else education_rank(level) for level in set(levels)}
    return np.array([known[level] for level in levels], dtype=np.int8)


def _distances_km(district_code: str | None, district_indices: NDArray[np.int16]) -> NDArray[np.float32]:
    if district_code is None:
        return np.full(len(district_indices), np.nan, dtype=np.float32)
    row = distance_matrix_km()[district_index()[district_code]]
    return np.where(district_indices >= 0, row[district_indices], np.nan).astype(np.float32)


def _freshness(posted_at: NDArray[np.datetime64], now: datetime) -> NDArray[np.float64]:
    instant = np.datetime64(now.astimezone(UTC).replace(tzinfo=None), "s")
    days = (instant - posted_at) / np.timedelta64(86_400, "s")
    return np.nan_to_num(np.exp(-np.maximum(days, 0) / FRESHNESS_DAYS))


def _evidence(certificate: Certificate, now: datetime) -> float:
    return evidence_rank(certificate.evidence) / 2 if is_current(certificate.expires_on, now) else 0.0


def _target_shares(
    certificates: Sequence[Certificate], shortlist: Shortlist, titles: Sequence[str]
) -> NDArray[np.float32]:
    targets = [set(normalise(target_occupation(c.title) or "").split()) for c in certificates]
    shares = np.zeros(len(shortlist.scores), dtype=np.float32)
    for place, (row, certificate) in enumerate(
        zip(shortlist.vacancy_indices, shortlist.certificate_indices, strict=True)
    ):
        target = targets[certificate]
        if target:
            shares[place] = len(target.intersection(titles[int(row)].split())) / len(target)
    return shares
