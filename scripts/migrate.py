"""Takes the settings; brings the schema of the database up to this version. Copies no data anywhere."""

from __future__ import annotations

import argparse

from api.database import migrate, revisions
from api.settings import Settings


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``padan migrate`` to `subparsers`."""
    parser = subparsers.add_parser("migrate", help="bring the database up to this version")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Migrate, print what was done, and return 0."""
    del arguments
    settings = Settings()
    migrate(settings.database_url)
    print(f"database at {revisions()[-1]}")
    return 0
