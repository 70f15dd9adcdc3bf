"""Takes a request at a counter that needs the vacancies; gives officer, session, keys, vacancies and time as one.

Decides nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import sqlalchemy.orm
from fastapi import Depends

from api.dependencies import CurrentAccount, Now, OpenedSecurity, ServedArtifact, Session, WallNow
from api.live.view import LiveView
from api.security.accounts import SignedIn
from api.security.keys import KeyRing


@dataclass(frozen=True, slots=True)
class Desk:
    """What an officer works with. ``now`` decides which vacancies are open, ``wall_now`` what is due and expires."""

    officer: SignedIn
    session: sqlalchemy.orm.Session
    keys: KeyRing
    artifact: LiveView
    now: datetime
    wall_now: datetime


def _desk(
    officer: CurrentAccount,
    session: Session,
    security: OpenedSecurity,
    artifact: ServedArtifact,
    now: Now,
    wall_now: WallNow,
) -> Desk:
    return Desk(officer, session, security.keys, artifact, now, wall_now)


OpenDesk = Annotated[Desk, Depends(_desk)]
