"""Takes the questions of whoever runs the service; gives whether it lives and whether it is ready. Mends nothing."""

from __future__ import annotations

from fastapi import APIRouter

from api.dependencies import Now, OpenedDatabase, OpenedSecurity, ServedLive, require
from api.live.readiness import readiness
from api.routes.responses import refusals
from api.schemas import Alive, Ready

router = APIRouter(prefix="/health", tags=["health"], dependencies=[require("anyone")], responses=refusals(429))


@router.get("/live", responses=refusals())
def live() -> Alive:
    """Say that the process answers."""
    return Alive()


@router.get("/ready", responses=refusals(503))
def ready(served: ServedLive, database: OpenedDatabase, _security: OpenedSecurity, now: Now) -> Ready:
    """Say that artifact, database and keys are served and changes followed; a 503 says what is wrong and what to do."""
    return readiness(served, database, now=now)
