"""Takes what runs the service: an operator who switches artifacts, and Prometheus. Measures nothing itself."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, Field

from api.dependencies import CurrentAccount, OpenedDatabase, ServedLive, WallNow, require
from api.live.artifact_switch import activate
from api.metrics import MEDIA_TYPE, exposition
from api.routes.responses import refusals

router = APIRouter(tags=["operator"])


class Activated(BaseModel):
    """An artifact that serves from now on."""

    name: str
    artifact_id: str = Field(description="Hash of its content, as /health/ready says it")
    activated_at: datetime


@router.post(
    "/v1/operator/artifacts/{name}/activate",
    dependencies=[require("operator")],
    responses=refusals(401, 403, 404, 409, 422, 429, 503),
)
def activate_artifact(
    name: Annotated[str, Path(description="Folder in PADAN_ARTIFACTS", max_length=64)],
    account: CurrentAccount,
    live: ServedLive,
    database: OpenedDatabase,
    now: WallNow,
    response: Response,
) -> Activated:
    """Serve another artifact, checked first; requests under way keep the old one, and a damaged one is refused."""
    done = activate(live, database, name, by_account_id=account.account_id, now=now)
    response.headers["Cache-Control"] = "no-store"
    return Activated(name=done.name, artifact_id=done.artifact_id, activated_at=done.activated_at)


@router.get(
    "/metrics",
    dependencies=[require("anyone")],
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}, **refusals(429)},
    response_class=Response,
)
def metrics(live: ServedLive) -> Response:
    """Give the figures of this process, or of all workers together, to Prometheus. They name nobody."""
    return Response(exposition(live.behind_seconds), media_type=MEDIA_TYPE, headers={"Cache-Control": "no-store"})
