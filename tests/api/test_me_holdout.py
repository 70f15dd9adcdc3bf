"""The held out: everything open to them in the plain order, and an impression that tells the arm."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from api.alumni.recommending import slate_in_arm
from api.app import create_app
from api.live.view import ArtifactPlaces, LiveView, opened_view
from api.settings import Settings
from api.storage.events import impressions_of
from matcher.domain.errors import InvalidInput
from matcher.domain.holdout import Holdout
from matcher.engine.artifacts import Artifact
from tests.api.me_people import alumna
from tests.api.security.conftest import (
    Clock,
    Opener,
    database_url,
    empty_database_url,
    migrated_url,
    opened,
    postgresql_url,
)
from tests.world import NOW

__all__ = ["database_url", "empty_database_url", "migrated_url", "opened", "postgresql_url"]

KEY = "kunci percobaan 2026"
NEARLY_ALL = Holdout((0.999999,), KEY)


def view(world: Artifact, holdout: Holdout) -> LiveView:
    places = ArtifactPlaces(world.folder.parent, world.cache_folder, explore=0.0, holdout=holdout)
    return opened_view(world.folder, places, None, now=NOW)


def test_held_out_see_what_is_open_by_place_and_date(world: Artifact) -> None:
    """Of the same people in both arms: the same vacancies and propensities of 1, in another order."""
    held_out, everybody = view(world, NEARLY_ALL), view(world, Holdout((0.0,), ""))
    for alumnus in world.alumni():
        plain, ranked = (slate_in_arm(one, one.recommender, alumnus, k=10, now=NOW) for one in (held_out, everybody))
        assert sorted(one.vacancy_id for one in plain.items) == sorted(one.vacancy_id for one in ranked.items)
        assert plain.policy == f"{ranked.policy}/arm=holdout" and plain.eligible == plain.scored == ranked.eligible
        assert {one.propensity for one in plain.items} <= {1.0}
        adverts = everybody.adverts([one.vacancy_id for one in plain.items])
        order = [
            (one.province_code != alumnus.province_code, -one.posted_at.timestamp()) for one in adverts if one.posted_at
        ]
        assert order == sorted(order) and len(order) == len(adverts)


def test_treated_explore_and_tell_their_arm(world: Artifact) -> None:
    nearly_nobody = view(world, Holdout((0.000001,), KEY))
    slate = slate_in_arm(nearly_nobody, nearly_nobody.recommender, world.alumnus("a-cook"), k=3, now=NOW)
    assert slate.policy.endswith("/arm=ranked")


def test_the_arm_stands_in_the_stored_impression(opened: Opener, world: Artifact, tmp_path: Path) -> None:
    house = opened(
        artifact=world.folder, cache=world.cache_folder, erasures=tmp_path / "erasures.jsonl",
        holdout="0.999999", holdout_key=SecretStr(KEY),
    )  # fmt: skip
    house.app.state.serving = replace(house.app.state.serving, clock=Clock())
    sari = alumna(house, "recommend")
    answer = sari.slate()
    with house.database.reading() as reading:
        stored = impressions_of(reading, [answer["impression_id"]])[answer["impression_id"]]
    assert stored.policy == answer["policy"] and stored.policy.endswith("/arm=holdout")
    assert [item["vacancy_id"] for item in answer["items"]] == [one.vacancy_id for one in stored.entries]


def test_a_holdout_without_a_key_does_not_start(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="holdout key of 0 characters"):
        create_app(Settings(artifact=tmp_path, cache=tmp_path, holdout="0.1"))
