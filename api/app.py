"""Takes the settings; gives the web service: artifact loaded, routes mounted, errors mapped, logging set.

Answers no request itself.
"""

from __future__ import annotations

import logging

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.middleware.gzip import GZipMiddleware

from api.clock import clock
from api.dependencies import Serving
from api.errors import map_errors
from api.logs import configure_logging
from api.rendering import STATIC
from api.routes import alumni, health, pages, vacancies
from api.settings import Settings
from api.trail import Trail
from matcher.domain.errors import ArtifactDamaged, MatcherError
from matcher.engine.artifacts import Artifact, load

_LOG = logging.getLogger("api.app")


def create_app(settings: Settings) -> FastAPI:
    """Return the service over the artifact that `settings` name.

    A missing or damaged artifact does not stop it: then ``/health/ready`` says what is wrong, and every answer that
    needs the artifact is a 503.

    Raises
    ------
    InvalidInput
        When the fixed date of the settings is no date.
    """
    configure_logging()
    app = FastAPI(
        title="Padan",
        version="1",
        description="Certificates in, ranked vacancies out.",
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
    )
    app.state.serving = Serving(_opened(settings), clock(settings.now))
    for routes in (pages, health, vacancies, alumni):
        app.include_router(routes.router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    map_errors(app)
    app.add_middleware(GZipMiddleware, minimum_size=1024)
    app.add_middleware(Trail)
    return app


def _opened(settings: Settings) -> Artifact | MatcherError:
    """Return the artifact with every part read, so that no first visitor waits for it, or why that failed."""
    try:
        artifact = load(settings.artifact, cache_folder=settings.cache)
        counted = {"vacancies": len(artifact.recommender.columns), "alumni": len(artifact.alumni)}
        artifact.adverts([])
    except MatcherError as refusal:
        _LOG.error("no artifact", extra={"told": {"refusal": str(refusal)}})
        return refusal
    except OSError as problem:
        _LOG.error("no artifact", exc_info=problem)
        return ArtifactDamaged(
            f"{settings.artifact}: cannot be opened ({problem}); check that it is whole and readable"
        )
    _LOG.info("artifact loaded", extra={"told": {"artifact_id": artifact.artifact_id, **counted}})
    return artifact
