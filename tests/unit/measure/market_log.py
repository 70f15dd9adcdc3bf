"""Logs of a simulated market, drawn anew from the shortlists that it kept, and what a challenger truly earns there.

People, shortlists and true chances are those of one market; which slates were shown and who looked is drawn for each
log. So the truth of the challenger, in views per slate, is known exactly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matcher.measure.logged_slots import LoggedSlots
from matcher.simulate.behaviour import VIEW_WEIGHTS, examination, logistic
from matcher.simulate.history import History
from matcher.simulate.market import simulate
from matcher.simulate.parameters import MarketParameters
from matcher.simulate.policies import RANKED_BY_SCORE, ExploringPolicy, LinearScore

CHALLENGER = LinearScore({"same_district": 1.0, "score": 0.3})
LENGTH = 10


@dataclass(frozen=True)
class MarketLog:
    """What every slate of a market was chosen from, row by row.

    ``person`` (s,); ``features`` (s, c, f), ``may_show`` and ``attraction`` (s, c); ``target`` (s, c, k), the chance
    that the challenger shows an entry at a position; ``looks`` (k,), the chance that a position is looked at.
    """

    person: np.ndarray
    features: np.ndarray
    may_show: np.ndarray
    attraction: np.ndarray
    target: np.ndarray
    looks: np.ndarray

    @property
    def truth(self) -> float:
        """Views per slate of the challenger."""
        return float(np.sum(self.target * self.attraction[:, :, None] * self.looks)) / len(self.person)

    def draw(self, rng: np.random.Generator, *, n_people: int = 400, is_confounded: bool = False) -> LoggedSlots:
        """Return the log of some people: half of the slates explore, the others are ranked by the score.

        A confounded log ranks by the true attraction, which nobody sees, and says that it drew by lot.
        """
        persons = rng.choice(np.unique(self.person), n_people, replace=False)
        rows = np.flatnonzero(np.isin(self.person, persons))
        champion = ExploringPolicy(RANKED_BY_SCORE, LENGTH, explore=0.5)
        columns, propensities = champion(self.features[rows], self.may_show[rows], rng)
        if is_confounded:
            hidden = np.where(self.may_show[rows], self.attraction[rows], -1.0)
            columns = np.where(columns >= 0, np.argsort(-hidden, axis=1)[:, : columns.shape[1]], -1)
            even = 1 / self.may_show[rows].sum(axis=1, keepdims=True)
            propensities = np.broadcast_to(even, columns.shape)
        slate, place = np.nonzero(columns >= 0)
        column = columns[slate, place]
        chance = self.looks[place] * self.attraction[rows[slate], column]
        model = 0.4 * self.looks[place]
        return LoggedSlots(
            reward=(rng.random(len(slate)) < chance).astype(float),
            propensity=propensities[slate, place],
            target=self.target[rows[slate], column, place],
            q_logged=model,
            q_target=model,
            slate=slate,
            position=place + 1,
            person=self.person[rows[slate]],
        )


def draw_market_log() -> MarketLog:
    """Return the shortlists of a market of 4,000 people with the challenger's chances."""
    parameters = MarketParameters(n_alumni=4_000, slate_length=LENGTH)
    history = simulate(parameters, rng=np.random.default_rng(11), keeps_shortlists=True).history
    shortlists = history.shortlists
    assert shortlists is not None
    challenger = ExploringPolicy(CHALLENGER, LENGTH, explore=0.2)
    return MarketLog(
        person=history.slates.person,
        features=shortlists.features,
        may_show=shortlists.may_show,
        attraction=_attraction(history, shortlists.vacancy),
        target=challenger.chances(shortlists.features, shortlists.may_show),
        looks=examination(np.arange(1, LENGTH + 1), parameters.position_bias),
    )


def _attraction(history: History, vacancy: np.ndarray) -> np.ndarray:
    """Give the true chance that each entry of a shortlist is opened once it is looked at."""
    person = history.slates.person[:, None]
    quality = history.qualities.true[history.people.course[person], vacancy]
    nearness = history.people.district[person] == history.vacancies.district[vacancy]
    weights = VIEW_WEIGHTS
    return logistic(weights["constant"] + weights["quality"] * quality + weights["nearness"] * nearness)
