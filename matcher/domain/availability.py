"""Takes what a person said of looking for work and what is known of their jobs; gives until when they look for none.

Knows no clock and no pool.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from matcher.domain.records import Outcome

SETTLED = timedelta(days=180)
"""After the first day of a job somebody counts as not looking, unless they say that they look or the job ended."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What a person said last: whether they look for work, and on which day."""

    is_looking: bool
    said_on: date


def busy_until(statement: Statement | None, outcomes: Iterable[Outcome]) -> date | None:
    """Return the last day on which the person looks for no work, ``date.max`` for no end, None who looks.

    Parameters
    ----------
    statement : Statement or None
        None who said nothing.
    outcomes : iterable of Outcome
        What holds of the person; a report without any day counts for nothing.

    Notes
    -----
    Raises nothing. Who says that they do not look is left alone. Who says that they look is taken at their word against
    every job begun up to that day. Self-employment does not speak against looking.
    """
    if statement is not None and not statement.is_looking:
        return date.max
    said_on = date.min if statement is None else statement.said_on
    return max(
        (_ends_on(one, begun) for one in outcomes if (begun := _begun_on(one)) and begun > said_on), default=None
    )


def _begun_on(outcome: Outcome) -> date | None:
    if outcome.kind != "employed":
        return None
    asked_on = outcome.asked_at.date() if outcome.asked_at else None
    return outcome.started_on or outcome.observed_on or asked_on


def _ends_on(outcome: Outcome, begun_on: date) -> date:
    settled_on = begun_on + SETTLED
    return settled_on if outcome.ended_on is None else min(outcome.ended_on, settled_on)
