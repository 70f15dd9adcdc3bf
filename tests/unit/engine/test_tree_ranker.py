"""A learned ranker: its parts add up, it learns past the position, and a damaged or foreign one is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from matcher.domain.errors import ArtifactDamaged, InvalidInput
from matcher.engine.artifacts import Artifact
from matcher.engine.features import FEATURES
from matcher.engine.fit_ranker import Lessons, fit_ranker, step_worth
from matcher.engine.learned_artifact import with_ranker
from matcher.engine.tree_ranker import TreeRanker
from tests.world import NOW

NEARNESS = FEATURES.index("nearness")


def lessons(n: int = 20_000, *, seed: int = 0) -> Lessons:
    """What people did who like what is near, and who look less the lower it stands."""
    rng = np.random.default_rng(seed)
    values = rng.random((n, len(FEATURES)), dtype=np.float32)
    position = rng.integers(1, 11, n)
    examination = position**-0.8
    looked = rng.random(n) < examination * (0.1 + 0.5 * values[:, NEARNESS])
    depth = np.where(looked, np.where(rng.random(n) < 0.3, 6, 1), 0)
    return Lessons(values, depth, examination)


@pytest.fixture(scope="module")
def ranker() -> TreeRanker:
    """A ranker of those lessons."""
    return fit_ranker(lessons(), FEATURES)


def test_contributions_add_up_to_the_score(ranker: TreeRanker) -> None:
    values = lessons(500, seed=1).values
    assert np.allclose(ranker.contributions(values).sum(axis=1), ranker.predict(values), atol=1e-4)


def test_ranker_finds_what_people_like(ranker: TreeRanker) -> None:
    values = lessons(2_000, seed=2).values
    assert np.corrcoef(ranker.predict(values), values[:, NEARNESS])[0, 1] > 0.9


def test_ranker_does_not_take_a_high_place_for_merit() -> None:
    rng = np.random.default_rng(3)
    values = rng.random((40_000, len(FEATURES)), dtype=np.float32)
    place = np.clip((10 * (1 - values[:, 0])).astype(int) + 1, 1, 10)
    examination = place**-0.8
    depth = np.where(rng.random(len(place)) < 0.2 * examination, 6, 0)
    told = fit_ranker(Lessons(values, depth, examination), FEATURES).predict(values)
    blind = fit_ranker(Lessons(values, depth, np.ones(len(place))), FEATURES).predict(values)
    assert np.corrcoef(blind, values[:, 0])[0, 1] > 0.8
    assert told.std() < 0.4 * blind.std()


def test_equal_lessons_give_equal_rankers(ranker: TreeRanker) -> None:
    assert fit_ranker(lessons(), FEATURES).text == ranker.text


def test_empty_shortlist_has_no_scores(ranker: TreeRanker) -> None:
    nothing = np.zeros((0, len(FEATURES)), dtype=np.float32)
    assert (len(ranker.predict(nothing)), ranker.contributions(nothing).shape) == (0, nothing.shape)


def test_too_few_hires_teach_nothing() -> None:
    with pytest.raises(InvalidInput, match="wait for more"):
        fit_ranker(Lessons(np.zeros((9, len(FEATURES)), np.float32), np.full(9, 6), np.ones(9)), FEATURES)


def test_other_columns_are_refused(ranker: TreeRanker) -> None:
    with pytest.raises(InvalidInput, match="feature columns"):
        ranker.predict(np.zeros((2, 3), dtype=np.float32))


def test_worth_of_a_step_never_falls_and_ends_above_a_hire() -> None:
    worth = step_worth(np.array([0] * 90 + [1] * 6 + [3] * 3 + [6, 7]))
    assert (np.diff(worth) >= 0).all() and worth[0] == 0 and worth[6] == 1 and worth[7] > 1
    assert step_worth(np.zeros(5, dtype=np.int64)).tolist() == [0.0] * 8


def test_artifact_ranks_by_what_it_carries_and_else_stays_as_it_is(
    world: Artifact, ranker: TreeRanker, tmp_path: Path
) -> None:
    learned = with_ranker(world, ranker, tmp_path / "learned")
    before = world.recommender.recommend(world.alumnus("a-cook"), now=NOW)
    after = learned.recommender.recommend(world.alumnus("a-cook"), now=NOW)
    assert (before.policy.split("@")[0], after.policy.split("@")[0]) == ("hand-set", "learned")
    assert after.eligible == before.eligible and learned.artifact_id != world.artifact_id
    assert world.recommender.recommend(world.alumnus("a-cook"), now=NOW) == before


def test_reason_named_by_a_learned_order_adds_to_the_score(world: Artifact, ranker: TreeRanker, tmp_path: Path) -> None:
    slate = with_ranker(world, ranker, tmp_path / "learned").recommender.recommend(world.alumnus("a-cook"), now=NOW)
    named = [reason.contribution for item in slate.items for reason in item.reasons]
    assert named and min(named) > 0


@pytest.mark.parametrize("text", ["", "tree\nversion=v4\nrubbish"])
def test_damaged_ranker_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "ranker.txt").write_text(text)
    with pytest.raises(ArtifactDamaged, match="train the ranker again"):
        TreeRanker.load(tmp_path / "ranker.txt")


def test_ranker_of_other_features_is_refused(tmp_path: Path) -> None:
    other = lessons(5_000)
    fit_ranker(other, [f"x{place}" for place in range(len(FEATURES))]).save(tmp_path / "ranker.txt")
    with pytest.raises(ArtifactDamaged, match="other features"):
        TreeRanker.load(tmp_path / "ranker.txt")
