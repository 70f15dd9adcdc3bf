"""Takes the true states and spells; gives the reports of work that reach the programme: partial, biased, repeated.

Nothing here changes what is true. A row number of -1 and a day of ``NO_DAY`` stand for nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from matcher.simulate.behaviour import logistic, lognormal_days
from matcher.simulate.history import EMPLOYED, History, Spells, joined, taken
from matcher.simulate.outcomes_truth import ClockTruth
from matcher.simulate.parameters import MarketParameters
from matcher.simulate.population import People

KINDS = ("not_working", "employed", "self_employed", "no_response")
NO_RESPONSE = KINDS.index("no_response")

SOURCES = ("self", "officer", "survey", "employer", "administrative")
NO_DAY = np.iinfo(np.int64).min

ASKED_BY_OFFICER = 0.1
"""Share of the answers after two months that an officer at a counter takes down."""

_CORRECTED_AFTER_DAYS = 7
_REPEATED_AFTER_DAYS = 1
_EMPLOYER_AFTER_DAYS = (30.0, 0.7)
_MEAN_RANK, _MEAN_FEMALE = 2.6, 0.515

Rows = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Reports:
    """r reports, all (r,).

    ``person`` int64; ``kind`` int8 among ``KINDS``; ``source`` int8 among ``SOURCES``; ``asked``, ``observed``,
    ``started`` and ``ended`` int64, days; ``spell`` int64, whose employer is named; ``vacancy`` int64; ``corrects``
    int64, the row that this one corrects.
    """

    person: Rows
    kind: NDArray[np.int8]
    source: NDArray[np.int8]
    asked: Rows
    observed: Rows
    started: Rows
    ended: Rows
    spell: Rows
    vacancy: Rows
    corrects: Rows


def response_chances(people: People, works: Flags, parameters: MarketParameters) -> NDArray[np.float64]:
    """Return each person's chance to answer after two months, float64 (n,).

    Notes
    -----
    ``logit p = logit(response_rate) + response_by_work [works] + response_by_person z`` with
    ``z = (rank of schooling - 2.6) / 2 + ([female] - 0.515)``. Raises nothing.
    """
    log_odds = np.log(parameters.response_rate / (1 - parameters.response_rate)) + _by_person(people, parameters)
    return logistic(log_odds + parameters.response_by_work * works)


def draw_reports(
    history: History,
    is_real: Flags,
    truths: dict[str, ClockTruth],
    parameters: MarketParameters,
    *,
    ends: int,
    rng: np.random.Generator,
) -> Reports:
    """Return every report of a market: self-reports and officers', a survey, employers, a register.

    Parameters
    ----------
    history : History
    is_real : ndarray of bool, shape (n_spells,)
        The spells that took place.
    truths : dict of str to ClockTruth
        By clock.
    parameters : MarketParameters
    ends : int
        The day after the market's last; what an employer would report from then on is not reported.
    rng : numpy.random.Generator

    Notes
    -----
    Raises nothing.
    """
    starts = _start_days(history, is_real, truths["2m"].asked)
    own = _draw_self_reports(history, truths["2m"], starts, parameters, rng)
    spells = taken(history.spells, is_real)
    rows = np.flatnonzero(is_real)
    parts = [
        own,
        *(_draw_survey(history.people, truths[clock], parameters, rng) for clock in ("q2", "q4")),
        _before(_draw_employer_reports(history, rows, parameters, rng), ends),
        *(_draw_register(history.people.n, spells, rows, truths[clock], parameters, rng) for clock in ("q2", "q4")),
    ]
    return _with_repeats(joined(parts), parameters.duplicate, rng)


def _before(reports: Reports, ends: int) -> Reports:
    return taken(reports, reports.observed < ends)


def _blank(person: Rows, kind: NDArray[np.int8], source: str, *, asked: Rows, observed: Rows) -> Reports:
    n = len(person)
    no_day, no_row = np.full(n, NO_DAY), np.full(n, -1)
    sources = np.full(n, SOURCES.index(source), dtype=np.int8)
    return Reports(person, kind, sources, asked, observed, no_day, no_day, no_row, no_row, no_row)


def _by_person(people: People, parameters: MarketParameters) -> NDArray[np.float64]:
    return parameters.response_by_person * ((people.rank - _MEAN_RANK) / 2 + people.is_female - _MEAN_FEMALE)


def _start_days(history: History, is_real: Flags, day: Rows) -> Rows:
    """Give the first day of the spell that covers a person's day, ``NO_DAY`` where none does."""
    spells = history.spells
    on = day[spells.person]
    holds = is_real & (spells.started <= on) & (on <= spells.ended)
    starts = np.full(history.people.n, NO_DAY)
    starts[spells.person[holds]] = spells.started[holds]
    return starts


