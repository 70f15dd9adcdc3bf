"""What a log must hold before anything is estimated from it."""

from __future__ import annotations

import doctest

import numpy as np
import pytest

from matcher.domain.errors import InvalidInput
from matcher.measure import cluster_interval, logged_slots, off_policy_refusal
from matcher.measure.cluster_interval import mean_interval
from matcher.measure.logged_slots import LoggedSlots, from_distributions
from matcher.measure.off_policy_refusal import weighting_of


@pytest.mark.parametrize("module", [logged_slots, off_policy_refusal, cluster_interval])
def test_docstring_examples_are_right(module: object) -> None:
    tried = doctest.testmod(module)
    assert (tried.failed, tried.attempted >= 1) == (0, True)


@pytest.mark.parametrize(
    ("column", "values", "said"),
    [
        ("propensity", [0.5, 0.0], "propensity of slot 1 is 0.0: give above 0 up to 1"),
        ("propensity", [0.5, 1.2], "propensity of slot 1 is 1.2"),
        ("propensity", [np.nan, 0.5], "propensity of slot 0 is nan"),
        ("target", [-0.1, 0.5], "target of slot 0 is -0.1: give 0 to 1"),
        ("unsupported", [0.5, 1.5], "unsupported of slot 1"),
        ("reward", [0.5, np.inf], "reward of slot 1 is inf: give a finite number"),
        ("reward", [0.5], r"columns of \[1, 2\] rows"),
        ("q_logged", [0.5, 0.5], "a model gives both"),
    ],
)
def test_columns_that_cannot_be_are_refused(column: str, values: list[float], said: str) -> None:
    columns = {name: np.array([0.5, 0.5]) for name in ("reward", "propensity", "target")}
    with pytest.raises(InvalidInput, match=said):
        LoggedSlots(**{**columns, column: np.array(values)})


def test_log_without_slots_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"columns of \[0\] rows"):
        LoggedSlots(np.empty(0), np.empty(0), np.empty(0))


def test_slate_of_two_people_is_refused() -> None:
    half = np.array([0.5, 0.5])
    with pytest.raises(InvalidInput, match="a slate belongs to two people"):
        LoggedSlots(half, half, half, slate=np.array(["s", "s"]), person=np.array(["a", "b"]))


def test_slates_are_counted_by_person() -> None:
    ones = np.ones(5)
    slots = LoggedSlots(ones, ones, ones, slate=np.array(list("xxyyz")), person=np.array(list("bbbba")))
    clusters, n_slates = slots.clusters()
    assert (slots.n_slates, clusters.tolist(), n_slates.tolist()) == (3, [1, 1, 1, 1, 0], [1.0, 2.0])


@pytest.mark.parametrize("name", ["logged", "target"])
def test_chances_that_do_not_sum_to_1_are_refused(name: str) -> None:
    chances = {"logged": np.array([[0.5, 0.5]]), "target": np.array([[0.5, 0.5]])}
    with pytest.raises(InvalidInput, match=f"{name} chances of round 0 sum to 0.9"):
        from_distributions(np.ones(1), np.array([0]), **{**chances, name: np.array([[0.5, 0.4]])})


def test_action_that_the_logging_policy_never_takes_is_refused() -> None:
    chances = np.array([[0.0, 1.0]])
    with pytest.raises(InvalidInput, match=r"propensity of slot 0 is 0\.0"):
        from_distributions(np.ones(1), np.array([0]), logged=chances, target=chances)


def test_model_is_averaged_over_the_target() -> None:
    slots = from_distributions(
        np.ones(1),
        np.array([1]),
        logged=np.array([[0.5, 0.5]]),
        target=np.array([[0.25, 0.75]]),
        q_hat=np.array([[0.4, 0.8]]),
    )
    assert slots.q_logged is not None and slots.q_target is not None
    assert (slots.q_logged.tolist(), slots.q_target.tolist()) == ([0.8], [pytest.approx(0.7)])


def test_target_that_is_never_logged_has_no_effective_size() -> None:
    weighting = weighting_of(LoggedSlots(np.ones(3), np.ones(3), np.zeros(3)))
    assert (weighting.ess, weighting.effective_rewards, weighting.mean_weight) == (0, 0, 0)


def test_interval_of_skewed_numbers_leans_to_the_long_tail() -> None:
    values = np.append(np.zeros(95), np.full(5, 1.0))
    low, high = mean_interval(values)
    assert high - values.mean() > 1.2 * (values.mean() - low)
    assert mean_interval(-values) == pytest.approx((-high, -low))


def test_interval_of_equal_numbers_has_no_width() -> None:
    assert mean_interval(np.full(7, 0.3)) == pytest.approx((0.3, 0.3))


@pytest.mark.parametrize("values", [[1.0], [], [1.0, np.nan]])
def test_interval_of_too_little_is_refused(values: list[float]) -> None:
    with pytest.raises(InvalidInput, match="needs two finite ones"):
        mean_interval(np.array(values))
