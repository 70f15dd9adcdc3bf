"""Takes the settings; gives the web service: artifact, database and keys opened, routes mounted and guarded.

Answers no request itself.
"""

from __future__ import annotations

import asyncio
import logging

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.middleware.gzip import GZipMiddleware

from api.clock import clock
from api.database import Database, DatabaseNotReady
from api.dependencies import Serving
from api.errors import map_errors
from api.logs import configure_logging
from api.opening import opened_database, opened_security
from api.rendering import STATIC
from api.roles import access_table
from api.routes import alumni, auth, browser, health, pages, vacancies
from api.security import Security, open_rates
from api.settings import Settings
from api.trail import Trail
from matcher.domain.errors import ArtifactDamaged, MatcherError, NotFitted
from matcher.engine.artifacts import Artifact, load

_LOG = logging.getLogger("api.app")


def create_app(settings: Settings) -> FastAPI:
    """Return the service over the artifact that `settings` name.

    A missing or damaged artifact, a database that does not answer or is behind, and missing keys do not stop it: then
    ``/health/ready`` says what is wrong, and every answer that needs them is a 503.

    Raises
    ------
    InvalidInput
        When the fixed date of the settings is no date.
    RuntimeError
        When a route declares no roles: a fault of the code.
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
    app.state.serving = _serving(settings)
    for routes in (pages, health, vacancies, alumni, auth, browser):
        app.include_router(routes.router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    access_table(app)
    map_errors(app)
    app.add_middleware(GZipMiddleware, minimum_size=1024)
    app.add_middleware(Trail)
    return app


def _serving(settings: Settings) -> Serving:
    world_clock, database = clock(settings.now), _opened_database(settings)
    return Serving(
        artifact=_opened(settings),
        clock=world_clock,
        database=database,
        security=_opened_security(settings, database),
        rates=open_rates(settings),
        wall_clock=clock(None),
        sleep=asyncio.sleep,
    )


def _opened_database(settings: Settings) -> Database | MatcherError:
    """Return the database, or why there is none."""
    try:
        return opened_database(settings)
    except MatcherError as refusal:
        _LOG.error("no database", extra={"told": {"refusal": type(refusal).__name__}})
        return DatabaseNotReady(str(refusal))


def _opened_security(settings: Settings, database: Database | MatcherError) -> Security | MatcherError:
    """Return what guards the service, or why there is nothing."""
    if isinstance(database, MatcherError):
        return database
    try:
        return opened_security(settings, database)
    except MatcherError as refusal:
        _LOG.error("no keys", extra={"told": {"refusal": str(refusal)}})
        return NotFitted(str(refusal))


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
