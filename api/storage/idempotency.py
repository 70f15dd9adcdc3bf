"""Takes a session and a write with its key; gives the first answer again to a repeat. Runs no write itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from api.refusals import Conflicting
from api.storage.schema.operations import idempotency
from api.storage.statements import first, insert_where_missing, n_rows


@dataclass(frozen=True, slots=True)
class Answered:
    """The first answer to a write: ``body`` word for word as it was sent, None where it had none."""

    status: int
    body: str | None


@dataclass(frozen=True, slots=True)
class _Begun:
    request_hash: str
    status: int | None
    body: str | None


def begin_write(session: Session, account_id: str, key: str, request_hash: str, *, now: datetime) -> Answered | None:
    """Return the answer that this write got before, or None where it is the first; then `finish_write` must follow.

    Notes
    -----
    Both belong into the transaction of the write itself: then of two at once the second waits for the first, and a
    write that failed leaves no trace.

    Raises
    ------
    Conflicting
        When the key came with another request, or its first one has not ended.
    """
    row = {"account_id": account_id, "key": key, "request_hash": request_hash, "at": now}
    if insert_where_missing(session, idempotency, row):
        return None
    table = idempotency.c
    found = select(table.request_hash, table.status, table.body).where(table.account_id == account_id, table.key == key)
    begun = first(session, _Begun, found)
    if begun is None or begun.request_hash != request_hash:
        raise Conflicting("Idempotency-Key: was used for another request; send a fresh one with each new write")
    if begun.status is None:
        raise Conflicting("Idempotency-Key: its first request is still under way; wait for it, then repeat")
    return Answered(begun.status, begun.body)


def finish_write(
    session: Session, account_id: str, key: str, answered: Answered, *, alumnus_id: str | None = None
) -> None:
    """Keep the answer of a write that `begin_write` began; `alumnus_id` says whom it is about. Raises nothing."""
    is_asked = (idempotency.c.account_id == account_id) & (idempotency.c.key == key)
    values = {"status": answered.status, "body": answered.body, "alumnus_id": alumnus_id}
    session.execute(update(idempotency).where(is_asked).values(**values))


def prune_writes(session: Session, *, before: datetime) -> int:
    """Forget the answers given before `before`; return how many. Raises nothing."""
    return n_rows(session, delete(idempotency).where(idempotency.c.at < before))
