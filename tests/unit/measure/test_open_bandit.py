"""Two policies were really run on one shop; the log of one must tell what the other earned. `-s` prints the table."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from matcher.measure.off_policy import ESTIMATORS, Answer, OffPolicyEstimate
from matcher.measure.off_policy_refusal import Floors, Refused
from tests.unit.measure.open_bandit import Logged, load, resampled

pytestmark = pytest.mark.shared

ANY = Floors(ess=0, rewards=0, unsupported=1, confidence=1.0)
WAYS = [("random", "bts"), ("bts", "random")]


@pytest.fixture(scope="module")
def logs(shared_folder: Path) -> dict[tuple[str, str, str], Logged]:
    """Every campaign, in both directions."""
    folder = shared_folder / "bench" / "open_bandit_small"
    cells = [(campaign, logged, target) for campaign in ("all", "men", "women") for logged, target in WAYS]
    return {cell: load(folder, cell[0], logged=cell[1], target=cell[2]) for cell in cells}


def test_intervals_of_weighting_hold_what_the_other_policy_really_earned(logs: dict) -> None:
    _print_table(logs)
    answers = [
        (ESTIMATORS[name](log.slots), log.truth) for log in logs.values() for name in ("ips", "snips", "dr", "dros")
    ]
    given = [(answer, truth) for answer, truth in answers if isinstance(answer, OffPolicyEstimate)]
    assert len(given) == 20
    assert all(answer.low <= truth <= answer.high for answer, truth in given)


def test_log_in_which_one_slot_outweighs_all_others_is_refused(logs: dict) -> None:
    answer = ESTIMATORS["ips"](logs["women", "bts", "random"].slots)
    assert isinstance(answer, Refused)
    assert answer.weighting.ess < 3 and answer.weighting.max_weight > 20_000


@pytest.mark.parametrize(("way", "sign"), [(WAYS[0], 1), (WAYS[1], -1)])
def test_the_policy_that_learned_is_found_better_than_the_random_one(logs: dict, way: tuple, sign: int) -> None:
    log = logs["all", *way]
    assert np.sign(log.truth - log.slots.reward.mean()) == sign
    for name in ("ips", "snips", "dr", "dros"):
        assert np.sign(ESTIMATORS[name](log.slots, as_gain=True).value) == sign


def test_effective_sample_sizes_are_those_of_the_published_weights(logs: dict) -> None:
    sizes = {way: ESTIMATORS["ips"](logs["all", *way].slots).weighting.ess for way in WAYS}
    assert sizes[WAYS[0]] == pytest.approx(1_644, abs=1)
    assert sizes[WAYS[1]] == pytest.approx(340, abs=1)


def test_errors_stand_in_the_order_of_the_published_table(logs: dict) -> None:
    errors = _relative_errors(logs["all", "random", "bts"], n_samples=60)
    print({name: round(error, 3) for name, error in errors.items()})
    assert errors["dm"] < errors["dros"] < errors["ips"]
    assert errors["ips"] == pytest.approx(0.311, abs=0.08)


def test_interval_of_the_model_tells_nothing_of_its_error(logs: dict) -> None:
    log = logs["men", "random", "bts"]
    answer = ESTIMATORS["dm"](log.slots)
    assert answer.high < log.truth


def _relative_errors(log: Logged, *, n_samples: int) -> dict[str, float]:
    """Give the mean relative error of each estimator over bootstrap samples of the log, as the published table does."""
    rng = np.random.default_rng(0)
    errors: dict[str, list[float]] = {name: [] for name in ESTIMATORS}
    for _ in range(n_samples):
        slots = resampled(log.slots, rng)
        for name, estimate in ESTIMATORS.items():
            answer = estimate(slots) if name == "dm" else estimate(slots, floors=ANY)
            errors[name].append(abs(answer.value - log.truth) / log.truth)
    return {name: float(np.mean(each)) for name, each in errors.items()}


def _print_table(logs: dict[tuple[str, str, str], Logged]) -> None:
    for (campaign, logged, target), log in logs.items():
        print(f"\n{campaign}: {logged} -> {target}, really {log.truth:.4f}, logged {log.slots.reward.mean():.4f}")
        for name, estimate in ESTIMATORS.items():
            print(f"  {name:5} {_told(estimate(log.slots), log.truth)}")


def _told(answer: Answer, truth: float) -> str:
    weighting = answer.weighting
    if isinstance(answer, Refused):
        return f"refused: {answer.reason}"
    return (
        f"{answer.value:.5f} [{answer.low:.5f}, {answer.high:.5f}] relative error {abs(answer.value / truth - 1):.2f} "
        f"ess {weighting.ess:.0f} largest weight {weighting.max_weight:.1f} rewards {weighting.effective_rewards:.1f}"
    )
