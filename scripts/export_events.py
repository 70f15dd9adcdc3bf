"""Takes the service's database; gives the event tables, the people who agree to it and the vacancies posted here.

Learning and measuring read these files; names and contacts are in none of them.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from api.clock import clock
from api.opening import opened_database
from api.settings import Settings
from api.storage.exports import export_events, export_people, export_vacancies


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``padan export-events`` to `subparsers`."""
    parser = subparsers.add_parser("export-events", help="write what happened, for learning and measuring")
    parser.add_argument("--to", type=Path, required=True, metavar="DIR", help="folder of the tables")
    parser.add_argument("--now", metavar="DATE", help="date or instant that decides which vacancies are open")
    parser.add_argument("--json", action="store_true", help="print the counts as JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the tables, print how many rows each has, and return 0.

    Raises
    ------
    MatcherError
        When the database does not answer.
    """
    settings = Settings()
    now = clock(arguments.now or settings.now)()
    arguments.to.mkdir(parents=True, exist_ok=True)
    database = opened_database(settings)
    try:
        with database.reading() as reading:
            written = export_events(reading, arguments.to) | export_people(reading, arguments.to)
            written["vacancies"] = export_vacancies(reading, arguments.to, now=now)
    finally:
        database.close()
    if arguments.json:
        print(json.dumps({"rows": written, "to": str(arguments.to)}))
    else:
        print("\n".join(f"{name}: {n_rows:,} rows" for name, n_rows in written.items()))
    return 0
