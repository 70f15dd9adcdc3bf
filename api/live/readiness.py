"""Takes what a process serves; gives whether it may be asked, or what is wrong. Mends nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

from api.database import Database, DatabaseNotReady, check_schema
from api.live.process import Live
from api.schemas import Ready
from matcher.domain.errors import NotFitted

FEED_BEHIND_SECONDS = 5
"""Above it a process may be showing what is filled."""

_CLOCK_SLACK = timedelta(minutes=5)


def readiness(live: Live, database: Database, *, now: datetime) -> Ready:
    """Return what is served; ``warnings`` says what to mend although it serves.

    Raises
    ------
    DatabaseNotReady
        When the database does not answer, is of another schema, or its changes are not followed.
    NotFitted
        When the clock stands before the day on which the artifact was built.
    MatcherError
        When there is no artifact: the reason why.
    """
    view = live.view()
    check_schema(database)
    behind = live.behind_seconds
    if behind > FEED_BEHIND_SECONDS:
        raise DatabaseNotReady(
            f"feed: read {behind:.0f} s ago, filled vacancies may be shown; the log says why under 'database not read'"
        )
    created_at = datetime.fromisoformat(view.manifest["created_at"])
    if now < created_at - _CLOCK_SLACK:
        raise NotFitted(
            f"clock: says {now.isoformat()}, before the artifact was built ({created_at.isoformat()}); set the clock"
        )
    return Ready(
        artifact_id=view.artifact_id,
        created_at=created_at,
        encoder=view.manifest["encoder"]["name"],
        counts=dict(view.manifest["counts"]),
        feed_seq=view.seq,
        warnings=[live.refused_switch] if live.refused_switch else [],
    )
