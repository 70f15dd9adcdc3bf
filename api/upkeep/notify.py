"""Takes a database and what is open; gives the short messages that are due, in the outbox. Sends nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from api.alumni.messages import tell_person
from api.database import Database
from api.live.view import LiveView
from api.security.keys import KeyRing
from api.storage.message_wishes import MessageWish, wishes_after

_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Notified:
    """Of how many people who want messages, how many were told of vacancies, and how many of some that ended."""

    people: int
    told_of_matches: int
    told_of_ends: int


def notify(database: Database, view: LiveView, keys: KeyRing, *, address: str, now: datetime) -> Notified:
    """Write what is due to everybody who wants messages, each person in a transaction of their own; say how many.

    A run that was cut off goes on with the next: who was told is not told again.

    Raises
    ------
    InvalidInput
        When the keys are not those that sealed the contacts.
    ModelUnavailable
        When a certificate has no stored scores and the encoder cannot run.
    """
    n_people = n_matches = n_ends = 0
    for wish in _wishes(database):
        with database.session.begin() as session:
            told = tell_person(session, view, keys, wish, address=address, now=now)
        n_people, n_matches, n_ends = n_people + 1, n_matches + (told.n_matches > 0), n_ends + (told.n_ended > 0)
    return Notified(n_people, n_matches, n_ends)


def _wishes(database: Database) -> Iterator[MessageWish]:
    last = ""
    while True:
        with database.reading() as reading:
            page = wishes_after(reading, last, limit=_AT_ONCE)
        if not page:
            return
        yield from page
        last = page[-1].alumnus_id
