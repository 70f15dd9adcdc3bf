"""Takes people and the history of their market; gives who is held out, and what treatment and displacement change.

The market is run as if everybody were treated alike; then spells of work are taken away from those who would not have
had them. So both potential states of everybody are known, and a history with the effect still contradicts nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from matcher.domain.errors import InvalidInput
from matcher.simulate.hiring import ranks_within
from matcher.simulate.history import History, Spells
from matcher.simulate.parameters import MarketParameters
from matcher.simulate.population import People

BANDS = ("SD", "SMP", "SMA/SMK", "above")
"""Bands of schooling for the strata: up to primary, lower secondary, upper secondary, above."""

_BAND_EDGES = (2, 3, 4)

Flags = NDArray[np.bool_]
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Assignment:
    """Arms of n people, all (n,): ``is_treated`` bool; ``share`` float64, to be treated in the person's district;
    ``band`` int8, of schooling."""

    is_treated: Flags
    share: NDArray[np.float64]
    band: NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Effect:
    """Which of w spells are as they are because of the experiment, bool (w,) each.

    ``needs_treatment``: only a treated person has it; ``needs_holdout``: only a held-out one has it; ``is_displaced``:
    taken by somebody treated; ``is_real``: it took place.
    """

    needs_treatment: Flags
    needs_holdout: Flags
    is_displaced: Flags
    is_real: Flags


def assign(people: People, parameters: MarketParameters, *, rng: np.random.Generator) -> Assignment:
    """Return a random assignment, stratified by province and schooling; by district where districts have shares.

    Notes
    -----
    Of each stratum the share to be treated is treated, rounded up or down by lot so that it holds on average. Raises
    nothing.
    """
    band = np.searchsorted(_BAND_EDGES, people.rank, side="right").astype(np.int8)
    place, share = people.area.astype(np.int64), np.full(people.n, 1 - parameters.holdout)
    if parameters.district_shares:
        place = people.district.astype(np.int64)
        share = _deal(parameters.district_shares, place, rng)
    stratum = place * len(BANDS) + band
    size = np.bincount(stratum)[stratum]
    threshold = np.floor(share * size + rng.random(int(stratum.max(initial=0)) + 1)[stratum])
    return Assignment(ranks_within(stratum, rng.random(people.n)) < threshold, share, band)


def _deal(shares: tuple[float, ...], place: Rows, rng: np.random.Generator) -> NDArray[np.float64]:
    """Deal the shares to the places that have people, each as often as any other, and give everybody's."""
    places, index = np.unique(place, return_inverse=True)
    return np.resize(np.array(shares), len(places))[rng.permutation(len(places))][index]


def draw_effect(
    history: History,
    assignment: Assignment,
    asked: Rows,
    parameters: MarketParameters,
    *,
    rng: np.random.Generator,
) -> Effect:
    """Return which spells are due to treatment, lost in the holdout, or displaced.

    Parameters
    ----------
    history : History
    assignment : Assignment
    asked : ndarray of int64, shape (n_people,)
        The day on which the state after two months is asked.
    parameters : MarketParameters
    rng : numpy.random.Generator

    Raises
    ------
    InvalidInput
        When fewer people found work than the effect says that treatment brings into it.

    Notes
    -----
    Of the people not working at entry a share ``effect`` is drawn among those at work when asked; without treatment
    they would not have had that spell (with a negative effect: with treatment). Each treated one of them takes, with
    chance ``displacement``, the spell of another person of the district who is at work when asked and did not need
    treatment for it.
    """
    people, spells = history.people, history.spells
    covers = (spells.started <= asked[spells.person]) & (asked[spells.person] <= spells.ended) & ~spells.is_earlier
    candidates = np.flatnonzero(covers & people.was_idle[spells.person])
    n_due = int(abs(parameters.effect) * people.was_idle.sum() + rng.random())
    if n_due > len(candidates):
        raise InvalidInput(
            f"effect = {parameters.effect}: {n_due:,} people were to owe their work to it, but {len(candidates):,} "
            "have any after 2 months; give an effect nearer 0, or raise job_finding"
        )
    due = rng.permutation(candidates)[:n_due]
    is_due, none = _mask(spells, due), np.zeros(len(spells.person), dtype=bool)
    needs_treatment, needs_holdout = (is_due, none) if parameters.effect > 0 else (none, is_due)
    is_treated = assignment.is_treated[spells.person]
    gained = np.flatnonzero(needs_treatment & is_treated)
    takers = gained[rng.random(len(gained)) < parameters.displacement]
    victims = candidates[~is_due[candidates]]
    is_displaced = _mask(spells, _draw_victims(people, spells, takers, victims, rng))
    is_lost = (needs_treatment & ~is_treated) | (needs_holdout & is_treated)
    return Effect(needs_treatment, needs_holdout, is_displaced, ~(is_lost | is_displaced))


def without_lost(history: History, effect: Effect) -> History:
    """Return the history in which spells that did not take place are nobody's: the application got no offer.

    Notes
    -----
    The spells themselves stay, told apart by ``effect.is_real``. Raises nothing.
    """
    lost = history.spells.application[~effect.is_real]
    lost = lost[lost >= 0]
    is_hired, is_offered = history.answers.is_hired.copy(), history.answers.is_offered.copy()
    is_hired[lost] = is_offered[lost] = False
    return replace(history, answers=replace(history.answers, is_hired=is_hired, is_offered=is_offered))


def _draw_victims(people: People, spells: Spells, takers: Rows, victims: Rows, rng: np.random.Generator) -> Rows:
    """Draw as many victims in each district as it has takers, or all there are."""
    n_takers = np.bincount(people.district[spells.person[takers]], minlength=int(people.district.max(initial=0)) + 1)
    district = people.district[spells.person[victims]].astype(np.int64)
    return victims[ranks_within(district, rng.random(len(victims))) < n_takers[district]]


def _mask(spells: Spells, rows: Rows) -> Flags:
    mask = np.zeros(len(spells.person), dtype=bool)
    mask[rows] = True
    return mask
