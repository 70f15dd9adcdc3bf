"""Takes the applications of a month; gives who is interviewed, offered and hired within the openings left, and when.

Knows no slate: whoever applied is appraised alike, however they came.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.simulate.behaviour import lognormal_days, seen
from matcher.simulate.parameters import MarketParameters
from matcher.simulate.shortlists import Sides

APPRAISAL_WEIGHTS = {"quality": 0.8, "ability": 0.4, "passed": 0.2}
"""What employers go by, beside standard normal noise and the gaps of the parameters."""

RETAINED_DAYS = 90
_RETENTION_BY_QUALITY = 0.4
_INTERVIEWED_TOO, _NEARLY = 2, 0.5
_INTERVIEWS_AFTER_DAYS = (6.0, 0.5)
_OFFERS_AFTER_DAYS = (3.0, 0.5)
_STARTS_AFTER_DAYS = (6.0, 0.5)
_DECLINES_AFTER_DAYS = (12.0, 0.5)
SILENT_AFTER_DAYS = 30.0

Rows = NDArray[np.int64]
Reals = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Applications:
    """a applications, all (a,): ``entry`` int64, the slate entry that led to it; ``person`` and ``vacancy`` int64;
    ``day`` float64 on which it was sent; ``is_withdrawn`` bool, of people who find work by themselves meanwhile."""

    entry: Rows
    person: Rows
    vacancy: Rows
    day: Reals
    is_withdrawn: Flags


@dataclass(frozen=True, slots=True)
class Answers:
    """What became of a applications.

    ``is_interviewed``, ``is_offered``, ``is_hired``, ``is_silent`` bool (a,), the last where no answer ever comes;
    ``interviewed``, ``offered``, ``started``, ``rejected`` float64 (a,), days that mean something where it happened;
    ``lasts`` float64 (a,), days that the job would last.
    """

    is_interviewed: Flags
    is_offered: Flags
    is_hired: Flags
    is_silent: Flags
    interviewed: Reals
    offered: Reals
    started: Reals
    rejected: Reals
    lasts: Reals


def answer(
    parameters: MarketParameters, sides: Sides, applications: Applications, openings: Rows, *, rng: np.random.Generator
) -> Answers:
    """Return the answers of employers to the applications of one month.

    Parameters
    ----------
    parameters : MarketParameters
    sides : Sides
    applications : Applications
    openings : ndarray of int64, shape (n_vacancies,)
        What is left.
    rng : numpy.random.Generator

    Notes
    -----
    Each vacancy offers its openings to its best applicants above the bar; whoever has several offers takes the one from
    the employer who thinks best of them, and the others stay open for the next month. So hires never exceed
    openings. Raises nothing.
    """
    n = len(applications.person)
    quality, _ = seen(parameters, sides, applications.person, applications.vacancy)
    appraisal = _appraise(parameters, sides, applications.person, quality, rng)
    appraisal[applications.is_withdrawn] = -np.inf
    rank = ranks_within(applications.vacancy, -appraisal)
    left = openings[applications.vacancy]
    is_offered = (appraisal > parameters.bar) & (rank < left)
    is_hired = is_offered.copy()
    offers = np.flatnonzero(is_offered)
    is_hired[offers] = ranks_within(applications.person[offers], -appraisal[offers]) == 0
    interviewed = applications.day + lognormal_days(*_INTERVIEWS_AFTER_DAYS, n, rng)
    offered = interviewed + lognormal_days(*_OFFERS_AFTER_DAYS, n, rng)
    rejected_late = interviewed + lognormal_days(*_OFFERS_AFTER_DAYS, n, rng)
    is_interviewed = (appraisal > parameters.bar - _NEARLY) & (rank < left + _INTERVIEWED_TOO)
    return Answers(
        is_interviewed=is_interviewed,
        is_offered=is_offered,
        is_hired=is_hired,
        is_silent=~is_interviewed & (rng.random(n) < parameters.silence),
        interviewed=interviewed,
        offered=offered,
        started=offered + lognormal_days(*_STARTS_AFTER_DAYS, n, rng),
        rejected=np.where(
            is_interviewed, rejected_late, applications.day + lognormal_days(*_DECLINES_AFTER_DAYS, n, rng)
        ),
        lasts=draw_job_days(parameters, quality, rng=rng),
    )


def draw_job_days(parameters: MarketParameters, quality: Reals, *, rng: np.random.Generator) -> Reals:
    """Return how many days jobs of this `quality` last, float64 (n,); a job found without the slates has quality 0.5.

    Notes
    -----
    Exponential, with ``logit P(90 days) = logit(retention) + 0.4 (quality - 0.5)``. Raises nothing.
    """
    odds = parameters.retention / (1 - parameters.retention) * np.exp(_RETENTION_BY_QUALITY * (quality - 0.5))
    rate = -np.log(odds / (1 + odds)) / RETAINED_DAYS
    return rng.exponential(1.0, len(quality)) / rate


def job_days(started: Reals, lasts: Reals) -> tuple[Rows, Rows]:
    """Return the first and last day, int64, of work that starts at an instant and lasts so many days.

    Notes
    -----
    The last day is the last on which it still is held, so that work begun at its end shares no day with it. Raises
    nothing.

    Examples
    --------
    >>> [days.tolist() for days in job_days(np.array([3.5]), np.array([2.5]))]
    [[3], [5]]
    """
    return np.floor(started).astype(np.int64), np.ceil(started + lasts).astype(np.int64) - 1


def is_retained(started: Rows, ended: Rows) -> Flags:
    """Return whether work with this first and last day is still held 90 days after it began.

    Notes
    -----
    Raises nothing.
    """
    return ended - started >= RETAINED_DAYS


def ranks_within(group: Rows, key: Reals) -> Rows:
    """Return the place of each row in its group by rising `key`, int64 from 0; equal keys keep their order.

    Notes
    -----
    Raises nothing.

    Examples
    --------
    >>> ranks_within(np.array([7, 7, 5, 7]), np.array([2.0, 1.0, 9.0, 3.0])).tolist()
    [1, 0, 0, 2]
    """
    order = np.lexsort((key, group))
    ordered = group[order]
    is_first = np.ones(len(group), dtype=bool)
    is_first[1:] = ordered[1:] != ordered[:-1]
    places = np.arange(len(group))
    ranks = np.empty(len(group), dtype=np.int64)
    ranks[order] = places - np.maximum.accumulate(np.where(is_first, places, 0))
    return ranks


def _appraise(
    parameters: MarketParameters, sides: Sides, person: Rows, quality: Reals, rng: np.random.Generator
) -> Reals:
    people = sides.people
    noise = rng.standard_normal(len(person))
    gaps = parameters.female_gap * people.is_female[person] + parameters.disability_gap * (
        people.disability[person] == 0
    )
    if not parameters.has_signal:
        return APPRAISAL_WEIGHTS["quality"] * quality + gaps + noise
    return (
        APPRAISAL_WEIGHTS["quality"] * quality
        + APPRAISAL_WEIGHTS["ability"] * people.ability[person]
        + APPRAISAL_WEIGHTS["passed"] * people.has_passed[person]
        + gaps
        + noise
    )
