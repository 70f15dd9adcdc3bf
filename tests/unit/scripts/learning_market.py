"""A simulated market as the learning loop sees it: what was shown, by which rank, how far it got, and the true gain.

The champion runs all of it. The truth is had by letting the challenger take over the same market in the middle of its
time: same people, same past, same months.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matcher.engine.fit_ranker import Lessons, fit_ranker
from matcher.engine.tree_ranker import TreeRanker
from matcher.measure.reranking import Reorder
from matcher.simulate.behaviour import examination
from matcher.simulate.history import History
from matcher.simulate.market import simulate
from matcher.simulate.parameters import MarketParameters
from matcher.simulate.policies import FEATURES, RANKED_BY_SCORE, Choice, ExploringPolicy, Features, Policy

LENGTH, SHARE = 10, 0.1
CHAMPION = ExploringPolicy(RANKED_BY_SCORE, LENGTH, SHARE)
_FAR = 2**60


@dataclass(frozen=True)
class LoggedMarket:
    """One market run by the champion, parted on the first day of the `month` (from 0) in the middle of its time."""

    history: History
    parameters: MarketParameters
    seed: int
    month: int
    parted_on: float

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
        """Which entries are of the later part."""
        return self.history.entries.day >= self.parted_on

    @property
    def is_full(self) -> np.ndarray:
        """Which vacancies had no opening left in the end."""
        sent, vacancies = self.history.applications, self.history.vacancies
        hired = np.bincount(sent.vacancy[self.history.answers.is_hired], minlength=vacancies.n)
        return hired >= vacancies.openings

    def learned(self) -> TreeRanker:
        """The ranker of the earlier part."""
        early = ~self.is_late
        positions = self.history.entries.position[early]
        return fit_ranker(
            Lessons(self.history.logged.features[early], self.depth[early], self.looks[positions - 1]), FEATURES
        )

    def reorder(self, ranker: TreeRanker) -> Reorder:
        """The later part as the challenger would have shown it."""
        late, entries = self.is_late, self.history.entries
        shortlists, column = self.history.shortlists, self.history.logged.column
        assert shortlists is not None
        looks = [
            np.einsum("ncp,p->nc", policy.chances(shortlists.features, shortlists.may_show), self.looks)
            for policy in (CHAMPION, policy_of(ranker))
        ]
        now, then = (one[entries.slate[late], column[late]] for one in looks)
        vacancy = entries.vacancy[late]
        return Reorder(
            (self.depth[late] >= 6).astype(float), now, then, entries.slate[late], entries.person[late], vacancy,
            self.is_full[vacancy],
        )  # fmt: skip

    def groups(self) -> dict[str, np.ndarray]:
        """The sex, disability and schooling of the person of each row of `reorder`, as text."""
        people, person = self.history.people, self.history.entries.person[self.is_late]
        columns = {"sex": people.is_female, "has_disability": people.disability, "education": people.rank}
        return {name: column[person].astype(str) for name, column in columns.items()}

    def hires(self, policy: Policy, lot: int) -> float:
        """Hires by slate of the later part where `policy` takes over; each lot is another course of the same market."""
        taking_over = _TakingOver(policy, self.month, lot)
        history = simulate(self.parameters, rng=np.random.default_rng(self.seed), policy=taking_over).history
        hired = history.applications.entry[history.answers.is_hired]
        n_slates = np.count_nonzero(history.slates.day >= self.parted_on)
        return float(np.count_nonzero(history.entries.day[hired] >= self.parted_on) / n_slates)


class _TakingOver:
    """The champion until a month, another policy from then on; from there chance goes another way for each lot."""

    def __init__(self, policy: Policy, month: int, lot: int) -> None:
        self._policy, self._month, self._lot, self._n_months = policy, month, lot, 0

    def __call__(self, features: Features, may_show: np.ndarray, rng: np.random.Generator) -> Choice:
        """Choose the slates of the next month."""
        if self._n_months == self._month:
            generator = rng.bit_generator
            assert isinstance(generator, np.random.PCG64)
            generator.advance(self._lot * _FAR)
        policy = CHAMPION if self._n_months < self._month else self._policy
        self._n_months += 1
        return policy(features, may_show, rng)


def log_market(n_alumni: int, seed: int, **changes: object) -> LoggedMarket:
    """Return a market that the starting order ran, with a tenth of the slates explored."""
    parameters = MarketParameters(n_alumni=n_alumni, explore=SHARE, **changes)  # type: ignore[arg-type]
    market = simulate(parameters, rng=np.random.default_rng(seed), keeps_shortlists=True)
    edges = market.months.edges
    month = int(np.searchsorted(edges, np.median(market.history.slates.day), side="right")) - 1
    return LoggedMarket(market.history, parameters, seed, month, float(edges[month]))


def policy_of(ranker: TreeRanker) -> ExploringPolicy:
    """The challenger as a policy of the market."""

    def score(features: Features) -> np.ndarray:
        return ranker.predict(features.reshape(-1, features.shape[-1])).reshape(features.shape[:-1])

    return ExploringPolicy(score, LENGTH, SHARE)


def true_gain(market: LoggedMarket, ranker: TreeRanker, *, n_lots: int) -> float:
    """Hires a slate that the challenger adds where it runs, over the champion: the mean of `n_lots` runs of either."""
    challenger = policy_of(ranker)
    lots = range(1, n_lots + 1)
    return float(np.mean([market.hires(challenger, lot) - market.hires(CHAMPION, lot) for lot in lots]))
