"""The stored score: a fixed sum of the views, the same in blocks and alone, before and after it was saved."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from matcher.domain.errors import ArtifactIncompatible, InvalidInput
from matcher.engine import similarity
from matcher.engine.encode import TfidfEncoder
from matcher.engine.similarity import VIEWS, Fusion, Similarity, Texts, Views

VACANCIES = Texts(["Juru masak. hotel", "Penjahit. garmen", "Satpam. malam"], ["Juru masak", "Penjahit", "Satpam"])
COURSES = Texts(
    [f"Kursus {word}" for word in ("masak", "jahit", "satpam", "kasir")], ["masak", "jahit", "satpam", "kasir"]
)


@pytest.fixture(scope="module")
def encoder() -> TfidfEncoder:
    return TfidfEncoder().fit(VACANCIES.passages)


@pytest.fixture(scope="module")
def fitted(encoder: TfidfEncoder) -> Similarity:
    return Similarity.fit(VACANCIES, COURSES, encoder)


def _scores(fitted: Similarity, courses: Texts, encoder: TfidfEncoder) -> np.ndarray:
    return np.concatenate(list(fitted.blocks(courses, encoder)))


def test_each_course_meets_its_vacancy(fitted: Similarity, encoder: TfidfEncoder) -> None:
    assert _scores(fitted, COURSES, encoder)[:3].argmax(axis=1).tolist() == [0, 1, 2]


def test_a_course_scores_the_same_alone_and_in_blocks(
    fitted: Similarity, encoder: TfidfEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = _scores(fitted, COURSES, encoder)
    monkeypatch.setattr(similarity, "BLOCK_ROWS", 1)
    assert _scores(fitted, COURSES, encoder) == pytest.approx(together, abs=1e-5)
    assert _scores(fitted, COURSES.take([2]), encoder)[0] == pytest.approx(together[2], abs=1e-5)


def test_saved_similarity_gives_the_same_scores(fitted: Similarity, encoder: TfidfEncoder, tmp_path: Path) -> None:
    fitted.save(tmp_path)
    again = Similarity.load(tmp_path)
    assert _scores(again, COURSES, encoder) == pytest.approx(_scores(fitted, COURSES, encoder), abs=1e-2)


def test_fusion_is_the_sum_it_says() -> None:
    fusion = Fusion({"dense": 2.0, "lexical": 1.0}, {"dense": 0.5, "lexical": 1.0}, {"dense": 0.1, "lexical": 4.0})
    blocks = {"dense": np.array([[0.6]], dtype=np.float32), "lexical": np.array([[9.0]], dtype=np.float32)}
    assert fusion.fuse(blocks)[0, 0] == pytest.approx(2 * (0.6 - 0.5) / 0.1 + (9 - 1) / 4, abs=1e-5)


def test_a_post_above_the_course_scores_lower(encoder: TfidfEncoder) -> None:
    titles = ["Penjahit", "Kepala Penjahit"]
    views = Views.fit(Texts(titles, titles), encoder)
    asked = Texts(["Menjahit", "Kepala Penjahit"], ["Menjahit", "Kepala Penjahit"])
    assert next(views.blocks(asked, encoder))["seniority"].tolist() == [[0, -2], [0, 0]]


def test_pairs_are_the_cells_of_the_blocks(fitted: Similarity, encoder: TfidfEncoder) -> None:
    block = next(fitted.views.blocks(COURSES, encoder))
    told = fitted.views.pairs(COURSES, encoder, np.array([3, 0]), np.array([1, 2]))
    assert {view: told[view].tolist() for view in VIEWS} == {
        view: [block[view][3, 1], block[view][0, 2]] for view in VIEWS
    }


def test_fusion_refuses_an_unknown_view() -> None:
    with pytest.raises(InvalidInput, match=VIEWS[0]):
        Fusion.of_sample({"smell": 1.0}, {VIEWS[0]: np.zeros((1, 1), dtype=np.float32)})


def test_another_dimension_is_refused(fitted: Similarity) -> None:
    smaller = TfidfEncoder(n_components=1).fit(VACANCIES.passages)
    with pytest.raises(ArtifactIncompatible, match="numbers a text"):
        _scores(fitted, COURSES, smaller)
