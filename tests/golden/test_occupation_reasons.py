"""The occupation that a certificate and an advert share is named, in a stored advert and in one that came later."""

from __future__ import annotations

from pathlib import Path

import pytest

from matcher.domain.records import Alumnus, Certificate, Slate, Vacancy
from matcher.engine.arrivals import Arrivals
from matcher.engine.artifacts import Artifact
from tests.world import NOW, build_world_artifact

LATE = Vacancy("v-late", "Juru Masak Katering", province_code="32", district_code="32.04", posted_at=NOW)


@pytest.fixture(scope="module")
def padan_world(tmp_path_factory: pytest.TempPathFactory) -> Artifact:
    return build_world_artifact(tmp_path_factory.mktemp("padan-world"), encoder="padan")


def _reasons(slate: Slate, vacancy_id: str) -> dict[str, str]:
    (item,) = [item for item in slate.items if item.vacancy_id == vacancy_id]
    return {line.code: line.text_id for line in (*item.reasons, *item.gaps)}


def test_a_stored_and_a_later_advert_name_the_shared_occupation(padan_world: Artifact) -> None:
    engine = Arrivals.of(padan_world).changed(posted=[LATE]).recommender
    slate = engine.recommend(padan_world.alumnus("a-cook"), now=NOW)
    named = {key: _reasons(slate, key)["occupation"] for key in ("v-cook-city", "v-late")}
    assert set(named.values()) == {"Bidang pekerjaan yang sama: Juru Masak"}


def test_a_title_that_no_course_bears_speaks_of_an_occupation_and_an_unlike_advert_is_told(
    padan_world: Artifact,
) -> None:
    cook = Alumnus("asked", "32", education="S1", certificates=(Certificate("Juru Masak Kantin"),))
    slate = padan_world.recommender.recommend(cook, now=NOW)
    assert _reasons(slate, "v-cook-city")["occupation"] == "Bidang pekerjaan yang sama: Juru Masak"
    assert "other_occupation" in _reasons(slate, "v-sew") and "occupation" not in _reasons(slate, "v-sew")


def test_the_occupations_of_an_artifact_are_small(padan_world: Artifact) -> None:
    assert Path(padan_world.folder / "occupations.npz").stat().st_size < 3_000_000
