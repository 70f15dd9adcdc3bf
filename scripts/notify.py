"""Takes the settings; writes the short messages that are due into the outbox. Run it once a day, by daylight."""

from __future__ import annotations

import argparse

from api.clock import clock
from api.live.opening import opened_live
from api.opening import opened_database, opened_security
from api.settings import Settings
from api.upkeep.notify import notify


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``padan notify`` to `subparsers`."""
    parser = subparsers.add_parser("notify", help="write the short messages that are due into the outbox; run it daily")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the messages, print how many people were told what, and return 0."""
    del arguments
    settings = Settings()
    world_clock = clock(settings.now)
    database = opened_database(settings)
    try:
        live = opened_live(settings, database, clock=world_clock)
        keys = opened_security(settings, database).keys
        done = notify(database, live.view(), keys, address=settings.public_url, now=world_clock())
    finally:
        database.close()
    print(f"{done.people} want messages: {done.told_of_matches} told of vacancies, {done.told_of_ends} of ended ones")
    return 0
