"""Takes a session and a person; gives a database without them, and the list by which a backup forgets them again.

Erases no file: exports, caches and artifacts are the caller's, and so is `Database.scrub` after the commit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from secrets import token_hex

from sqlalchemy import Table, delete, select, union, update
from sqlalchemy.orm import Session

from api.storage.schema import METADATA
from api.storage.schema.accounts import accounts, one_time_codes
from api.storage.schema.columns import OnErasure
from api.storage.schema.events import TOMBSTONE_PREFIX
from api.storage.schema.operations import erasures
from api.storage.statements import every, insert_where_missing
from api.storage.talent_feed import note_changed

_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Erasure:
    """That somebody was erased: whom, only as a keyed hash of the id they had."""

    erased_id_hash: str
    erased_at: datetime


def erase_person(session: Session, alumnus_id: str, erasure: Erasure) -> None:
    """Delete a person, their account and all that is theirs; events keep a random name that nothing links back.

    Notes
    -----
    Raises nothing; a person who is not there leaves only the row of the list. The events of one person keep one name,
    so that they still make sense together; the trail of accesses gets another one, so that no officer who remembers a
    visit can find the events by it.
    """
    account = session.execute(select(accounts).where(accounts.c.alumnus_id == alumnus_id)).first()
    in_events, in_trail = _tombstone(), _tombstone()
    for table in reversed(METADATA.sorted_tables):
        if account is not None and "account_id" in table.c:
            _forget(session, table, "account_id", account.account_id, in_trail)
        if "alumnus_id" in table.c:
            _forget(session, table, "alumnus_id", alumnus_id, in_trail if "account_id" in table.c else in_events)
    if account is not None:
        # A code that is on its way may hold what the person typed; others of the telephone ask for theirs again.
        session.execute(delete(one_time_codes).where(one_time_codes.c.login == account.login))
    insert_where_missing(session, erasures, asdict(erasure))
    note_changed(session, [None])


def erasures_of(session: Session) -> list[Erasure]:
    """Return everyone erased, in the order of time. Raises nothing."""
    return every(session, Erasure, select(erasures).order_by(erasures.c.erased_at, erasures.c.erased_id_hash))


def apply_erasures(session: Session, listed: Iterable[Erasure], hashes_of: Callable[[str], Iterable[str]]) -> int:
    """Erase again whoever is on the list and came back with a backup; return how many those were.

    Parameters
    ----------
    listed : iterable of Erasure
        The list kept outside the database, together with the one in it.
    hashes_of : callable
        An alumnus id -> its keyed hash under each secret.

    Notes
    -----
    Raises nothing. Every id in every table is gathered and hashed: about a minute for a million people with a year of
    events, see ``docs/postgresql.md``.
    """
    erased = {one.erased_id_hash: one for one in [*listed, *erasures_of(session)]}
    for one in erased.values():
        insert_where_missing(session, erasures, asdict(one))
    n_again = 0
    for alumnus_id in list(_known_ids(session)):
        known_as = next((name for name in hashes_of(alumnus_id) if name in erased), None)
        if known_as is not None:
            erase_person(session, alumnus_id, erased[known_as])
            n_again += 1
    return n_again


def on_erasure(table: Table) -> OnErasure:
    """Return what erasing a person does to the rows of `table` that carry their id.

    Notes
    -----
    Raises KeyError where the table does not say it: a fault of the schema, found by a test.
    """
    return table.info["on_erasure"]


def _forget(session: Session, table: Table, column: str, value: str, tombstone: str) -> None:
    mine = table.c[column] == value
    if on_erasure(table) == "delete":
        session.execute(delete(table).where(mine))
    else:
        session.execute(update(table).where(mine).values({column: tombstone}))


def _known_ids(session: Session) -> Iterator[str]:
    tables = [table for table in METADATA.sorted_tables if "alumnus_id" in table.c]
    everyone = union(*(select(table.c.alumnus_id).where(table.c.alumnus_id.is_not(None)) for table in tables))
    for alumnus_id in session.scalars(everyone, execution_options={"yield_per": _AT_ONCE}):
        if not alumnus_id.startswith(TOMBSTONE_PREFIX):
            yield alumnus_id


def _tombstone() -> str:
    return f"{TOMBSTONE_PREFIX}{token_hex(16)}"
