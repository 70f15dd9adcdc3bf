"""Takes what was shown and how far each vacancy got; gives a ranker learned from it. Judges none and promotes none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import lightgbm
import numpy as np
from numpy.typing import NDArray

from matcher.domain.errors import InvalidInput
from matcher.engine.tree_ranker import TreeRanker

LEAST_HIRES = 30
"""Fewest hires that a ranker is learned from."""

_TREES = {
    "objective": "poisson", "learning_rate": 0.05, "num_leaves": 8, "min_data_in_leaf": 200, "lambda_l2": 10.0,
    "deterministic": True, "force_row_wise": True, "num_threads": 2, "seed": 1, "verbose": -1,
}  # fmt: skip
_ROUNDS = 150


@dataclass(frozen=True, slots=True)
class Lessons:
    """m vacancies as they were shown, all ripe.

    ``values`` float32 (m, n_features); ``depth`` int64 (m,), 0 shown to 7 kept for 90 days, as in
    ``matcher.measure.attribution.FUNNEL``; ``examination`` float64 (m,), the chance that its position is looked at,
    relative to the first, above 0.
    """

    values: NDArray[np.float32]
    depth: NDArray[np.int64]
    examination: NDArray[np.float64]

    def __post_init__(self) -> None:
        lengths = {len(self.values), len(self.depth), len(self.examination)}
        if len(lengths) > 1:
            raise InvalidInput(f"lessons: columns of {sorted(lengths)} rows; give one row for every vacancy shown")
        if len(self.examination) and not self.examination.min() > 0:
            raise InvalidInput("lessons: a position is never looked at; leave its rows out")


def step_worth(depth: NDArray[np.int64], *, hired: int = 6, kept: int = 7) -> NDArray[np.float64]:
    """Return what reaching each depth is worth, in hires: float64 (kept + 1,), from 0 and never falling.

    Parameters
    ----------
    depth : ndarray of int64, shape (m,)
        How far what was shown got.
    hired, kept : int
        Depths of a hire and of a job kept for 90 days.

    Notes
    -----
    A step short of a hire is worth the share of those who came so far that were hired; so a click counts for little,
    an interview for more. A hire counts 1, a job kept 1.25. Raises nothing; where nobody was hired all is worth 0.

    Examples
    --------
    Of four shown two were looked at, and one of these was hired.

    >>> step_worth(np.array([0, 0, 1, 6])).round(2).tolist()
    [0.0, 0.5, 1.0, 1.0, 1.0, 1.0, 1.0, 1.25]
    """
    n_hired = np.count_nonzero(depth >= hired)
    worth = [n_hired / max(np.count_nonzero(depth >= step), 1) for step in range(hired)]
    return np.maximum.accumulate(np.array([0.0, *worth[1:], *([1.0] * (kept - hired)), 1.25])) * (n_hired > 0)


def fit_ranker(lessons: Lessons, names: Sequence[str]) -> TreeRanker:
    """Return the ranker learned from `lessons`.

    Parameters
    ----------
    lessons : Lessons
        Of an earlier period than the one it is judged on.
    names : sequence of str
        Names of the features, in order.

    Raises
    ------
    InvalidInput
        When there are fewer than ``LEAST_HIRES`` hires, too few to learn from.

    Notes
    -----
    The position-based model (Richardson, Dominowska and Ragno 2007) with its position known: worth = examination *
    exp(f(features)), f boosted trees under the Poisson loss, log examination as offset. So what stood high is not
    taken for good because it was looked at. Equal lessons give equal rankers. In the simulated market this did no
    worse than LambdaMART on the same lessons (docs/learning.md).
    """
    n_hired = int(np.count_nonzero(lessons.depth >= _HIRED))
    if n_hired < LEAST_HIRES:
        raise InvalidInput(f"lessons: {n_hired} hires, {LEAST_HIRES} are the least to learn from; wait for more")
    worth = step_worth(lessons.depth)[lessons.depth]
    offset = np.log(lessons.examination)
    data = lightgbm.Dataset(lessons.values, worth, init_score=offset, feature_name=list(names))
    return TreeRanker(lightgbm.train(_TREES, data, _ROUNDS).model_to_string())


_HIRED = 6
