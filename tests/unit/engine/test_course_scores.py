"""A vacancy scored on arrival gets what it would have got in the build."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from matcher.domain.errors import ArtifactIncompatible, NotFitted
from matcher.engine.artifacts import Artifact
from matcher.engine.course_scores import CourseViews
from matcher.engine.encode import TfidfEncoder, load_encoder
from matcher.engine.lexical import LexicalIndex
from matcher.engine.similarity import VIEWS, Texts, Views
from matcher.engine.texts import texts_of

VACANCIES = [
    "Juru Masak",
    "Penjahit pakaian seragam sekolah, jahit rapi dan teliti, jahit cepat",
    "Kepala dapur restoran memimpin juru masak",
]
COURSES = ["Memasak bagi Juru Masak", "Menjahit pakaian seragam", "Belajar mengemudi"]


@pytest.fixture
def encoder(tmp_path: Path) -> TfidfEncoder:
    made = load_encoder("tfidf", cache_folder=tmp_path)
    assert isinstance(made, TfidfEncoder)
    return made.fit(VACANCIES)


def test_views_on_arrival_equal_the_views_of_the_build(encoder: TfidfEncoder) -> None:
    vacancies, courses = Texts(VACANCIES, VACANCIES), Texts(COURSES, COURSES)
    built = Views.fit(vacancies, encoder)
    arrived = CourseViews.fit(courses, built.lexical, encoder).views(vacancies, built.lexical, encoder)
    (expected,) = built.blocks(courses, encoder)
    assert set(arrived) == set(VIEWS) and arrived["lexical"].max() > 0 > arrived["seniority"].min()
    for view in VIEWS:
        np.testing.assert_allclose(arrived[view], expected[view], rtol=1e-5, atol=1e-6)


def test_arrivals_score_one_by_one_as_together(world: Artifact) -> None:
    texts = texts_of(world.vacancies)
    together = world.course_scores_of(texts)
    assert together.shape == (7, 8)
    for number in range(len(texts)):
        np.testing.assert_allclose(world.course_scores_of(texts.take([number]))[:, 0], together[:, number], rtol=1e-5)


def test_every_advert_of_the_world_finds_its_course_on_arrival(world: Artifact) -> None:
    scores = world.course_scores_of(texts_of(world.vacancies))
    best = [world.courses["course_id"][int(row)].as_py() for row in scores[:6].argmax(axis=0)]
    assert best == ["c-cook", "c-cook", "c-sew", "c-drive", "c-guard", "c-office", "c-care", "c-care"]


def test_a_known_vacancy_has_the_scores_that_alumni_see(world: Artifact) -> None:
    rows = world.recommender.scores.values[: world.n_course_rows]
    for place, table_row in enumerate(world.recommender.index.layout.tolist()):
        stored = world.stored_course_scores(world.vacancies["vacancy_id"][table_row].as_py())
        assert stored.tolist() == rows[:, place].tolist()


def test_an_encoder_of_another_size_is_refused(world: Artifact, encoder: TfidfEncoder) -> None:
    views = CourseViews.load(world.folder)
    with pytest.raises(ArtifactIncompatible, match="rebuild the artifact"):
        views.views(Texts(["Kasir"], ["Kasir"]), LexicalIndex().fit(VACANCIES), encoder)


def test_a_corpus_without_vacancies_is_refused(encoder: TfidfEncoder) -> None:
    with pytest.raises(NotFitted, match="fit or load"):
        CourseViews.fit(Texts(COURSES, COURSES), LexicalIndex(), encoder)
