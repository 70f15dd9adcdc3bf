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
from matcher.domain.records import Alumnus
from matcher.domain.regions import distance_matrix_km, district_index
from matcher.domain.text import normalise, target_occupation
from matcher.engine.grounds import Ground, HeldOccupation, grounds_of
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
        What each of the person's grounds speaks of, in order.
    now : datetime
        Aware instant that decides freshness and which certificates have lapsed.

    Raises
    ------
    InvalidInput
        When the person's education or a certificate's evidence is outside its scale.

    Notes
    -----
    ``freshness`` is exp(-days / 30) and ``nearness`` exp(-km / 40): both 1 at once and here, both 0 when unknown.
    ``evidence`` is 0 attended, .5 passed, 1 competence, and 0 once the certificate has lapsed and for an occupation.
    ``schooling_distance`` is how far above the stated minimum the person stands, as a share of the ladder. ``crowding``
    is the share of those who applied so far for whom there is no opening: 1 - openings / applicants, not below 0.
    ``occupation`` is how much the ground and the vacancy speak of the same occupations, ``Occupations.overlap``.
    """
    rows, grounds = shortlist.vacancy_indices, grounds_of(alumnus)
    fields_asked = (tuple(facts.fields_of_study[row] or ()) for row in rows.tolist())
    pairs = Pairs(
        vacancy_indices=rows,
        scores=shortlist.scores,
        target_shares=_target_shares(grounds, shortlist, facts.titles),
        field_met=np.array([bool(field_matches(alumnus.field_of_study, asked)) for asked in fields_asked], dtype=bool),
        evidence=np.array([_evidence(ground, now) for ground in grounds])[shortlist.ground_indices],
        home_districts=np.full(len(rows), district_index()[alumnus.district_code] if alumnus.district_code else -1),
        education_ranks=np.full(len(rows), education_rank(alumnus.education or UNKNOWN_EDUCATION)),
        salaries_wanted=np.full(len(rows), alumnus.salary_min_idr_month or 0),
        held=held.take(shortlist.ground_indices),
    )
    return pair_features(pairs, facts, now=now)


@dataclass(frozen=True, slots=True)
class Pairs:
    """What the features of p (person, vacancy) pairs are made of; all arrays (p,).

    ``vacancy_indices`` rows of the facts; ``scores`` float32, the stored score of the ground that fits best;
    ``target_shares`` float32, the share of the words of the occupation it prepares for that the title has;
    ``field_met`` bool; ``evidence`` of that ground, 0, .5 or 1; ``home_districts`` -1 where unknown;
    ``education_ranks`` held; ``salaries_wanted`` IDR a month, 0 for none; ``held``, p rows, what the ground tells.
    """

    vacancy_indices: NDArray[np.integer]
    scores: NDArray[np.float32]
    target_shares: NDArray[np.float32]
    field_met: NDArray[np.bool_]
    evidence: NDArray[np.floating]
    home_districts: NDArray[np.integer]
    education_ranks: NDArray[np.integer]
    salaries_wanted: NDArray[np.integer]
    held: Occupations


def pair_features(pairs: Pairs, facts: RankingFacts, *, now: datetime) -> FeatureRows:
    """Return the features of pairs of any people, as ``features`` gives them for one person. Raises nothing."""
    rows = pairs.vacancy_indices
    distances = _distances_km(pairs.home_districts, facts.district_indices[rows])
    needed, asked = facts.education_ranks[rows], facts.occupations.take(rows)
    is_stated = needed > 0
    matrix = {
        "similarity": pairs.scores,
        "target_occupation": pairs.target_shares,
        "occupation": pairs.held.overlap(asked),
        "nearness": np.nan_to_num(np.exp(-distances / NEARNESS_KM)),
        "freshness": _freshness(facts.posted_at[rows], now),
        "schooling_met": is_stated,
        "schooling_distance": np.where(is_stated, pairs.education_ranks - needed, 0) / _TOP_RANK,
        "hint_above": facts.hint_ranks[rows] > pairs.education_ranks,
        "field_of_study": pairs.field_met,
        "evidence": pairs.evidence,
        "pay_met": (facts.salaries[rows] >= pairs.salaries_wanted) & (pairs.salaries_wanted > 0),
        "internship": facts.is_internship[rows],
        "crowding": facts.crowding[rows],
    }
    values = np.empty((len(rows), len(FEATURES)), dtype=np.float32)
    for column, name in enumerate(FEATURES):
        values[:, column] = matrix[name]
    return FeatureRows(values, distances, pairs.held, asked)


def _crowding(n_applicants: int | None, n_openings: int | None) -> float:
    return max(1 - n_openings / n_applicants, 0.0) if n_applicants and n_openings else 0.0


def _ranks(levels: Sequence[str | None]) -> NDArray[np.int8]:
    known = {level: -1 if level is None else education_rank(level) for level in set(levels)}
    return np.array([known[level] for level in levels], dtype=np.int8)


def _distances_km(home_districts: NDArray[np.integer], district_indices: NDArray[np.int16]) -> NDArray[np.float32]:
    kilometres = distance_matrix_km()[home_districts, district_indices]
    return np.where((home_districts >= 0) & (district_indices >= 0), kilometres, np.float32(np.nan))


def _freshness(posted_at: NDArray[np.datetime64], now: datetime) -> NDArray[np.float64]:
    instant = np.datetime64(now.astimezone(UTC).replace(tzinfo=None), "s")
    days = (instant - posted_at) / np.timedelta64(86_400, "s")
    return np.nan_to_num(np.exp(-np.maximum(days, 0) / FRESHNESS_DAYS))


def _evidence(ground: Ground, now: datetime) -> float:
    if isinstance(ground, HeldOccupation) or not is_current(ground.expires_on, now):
        return 0.0
    return evidence_rank(ground.evidence) / 2


def _target_shares(grounds: Sequence[Ground], shortlist: Shortlist, titles: Sequence[str]) -> NDArray[np.float32]:
    targets = [_target_words(ground) for ground in grounds]
    shares = np.zeros(len(shortlist.scores), dtype=np.float32)
    for place, (row, ground) in enumerate(zip(shortlist.vacancy_indices, shortlist.ground_indices, strict=True)):
        target = targets[ground]
        if target:
            shares[place] = len(target.intersection(titles[int(row)].split())) / len(target)
    return shares


def _target_words(ground: Ground) -> set[str]:
    if isinstance(ground, HeldOccupation):
        return set()
    return set(normalise(target_occupation(ground.title) or "").split())
