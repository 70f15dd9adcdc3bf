"""Takes a session and events that are to be stored; gives nothing, and refuses those whose cause does not hold.

Writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Column
from sqlalchemy.orm import Session

from api.storage.schema.events import impression_entries, impressions, interactions, outcomes
from api.storage.statements import rows_of
from matcher.domain.errors import InvalidInput
from matcher.domain.records import Impression, Interaction, Outcome, SlateItem

CHANNELS = ("web", "counter", "batch", "message")
INTERACTION_KINDS = (
    "viewed", "saved", "applied", "interviewed", "offered", "hired", "retained_90d", "hidden", "rejected", "no_reply",
)  # fmt: skip
OUTCOME_KINDS = ("employed", "self_employed", "not_working", "no_response")
OUTCOME_SOURCES = ("employer", "self", "officer", "survey", "administrative")


class _Cause(NamedTuple):
    """What a stored slate or event says that its consequence must agree with."""

    alumnus_id: str
    vacancy_id: str | None = None
    at: datetime | None = None


class _Slates(NamedTuple):
    """The slates that a batch names, and which vacancy stood in which."""

    causes: Mapping[str, _Cause]
    shown: frozenset[tuple[str, str]]


def check_impressions(shown: Iterable[Impression], *, now: datetime) -> None:
    """Return when every slate may be stored.

    Raises
    ------
    InvalidInput
        As `append_impressions` says.
    """
    for one in shown:
        name = f"impression '{one.impression_id}'"
        _one_of(name, "channel", one.channel, CHANNELS)
        _not_after(name, one.shown_at, now)
        if [item.position for item in one.entries] != list(range(1, len(one.entries) + 1)):
            raise InvalidInput(f"{name}: positions are not 1, 2, 3 ...; give the entries in the order they are shown")
        if len({item.vacancy_id for item in one.entries}) != len(one.entries):
            raise InvalidInput(f"{name}: a vacancy stands in it twice; show each once")
        if not all(_is_measured(item) for item in one.entries):
            raise InvalidInput(f"{name}: a score is no number, or a propensity not above 0 up to 1; give the exact one")


def check_interactions(session: Session, done: Sequence[Interaction], *, now: datetime) -> None:
    """Return when every interaction may be stored.

    Raises
    ------
    InvalidInput
        As `append_interactions` says.
    """
    slates = _slates_of(session, done)
    corrected = _stored(session, interactions.c.interaction_id, (one.corrects_id for one in done))
    earlier = {key: _Cause(row["alumnus_id"], row["vacancy_id"]) for key, row in corrected.items()}
    for one in done:
        name = f"interaction '{one.interaction_id}'"
        _one_of(name, "kind", one.kind, INTERACTION_KINDS)
        _not_after(name, one.at, now)
        if one.impression_id is not None:
            _check_slate(name, one, one.impression_id, slates)
        meant = _Cause(one.alumnus_id, one.vacancy_id)
        _check_corrected(name, one.corrects_id, meant, earlier)
        earlier[one.interaction_id] = meant


def check_outcomes(session: Session, told: Sequence[Outcome], *, now: datetime) -> None:
    """Return when every outcome may be stored.

    Raises
    ------
    InvalidInput
        As `append_outcomes` says.
    """
    corrected = _stored(session, outcomes.c.outcome_id, (one.corrects_id for one in told))
    earlier = {key: _Cause(row["alumnus_id"]) for key, row in corrected.items()}
    for one in told:
        name = f"outcome '{one.outcome_id}'"
        _one_of(name, "kind", one.kind, OUTCOME_KINDS)
        _one_of(name, "source", one.source, OUTCOME_SOURCES)
        if one.asked_at is not None:
            _not_after(name, one.asked_at, now)
        if one.started_on is not None and one.ended_on is not None and one.ended_on < one.started_on:
            raise InvalidInput(f"{name}: ended on {one.ended_on}, before it started; check both days")
        _check_corrected(name, one.corrects_id, _Cause(one.alumnus_id), earlier)
        earlier[one.outcome_id] = _Cause(one.alumnus_id)


def _is_measured(item: SlateItem) -> bool:
    return abs(item.score) < float("inf") and 0.0 < item.propensity <= 1.0


def _slates_of(session: Session, done: Sequence[Interaction]) -> _Slates:
    slates = _stored(session, impressions.c.impression_id, (one.impression_id for one in done))
    entries = rows_of(session, impression_entries.c.impression_id, list(slates))
    return _Slates(
        {key: _Cause(row["alumnus_id"], at=row["shown_at"]) for key, row in slates.items()},
        frozenset((row["impression_id"], row["vacancy_id"]) for row in entries),
    )


def _stored(session: Session, key: Column[Any], ids: Iterable[str | None]) -> dict[str, Mapping[str, Any]]:
    wanted = sorted({one for one in ids if one is not None})
    return {row[key.name]: row for row in rows_of(session, key, wanted)}


def _check_slate(name: str, one: Interaction, impression_id: str, slates: _Slates) -> None:
    slate = slates.causes.get(impression_id)
    # Somebody else's slate is told like an unknown one: nobody learns that it exists.
    if slate is None or slate.at is None or slate.alumnus_id != one.alumnus_id:
        raise InvalidInput(f"{name}: impression '{impression_id}' is unknown; send the id that came with the slate")
    if (impression_id, one.vacancy_id) not in slates.shown:
        raise InvalidInput(
            f"{name}: vacancy '{one.vacancy_id}' does not stand in impression '{impression_id}'; "
            "leave impression_id out where the person found it elsewhere"
        )
    if one.at < slate.at:
        raise InvalidInput(f"{name}: is at {one.at.isoformat()}, before its impression was shown; check the clock")


def _check_corrected(name: str, corrects_id: str | None, meant: _Cause, earlier: Mapping[str, _Cause]) -> None:
    if corrects_id is not None and earlier.get(corrects_id) != meant:
        raise InvalidInput(
            f"{name}: corrects '{corrects_id}', which is unknown; name an earlier event of this person and vacancy"
        )


def _one_of(name: str, column: str, value: str | None, allowed: tuple[str, ...]) -> None:
    if value is not None and value not in allowed:
        raise InvalidInput(f"{name}: {column} '{value}' is unknown; use one of {', '.join(allowed)}")


def _not_after(name: str, at: datetime, now: datetime) -> None:
    if at.tzinfo is None or at > now:
        raise InvalidInput(f"{name}: is at {at.isoformat()}, in the future or without a zone; check the clock")
