"""Worked examples, laws, and the coverage of every interval where its assumptions hold and where they break."""

from __future__ import annotations

import doctest
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.errors import InvalidInput
from matcher.measure import off_policy
from matcher.measure.logged_slots import LoggedSlots
from matcher.measure.off_policy import ESTIMATORS, OffPolicyEstimate, dm, dr, dros, ips, snips
from matcher.measure.off_policy_refusal import Floors, Refused
from tests.unit.measure.coverage import is_as_stated, is_at_least_as_stated
from tests.unit.measure.logged_world import (
    LoggedWorld,
    cascading_slots,
    confounded_slots,
    sound_world,
    world_with_wrong_logs,
    world_with_wrong_model,
    world_without_support,
)

ANY = Floors(ess=0, rewards=0, unsupported=1, confidence=1.0)
"""Floors that refuse nothing, to see how far an estimator misses when nobody stops it."""


def _slots(seed: int = 0, **options: int) -> LoggedSlots:
    return sound_world().draw(np.random.default_rng(seed), **options)


def _answer(answer: off_policy.Answer) -> OffPolicyEstimate:
    assert isinstance(answer, OffPolicyEstimate), answer
    return answer


def _n_covered(name: str, world: LoggedWorld, runs: int, **options: object) -> int:
    logs = (world.draw(np.random.default_rng(seed)) for seed in range(runs))
    return sum(_covers(ESTIMATORS[name](slots, **options), world.truth) for slots in logs)


def _covers(answer: off_policy.Answer, truth: float) -> bool:
    """Whether the interval holds the truth; a needless refusal counts as a miss."""
    return isinstance(answer, OffPolicyEstimate) and answer.low <= truth <= answer.high


def test_docstring_examples_are_right() -> None:
    tried = doctest.testmod(off_policy)
    assert (tried.failed, tried.attempted >= 10) == (0, True)


@pytest.mark.parametrize("name", ["ips", "snips", "dm", "dr"])
def test_interval_covers_the_truth_as_often_as_it_says(name: str, runs: int) -> None:
    assert is_as_stated(_n_covered(name, sound_world(), runs), runs)


def test_interval_of_shrunk_weights_covers_at_least_as_often_as_it_says(runs: int) -> None:
    for world in (sound_world(), world_with_wrong_model()):
        assert is_at_least_as_stated(_n_covered("dros", world, runs), runs)


def test_doubly_robust_covers_with_a_wrong_model_and_the_model_alone_misses(runs: int) -> None:
    world = world_with_wrong_model()
    assert is_as_stated(_n_covered("dr", world, runs), runs)
    assert _n_covered("dm", world, runs) == 0


def test_gain_over_what_was_logged_is_covered_too(runs: int) -> None:
    world = sound_world()
    gain = world.truth - replace(world, target=world.shows).truth
    logs = (world.draw(np.random.default_rng(seed)) for seed in range(runs))
    assert is_as_stated(sum(_covers(dr(slots, as_gain=True), gain) for slots in logs), runs)


def test_people_who_see_many_slates_are_not_independent(runs: int) -> None:
    world = replace(sound_world(), keenness=1.0)
    assert is_as_stated(_n_covered("snips", world, runs), runs)
    widths = [
        [_answer(snips(world.draw(np.random.default_rng(seed), knows_person=known))) for known in (True, False)]
        for seed in range(20)
    ]
    assert np.mean([(a.high - a.low) / (b.high - b.low) for a, b in widths]) > 1.1


def test_rare_rewards_are_missed_on_both_sides_alike(runs: int) -> None:
    world = sound_world()
    rare = replace(world, q=world.q / 12, model=world.q / 12)
    answers = [_answer(ips(rare.draw(np.random.default_rng(seed)), floors=ANY)) for seed in range(runs)]
    n_above = sum(rare.truth > answer.high for answer in answers)
    n_below = sum(rare.truth < answer.low for answer in answers)
    assert is_as_stated(runs - n_above - n_below, runs)
    assert n_above <= 0.06 * runs


@pytest.mark.parametrize("name", ["ips", "snips", "dr", "dros"])
def test_missing_support_is_refused_by_the_mean_weight(name: str) -> None:
    answer = ESTIMATORS[name](world_without_support().draw(np.random.default_rng(1)))
    assert isinstance(answer, Refused)
    assert "mean weight" in answer.reason and answer.weighting.mean_weight < 0.8


@pytest.mark.parametrize("name", ["ips", "snips"])
def test_missing_support_misses_where_nobody_refuses(name: str) -> None:
    assert _n_covered(name, world_without_support(), 50, floors=ANY) <= 25


def test_support_known_to_be_missing_is_refused() -> None:
    slots = _slots()
    partly = replace(slots, unsupported=np.full(len(slots.reward), 0.03))
    answer = ips(partly)
    assert isinstance(answer, Refused)
    assert "3.00%" in answer.reason


@pytest.mark.parametrize("name", ["ips", "snips", "dr", "dros"])
def test_wrong_propensities_are_refused(name: str) -> None:
    logs = [world_with_wrong_logs().draw(np.random.default_rng(seed), n_people=1_000) for seed in range(10)]
    answers = [ESTIMATORS[name](slots) for slots in logs]
    assert all(isinstance(answer, Refused) and "propensities are wrong" in answer.reason for answer in answers)


def test_wrong_propensities_miss_where_nobody_refuses() -> None:
    assert _n_covered("ips", world_with_wrong_logs(), 50, floors=ANY) <= 25


