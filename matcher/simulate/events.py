"""Takes a market's history; gives its interactions in order of time: what people do, what employers answer.

Some hires reach no log, some events come twice, and some people apply without a slate. Nothing true changes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.simulate.hiring import RETAINED_DAYS, SILENT_AFTER_DAYS, is_retained, job_days
from matcher.simulate.history import History, joined, taken
from matcher.simulate.parameters import MarketParameters

KINDS = (
    "viewed",
    "saved",
    "applied",
    "interviewed",
    "offered",
    "hired",
    "retained_90d",
    "hidden",
    "rejected",
    "no_reply",
)
SOURCES = ("alumnus", "employer", "system")

_SAVED_AFTER, _HIDDEN_AFTER = 0.002, 0.001
_ORGANIC_AFTER = 0.01

Rows = NDArray[np.int64]
Reals = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Events:
    """e interactions: ``slate`` int64, -1 for none; ``person`` and ``vacancy`` int64; ``kind`` int8 among ``KINDS``;
    ``source`` int8 among ``SOURCES``; ``day`` float64; all (e,)."""

    slate: Rows
    person: Rows
    vacancy: Rows
    kind: NDArray[np.int8]
    source: NDArray[np.int8]
    day: Reals


def draw_events(history: History, parameters: MarketParameters, *, ends: float, rng: np.random.Generator) -> Events:
    """Return the interactions before the day `ends`, in order of time.

    Notes
    -----
    Raises nothing.
    """
    events = joined([*_acts(history), *_replies(history, parameters, rng), *_organic(history, parameters, rng)])
    events = taken(events, events.day < ends)
    again = taken(events, np.flatnonzero(rng.random(len(events.day)) < parameters.duplicate))
    events = joined([events, again])
    return taken(events, np.argsort(events.day, kind="stable"))


def _acts(history: History) -> list[Events]:
    """What people do with entries."""
    did = history.reactions
    return [
        _of_entries(history, np.flatnonzero(did.is_viewed), "viewed", did.viewed),
        _of_entries(history, np.flatnonzero(did.is_saved), "saved", did.viewed + _SAVED_AFTER),
        _of_entries(history, np.flatnonzero(did.is_hidden), "hidden", did.viewed + _HIDDEN_AFTER),
        _of_entries(history, np.flatnonzero(did.is_applied), "applied", did.applied),
    ]


def _replies(history: History, parameters: MarketParameters, rng: np.random.Generator) -> list[Events]:
    """What employers answer, and the system's note where they never do."""
    got, sent = history.answers, history.applications
    is_logged = got.is_hired & (rng.random(len(got.is_hired)) < parameters.hires_logged)
    is_kept = is_logged & is_retained(*job_days(got.started, got.lasts))
    is_rejected = ~got.is_offered & ~got.is_silent & ~sent.is_withdrawn
    told = (
        (got.is_interviewed, "interviewed", got.interviewed),
        (got.is_offered, "offered", got.offered),
        (is_logged, "hired", got.started),
        (is_kept, "retained_90d", got.started + RETAINED_DAYS),
        (is_rejected, "rejected", got.rejected),
    )
    answers = [_of_applications(history, np.flatnonzero(mask), kind, day) for mask, kind, day in told]
    is_silent = got.is_silent & ~got.is_offered
    silence = _of_applications(history, np.flatnonzero(is_silent), "no_reply", sent.day + SILENT_AFTER_DAYS)
    return [*answers, silence]


def _organic(history: History, parameters: MarketParameters, rng: np.random.Generator) -> list[Events]:
    """People who find a vacancy of the province by themselves, look at it and apply in vain."""
    sent = history.applications
    rows = np.flatnonzero(rng.random(len(sent.day)) < parameters.organic_share)
    place = history.vacancies.area
    first = np.searchsorted(place, np.arange(int(place.max(initial=0)) + 2))
    area = history.people.area[sent.person[rows]].astype(np.int64)
    vacancy = first[area] + (rng.random(len(rows)) * (first[area + 1] - first[area])).astype(np.int64)
    day = np.maximum(sent.day[rows], history.vacancies.posted[vacancy]) + rng.random(len(rows))
    none = np.full(len(rows), -1)
    is_open = day + _ORGANIC_AFTER < history.vacancies.expires[vacancy]
    return [
        taken(_events(none, sent.person[rows], vacancy, kind, day + after), is_open)
        for kind, after in (("viewed", 0.0), ("applied", _ORGANIC_AFTER))
    ]


def _of_entries(history: History, rows: Rows, kind: str, day: Reals) -> Events:
    shown = history.entries
    return _events(shown.slate[rows], shown.person[rows], shown.vacancy[rows], kind, day[rows])


def _of_applications(history: History, rows: Rows, kind: str, day: Reals) -> Events:
    sent = history.applications
    return _events(history.entries.slate[sent.entry[rows]], sent.person[rows], sent.vacancy[rows], kind, day[rows])


def _events(slate: Rows, person: Rows, vacancy: Rows, kind: str, day: Reals) -> Events:
    by = (
        "alumnus"
        if kind in ("viewed", "saved", "hidden", "applied")
        else "system"
        if kind == "no_reply"
        else "employer"
    )
    codes = (KINDS.index(kind), SOURCES.index(by))
    kinds, sources = (np.full(len(day), code, dtype=np.int8) for code in codes)
    return Events(slate, person, vacancy, kinds, sources, day)
