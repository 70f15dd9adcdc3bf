"""Takes nothing; gives the arrays that a market leaves behind: slates, entries, applications and spells of work.

Draws nothing and writes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from matcher.simulate.behaviour import Entries, Reactions
from matcher.simulate.hiring import Answers, Applications
from matcher.simulate.months import Days
from matcher.simulate.population import Certificates, People
from matcher.simulate.shortlists import Qualities
from matcher.simulate.supply import Vacancies

Rows = NDArray[np.int64]
Reals = NDArray[np.float64]
Flags = NDArray[np.bool_]

EMPLOYED, SELF_EMPLOYED = 1, 2
STATES = ("not_working", "employed", "self_employed")
"""States of people by code; a spell has one of the last two."""

_Arrays = TypeVar("_Arrays")


@dataclass(frozen=True, slots=True)
class Slates:
    """s slates: ``person`` int64, ``day`` float64, ``n_eligible`` int64 (entries of the shortlist that may be shown),
    ``channel`` int8; all (s,)."""

    person: Rows
    day: Reals
    n_eligible: Rows
    channel: NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Logged:
    """What the log says of m entries: ``features`` float32 (m, n_features) and ``propensity`` float64 (m,).

    ``column`` int16 (m,) is the entry's place in the shortlist.
    """

    features: NDArray[np.float32]
    propensity: Reals
    column: NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Shortlists:
    """What s slates were chosen from: ``vacancy`` int64, ``may_show`` bool (s, c); ``features`` float32 (s, c, f)."""

    vacancy: Rows
    may_show: Flags
    features: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Spells:
    """w spells of work: ``person`` int64; ``kind`` int8, ``EMPLOYED`` or ``SELF_EMPLOYED``; ``started`` and ``ended``
    int64, its first and last day; ``application`` int64 that led to it, -1 for one found without the slates;
    ``is_earlier`` bool, begun before the course; all (w,). No two spells of a person share a day."""

    person: Rows
    kind: NDArray[np.int8]
    started: Days
    ended: Days
    application: Rows
    is_earlier: Flags


@dataclass(frozen=True, slots=True)
class History:
    """Everything that happened in a market, row numbers referring to each other; ``shortlists`` only where kept."""

    people: People
    certificates: Certificates
    vacancies: Vacancies
    qualities: Qualities
    slates: Slates
    entries: Entries
    logged: Logged
    reactions: Reactions
    applications: Applications
    answers: Answers
    spells: Spells
    shortlists: Shortlists | None


def joined(parts: Sequence[_Arrays]) -> _Arrays:
    """Return dataclasses of arrays as one, row after row.

    Raises
    ------
    IndexError
        When there is no part.
    """
    names = [each.name for each in fields(parts[0])]  # type: ignore[arg-type]
    kind = type(parts[0])
    return kind(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


def taken(part: _Arrays, rows: NDArray[np.int64] | NDArray[np.bool_]) -> _Arrays:
    """Return the chosen rows of a dataclass of arrays.

    Notes
    -----
    Raises nothing for rows that are there.
    """
    names = [each.name for each in fields(part)]  # type: ignore[arg-type]
    return type(part)(**{name: getattr(part, name)[rows] for name in names})
