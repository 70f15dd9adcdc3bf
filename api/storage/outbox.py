"""Takes a session and messages; gives those that wait for the sender outside. Sends nothing."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from api.storage.schema.casework import outbox
from api.storage.statements import every, n_rows


@dataclass(frozen=True, slots=True)
class Message:
    """A message to send: ``channel`` sms or whatsapp, ``template`` its wording, ``payload`` what goes into it."""

    message_id: str
    channel: str
    template: str
    payload: dict[str, Any] = field(repr=False)
    created_at: datetime
    alumnus_id: str | None = None
    taken_at: datetime | None = None


def put_message(session: Session, message: Message) -> None:
    """Store a message to send; it leaves only if the transaction is committed.

    Raises
    ------
    sqlalchemy.exc.IntegrityError
        When the id is taken: a fault of the caller.
    """
    session.execute(insert(outbox).values(**asdict(message)))


def waiting_messages(session: Session, *, limit: int = 100) -> list[Message]:
    """Return the messages nobody has taken, the oldest first. Raises nothing."""
    return every(session, Message, _waiting().limit(limit))


def take_messages(session: Session, *, now: datetime, limit: int = 100) -> list[Message]:
    """Return the oldest waiting messages and mark them taken; two senders never take the same. Raises nothing."""
    taken = every(session, Message, _waiting().limit(limit).with_for_update(skip_locked=True))
    ids = [message.message_id for message in taken]
    session.execute(update(outbox).where(outbox.c.message_id.in_(ids)).values(taken_at=now))
    return taken


def prune_messages(session: Session, *, before: datetime) -> int:
    """Delete messages taken before `before`; return how many. Raises nothing."""
    return n_rows(session, delete(outbox).where(outbox.c.taken_at < before))


def _waiting() -> Any:
    return select(outbox).where(outbox.c.taken_at.is_(None)).order_by(outbox.c.created_at, outbox.c.message_id)
