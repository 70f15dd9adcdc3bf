"""Takes the views of graded (course, vacancy) pairs; gives the weights of the stored score.

Reads no file and grades nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from matcher.domain.errors import InvalidInput

RELATED = 2
"""The least grade a reader gives to a pair worth showing: clearly related."""


@dataclass(frozen=True, slots=True)
class FittedFusion:
    """``weights`` by view and the ``offset``: their sum is the log-odds that a reader calls the pair related."""

    weights: dict[str, float]
    offset: float


def fit_fusion(
    views: Mapping[str, NDArray[np.float32]], grades: NDArray[np.int64], courses: Sequence[str]
) -> FittedFusion:
    """Return the weights that best order each course's graded vacancies, on the scale of log-odds of being related.

    Parameters
    ----------
    views : mapping of str to ndarray of float32, shape (n_pairs,)
        Each view of each pair, as it is.
    grades : ndarray of int64, shape (n_pairs,)
        0 to 3, as read.
    courses : sequence of str, length n_pairs
        Pairs are compared within a course only.

    Raises
    ------
    InvalidInput
        When no course has two vacancies of different grade, or no pair is on either side of ``RELATED``.

    Notes
    -----
    Pairwise logistic regression on differences within a course (RankNet with a linear scorer, Burges et al. 2005), each
    difference weighted by the gain 2^g - 2^h between its grades and each course alike; negative weights are set to 0
    and the rest fitted again, since no view may speak against its own evidence. Then Platt scaling (1999) of the sum.
    Views are scaled to equal spread while fitting, so that the penalty treats them alike; weights apply to raw views.
    """
    names, raw_views = list(views), np.column_stack([views[name] for name in views]).astype(np.float64)
    spreads = raw_views.std(axis=0)
    spreads[spreads == 0] = 1.0
    matrix = raw_views / spreads
    differences, gains = _differences(matrix, grades, np.asarray(courses))
    is_related = grades >= RELATED
    if not len(differences) or is_related.all() or not is_related.any():
        raise InvalidInput(
            f"{len(grades)} graded pairs: no course holds two different grades around {RELATED}; grade more pairs"
        )
    weights = _positive_weights(differences, gains)
    raw = matrix @ weights
    platt = LogisticRegression(C=1e6).fit(raw[:, None], is_related)
    scale = float(platt.coef_[0, 0])
    return FittedFusion(
        {name: float(scale * weight) for name, weight in zip(names, weights / spreads, strict=True)},
        float(platt.intercept_[0]),
    )


def _differences(
    matrix: NDArray[np.float64], grades: NDArray[np.int64], courses: NDArray[np.str_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    rows, gains = [np.empty((0, matrix.shape[1]))], [np.empty(0)]
    for course in np.unique(courses):
        own = np.flatnonzero(courses == course)
        better, worse = np.nonzero(grades[own][:, None] > grades[own][None, :])
        if len(better):
            rows.append(matrix[own[better]] - matrix[own[worse]])
            gains.append((2.0 ** grades[own[better]] - 2.0 ** grades[own[worse]]) / len(better))
    return np.concatenate(rows), np.concatenate(gains)


def _positive_weights(differences: NDArray[np.float64], gains: NDArray[np.float64]) -> NDArray[np.float64]:
    weights = np.zeros(differences.shape[1])
    kept = np.arange(differences.shape[1])
    while len(kept):
        mirrored = np.concatenate([differences[:, kept], -differences[:, kept]])
        won = np.repeat([1, 0], len(differences))
        model = LogisticRegression(fit_intercept=False, C=1.0, max_iter=500)
        fitted = model.fit(mirrored, won, sample_weight=np.concatenate([gains, gains])).coef_[0]
        if (fitted > 0).all():
            weights[kept] = fitted
            break
        kept = kept[fitted > 0]
    return weights
