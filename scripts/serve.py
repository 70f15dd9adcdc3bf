"""Takes the settings; serves the web until it is stopped. Holds no route."""

from __future__ import annotations

import argparse

import uvicorn

from api.app import create_app
from api.settings import Settings


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``padan serve`` to `subparsers`."""
    parser = subparsers.add_parser("serve", help="serve the web and the API (settings: .env.example)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve until a signal stops it; return 0."""
    del arguments
    settings = Settings()
    uvicorn.run(create_app(settings), host=settings.host, port=settings.port, log_config=None)
    return 0
