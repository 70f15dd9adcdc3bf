"""Takes a session and a person; gives whether they are here, and keeps them here until the transaction ends.

Without it an event written while its person is being erased would carry their id for ever. Changes nothing.
"""

from __future__ import annotations

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from api.storage.schema.people import people

_FOUND = select(people.c.alumnus_id).where(people.c.alumnus_id == bindparam("alumnus_id"))
_HELD = {is_final: _FOUND.with_for_update(read=not is_final, key_share=not is_final) for is_final in (False, True)}


def hold_person(session: Session, alumnus_id: str, *, to_erase: bool = False) -> bool:
    """Return whether the person is stored.

    Who holds a person to erase them waits for all who hold them to write, and lets none in afterwards; those who write
    do not wait for each other. SQLite needs no lock for it: it has one writer at a time.

    Notes
    -----
    Raises nothing.
    """
    return session.execute(_HELD[to_erase], {"alumnus_id": alumnus_id}).first() is not None
