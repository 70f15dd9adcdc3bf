"""Takes the settings; shows which artifacts served, and goes back to the one before. Every process follows at once."""

from __future__ import annotations

import argparse
from dataclasses import replace

from api.clock import clock
from api.database import Database
from api.opening import opened_database
from api.settings import Settings
from api.storage.artifacts import Activation, activations, note_activation
from matcher.domain.errors import InvalidInput
from matcher.engine.artifacts import load
from scripts.arguments import cache_folder


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``padan policy`` to `subparsers`."""
    parser = subparsers.add_parser("policy", help="which artifact ranks, and back to the one before")
    parts = parser.add_subparsers(dest="part", required=True, metavar="PART")
    parts.add_parser("list", help="artifacts that served, the last one first").set_defaults(run=run_list)
    parts.add_parser("rollback", help="serve the artifact before the present one again").set_defaults(run=run_rollback)


def run_list(arguments: argparse.Namespace) -> int:
    """Print the activations and return 0."""
    del arguments
    for one in _activations():
        print(f"{one.activated_at:%Y-%m-%d %H:%M} UTC  {one.artifact_id}  {one.name}")
    return 0


def run_rollback(arguments: argparse.Namespace) -> int:
    """Activate the artifact that served before the present one, and return 0.

    Raises
    ------
    InvalidInput
        When no other artifact was activated before.
    MatcherError
        When it is gone or damaged: the present one serves on.
    """
    del arguments
    settings = Settings()
    database = opened_database(settings)
    try:
        before = _before(database)
        load(settings.artifacts / before.name, cache_folder=cache_folder())
        with database.session.begin() as session:
            note_activation(session, replace(before, activated_at=clock(None)(), by_account_id=None))
    finally:
        database.close()
    print(f"{before.name} ({before.artifact_id}) serves again")
    return 0


def _before(database: Database) -> Activation:
    with database.reading() as reading:
        found = activations(reading)
    others = [one for one in found if one.artifact_id != found[0].artifact_id]
    if not others:
        raise InvalidInput("policy: no other artifact was activated before; activate one with the operator's call")
    return others[0]


def _activations() -> list[Activation]:
    database = opened_database(Settings())
    try:
        with database.reading() as reading:
            return activations(reading)
    finally:
        database.close()
