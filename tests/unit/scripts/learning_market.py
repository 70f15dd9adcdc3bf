"""A simulated market as the learning loop sees it: what was shown, by which rank, how far it got, and the true gain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matcher.engine.fit_ranker import Lessons, fit_ranker
from matcher.engine.tree_ranker import TreeRanker
from matcher.measure.reranking import Reorder
from matcher.simulate.behaviour import examination
from matcher.simulate.history import History
from matcher.simulate.market import run_policy, simulate
from matcher.simulate.parameters import MarketParameters
from matcher.simulate.policies import FEATURES, RANKED_BY_SCORE, ExploringPolicy, Features

LENGTH, SHARE = 10, 0.1


@dataclass(frozen=True)
class LoggedMarket:
    """One market run by the champion, parted in the middle of its time."""

    history: History
    parameters: MarketParameters

    @property
    def depth(self) -> np.ndarray:
        """How far every entry got, as the funnel counts."""
        reactions, sent, answers = self.history.reactions, self.history.applications, self.history.answers
        depth = np.zeros(len(self.history.entries.slate), dtype=np.int64)
        depth[reactions.is_viewed], depth[reactions.is_saved], depth[reactions.is_applied] = 1, 2, 3
        for step, reached in ((4, answers.is_interviewed), (5, answers.is_offered), (6, answers.is_hired)):
            depth[sent.entry[reached]] = step
        return depth

    @property
    def looks(self) -> np.ndarray:
        """How often each position is looked at."""
        return examination(np.arange(1, LENGTH + 1), self.parameters.position_bias)

    @property
    def is_late(self) -> np.ndarray:
        """Which entries are of the later half of the slates."""
        days = self.history.slates.day
        return self.history.entries.day > np.median(days)

    def learned(self) -> TreeRanker:
        """The ranker of the earlier half."""
        early = ~self.is_late
        positions = self.history.entries.position[early]
        return fit_ranker(
            Lessons(self.history.logged.features[early], self.depth[early], self.looks[positions - 1]), FEATURES
        )

    def reorder(self, ranker: TreeRanker) -> Reorder:
        """The later half as the challenger would have shown it."""
        late, entries = self.is_late, self.history.entries
        shortlists, column = self.history.shortlists, self.history.logged.column
        assert shortlists is not None
        looks = [
            np.einsum("ncp,p->nc", policy.chances(shortlists.features, shortlists.may_show), self.looks)
            for policy in (ExploringPolicy(RANKED_BY_SCORE, LENGTH, SHARE), policy_of(ranker))
        ]
        now, then = (one[entries.slate[late], column[late]] for one in looks)
        return Reorder((self.depth[late] >= 6).astype(float), now, then, entries.slate[late], entries.person[late])


def log_market(n_alumni: int, seed: int, **changes: object) -> LoggedMarket:
    """Return a market that the starting order ran, with a tenth of the slates explored."""
    parameters = MarketParameters(n_alumni=n_alumni, explore=SHARE, **changes)  # type: ignore[arg-type]
    return LoggedMarket(
        simulate(parameters, rng=np.random.default_rng(seed), keeps_shortlists=True).history, parameters
    )


def policy_of(ranker: TreeRanker) -> ExploringPolicy:
    """The challenger as a policy of the market."""

    def score(features: Features) -> np.ndarray:
        return ranker.predict(features.reshape(-1, features.shape[-1])).reshape(features.shape[:-1])

    return ExploringPolicy(score, LENGTH, SHARE)


def true_gain(market: LoggedMarket, ranker: TreeRanker, seed: int) -> float:
    """Hires a slate that the challenger adds when it runs in a fresh market, beside the champion in the same one."""
    values = [
        run_policy(market.parameters, policy, rng=np.random.default_rng(10_000 + seed))
        for policy in (policy_of(ranker), ExploringPolicy(RANKED_BY_SCORE, LENGTH, SHARE))
    ]
    challenger, champion = (one.n_hires / one.n_slates for one in values)
    return challenger - champion
