"""Takes the arrays of a market; gives the tables of what is true, which no estimator may read. Estimates nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from matcher.simulate.arrow_columns import days, ids, named
from matcher.simulate.behaviour import examination
from matcher.simulate.catalogue import Courses
from matcher.simulate.experiment import BANDS, Effect
from matcher.simulate.hiring import is_retained
from matcher.simulate.history import STATES
from matcher.simulate.home_tables import Part
from matcher.simulate.months import Months
from matcher.simulate.outcomes_truth import ClockTruth, days_to_first_work
from matcher.simulate.parameters import MarketParameters
from matcher.simulate.policies import FEATURES
from matcher.simulate.reporting import response_chances


@dataclass(frozen=True, slots=True)
class Truth:
    """The truth of a part: ``clocks`` by name, and which spells are due to the experiment."""

    clocks: dict[str, ClockTruth]
    effect: Effect


def course_truth(courses: Courses) -> pa.Table:
    """Return the chance of each course to be a first one, and its value: what it adds to the log rate of finding work.

    Notes
    -----
    Raises nothing.
    """
    n = len(courses.value)
    return pa.table({"course_id": ids("c", np.arange(n)), "popularity": courses.popularity, "value": courses.value})


def position_truth(parameters: MarketParameters) -> pa.Table:
    """Return the chance that each position of a slate is examined.

    Notes
    -----
    Raises nothing.
    """
    position = np.arange(1, parameters.slate_length + 1)
    return pa.table({"position": position, "examination": examination(position, parameters.position_bias)})


def part_truth(part: Part, truth: Truth, parameters: MarketParameters, months: Months) -> dict[str, pa.Table]:
    """Return the tables ``assignment``, ``alumni``, ``spells`` and ``entry_features`` of a part.

    Notes
    -----
    Raises nothing.
    """
    return {
        "assignment": _assignment(part),
        "alumni": _alumni(part, truth, parameters, months),
        "spells": _spells(part, truth.effect, months),
        "entry_features": _entry_features(part),
    }


def _assignment(part: Part) -> pa.Table:
    people, assignment = part.history.people, part.assignment
    return pa.table(
        {
            "alumnus_id": part.numbering.ids("a", "alumni", np.arange(people.n)),
            "is_held_out": ~assignment.is_treated,
            "share_treated": assignment.share,
            "education_band": named(assignment.band, BANDS),
        }
    )


def _alumni(part: Part, truth: Truth, parameters: MarketParameters, months: Months) -> pa.Table:
    people, spells = part.history.people, part.history.spells
    first = days_to_first_work(people, spells, truth.effect.is_real)
    works = truth.clocks["2m"].state > 0
    columns = {
        "alumnus_id": part.numbering.ids("a", "alumni", np.arange(people.n)),
        "days_to_first_work": pa.array(first, mask=np.isnan(first)),
        "days_followed": months.edges[-1] - 1 - people.completed,
        "response_chance": response_chances(people, works, parameters),
        "ability": people.ability,
    }
    for clock, known in truth.clocks.items():
        columns |= {
            f"asked_on_{clock}": days(known.asked, months),
            f"state_{clock}": named(known.state, STATES),
            f"state_{clock}_if_treated": named(known.if_treated, STATES),
            f"state_{clock}_if_held_out": named(known.if_held_out, STATES),
            f"worked_in_{clock}": known.worked,
        }
    return pa.table(columns)


def _spells(part: Part, effect: Effect, months: Months) -> pa.Table:
    history, spells = part.history, part.history.spells
    is_ours = spells.application >= 0
    vacancy = np.full(len(is_ours), -1)
    vacancy[is_ours] = history.applications.vacancy[spells.application[is_ours]]
    return pa.table(
        {
            "alumnus_id": part.numbering.ids("a", "alumni", spells.person),
            "kind": named(spells.kind, STATES),
            "started_on": days(spells.started, months),
            "ended_on": days(spells.ended, months),
            "vacancy_id": part.numbering.ids("v", "vacancies", vacancy, nullable=True),
            "is_earlier": spells.is_earlier,
            "is_retained_90d": is_retained(spells.started, spells.ended),
            "needs_treatment": effect.needs_treatment,
            "needs_holdout": effect.needs_holdout,
            "is_displaced": effect.is_displaced,
            "is_real": effect.is_real,
        }
    )


def _entry_features(part: Part) -> pa.Table:
    """Give the features as they were when the slate was made: no secret, but the contract has no place for them."""
    entries, features = part.history.entries, part.history.logged.features
    keys = {
        "impression_id": part.numbering.ids("i", "impressions", entries.slate),
        "position": entries.position.astype(np.int16),
    }
    return pa.table(keys | {name: features[:, place] for place, name in enumerate(FEATURES)})
