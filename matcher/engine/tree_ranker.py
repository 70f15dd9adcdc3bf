"""Takes a feature matrix; gives the scores of a ranker learned from feedback, and each feature's part. Fits nothing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import lightgbm
import numpy as np
from numpy.typing import NDArray

from matcher.domain.errors import ArtifactDamaged, InvalidInput
from matcher.engine.features import FEATURES

RANKER_FILE = "ranker.txt"
"""Where an artifact keeps it; one without ranks as `matcher.engine.rank` sets by hand."""


@dataclass(frozen=True)
class TreeRanker:
    """Boosted trees over named features; ``text`` is LightGBM's own form of the model.

    The score is the log of the expected worth of showing the vacancy in the first place, but for a constant.
    """

    text: str

    @classmethod
    def load(cls, path: Path) -> TreeRanker:
        """Return the ranker in a file that `save` wrote.

        Raises
        ------
        ArtifactDamaged
            When the file is no model, or one of other features than this version computes.
        """
        ranker = cls(path.read_text(encoding="utf-8"))
        try:
            names = tuple(ranker.model.feature_name())
        except lightgbm.basic.LightGBMError as problem:
            raise ArtifactDamaged(f"{path}: is no model ({problem}); train the ranker again") from problem
        if names != FEATURES:
            raise ArtifactDamaged(f"{path}: reads {', '.join(names)}; this version has other features, train it again")
        return ranker

    def save(self, path: Path) -> None:
        """Write the ranker to a file. Raises OSError when that cannot be written."""
        path.write_text(self.text, encoding="utf-8")

    @cached_property
    def model(self) -> lightgbm.Booster:
        """The model itself."""
        return lightgbm.Booster(model_str=self.text)

    def contributions(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return what each feature adds to each score: float32 (k, n_features), in the order of the features.

        Parameters
        ----------
        values : ndarray of float32, shape (k, n_features)
            The feature matrix.

        Raises
        ------
        InvalidInput
            When the matrix has another width.

        Notes
        -----
        Shapley values of the trees (Lundberg et al. 2020); with the constant left out they add up to the score.
        """
        if not len(values):
            return np.zeros(values.shape, dtype=np.float32)
        return np.asarray(self._asked(values, pred_contrib=True), dtype=np.float32)[:, :-1]

    def predict(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the score of each row: float32 (k,); larger is better. Raises as `contributions`."""
        if not len(values):
            return np.zeros(0, dtype=np.float32)
        constant = self._constant
        return np.asarray(self._asked(values, raw_score=True), dtype=np.float32) - np.float32(constant)

    @cached_property
    def _constant(self) -> float:
        nothing = np.zeros((1, self.model.num_feature()), dtype=np.float32)
        return float(np.asarray(self.model.predict(nothing, pred_contrib=True))[0, -1])

    def _asked(self, values: NDArray[np.float32], **kind: bool) -> NDArray[np.float64]:
        if values.shape[1] != self.model.num_feature():
            raise InvalidInput(
                f"ranker: {values.shape[1]} feature columns, it was trained on {self.model.num_feature()}"
            )
        return np.asarray(self.model.predict(values, num_threads=1, **kind))
