"""Takes the settings; gives the web service: artifact, database and keys opened, routes mounted and guarded.

Answers no request itself.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.middleware.gzip import GZipMiddleware

from api.alumni.showing import Showing, store_slates
from api.arriving import Arriving
from api.clock import clock
from api.database import POOL_SIZE, Database, DatabaseNotReady
from api.dependencies import Serving
from api.errors import map_errors
from api.live.opening import holdout_of, opened_live
from api.logs import configure_logging
from api.opening import opened_database, opened_security
from api.pages.rendering import STATIC
from api.pmo.desk import FigureDesk
from api.routes.every import every_route
from api.security.guard import Security, open_rates
from api.security.roles import access_table
from api.settings import Settings
from api.trail import Trail
from api.upkeep.tidy import erase_listed
from matcher.domain.errors import MatcherError, NotFitted

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
        routes=list(every_route()),
        lifespan=_following,
    )
    app.state.serving = _serving(settings)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    access_table(app)
    map_errors(app)
    app.add_middleware(GZipMiddleware, minimum_size=1024)
    app.add_middleware(Arriving)
    app.add_middleware(Trail)
    return app


def _serving(settings: Settings) -> Serving:
    world_clock, database = clock(settings.now), _opened_database(settings)
    security = _opened_security(settings, database)
    live = opened_live(settings, None if isinstance(database, MatcherError) else database, clock=world_clock)
    return Serving(
        live=live,
        clock=world_clock,
        database=database,
        showing=database if isinstance(database, MatcherError) else Showing(database.session, store_slates),
        security=security,
        rates=open_rates(settings),
        wall_clock=clock(None),
        sleep=asyncio.sleep,
        erasures=settings.erasures,
        is_public=settings.is_public,
        figures=FigureDesk(settings.events, live, holdout_of(settings), settings.registers),
    )


@asynccontextmanager
async def _following(app: FastAPI) -> AsyncIterator[None]:
    """Follow the database while the service runs; every request is answered when this goes on after the yield."""
    serving: Serving = app.state.serving
    # A handler holds two connections at most, one to read and one to write: so none waits for another's.
    current_default_thread_limiter().total_tokens = POOL_SIZE
    serving.live.start()
    yield
    await asyncio.to_thread(serving.live.stop)
    if isinstance(serving.database, Database):
        serving.database.close()


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
        security = opened_security(settings, database)
        # Before the first answer: who was erased may have come back with a backup.
        erase_listed(database, security.keys, settings.erasures)
        return security
    except MatcherError as refusal:
        _LOG.error("no keys", extra={"told": {"refusal": str(refusal)}})
        return NotFitted(str(refusal))
