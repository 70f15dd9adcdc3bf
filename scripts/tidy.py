"""Takes the settings; deletes what has had its time and erases who is listed. Run it every hour."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from api.clock import clock
from api.opening import opened_database, opened_security
from api.settings import Settings
from api.upkeep.tidy import tidy


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``padan tidy`` to `subparsers`."""
    parser = subparsers.add_parser("tidy", help="delete what has had its time; run it every hour")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Tidy, print what was done, and return 0."""
    del arguments
    settings = Settings()
    database = opened_database(settings)
    try:
        done = tidy(database, opened_security(settings, database).keys, settings.erasures, now=clock(None)())
    finally:
        database.close()
    print(", ".join(f"{name} {value}" for name, value in asdict(done).items()))
    return 0
