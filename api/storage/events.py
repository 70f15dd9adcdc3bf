"""Takes a session and events; appends those whose cause holds, each once. Changes and deletes none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, FromClause, Table, bindparam, exists, insert, select
from sqlalchemy.orm import Session

from api.storage.event_checks import check_impressions, check_interactions, check_outcomes
from api.storage.schema.events import hidden_reasons, impression_entries, impressions, interactions, outcomes
from api.storage.statements import every, insert_all_where_missing, rows_of
from api.storage.talent_feed import note_changed
from matcher.domain.errors import InvalidInput
from matcher.domain.records import Impression, Interaction, Outcome, SlateItem

_Event = TypeVar("_Event", Impression, Interaction, Outcome)
_ENTRY = ("vacancy_id", "position", "score", "propensity")


@dataclass(frozen=True, slots=True)
class Appended:
    """How many events were written, and the ids of those that were there already, word for word."""

    n_written: int
    repeats: tuple[str, ...] = ()


def append_impressions(session: Session, shown: Sequence[Impression], *, now: datetime) -> Appended:
    """Append slates with their entries; a repeat writes nothing.

    Raises
    ------
    InvalidInput
        When a slate is of no known channel or from the future, its positions are not 1, 2, 3 ..., a vacancy stands in
        it twice, a propensity is not above 0 up to 1, or another slate has its id.
    """
    check_impressions(shown, now=now)
    kept = [replace(one, entries=tuple(_bare(item) for item in one.entries)) for one in shown]
    appended = _append(session, impressions, kept, impressions_of)
    fresh = {one.impression_id: one.entries for one in kept if one.impression_id not in appended.repeats}
    rows = [{"impression_id": key, **_cells(item, _ENTRY)} for key, items in fresh.items() for item in items]
    if rows:
        session.execute(insert(impression_entries), rows)
    return appended


def append_interactions(session: Session, done: Sequence[Interaction], *, now: datetime) -> Appended:
    """Append interactions; a repeat writes nothing.

    Raises
    ------
    InvalidInput
        When an event is of no known kind, from the future, or before its impression; when the impression or the event
        it corrects is unknown or another person's, or does not hold the vacancy; when another event has its id.
    """
    check_interactions(session, done, now=now)
    return _append(session, interactions, done, interactions_of)


def append_reasons(session: Session, alumnus_id: str, reasons: Mapping[str, str]) -> None:
    """Append why a person put vacancies aside, by the id of the stored event; the first reason of an event stays.

    Raises
    ------
    sqlalchemy.exc.IntegrityError
        When an event is not stored, or a reason is none of the closed list: a fault of the caller.
    """
    rows = [
        {"interaction_id": key, "alumnus_id": alumnus_id, "reason": reason} for key, reason in sorted(reasons.items())
    ]
    insert_all_where_missing(session, hidden_reasons, rows)


def append_outcomes(session: Session, told: Sequence[Outcome], *, now: datetime) -> Appended:
    """Append reports of outcomes; a repeat writes nothing.

    Raises
    ------
    InvalidInput
        When a report is of no known kind or source, from the future, or ends before it starts; when the report it
        corrects is unknown or another person's; when another report has its id.
    """
    check_outcomes(session, told, now=now)
    note_changed(session, {one.alumnus_id for one in told})
    return _append(session, outcomes, told, outcomes_of)


def impressions_of(session: Session, impression_ids: Sequence[str]) -> dict[str, Impression]:
    """Return those of `impression_ids` that are stored, with their entries, by id. Raises nothing."""
    entries: dict[str, list[SlateItem]] = {impression_id: [] for impression_id in impression_ids}
    for row in rows_of(session, impression_entries.c.impression_id, impression_ids):
        entries[row["impression_id"]].append(SlateItem(**{name: row[name] for name in _ENTRY}))
    return {
        row["impression_id"]: Impression(**row, entries=tuple(sorted(entries[row["impression_id"]], key=_place)))
        for row in rows_of(session, impressions.c.impression_id, impression_ids)
    }


def interactions_of(session: Session, interaction_ids: Sequence[str]) -> dict[str, Interaction]:
    """Return those of `interaction_ids` that are stored, by id. Raises nothing."""
    found = rows_of(session, interactions.c.interaction_id, interaction_ids)
    return {row["interaction_id"]: Interaction(**row) for row in found}


def outcomes_of(session: Session, outcome_ids: Sequence[str]) -> dict[str, Outcome]:
    """Return those of `outcome_ids` that are stored, by id. Raises nothing."""
    return {row["outcome_id"]: Outcome(**row) for row in rows_of(session, outcomes.c.outcome_id, outcome_ids)}


def interactions_of_person(session: Session, alumnus_id: str, *, kinds: Sequence[str] = ()) -> list[Interaction]:
    """Return what holds of what a person did, or only these `kinds` of it, in the order of time. Raises nothing."""
    found, asked = (_DONE_OF_KINDS, {"kinds": kinds}) if kinds else (_DONE, {})
    return every(session, Interaction, found, alumnus_id=alumnus_id, **asked)


def outcomes_of_person(session: Session, alumnus_id: str) -> list[Outcome]:
    """Return what holds of the outcomes of a person, by id. Raises nothing."""
    found = select(outcomes).where(outcomes.c.alumnus_id == alumnus_id, ~is_corrected(outcomes))
    return [Outcome(**row._mapping) for row in session.execute(found.order_by(outcomes.c.outcome_id))]


def is_corrected(table: FromClause) -> ColumnElement[bool]:
    """Return the condition that a later event corrects this one of `table`. Raises nothing."""
    # A correction is of the same person: their few rows are searched, not the table.
    later, key = table.alias(), next(iter(table.primary_key)).name
    return exists().where(later.c.alumnus_id == table.c.alumnus_id, later.c.corrects_id == table.c[key])


def _append(
    session: Session,
    table: Table,
    events: Sequence[_Event],
    stored_of: Callable[[Session, Sequence[str]], Mapping[str, _Event]],
) -> Appended:
    key = next(iter(table.primary_key)).name
    names = tuple(column.name for column in table.columns)
    given = _by_id(key, events)
    written = insert_all_where_missing(session, table, [_cells(one, names) for one in given.values()])
    repeats = [one for one in given if one not in written]
    for one, stored in stored_of(session, repeats).items():
        if stored != given[one]:
            raise _other(key, one)
    return Appended(len(written), tuple(repeats))


def _by_id(key: str, events: Sequence[_Event]) -> dict[str, _Event]:
    given: dict[str, _Event] = {}
    for one in events:
        if given.setdefault(getattr(one, key), one) != one:
            raise _other(key, getattr(one, key))
    return given


def _other(key: str, one: str) -> InvalidInput:
    return InvalidInput(f"{key} '{one}': belongs to another event; give each event an id of its own")


def _cells(record: Any, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(record, name) for name in names}


def _bare(item: SlateItem) -> SlateItem:
    return SlateItem(**_cells(item, _ENTRY))


def _place(item: SlateItem) -> int:
    return item.position


_DONE = (
    select(interactions)
    .where(interactions.c.alumnus_id == bindparam("alumnus_id"), ~is_corrected(interactions))
    .order_by(interactions.c.at, interactions.c.interaction_id)
)
_DONE_OF_KINDS = _DONE.where(interactions.c.kind.in_(bindparam("kinds", expanding=True)))
