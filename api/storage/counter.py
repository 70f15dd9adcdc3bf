"""Takes a session and what happens at a counter; gives sessions on behalf of people, calls due. Opens no contact."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from api.refusals import Conflicting
from api.storage.schema.casework import callbacks, counter_sessions
from api.storage.schema.people import people
from api.storage.statements import every, first, insert_where_missing, n_rows


@dataclass(frozen=True, slots=True)
class CounterSession:
    """An officer acts on behalf of a person who signed the receipt ``receipt_no``, until ``ended_at``."""

    session_id: str
    account_id: str
    alumnus_id: str
    receipt_no: str
    begun_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Callback:
    """A person to call on ``due_on``; ``state`` is due, done or dropped, ``note_code`` a word of a closed list."""

    callback_id: str
    alumnus_id: str
    due_on: date
    state: str = "due"
    note_code: str | None = None


def begin_counter_session(session: Session, begun: CounterSession) -> None:
    """Store that an officer acts on behalf of a person.

    Raises
    ------
    Conflicting
        When the receipt number was used before.
    """
    if not insert_where_missing(session, counter_sessions, asdict(begun)):
        raise Conflicting(f"receipt_no: '{begun.receipt_no}' was used before; write a new one for each visit")


def counter_session_of(session: Session, receipt_no: str) -> CounterSession | None:
    """Return the counter session of a receipt, ended or not. Raises nothing."""
    return first(session, CounterSession, select(counter_sessions).where(counter_sessions.c.receipt_no == receipt_no))


def counter_session_by_id(session: Session, session_id: str) -> CounterSession | None:
    """Return one counter session, ended or not. Raises nothing."""
    return first(session, CounterSession, select(counter_sessions).where(counter_sessions.c.session_id == session_id))


def end_counter_session(session: Session, session_id: str, account_id: str, *, now: datetime) -> bool:
    """End an officer's own counter session; False where it is not open, or not theirs. Raises nothing."""
    table = counter_sessions.c
    is_open = (table.session_id == session_id) & (table.account_id == account_id) & table.ended_at.is_(None)
    return bool(n_rows(session, update(counter_sessions).where(is_open).values(ended_at=now)))


def add_callback(session: Session, callback: Callback) -> None:
    """Store whom to call back.

    Raises
    ------
    sqlalchemy.exc.IntegrityError
        When the id is taken or there is no such person: a fault of the caller.
    """
    session.execute(insert(callbacks).values(**asdict(callback)))


def due_callbacks(
    session: Session, *, until: date, province_code: str | None = None, after: tuple[date, str] | None = None,
    limit: int = 50,
) -> list[Callback]:  # fmt: skip
    """Return who is due up to `until`, in one province or all, by day; from after ``(due_on, callback_id)`` on.

    Notes
    -----
    Raises nothing.
    """
    table = callbacks.c
    found = select(callbacks).where(table.state == "due", table.due_on <= until)
    if province_code is not None:
        found = found.join(people).where(people.c.province_code == province_code)
    if after is not None:
        found = found.where(
            (table.due_on > after[0]) | (table.due_on == after[0]) & (table.callback_id > after[1])
        )  # fmt: skip
    return every(session, Callback, found.order_by(table.due_on, table.callback_id).limit(limit))


def callback_of(session: Session, callback_id: str) -> Callback | None:
    """Return one call, in any state. Raises nothing."""
    return first(session, Callback, select(callbacks).where(callbacks.c.callback_id == callback_id))


def close_callback(session: Session, callback_id: str, state: str, *, note_code: str | None = None) -> bool:
    """Mark a due call done or dropped; False where it is not due. Raises nothing for these two words."""
    is_due = (callbacks.c.callback_id == callback_id) & (callbacks.c.state == "due")
    return bool(n_rows(session, update(callbacks).where(is_due).values(state=state, note_code=note_code)))
