"""Takes the folder of a backup; fills the empty database of the settings. Overwrites nothing."""

from __future__ import annotations

import argparse
from pathlib import Path

from api.settings import Settings
from api.upkeep.backup import restore


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``padan restore`` to `subparsers`."""
    parser = subparsers.add_parser("restore", help="fill an empty database from a backup")
    parser.add_argument(
        "--from", type=Path, required=True, dest="source", metavar="DIR", help="written by padan backup"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Restore, print what was done, and return 0."""
    n_again = restore(Settings(), arguments.source)
    print(f"restored; {n_again} people erased again by the list")
    return 0
