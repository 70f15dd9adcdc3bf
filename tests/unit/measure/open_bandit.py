"""The small Open Bandit log as logged slots: one policy's log, weighted to the other, with a cross-fitted model."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import OneHotEncoder

from matcher.measure.logged_slots import LoggedSlots

USER = [f"user_feature_{number}" for number in range(4)]


@dataclass(frozen=True)
class Logged:
    """What one policy logged, and what the other earned per slot when it was really run."""

    slots: LoggedSlots
    truth: float


def load(folder: Path, campaign: str, *, logged: str, target: str) -> Logged:
    """Return the log of the policy `logged`, prepared for the policy `target` ("random" or "bts")."""
    log = pd.read_parquet(folder / f"{logged}_{campaign}.parquet")
    chances = _chances(folder, campaign, target)[:, log["position"].to_numpy() - 1].T
    items = log["item_id"].to_numpy()
    model = _model(log, chances.shape[1])
    rows = np.arange(len(log))
    slots = LoggedSlots(
        reward=log["click"].to_numpy(dtype=float),
        propensity=log["propensity_score"].to_numpy(),
        target=chances[rows, items],
        q_logged=model[rows, items],
        q_target=np.sum(chances * model, axis=1),
        position=log["position"].to_numpy(),
        slate=rows,
    )
    truth = pd.read_parquet(folder / f"{target}_{campaign}.parquet", columns=["click"])["click"].mean()
    return Logged(slots, float(truth))


def resampled(slots: LoggedSlots, rng: np.random.Generator) -> LoggedSlots:
    """Return a bootstrap sample of the slots."""
    n = len(slots.reward)
    drawn = rng.integers(0, n, n)
    columns = {name: getattr(slots, name) for name in ("reward", "propensity", "target", "q_logged", "q_target")}
    return LoggedSlots(**{name: values[drawn] for name, values in columns.items()})


def _chances(folder: Path, campaign: str, policy: str) -> np.ndarray:
    """Give the (items, 3) chance of every item at every position."""
    table = pd.read_csv(folder / f"bts_action_dist_{campaign}.tsv", sep="\t").set_index("item_id").sort_index()
    chances = table[["pos1", "pos2", "pos3"]].to_numpy()
    return chances if policy == "bts" else np.full(chances.shape, 1 / len(chances))


def _model(log: pd.DataFrame, n_items: int) -> np.ndarray:
    """Give the (n, n_items) chance of a click, each half of the log judged by the other half."""
    side = OneHotEncoder(sparse_output=False).fit_transform(log[[*USER, "position"]])
    chosen = np.eye(n_items)[log["item_id"].to_numpy()]
    half = np.random.default_rng(0).permutation(len(log)) % 2
    model = np.empty((len(log), n_items))
    for fold in (0, 1):
        fitted = LogisticRegression(C=0.1, max_iter=1_000)
        fitted.fit(np.hstack([side, chosen])[half != fold], log["click"].to_numpy()[half != fold])
        weights = fitted.coef_[0]
        logits = side[half == fold] @ weights[: side.shape[1]] + fitted.intercept_[0]
        model[half == fold] = 1 / (1 + np.exp(-(logits[:, None] + weights[side.shape[1] :])))
    return model
