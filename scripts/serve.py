"""Takes the settings; serves the web until it is stopped. Holds no route."""

from __future__ import annotations

import argparse

import uvicorn
from fastapi import FastAPI

from api.app import create_app
from api.settings import Settings

_FINISH_SECONDS = 30
"""How long a stop waits for what is being answered."""

_SILENT_SECONDS = 60
"""How long a worker may say nothing before it is replaced: on a busy machine it imports for many seconds first."""


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``padan serve`` to `subparsers`."""
    parser = subparsers.add_parser("serve", help="serve the web and the API (settings: .env.example)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve until a signal stops it, finish what is being answered, and return 0."""
    del arguments
    settings = Settings()
    uvicorn.run(
        "scripts.serve:served_app",
        factory=True,
        host=settings.host,
        port=settings.port,
        http="h11",  # bounds the headers of a request; the faster parser takes megabytes of them
        workers=settings.workers,
        log_config=None,
        timeout_graceful_shutdown=_FINISH_SECONDS,
        timeout_worker_healthcheck=_SILENT_SECONDS,
    )
    return 0


def served_app() -> FastAPI:
    """Return the service of the environment's settings; each worker makes its own.

    Raises
    ------
    InvalidInput
        When the fixed date of the settings is no date.
    """
    return create_app(Settings())
