"""Takes a database, its keys and the erasure list; gives a database in which nothing is kept longer than it is needed.

Runs by itself at no time: the start of the service applies the list, `padan tidy` does the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from api.database import Database
from api.security.keys import KeyRing
from api.storage.erasure import apply_erasures, erasures_of
from api.storage.idempotency import prune_writes
from api.storage.invitations import INVITATION_OPEN, lapse_invitations
from api.storage.outbox import prune_messages
from api.storage.recent_answers import prune_answers
from api.storage.sign_ins import prune_sign_ins
from api.upkeep.erasure_list import listed_erasures, scrub

ANSWERS_KEPT = timedelta(days=1)
"""Answers to a reload; many times the half hour in which they are asked for."""

WRITES_KEPT = timedelta(days=7)
"""Answers to a repeated write: a counter without a network sends its own after days."""

SIGN_INS_KEPT = timedelta(days=31)
"""Attempts, codes and sign-ins that are over: a device is known for thirty days."""

MESSAGES_KEPT = timedelta(days=30)
"""Messages that a sender took."""


@dataclass(frozen=True, slots=True)
class Tidied:
    """What was done: rows deleted by subject, invitations that lapsed, people erased again."""

    answers: int
    writes: int
    sign_ins: int
    messages: int
    lapsed_invitations: int
    erased_again: int
    is_scrubbed: bool


def tidy(database: Database, keys: KeyRing, erasures: Path, *, now: datetime) -> Tidied:
    """Delete what has had its time, erase who came back with a backup, scrub; return what was done.

    Raises
    ------
    InvalidInput
        When a line of the erasure list is no entry.
    DatabaseNotReady
        When the database does not answer.
    """
    n_again = erase_listed(database, keys, erasures)
    with database.session.begin() as session:
        counts = {
            "answers": prune_answers(session, before=now - ANSWERS_KEPT),
            "writes": prune_writes(session, before=now - WRITES_KEPT),
            "sign_ins": prune_sign_ins(session, before=now - SIGN_INS_KEPT),
            "messages": prune_messages(session, before=now - MESSAGES_KEPT),
            "lapsed_invitations": lapse_invitations(session, sent_before=now - INVITATION_OPEN),
        }
    return Tidied(**counts, erased_again=n_again, is_scrubbed=scrub(database))


def erase_listed(database: Database, keys: KeyRing, erasures: Path) -> int:
    """Erase whoever is on the list and not yet known to the database as erased; return how many were there again.

    Raises
    ------
    InvalidInput
        When a line of the list is no entry.

    Notes
    -----
    A database that knows every entry is left as it is, so that a usual start costs nothing.
    """
    listed = listed_erasures(erasures)
    with database.reading() as session:
        known = {one.erased_id_hash for one in erasures_of(session)}
    if all(one.erased_id_hash in known for one in listed):
        return 0
    with database.session.begin() as session:
        n_again = apply_erasures(session, listed, lambda alumnus_id: keys.hashes("erasure", alumnus_id))
    scrub(database)
    return n_again