def _draw_self_reports(
    history: History, truth: ClockTruth, starts: Rows, parameters: MarketParameters, rng: np.random.Generator
) -> Reports:
    """Ask everybody after two months; some answers are wrong, and some of those are put right later."""
    people = history.people
    n = people.n
    answers = rng.random(n) < response_chances(people, truth.state > 0, parameters)
    lot = rng.random(n)
    is_wrong = answers & (lot < parameters.misreport + parameters.correction)
    is_righted = is_wrong & (lot >= parameters.misreport)
    said = np.where(is_wrong, np.where(truth.state > 0, 0, EMPLOYED), truth.state)
    kind = np.where(answers, said, NO_RESPONSE).astype(np.int8)
    observed = np.where(answers, truth.asked, NO_DAY)
    first = _blank(np.arange(n), kind, "self", asked=truth.asked, observed=observed)
    by_officer = answers & (rng.random(n) < ASKED_BY_OFFICER)
    source = np.where(by_officer, SOURCES.index("officer"), first.source).astype(np.int8)
    is_told = answers & ~is_wrong
    first = replace(first, source=source, started=np.where(is_told, starts, NO_DAY))
    right = np.flatnonzero(is_righted)
    later = _blank(
        right, truth.state[right], "self", asked=truth.asked[right] + _CORRECTED_AFTER_DAYS, observed=truth.asked[right]
    )
    later = replace(later, source=source[right], started=starts[right], corrects=right)
    return joined([first, later])


def _draw_survey(people: People, truth: ClockTruth, parameters: MarketParameters, rng: np.random.Generator) -> Reports:
    """Ask some at a later clock; whether they answer depends on who they are, not on whether they work."""
    person = np.flatnonzero(rng.random(people.n) < parameters.survey_share)
    chances = response_chances(people, np.zeros(people.n, dtype=bool), parameters)[person]
    answers = rng.random(len(person)) < chances
    kind = np.where(answers, truth.state[person], NO_RESPONSE).astype(np.int8)
    asked = truth.asked[person]
    return _blank(person, kind, "survey", asked=asked, observed=np.where(answers, asked, NO_DAY))


def _draw_employer_reports(
    history: History, rows: Rows, parameters: MarketParameters, rng: np.random.Generator
) -> Reports:
    """Let some employers tell of those they took on through a slate."""
    rows = rows[history.spells.application[rows] >= 0]
    rows = rows[rng.random(len(rows)) < parameters.employer_reports]
    spells = taken(history.spells, rows)
    observed = spells.started + np.ceil(lognormal_days(*_EMPLOYER_AFTER_DAYS, len(rows), rng)).astype(np.int64)
    reports = _of_spells(spells, rows, "employer", observed)
    return replace(reports, vacancy=history.applications.vacancy[spells.application])


def _draw_register(
    n_people: int,
    spells: Spells,
    rows: Rows,
    truth: ClockTruth,
    parameters: MarketParameters,
    rng: np.random.Generator,
) -> Reports:
    """Match a register of jobs on the day of a clock; some rows are laid to the wrong person."""
    day = truth.asked[spells.person]
    holds = (spells.kind == EMPLOYED) & (spells.started <= day) & (day <= spells.ended)
    known = np.flatnonzero(holds & (rng.random(len(rows)) < parameters.register_coverage))
    found = _of_spells(taken(spells, known), rows[known], "administrative", day[known])
    is_another = rng.random(len(known)) < parameters.linkage_error
    return replace(found, person=np.where(is_another, rng.integers(n_people, size=len(known)), found.person))


def _of_spells(spells: Spells, rows: Rows, source: str, observed: Rows) -> Reports:
    reports = _blank(spells.person, spells.kind, source, asked=np.full(len(rows), NO_DAY), observed=observed)
    ended = np.where(spells.ended < observed, spells.ended, NO_DAY)
    return replace(reports, started=spells.started, ended=ended, spell=rows)


def _with_repeats(reports: Reports, share: float, rng: np.random.Generator) -> Reports:
    """Append some reports, none that is put right, a second time, as if sent again a day later."""
    is_final = reports.corrects < 0
    is_final[reports.corrects[~is_final]] = False
    again = taken(reports, is_final & (rng.random(len(is_final)) < share))
    asked = np.where(again.asked == NO_DAY, NO_DAY, again.asked + _REPEATED_AFTER_DAYS)
    return joined([reports, replace(again, asked=asked)])
