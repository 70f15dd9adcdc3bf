"""Takes the questions of whoever runs the service; gives whether it lives and whether it is ready. Mends nothing."""

from __future__ import annotations

from fastapi import APIRouter

from api.dependencies import ServedArtifact
from api.routes.responses import refusals
from api.schemas import Alive, Ready

router = APIRouter(prefix="/health", tags=["health"])


@router.get("/live", responses=refusals())
def live() -> Alive:
    """Say that the process answers."""
    return Alive()


@router.get("/ready", responses=refusals(503))
def ready(artifact: ServedArtifact) -> Ready:
    """Say that the artifact is served; a 503 says what is wrong and what to do."""
    manifest = artifact.manifest
    return Ready(
        artifact_id=artifact.artifact_id,
        created_at=manifest["created_at"],
        encoder=manifest["encoder"]["name"],
        counts=manifest["counts"],
    )
