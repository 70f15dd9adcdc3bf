"""Reasons and gaps beside an item say what its features say, in both languages."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.records import Alumnus, Certificate
from matcher.engine.explain import (
    GAP_TEXTS,
    LEAST_VALUES,
    NOTICE_TEXTS,
    REASON_TEXTS,
    ItemFacts,
    gaps,
    notices,
    reasons,
)
from matcher.engine.features import FEATURES
from matcher.engine.grounds import HeldOccupation

FACTS = ItemFacts(
    ground=Certificate("Memasak"), distance_km=3.4, age_days=2, education_min="SMP", education_hint=None,
    fields_of_study=(), min_experience_years=None, has_place=True,
)  # fmt: skip
NOTHING = dict.fromkeys(FEATURES, 0.0)
contributions = st.fixed_dictionaries({name: st.floats(-1, 1) for name in FEATURES})


@given(contributions)
def test_every_reason_adds_to_the_score(parts: dict[str, float]) -> None:
    told = reasons(parts, parts, FACTS)
    assert all(reason.contribution == parts[reason.feature] > 0 for reason in told)
    assert {reason.feature for reason in told} <= set(REASON_TEXTS)


def test_the_fit_of_the_certificate_comes_first() -> None:
    parts = NOTHING | {"similarity": 0.1, "nearness": 0.5, "freshness": 0.2}
    told = reasons(parts, dict.fromkeys(FEATURES, 1.0), FACTS)
    assert [reason.code for reason in told] == ["similarity", "nearness", "freshness"]
    assert "Memasak" in told[0].text_id and "Memasak" in told[0].text_en


@pytest.mark.parametrize(
    ("is_wanted", "told"),
    [(True, "pekerjaan yang Anda cari: Juru Masak"), (False, "pengalaman kerja Anda: Juru Masak")],
)
def test_an_occupation_that_fits_best_is_named_for_what_it_is(is_wanted: bool, told: str) -> None:
    facts = replace(FACTS, ground=HeldOccupation("5120", is_wanted))
    (reason,) = reasons(NOTHING | {"similarity": 0.1}, NOTHING | {"similarity": 0.5}, facts)
    assert reason.code == "similarity" and told in reason.text_id and "training" not in reason.text_en


@pytest.mark.parametrize("name", LEAST_VALUES)
def test_a_feature_too_small_for_a_line_is_not_named(name: str) -> None:
    facts = replace(FACTS, shared_occupation="Juru Masak")
    values = NOTHING | {name: LEAST_VALUES[name] - 0.01}
    assert reasons(NOTHING | {name: 0.1}, values, facts) == ()


def test_a_shared_occupation_is_called_by_its_name_in_both_languages() -> None:
    (reason,) = reasons(
        NOTHING | {"occupation": 0.2}, NOTHING | {"occupation": 0.8}, replace(FACTS, shared_occupation="Juru Masak")
    )
    assert reason.text_id == "Bidang pekerjaan yang sama: Juru Masak"
    assert reason.text_en == "The same line of work: Juru Masak"


def test_an_uncertain_occupation_is_not_named() -> None:
    assert reasons(NOTHING | {"occupation": 0.2}, NOTHING | {"occupation": 0.8}, FACTS) == ()


def test_another_occupation_is_told_only_of_a_weak_fit() -> None:
    facts = replace(FACTS, has_occupations=True)
    weak, fitting = ([gap.code for gap in gaps(NOTHING | {"similarity": s}, facts)] for s in (-1.0, 1.0))
    assert weak == ["weak_fit", "other_occupation"] and fitting == []


@pytest.mark.parametrize(("days", "said"), [(0, "hari ini"), (1, "kemarin"), (2, "2 hari lalu")])
def test_freshness_speaks_as_people_do(days: int, said: str) -> None:
    (reason,) = reasons(NOTHING | {"freshness": 0.2}, NOTHING | {"freshness": 0.9}, replace(FACTS, age_days=days))
    assert said in reason.text_id


@pytest.mark.parametrize(("km", "said"), [(0.2, "kabupaten/kota yang sama"), (12.3, "12 km")])
def test_nearness_speaks_as_people_do(km: float, said: str) -> None:
    (reason,) = reasons(NOTHING | {"nearness": 0.2}, NOTHING | {"nearness": 0.9}, replace(FACTS, distance_km=km))
    assert said in reason.text_id


@pytest.mark.parametrize(
    ("values", "facts", "code"),
    [
        ({"similarity": -0.5}, {}, "weak_fit"),
        ({"internship": 1.0}, {}, "internship"),
        ({"hint_above": 1.0}, {"education_hint": "S1"}, "hint_above"),
        ({}, {"fields_of_study": ("Akuntansi",)}, "field_asked"),
        ({}, {"min_experience_years": 2.0}, "experience_asked"),
        ({"crowding": 0.95}, {"n_applicants": 40, "n_openings": 2}, "crowded"),
        ({}, {"education_min": None}, "schooling_not_stated"),
        ({}, {"has_place": False}, "place_not_stated"),
        ({}, {"age_days": None}, "date_unknown"),
    ],
)
def test_each_gap_is_told(values: dict[str, float], facts: dict[str, object], code: str) -> None:
    told = gaps(NOTHING | {"similarity": 9.0} | values, replace(FACTS, **facts))  # type: ignore[arg-type]
    assert [gap.code for gap in told] == [code]


def test_crowding_is_told_in_numbers() -> None:
    (gap,) = gaps(NOTHING | {"similarity": 9.0, "crowding": 0.95}, replace(FACTS, n_applicants=40, n_openings=2))
    assert gap.text_id == "40 pelamar untuk 2 lowongan"
    assert gap.feature == "crowding"


def test_notices_tell_what_is_unknown_and_what_is_empty() -> None:
    assert [notice.code for notice in notices(Alumnus("a"), eligible=0)] == list(NOTICE_TEXTS)
    assert notices(Alumnus("a", "32", education="SD"), eligible=1) == ()


@pytest.mark.parametrize("texts", [REASON_TEXTS, GAP_TEXTS, NOTICE_TEXTS])
def test_every_text_stands_in_both_languages(texts: dict[str, tuple[str, str]]) -> None:
    assert all(
        in_indonesian and in_english and in_indonesian != in_english for in_indonesian, in_english in texts.values()
    )
