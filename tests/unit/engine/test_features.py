"""Feature rows: each number says what its name says, and nothing unknown is made up."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from matcher.domain.records import Alumnus, Certificate
from matcher.engine.features import FEATURES, FRESHNESS_DAYS, RankingFacts, features
from matcher.engine.occupation_evidence import KEPT, Occupations
from matcher.engine.retrieve import Shortlist
from tests.world import NOW, table

CERTIFICATE = Certificate("Memasak bagi Juru Masak", "c-cook", evidence="passed")
ALUMNUS = Alumnus("a", "32", "32.73", education="SMA", certificates=(CERTIFICATE,))


NONE = Occupations.unknown(1)


def _row(
    alumnus: Alumnus = ALUMNUS, held: Occupations = NONE, asked: Occupations = NONE, **advert: object
) -> dict[str, float]:
    facts = RankingFacts.of(table("vacancies", [{"vacancy_id": "v", "title": "Juru Masak Hotel"} | advert]), asked)
    one = Shortlist(np.array([0]), np.array([1.5], dtype=np.float32), np.array([0]), 1, 1)
    return dict(zip(FEATURES, features(alumnus, one, facts, held=held, now=NOW).values[0].tolist(), strict=True))


def test_similarity_is_the_stored_score() -> None:
    assert _row()["similarity"] == 1.5


@pytest.mark.parametrize(
    ("title", "share"), [("Juru Masak Hotel", 1.0), ("Masak", 0.5), ("Penjahit", 0.0), ("Pemasak juruan", 0.0)]
)
def test_target_occupation_is_the_share_of_its_words(title: str, share: float) -> None:
    assert _row(title=title)["target_occupation"] == share


def _all_in(group: int) -> Occupations:
    chances = np.eye(1, KEPT, dtype=np.float32)
    return Occupations(np.arange(group, group + KEPT, dtype=np.int16)[None], chances)


def test_occupation_is_what_certificate_and_vacancy_both_speak_of() -> None:
    assert _row(held=_all_in(5120), asked=_all_in(5120))["occupation"] == 1.0
    assert _row(held=_all_in(5120), asked=_all_in(7531))["occupation"] == 0.0
    assert _row(held=_all_in(5120))["occupation"] == _row()["occupation"] == 0.0


def test_here_is_nearer_than_far_and_unknown_is_nothing() -> None:
    here, far = _row(district_code="32.73"), _row(district_code="33.74")
    assert here["nearness"] == 1.0 > far["nearness"] > 0.0
    assert _row()["nearness"] == _row(replace(ALUMNUS, district_code=None), district_code="32.73")["nearness"] == 0.0


def test_freshness_fades_by_days() -> None:
    assert _row(posted_at=NOW)["freshness"] == 1.0
    assert _row(posted_at=NOW - timedelta(days=FRESHNESS_DAYS))["freshness"] == pytest.approx(np.exp(-1), abs=1e-6)
    assert _row()["freshness"] == 0.0


@pytest.mark.parametrize(
    ("advert", "met", "distance", "above"),
    [
        ({}, 0.0, 0.0, 0.0),
        ({"education_min": "SMA/SMK"}, 1.0, 0.0, 0.0),
        ({"education_min": "SD"}, 1.0, 0.2, 0.0),
        ({"education_hint": "S1"}, 0.0, 0.0, 1.0),
        ({"education_hint": "SMP"}, 0.0, 0.0, 0.0),
    ],
)
def test_schooling_is_told_in_three_numbers(advert: dict[str, str], met: float, distance: float, above: float) -> None:
    row = _row(**advert)
    assert (row["schooling_met"], row["schooling_distance"], row["hint_above"]) == pytest.approx((met, distance, above))


@pytest.mark.parametrize(
    ("evidence", "expires_on", "grade"),
    [("attended", None, 0.0), ("passed", None, 0.5), ("competence", None, 1.0), ("competence", date(2020, 1, 1), 0.0)],
)
def test_evidence_counts_while_it_holds(evidence: str, expires_on: date | None, grade: float) -> None:
    held = replace(CERTIFICATE, evidence=evidence, expires_on=expires_on)
    assert _row(replace(ALUMNUS, certificates=(held,)))["evidence"] == grade


@pytest.mark.parametrize(
    ("n_applicants", "n_openings", "crowding"),
    [(40, 2, 0.95), (3, 2, 1 / 3), (2, 2, 0.0), (0, 2, 0.0), (None, 2, 0.0), (40, None, 0.0)],
)
def test_crowding_is_the_share_for_whom_there_is_no_opening(
    n_applicants: int | None, n_openings: int | None, crowding: float
) -> None:
    assert _row(n_applicants=n_applicants, n_openings=n_openings)["crowding"] == pytest.approx(crowding)


def test_pay_is_met_only_where_both_are_stated() -> None:
    wanting = replace(ALUMNUS, salary_min_idr_month=3_000_000)
    assert _row(wanting, salary_max_idr_month=3_500_000)["pay_met"] == 1.0
    assert _row(wanting, salary_max_idr_month=2_500_000)["pay_met"] == _row(wanting)["pay_met"] == 0.0
    assert _row(salary_max_idr_month=3_500_000)["pay_met"] == 0.0
