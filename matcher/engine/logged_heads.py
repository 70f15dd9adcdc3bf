"""Takes logged slates and the artifact that made them; gives each list again, with the features every vacancy had.

So nothing but ids needs to be logged. A list that comes out otherwise than the log says is set aside, not mended.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from matcher.domain.errors import MatcherError
from matcher.domain.records import Alumnus, Impression
from matcher.engine.exploration import marginals
from matcher.engine.recommend import Ranker, Recommender

_SHARE = re.compile(r"/explore=([0-9.e-]+)")
_CLOSE = 1e-6


@dataclass(frozen=True, slots=True)
class LoggedHead:
    """One list as it stood: ``values`` float32 (h, n_features) in the champion's order, and what was shown of it.

    ``ranks`` int64 (s,) are the 0-based places in the list of the ``vacancy_ids`` shown, from position 1 on;
    ``share`` is how many such slates explored.
    """

    impression_id: str
    alumnus_id: str
    shown_at: datetime
    values: NDArray[np.float32]
    ranks: NDArray[np.int64]
    vacancy_ids: tuple[str, ...]
    share: float

    def looks(self, examination: NDArray[np.float64], ranker: Ranker | None = None) -> NDArray[np.float64]:
        """Return the chance of each vacancy shown to be shown and looked at, over all positions: float64 (s,).

        Parameters
        ----------
        examination : ndarray of float64, shape (k,)
            How often each position is looked at.
        ranker : Ranker, optional
            Orders the list anew; without one it stands as it did.

        Raises
        ------
        InvalidInput
            When the ranker knows other features.
        """
        ranks = self.ranks
        if ranker is not None:
            order = np.argsort(-ranker.predict(self.values), kind="stable")
            ranks = np.argsort(order)[self.ranks]
        chances = marginals(len(self.values), k=len(examination), share=self.share)
        return (examination[: len(chances)] @ chances)[ranks]


@dataclass
class SetAside:
    """Why slates could not be made again, and how many: policies that did not run here, people unknown, other lists."""

    reasons: Counter[str] = field(default_factory=Counter)


def relive(
    engine: Recommender,
    impressions: Iterable[Impression],
    people: Mapping[str, Alumnus],
    *,
    k: int = 10,
    aside: SetAside,
) -> list[LoggedHead]:
    """Return the lists behind the logged slates that this engine made.

    Parameters
    ----------
    engine : Recommender
        Of the artifact that the policy names.
    impressions : iterable of Impression
        With their entries in order of position.
    people : mapping of str to Alumnus
        As they are known now.
    k : int
        Places of a slate.
    aside : SetAside
        Counts what is left out, by reason.

    Notes
    -----
    A list is believed when the chance that it gives each vacancy at its position is the logged propensity, to one
    part in a million. That holds only where person, vacancies and date are as they were. Raises nothing.
    """
    heads = []
    for shown in impressions:
        head = _relived(engine, shown, people, k)
        if isinstance(head, str):
            aside.reasons[head] += 1
        else:
            heads.append(head)
    return heads


def _relived(engine: Recommender, shown: Impression, people: Mapping[str, Alumnus], k: int) -> LoggedHead | str:
    share = _SHARE.search(shown.policy)
    if not shown.policy.startswith(f"{engine.policy}/") or share is None or "/arm=holdout" in shown.policy:
        return "another policy"
    alumnus = people.get(shown.alumnus_id)
    if alumnus is None or not alumnus.certificates or not shown.entries:
        return "nobody known, or nothing shown"
    try:
        head = engine.head(alumnus, k=k, now=shown.shown_at)
    except MatcherError:
        return "the person cannot be ranked now"
    ids = _ids(engine, head.shortlist.vacancy_indices[head.places])
    entries = sorted(shown.entries, key=lambda entry: entry.position)
    ranks = np.array([ids.get(entry.vacancy_id, -1) for entry in entries])
    made = LoggedHead(
        shown.impression_id, shown.alumnus_id, shown.shown_at, head.rows.values[head.places], ranks,
        tuple(entry.vacancy_id for entry in entries), float(share[1]),
    )  # fmt: skip
    return made if _agrees(made, [entry.propensity for entry in entries], k) else "another list than was logged"


def _ids(engine: Recommender, rows: NDArray[np.int64]) -> dict[str, int]:
    ids = engine.vacancies["vacancy_id"].take(rows).to_pylist()
    return {vacancy_id: rank for rank, vacancy_id in enumerate(ids)}


def _agrees(head: LoggedHead, propensities: Sequence[float], k: int) -> bool:
    chances = marginals(len(head.values), k=k, share=head.share)
    if len(head.ranks) != len(chances) or head.ranks.min() < 0:
        return False
    found = chances[np.arange(len(chances)), head.ranks]
    return bool(np.all(np.abs(found - np.array(propensities)) <= _CLOSE))
