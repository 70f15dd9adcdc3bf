"""Takes an alumnus and the score rows of what speaks for them; gives the shortlist with its proof.

Orders by score alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from matcher.domain.errors import InvalidInput
from matcher.domain.qualifications import UNKNOWN_EDUCATION, education_rank
from matcher.domain.records import Alumnus
from matcher.engine.columns import VacancyColumns
from matcher.engine.index import VacancyIndex


@dataclass(frozen=True, slots=True)
class Shortlist:
    """What was retrieved for one alumnus, best first.

    ``vacancy_indices`` int64 (k,) rows of the vacancy table; ``scores`` float32 (k,) the stored score of the best
    ground; ``ground_indices`` int64 (k,) which ground that was; ``eligible`` counted on the vacancy
    table, ``scored`` counted in the index.
    """

    vacancy_indices: NDArray[np.int64]
    scores: NDArray[np.float32]
    ground_indices: NDArray[np.int64]
    eligible: int
    scored: int


def retrieve(
    alumnus: Alumnus,
    ground_scores: NDArray[np.float32],
    *,
    columns: VacancyColumns,
    index: VacancyIndex,
    now: datetime,
    depth: int = 200,
) -> Shortlist:
    """Return the exact `depth` best eligible vacancies for `alumnus`.

    Parameters
    ----------
    alumnus : Alumnus
    ground_scores : ndarray of float32, shape (n_grounds, n_vacancies)
        Stored scores in layout order of `index`, one row per ground; larger is better.
    columns, index
        The hard facts in table order, and their layout.
    now : datetime
        Aware instant that decides expiry.
    depth : int
        Length of the shortlist, at least 1.

    Raises
    ------
    InvalidInput
        When there is no row, `depth` is below 1, or the person's education is outside the ladder.

    Notes
    -----
    An alumnus scores a vacancy by the best ground: ``max`` over rows, which factors exactly over courses; of equal ones
    the first counts.
    """
    if depth < 1 or not len(ground_scores):
        raise InvalidInput(
            f"alumnus {alumnus.alumnus_id}: {len(ground_scores)} certificates and depth {depth} give nothing; "
            "name at least one certificate and ask for at least one vacancy"
        )
    mask = columns.eligible(alumnus, now=now)
    home = None if alumnus.province_code is None else (alumnus.province_code, *alumnus.willing_province_codes)
    runs = index.prefixes(
        home,
        education_rank=education_rank(alumnus.education or UNKNOWN_EDUCATION),
        accepts_remote=alumnus.accepts_remote is not False,
    )
    best = ground_scores[0] if len(ground_scores) == 1 else ground_scores.max(axis=0)
    hits = index.top(best, runs, allowed=mask[index.layout], k=depth)
    return Shortlist(
        vacancy_indices=index.layout[hits.layout_indices],
        scores=hits.scores,
        ground_indices=ground_scores[:, hits.layout_indices].argmax(axis=0).astype(np.int64),
        eligible=int(mask.sum()),
        scored=hits.scored,
    )


def plain_shortlist(
    alumnus: Alumnus,
    ground_scores: NDArray[np.float32],
    *,
    columns: VacancyColumns,
    index: VacancyIndex,
    now: datetime,
    depth: int = 200,
) -> Shortlist:
    """Return the first `depth` eligible vacancies in the plain order: own province first, then the newest.

    Parameters
    ----------
    alumnus, ground_scores, columns, index, now, depth
        As `retrieve`; the scores decide nothing and are carried along.

    Raises
    ------
    InvalidInput
        When the person's education is outside the ladder.

    Notes
    -----
    Vacancies of unknown date come last, equals in the order of the table. ``scored`` equals ``eligible``: all of them
    were compared, by their date.
    """
    open_rows = np.flatnonzero(columns.eligible(alumnus, now=now))
    is_away = columns.provinces[open_rows] != int(alumnus.province_code or 0)
    # ~ and not -, which leaves the least number of all, an unknown date, as it is
    chosen = open_rows[np.lexsort((~columns.opens_at[open_rows], is_away))[:depth]]
    place_of = np.empty(len(index.layout), dtype=np.int64)
    place_of[index.layout] = np.arange(len(index.layout))
    scores = ground_scores[:, place_of[chosen]]
    return Shortlist(chosen, scores.max(axis=0), scores.argmax(axis=0), len(open_rows), len(open_rows))
