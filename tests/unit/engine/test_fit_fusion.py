"""Fitted weights: a view that orders the grades leads, noise does not, and the sum is calibrated log-odds."""

from __future__ import annotations

import numpy as np
import pytest

from matcher.domain.errors import InvalidInput
from matcher.engine.fit_fusion import RELATED, fit_fusion


def _market(seed: int, n_courses: int = 60) -> tuple[dict[str, np.ndarray], np.ndarray, list[str]]:
    rng = np.random.default_rng(seed)
    grades = rng.integers(0, 4, size=n_courses * 20)
    views = {
        "telling": (grades + rng.normal(0, 1, len(grades))).astype(np.float32),
        "noise": rng.normal(0, 1, len(grades)).astype(np.float32),
        "misleading": (-grades + rng.normal(0, 2, len(grades))).astype(np.float32),
    }
    return views, grades, [f"c{number // 20}" for number in range(len(grades))]


def test_the_telling_view_leads_and_none_is_negative() -> None:
    fitted = fit_fusion(*_market(0))
    assert fitted.weights["telling"] > 5 * fitted.weights["noise"] >= 0
    assert fitted.weights["misleading"] == 0


def test_the_sum_is_the_log_odds_of_being_related() -> None:
    fitted = fit_fusion(*_market(1))
    views, grades, _ = _market(2, n_courses=500)
    chance = 1 / (1 + np.exp(-(fitted.offset + sum(fitted.weights[name] * view for name, view in views.items()))))
    for low in (0.1, 0.4, 0.7):
        told = (chance >= low) & (chance < low + 0.2)
        assert (grades[told] >= RELATED).mean() == pytest.approx(chance[told].mean(), abs=0.06)


def test_a_course_wide_shift_changes_no_order() -> None:
    views, grades, courses = _market(3)
    shift = np.array([int(course[1:]) % 7 for course in courses], dtype=np.float32)
    moved = fit_fusion({name: view + shift for name, view in views.items()}, grades, courses).weights
    still = fit_fusion(views, grades, courses).weights
    assert moved["noise"] / moved["telling"] == pytest.approx(still["noise"] / still["telling"], abs=0.02)


@pytest.mark.parametrize("grade", [0, 3])
def test_grades_that_never_differ_are_refused(grade: int) -> None:
    with pytest.raises(InvalidInput, match="grade more pairs"):
        fit_fusion({"dense": np.ones(4, dtype=np.float32)}, np.full(4, grade), ["c"] * 4)
