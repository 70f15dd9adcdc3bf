"""Takes who is signed in as an alumnus; gives their person as stored, and notes in the trail where an officer acts.

Changes nothing about the person.
"""

from __future__ import annotations

import sqlalchemy.orm
from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool

from api.dependencies import CurrentAccount, OpenedDatabase, WallNow
from api.pages.texts import LANGUAGES, Language, texts_in
from api.refusals import NotSignedIn
from api.security.accounts import SignedIn
from api.storage.people import Person, person_of
from api.storage.trail import Access, note_accesses


def alumnus_id_of(account: SignedIn) -> str:
    """Return whom the account is, or acts for.

    Raises
    ------
    NotSignedIn
        When that is no person.
    """
    if account.alumnus_id is None:
        raise NotSignedIn("sign-in: is nobody's own; sign in as an alumnus")
    return account.alumnus_id


def myself(session: sqlalchemy.orm.Session, account: SignedIn) -> Person:
    """Return the person as stored.

    Raises
    ------
    NotSignedIn
        When they were erased.
    """
    person = person_of(session, alumnus_id_of(account))
    if person is None:
        raise NotSignedIn("sign-in: of somebody who is not here any more")
    return person


def channel_of(account: SignedIn) -> str:
    """Return web, or counter where an officer acts for the person. Raises nothing."""
    return "web" if account.is_in_person else "counter"


def reporter_of(account: SignedIn) -> str:
    """Return self, or officer where one acts for the person. Raises nothing."""
    return "self" if account.is_in_person else "officer"


def told(key: str, **values: object) -> dict[Language, str]:
    """Return a text of the catalogues in every language.

    Notes
    -----
    Raises KeyError where the catalogues have no such text: a fault of the code.
    """
    return {language: texts_in(language)(key, **values) for language in LANGUAGES}


async def _note_officer(request: Request, account: CurrentAccount, database: OpenedDatabase, now: WallNow) -> None:
    """Note what an officer does for a person before it is done; committed whatever comes of it."""
    if account.is_in_person:
        return
    act = f"counter {request.method} {request.scope['route'].path}"
    done = Access(account.account_id, "counter", alumnus_id_of(account), act, now)
    await run_in_threadpool(database.group.run, lambda session: note_accesses(session, [done]))


NOTED = Depends(_note_officer)
"""Every call that an officer may make for a person carries it, behind its guard."""
