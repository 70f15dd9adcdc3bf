"""Takes people and their spells of work; gives the true state of everybody at every clock. Reports nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.simulate.experiment import Effect
from matcher.simulate.history import Spells
from matcher.simulate.months import CLOCKS, Days, Months
from matcher.simulate.population import People

Codes = NDArray[np.int8]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class ClockTruth:
    """The truth of n people at one clock, all (n,).

    ``asked`` int64, a day of the person's window drawn evenly; ``state`` int8 among ``STATES`` on that day;
    ``if_treated`` and ``if_held_out`` int8, the state on it in either arm, displacement by others left aside;
    ``worked`` bool, whether the person works on any day of the window.
    """

    asked: Days
    state: Codes
    if_treated: Codes
    if_held_out: Codes
    worked: Flags


def draw_asked(people: People, months: Months, *, rng: np.random.Generator) -> dict[str, Days]:
    """Return for each clock a day of every person's window, drawn evenly: int64 (n,).

    Notes
    -----
    Raises nothing.
    """
    windows = {clock: months.window(clock, people.completed) for clock in CLOCKS}
    return {clock: rng.integers(first, last + 1) for clock, (first, last) in windows.items()}


def clock_truths(
    people: People, spells: Spells, effect: Effect, asked: dict[str, Days], months: Months
) -> dict[str, ClockTruth]:
    """Return the truth at every clock, given the days on which people are asked.

    Notes
    -----
    Raises nothing.
    """
    truths = {}
    for clock, day in asked.items():
        first, last = months.window(clock, people.completed)
        truths[clock] = ClockTruth(
            asked=day,
            state=_states(people.n, spells, effect.is_real, day),
            if_treated=_states(people.n, spells, ~effect.needs_holdout, day),
            if_held_out=_states(people.n, spells, ~effect.needs_treatment, day),
            worked=_worked(people.n, spells, effect.is_real, (first, last)),
        )
    return truths


def days_to_first_work(people: People, spells: Spells, is_real: Flags) -> NDArray[np.float64]:
    """Return days from completion to the first day of work, 0 for who works then; NaN where none came: float64 (n,).

    Notes
    -----
    Raises nothing.
    """
    days = np.full(people.n, np.inf)
    since = spells.started - people.completed[spells.person]
    lasts = is_real & (spells.ended >= people.completed[spells.person])
    np.minimum.at(days, spells.person[lasts], np.maximum(since, 0)[lasts].astype(np.float64))
    return np.where(np.isinf(days), np.nan, days)


def _states(n: int, spells: Spells, is_real: Flags, day: Days) -> Codes:
    on = day[spells.person]
    holds = is_real & (spells.started <= on) & (on <= spells.ended)
    states = np.zeros(n, dtype=np.int8)
    states[spells.person[holds]] = spells.kind[holds]
    return states


def _worked(n: int, spells: Spells, is_real: Flags, window: tuple[Days, Days]) -> Flags:
    first, last = (day[spells.person] for day in window)
    worked = np.zeros(n, dtype=bool)
    worked[spells.person[is_real & (spells.started <= last) & (first <= spells.ended)]] = True
    return worked
