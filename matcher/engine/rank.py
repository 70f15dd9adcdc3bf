"""Takes a feature matrix; gives the score that orders a shortlist, and each feature's part in it. Fits nothing yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from matcher.domain.errors import InvalidInput
from matcher.engine.features import FEATURES

HAND_SET_WEIGHTS: Mapping[str, float] = {
    "similarity": 1.0,
    "target_occupation": 0.30,
    "occupation": 0.44,
    "nearness": 0.30,
    "freshness": 0.15,
    "schooling_met": 0.05,
    "schooling_distance": -0.30,
    "hint_above": -0.15,
    "field_of_study": 0.20,
    "evidence": 0.10,
    "pay_met": 0.10,
    "internship": -0.10,
    "crowding": -0.15,
}
"""Set by hand: the stored score leads (its spread over a shortlist is about 1), the rest parts near equals.

Only ``occupation`` is fitted: on the graded training pairs, as log-odds beside the stored score."""


@dataclass(frozen=True, slots=True)
class LinearRanker:
    """A weighted sum of the features; every score can be told apart into its parts."""

    weights: Mapping[str, float] = field(default_factory=lambda: dict(HAND_SET_WEIGHTS))

    def contributions(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return what each feature adds to each score: float32 (k, n_features), in the order of ``FEATURES``.

        Parameters
        ----------
        values : ndarray of float32, shape (k, n_features)
            The feature matrix.

        Raises
        ------
        InvalidInput
            When the matrix has another width, or the weights name an unknown feature.
        """
        unknown = set(self.weights) - set(FEATURES)
        if unknown or values.shape[1] != len(FEATURES):
            raise InvalidInput(
                f"ranker: {values.shape[1]} feature columns and unknown weights {sorted(unknown)}; "
                f"give the {len(FEATURES)} columns of matcher.engine.features.FEATURES"
            )
        return values * np.array([self.weights.get(name, 0.0) for name in FEATURES], dtype=np.float32)

    def predict(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the score of each row: float32 (k,); larger is better.

        Raises
        ------
        InvalidInput
            As ``contributions``.
        """
        return self.contributions(values).sum(axis=1)
