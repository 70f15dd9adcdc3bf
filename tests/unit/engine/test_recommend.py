"""The whole engine over the world: the right vacancy, its true reasons, and nothing that is closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.errors import InvalidInput
from matcher.domain.records import Alumnus, Certificate
from matcher.engine.arrivals import Arrivals
from matcher.engine.artifacts import Artifact
from matcher.engine.exploration import marginals
from matcher.engine.features import FEATURES, features
from matcher.engine.rank import LinearRanker
from matcher.engine.retrieve import retrieve
from tests.world import ALUMNI, NOW


@pytest.mark.parametrize(
    ("alumnus_id", "vacancy_id"),
    [("a-cook", "v-cook-city"), ("a-driver", "v-drive"), ("a-office", "v-office")],
)
def test_recommend_puts_the_right_vacancy_first(world: Artifact, alumnus_id: str, vacancy_id: str) -> None:
    slate = world.recommender.recommend(world.alumnus(alumnus_id), now=NOW)
    assert slate.items[0].vacancy_id == vacancy_id
    assert slate.exhaustive


def test_few_open_vacancies_bring_what_would_open_more_and_many_bring_nothing(world: Artifact) -> None:
    few, enough = (world.recommender.recommend(world.alumnus("a-cook"), k=k, now=NOW) for k in (100, 1))
    assert few.relaxations and all(line.contribution >= 1 for line in few.relaxations)
    assert enough.relaxations == ()


def test_each_certificate_brings_its_own_vacancy(world: Artifact) -> None:
    first, second = world.recommender.recommend(world.alumnus("a-two"), now=NOW).items[:2]
    assert {first.vacancy_id, second.vacancy_id} == {"v-sew", "v-cook-city"}
    assert first.certificate_title != second.certificate_title


@pytest.mark.parametrize(("field", "told"), [("wanted", "yang Anda cari"), ("experience", "pengalaman kerja Anda")])
def test_an_occupation_is_one_more_row_beside_the_certificates(world: Artifact, field: str, told: str) -> None:
    cook = replace(world.alumnus("a-cook"), certificates=(Certificate("Microsoft Excel", course_id="c-office"),))
    before, after = (
        world.recommender.recommend(replace(cook, **{f"{field}_occupation_codes": codes}), now=NOW)
        for codes in ((), ("5120.00",))
    )
    assert after.items[0].vacancy_id == "v-cook-city" and after.items[0].certificate_title is None
    assert f"{told}: Juru Masak" in after.items[0].reasons[0].text_id
    assert all(item.certificate_title for item in before.items)
    assert (before.eligible, before.scored) == (after.eligible, after.scored)


def test_an_occupation_proves_nothing(world: Artifact) -> None:
    driver = replace(world.alumnus("a-driver"), licences=(), wanted_occupation_codes=("8332",))
    slate = world.recommender.recommend(driver, now=NOW)
    assert "v-drive" not in {item.vacancy_id for item in slate.items}


def test_recommend_shows_nothing_closed(world: Artifact) -> None:
    for row in ALUMNI:
        slate = world.recommender.recommend(world.alumnus(row["alumnus_id"]), now=NOW)
        assert not {"v-care-filled", "v-care-lapsed"} & {item.vacancy_id for item in slate.items}


def test_an_encoder_that_nobody_measured_tells_no_occupation(world: Artifact) -> None:
    cook = world.alumnus("a-cook")
    held = world.recommender.scores.occupations_of([*cook.certificates, Certificate("Juru Masak Kantin")])
    assert held.shared_names(held) == [None, None]
    told = {line.feature for item in world.recommender.recommend(cook, now=NOW).items for line in item.reasons}
    assert "occupation" not in told


def test_unknown_schooling_is_told_and_excludes(world: Artifact) -> None:
    slate = world.recommender.recommend(world.alumnus("a-guard"), now=NOW)
    assert slate.eligible == 0 and slate.items == ()
    assert [notice.code for notice in slate.notices] == ["schooling_unknown", "nothing_eligible"]


def test_a_driver_without_licence_is_not_shown_the_truck(world: Artifact) -> None:
    unlicensed = replace(world.alumnus("a-driver"), licences=())
    slate = world.recommender.recommend(unlicensed, now=NOW)
    assert "v-drive" not in {item.vacancy_id for item in slate.items}


@given(
    birth_year=st.none() | st.integers(1950, 2008), sex=st.sampled_from([None, "female", "male"]),
    has_disability=st.none() | st.booleans(), is_returned_migrant=st.none() | st.booleans(),
)  # fmt: skip
def test_protected_attributes_never_change_a_score(world: Artifact, **protected: object) -> None:
    alumnus = world.alumnus("a-two")
    assert world.recommender.recommend(replace(alumnus, **protected), now=NOW) == world.recommender.recommend(
        alumnus, now=NOW
    )  # type: ignore[arg-type]


@pytest.mark.parametrize("alumnus_id", [row["alumnus_id"] for row in ALUMNI])
def test_taking_a_named_reason_away_lowers_the_score(world: Artifact, alumnus_id: str) -> None:
    alumnus, engine = world.alumnus(alumnus_id), world.recommender
    shortlist = retrieve(
        alumnus, engine.scores.of(alumnus.certificates), columns=engine.columns, index=engine.index, now=NOW
    )
    rows = features(
        alumnus, shortlist, engine.facts, held=engine.scores.occupations_of(alumnus.certificates), now=NOW
    ).values
    place_of = {
        world.vacancies["vacancy_id"][int(row)].as_py(): place for place, row in enumerate(shortlist.vacancy_indices)
    }
    for item in engine.recommend(alumnus, now=NOW).items:
        for reason in item.reasons:
            without = rows[[place_of[item.vacancy_id]]].copy()
            without[0, FEATURES.index(reason.feature)] = 0.0
            assert LinearRanker().predict(without)[0] < item.score


@given(seed=st.integers(0, 999), alumnus_id=st.sampled_from([row["alumnus_id"] for row in ALUMNI]))
def test_an_exploring_slate_shows_what_is_eligible_and_records_its_chance(
    world: Artifact, seed: int, alumnus_id: str
) -> None:
    alumnus, engine = world.alumnus(alumnus_id), world.recommender
    ranked = [item.vacancy_id for item in engine.recommend(alumnus, k=6, now=NOW).items]
    slate = engine.recommend(alumnus, k=2, now=NOW, rng=np.random.default_rng(seed), exploration_share=0.5)
    chances = marginals(min(len(ranked), 6), k=2, share=0.5)
    assert slate.policy == f"{engine.policy}/explore=0.5"
    for item in slate.items:
        assert item.propensity == chances[item.position - 1, ranked.index(item.vacancy_id)]


@pytest.mark.parametrize("rng", [None, np.random.default_rng(0)])
def test_without_a_share_the_slate_is_the_ranked_one(world: Artifact, rng: np.random.Generator | None) -> None:
    alumnus, engine = world.alumnus("a-two"), world.recommender
    slate = engine.recommend(alumnus, now=NOW, rng=rng, exploration_share=0.0)
    assert slate == engine.recommend(alumnus, now=NOW)
    assert {item.propensity for item in slate.items} == {1.0}


def test_repeats_collapse_before_anything_is_explored(world: Artifact) -> None:
    sew = world.adverts(["v-sew"])[0]
    again = Arrivals.of(world).changed(posted=[replace(sew, vacancy_id=f"v-sew-{number}") for number in range(9)])
    for seed in range(40):
        slate = again.recommender.recommend(
            world.alumnus("a-two"), k=3, now=NOW, rng=np.random.default_rng(seed), exploration_share=1.0
        )
        assert sum(item.vacancy_id.startswith("v-sew") for item in slate.items) <= 1


def test_a_certificate_without_a_row_is_scored_as_the_course_of_that_title(world: Artifact) -> None:
    known = world.recommender.scores.of([Certificate(title="", course_id="c-sew")])
    asked = world.recommender.scores.score_titles(["Menjahit pakaian bagi Penjahit"])
    assert asked.argmax() == known.argmax()
    assert np.corrcoef(known[0], asked[0])[0, 1] > 0.9


@pytest.mark.parametrize(
    ("alumnus", "k", "now", "told"),
    [
        (Alumnus("a"), 10, NOW, "no certificate"),
        (Alumnus("a", certificates=(Certificate("Memasak"),)), 0, NOW, "k = 0"),
        (Alumnus("a", certificates=(Certificate("Memasak"),)), 10, datetime(2026, 1, 1), "time zone"),
    ],
)
def test_recommend_refuses_what_it_cannot_answer(
    world: Artifact, alumnus: Alumnus, k: int, now: datetime, told: str
) -> None:
    with pytest.raises(InvalidInput, match=told):
        world.recommender.recommend(alumnus, k=k, now=now)
