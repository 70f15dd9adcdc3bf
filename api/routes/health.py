"""Takes the questions of whoever runs the service; gives whether it lives and whether it is ready. Mends nothing."""

from __future__ import annotations

from fastapi import APIRouter

from api.database import check_schema
from api.dependencies import OpenedDatabase, OpenedSecurity, ServedArtifact, require
from api.routes.responses import refusals
from api.schemas import Alive, Ready

router = APIRouter(prefix="/health", tags=["health"], dependencies=[require("anyone")], responses=refusals(429))


@router.get("/live", responses=refusals())
def live() -> Alive:
    """Say that the process answers."""
    return Alive()


@router.get("/ready", responses=refusals(503))
def ready(artifact: ServedArtifact, database: OpenedDatabase, _security: OpenedSecurity) -> Ready:
    """Say that the artifact, the database and the keys are served; a 503 says what is wrong and what to do."""
    check_schema(database)
    manifest = artifact.manifest
    return Ready(
        artifact_id=artifact.artifact_id,
        created_at=manifest["created_at"],
        encoder=manifest["encoder"]["name"],
        counts=manifest["counts"],
    )
