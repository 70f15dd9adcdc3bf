"""Titles speak of the occupations whose official names are nearest; overlap is symmetric and 1 only for equals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.occupation_names import occupation_names
from matcher.engine.encode import TfidfEncoder
from matcher.engine.occupation_evidence import KEPT, OccupationEvidence, Occupations


@pytest.fixture(scope="module")
def encoder() -> TfidfEncoder:
    return TfidfEncoder().fit(list(occupation_names().values()))


@pytest.fixture(scope="module")
def evidence(encoder: TfidfEncoder) -> OccupationEvidence:
    return OccupationEvidence.fit(encoder)


def test_the_official_name_is_its_own_occupation(evidence: OccupationEvidence, encoder: TfidfEncoder) -> None:
    asked = ["Juru Masak", "Manajer Konstruksi"]
    told = evidence.of_vacancies(encoder.encode(asked, role="passage"))
    assert [occupation_names()[evidence.codes[group]] for group in told.groups[:, 0]] == asked


def test_a_course_is_read_by_the_job_it_prepares_for(evidence: OccupationEvidence, encoder: TfidfEncoder) -> None:
    told = evidence.of_courses(["Merawat Ayam Petelur untuk Menjadi Juru Masak", "Juru Masak"], encoder)
    assert told.groups[0].tolist() == told.groups[1].tolist()
    assert told.overlap(told) == pytest.approx([1, 1], abs=1e-5)


def test_no_title_has_no_occupation(evidence: OccupationEvidence, encoder: TfidfEncoder) -> None:
    told = evidence.of_vacancies(np.empty((0, encoder.dimension), dtype=np.float32))
    assert told.groups.shape == told.chances.shape == (0, KEPT)


@given(st.integers(0, 2**32 - 1))
def test_overlap_is_symmetric_and_lies_between_0_and_1(seed: int) -> None:
    rng = np.random.default_rng(seed)

    def some() -> Occupations:
        groups = np.array([rng.choice(8, KEPT, replace=False) for _ in range(4)]).astype(np.int16)
        return Occupations(groups, rng.dirichlet(np.ones(KEPT), 4).astype(np.float32))

    a, b = some(), some()
    assert a.overlap(b) == pytest.approx(b.overlap(a), abs=1e-6)
    assert ((a.overlap(b) >= 0) & (a.overlap(b) <= 1 + 1e-5)).all()
