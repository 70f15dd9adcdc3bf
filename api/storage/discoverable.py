"""Takes a session; gives whose agreement to be found changed. Ranks nobody."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.storage.schema.people import consents


def changed_agreements(session: Session, *, since: datetime) -> list[str]:
    """Return who said yes or no to being found since `since`, by id. Raises nothing."""
    found = select(consents.c.alumnus_id).where(consents.c.purpose == "discoverable", consents.c.at >= since)
    return list(session.scalars(found.distinct().order_by(consents.c.alumnus_id)))
