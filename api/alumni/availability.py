"""Takes what a person says of looking for work; gives whether employers who ask for it find them.

What is known of their jobs counts beside their own word; the rule is in `matcher.domain.availability`.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from api.alumni.bodies import OwnAvailability
from api.refusals import NotSignedIn
from api.storage.availability import availability_of, busy_people, set_availability
from api.storage.presence import hold_person


def availability(session: Session, alumnus_id: str) -> OwnAvailability:
    """Return what the person said, and until when they count as looking for no work. Raises nothing."""
    said = availability_of(session, alumnus_id)
    until = busy_people(session, [alumnus_id]).get(alumnus_id)
    return OwnAvailability(is_looking=None if said is None else said.is_looking, busy_until=until)


def say(session: Session, alumnus_id: str, is_looking: bool, *, now: datetime) -> OwnAvailability:
    """Store what the person says, in force in every search within a second; return what holds then.

    Raises
    ------
    NotSignedIn
        When the person was erased meanwhile.
    """
    if not hold_person(session, alumnus_id):
        raise NotSignedIn("sign-in: of somebody who is not here any more")
    set_availability(session, alumnus_id, is_looking, now=now)
    return availability(session, alumnus_id)
