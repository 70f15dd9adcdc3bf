"""Takes the settings; writes a backup of the database into a folder. Copies no key and no artifact."""

from __future__ import annotations

import argparse
from pathlib import Path

from api.clock import clock
from api.opening import opened_database
from api.settings import Settings
from api.upkeep.backup import back_up


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``padan backup`` to `subparsers`."""
    parser = subparsers.add_parser("backup", help="write a backup of the database, while it serves")
    parser.add_argument("--to", type=Path, required=True, metavar="DIR", help="an empty folder, or one to make")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Back up, print what was done, and return 0."""
    database = opened_database(Settings())
    try:
        told = back_up(database, arguments.to, now=clock(None)())
    finally:
        database.close()
    print(f"{arguments.to}: {told['kind']} at {told['revision']}, {told['made_at']}")
    return 0