@pytest.mark.parametrize("name", ["ips", "snips", "dr"])
def test_hidden_confounding_cannot_be_seen_and_misses(name: str) -> None:
    worlds = [confounded_slots(np.random.default_rng(seed)) for seed in range(50)]
    answers = [(_answer(ESTIMATORS[name](slots)), truth) for slots, truth in worlds]
    assert sum(answer.low <= truth <= answer.high for answer, truth in answers) == 0
    assert all(answer.low > truth for answer, truth in answers)


def test_slates_whose_vacancies_compete_miss() -> None:
    worlds = [cascading_slots(np.random.default_rng(seed)) for seed in range(50)]
    answers = [(_answer(ips(slots)), truth) for slots, truth in worlds]
    assert sum(answer.low <= truth <= answer.high for answer, truth in answers) == 0


def test_policies_that_rarely_agree_are_refused() -> None:
    n = 2_000
    target = np.zeros(n)
    target[:20] = 1.0
    answer = ips(LoggedSlots(np.ones(n), np.full(n, 0.01), target))
    assert isinstance(answer, Refused)
    assert "effective sample size 20.0 is below 50" in answer.reason


def test_log_without_rewards_is_refused_instead_of_given_a_width_of_0() -> None:
    n = 1_000
    answer = snips(LoggedSlots(np.zeros(n), np.full(n, 0.5), np.full(n, 0.5)))
    assert isinstance(answer, Refused)
    assert "0.0 effective rewards" in answer.reason


def test_one_person_is_refused_also_by_the_model() -> None:
    n = 200
    model = {"q_logged": np.full(n, 0.2), "q_target": np.linspace(0, 1, n)}
    slots = LoggedSlots(np.ones(n), np.ones(n), np.ones(n), slate=np.arange(n), person=np.zeros(n), **model)
    assert all(isinstance(estimate(slots), Refused) for estimate in ESTIMATORS.values())


@given(seed=st.integers(0, 50))
def test_target_that_is_the_logged_policy_earns_what_was_logged(seed: int) -> None:
    slots = _slots(seed, n_people=60)
    same = replace(slots, target=slots.propensity)
    logged = slots.reward.sum() / slots.n_slates
    for estimate in (ips, snips):
        assert _answer(estimate(same)).value == pytest.approx(logged)
        assert _answer(estimate(same, as_gain=True)).value == pytest.approx(0, abs=1e-12)


@given(seed=st.integers(0, 50))
def test_shrinkage_runs_from_the_model_to_doubly_robust(seed: int) -> None:
    slots = _slots(seed, n_people=60)
    values = [_answer(dros(slots, floors=ANY, shrinkage=each)).value for each in (0.0, np.inf)]
    assert values == pytest.approx([_answer(dm(slots)).value, _answer(dr(slots, floors=ANY)).value])


def test_shrinking_errs_less_than_doubly_robust_where_rewards_are_rare() -> None:
    world = sound_world()
    rare = replace(world, q=world.q / 12, model=world.q / 12)
    logs = [rare.draw(np.random.default_rng(seed), n_people=120) for seed in range(100)]
    errors = {
        estimate: np.mean([(_answer(estimate(slots, floors=ANY)).value - rare.truth) ** 2 for slots in logs])
        for estimate in (dr, dros)
    }
    assert errors[dros] < 0.8 * errors[dr]


@given(seed=st.integers(0, 30))
def test_interval_of_shrunk_weights_holds_that_of_doubly_robust(seed: int) -> None:
    slots = world_with_wrong_model().draw(np.random.default_rng(seed), n_people=60)
    shrunk, plain = _answer(dros(slots, floors=ANY)), _answer(dr(slots, floors=ANY))
    assert shrunk.low <= plain.low <= plain.high <= shrunk.high
    assert shrunk.low <= shrunk.value <= shrunk.high


@given(seed=st.integers(0, 30))
def test_shuffling_the_slots_changes_nothing(seed: int) -> None:
    slots = _slots(seed, n_people=40)
    order = np.random.default_rng(seed).permutation(len(slots.reward))
    columns = {name: getattr(slots, name) for name in slots.__dataclass_fields__}
    shuffled = LoggedSlots(**{name: value if value is None else value[order] for name, value in columns.items()})
    for estimate in ESTIMATORS.values():
        options = {} if estimate is dm else {"floors": ANY}
        first, second = _answer(estimate(slots, **options)), _answer(estimate(shuffled, **options))
        assert (first.value, first.low, first.high) == pytest.approx((second.value, second.low, second.high))


def test_self_normalising_forgets_a_constant_in_the_rewards() -> None:
    slots = _slots()
    raised = replace(slots, reward=slots.reward + 10)
    assert _answer(snips(raised)).value == pytest.approx(_answer(snips(slots)).value + 30)


def test_slots_without_slates_are_slates_of_one() -> None:
    slots = _slots()
    single = replace(slots, slate=None, position=None, person=None)
    named = replace(single, slate=np.arange(len(slots.reward)), position=np.ones(len(slots.reward), dtype=np.int64))
    assert _answer(snips(single)) == _answer(snips(named))


@pytest.mark.parametrize("estimate", [dm, dr, dros])
def test_estimators_with_a_model_ask_for_it(estimate: object) -> None:
    with pytest.raises(InvalidInput, match="needs a model"):
        estimate(replace(_slots(), q_logged=None, q_target=None))


def test_negative_shrinkage_and_floors_are_refused() -> None:
    with pytest.raises(InvalidInput, match="lambda is 0 or more"):
        dros(_slots(), shrinkage=-1.0)
    with pytest.raises(InvalidInput, match="0 or more"):
        Floors(ess=-1)
