"""Titles speak of the occupations whose official names are nearest; overlap is symmetric and 1 only for equals."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.occupation_names import occupation_names
from matcher.domain.occupations import ISCO_DIGITS
from matcher.engine.encode import TfidfEncoder
from matcher.engine.occupation_evidence import KEPT, OccupationEvidence, Occupations, StoredOccupations


@pytest.fixture(scope="module")
def encoder() -> TfidfEncoder:
    return TfidfEncoder().fit(list(occupation_names().values()))


@pytest.fixture(scope="module")
def evidence(encoder: TfidfEncoder) -> OccupationEvidence:
    return OccupationEvidence.fit(encoder)


def test_the_official_name_is_its_own_occupation(evidence: OccupationEvidence, encoder: TfidfEncoder) -> None:
    asked = ["Juru Masak", "Manajer Konstruksi"]
    told = evidence.of_vacancies(encoder.encode(asked, role="passage"))
    assert told.shared_names(told) == asked


def test_a_course_is_read_by_the_job_it_prepares_for(evidence: OccupationEvidence, encoder: TfidfEncoder) -> None:
    told = evidence.of_courses(["Merawat Ayam Petelur untuk Menjadi Juru Masak", "Juru Masak"], encoder)
    assert told.groups[0].tolist() == told.groups[1].tolist()
    assert told.overlap(told) == pytest.approx([1, 1], abs=1e-5)


def test_a_text_near_no_name_has_no_occupation(evidence: OccupationEvidence, encoder: TfidfEncoder) -> None:
    cook = encoder.encode(["Juru Masak"], role="passage")
    told = evidence.of_vacancies(np.vstack([cook, cook / np.float32(2)]))
    assert told.shared_names(told) == ["Juru Masak", None]
    assert told.overlap(told) == pytest.approx([1, 0], abs=1e-5)


def test_a_group_among_many_is_not_named() -> None:
    chances = np.array([[0.25, 0.2, 0.2, 0.2, 0.15], [0.6, 0.1, 0.1, 0.1, 0.1]], dtype=np.float32)
    told = Occupations(np.tile(np.array([5120, 7531, 8332, 5414, 4110], dtype=np.int16), (2, 1)), chances)
    assert told.shared_names(told) == [None, "Juru Masak"]


def test_occupations_come_back_as_they_were_kept(
    evidence: OccupationEvidence, encoder: TfidfEncoder, tmp_path: Path
) -> None:
    titles = encoder.encode(["Penjahit", "Juru Masak"], role="passage")
    kept = StoredOccupations(evidence, evidence.of_courses(["Juru Masak"], encoder), evidence.of_vacancies(titles))
    kept.save(tmp_path)
    again = StoredOccupations.load(tmp_path)
    assert again.of_rows.shared_names(again.of_rows) == ["Juru Masak"]
    assert np.array_equal(again.of_vacancies.chances, kept.of_vacancies.chances)
    assert again.evidence.of_vacancies(titles).overlap(kept.of_vacancies) == pytest.approx([1, 1], abs=1e-3)


def test_an_encoder_that_nobody_measured_knows_none(encoder: TfidfEncoder) -> None:
    kept = StoredOccupations.fit(["Juru Masak"], encoder.encode(["Penjahit", "Satpam"], role="passage"), encoder)
    assert not kept.of_rows.is_known.any() and not kept.of_vacancies.is_known.any()


def test_every_group_has_a_name(evidence: OccupationEvidence) -> None:
    assert {f"{code:0{ISCO_DIGITS}d}" for code in evidence.codes} <= set(occupation_names())


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
