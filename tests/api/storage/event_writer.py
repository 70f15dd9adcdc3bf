"""A process that appends slates and what was done with them, and says of each batch that it is committed.

Run: python -m tests.api.storage.event_writer URL NAME [NAME ...]. It never ends by itself; the test kills it.
"""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count

from sqlalchemy.orm import Session

from api.database import Database, open_database
from api.storage.events import Appended, append_impressions, append_interactions
from matcher.domain.records import Impression, Interaction, SlateItem
from tests.world import NOW

N_ENTRIES = 10


def batch(name: str, number: int) -> tuple[Impression, list[Interaction]]:
    """Return the slate `number` of the writer `name`, and a look at each of its vacancies."""
    impression_id, alumnus_id = f"{name}-{number}", f"a-{name}"
    entries = tuple(SlateItem(f"v-{place}", place, 1.0 / place, 0.5) for place in range(1, N_ENTRIES + 1))
    looks = [
        Interaction(
            f"{impression_id}-{item.position}", alumnus_id, item.vacancy_id, "viewed", NOW, impression_id=impression_id
        )
        for item in entries
    ]
    return Impression(impression_id, NOW - timedelta(minutes=1), alumnus_id, "p@1", entries=entries), looks


def send(database: Database, name: str, number: int) -> tuple[Appended, Appended]:
    """Append one batch and commit it; return what was written of the slate and of the looks."""
    impression, looks = batch(name, number)

    def append(session: Session) -> tuple[Appended, Appended]:
        shown = append_impressions(session, [impression], now=NOW)
        return shown, append_interactions(session, looks, now=NOW)

    return database.group.run(append)


def send_on(database: Database, name: str) -> None:
    """Send batch after batch, and say of each that it is committed."""
    for number in count():
        send(database, name, number)
        os.write(sys.stdout.fileno(), f"{name}\n".encode())


def main(url: str, *names: str) -> None:
    """Send for each name from a thread of its own, through one database: their batches are committed together."""
    database = open_database(url)
    with ThreadPoolExecutor(len(names)) as threads:
        for name in names:
            threads.submit(send_on, database, name)


if __name__ == "__main__":
    main(*sys.argv[1:])
