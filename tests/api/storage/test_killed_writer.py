"""A writer killed under load: every batch it acknowledged is there once; sending the last one again doubles nothing."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select

from api.database import Database
from api.storage.events import interactions_of
from api.storage.schema.events import impression_entries, interactions
from tests.api.storage.event_writer import N_ENTRIES, batch, send

ROOT = Path(__file__).parents[3]
WRITERS = (("w1", "w2", "w3", "w4"), ("x1", "x2", "x3", "x4"))
"""The names each process writes under, a thread a name."""
N_BEFORE_KILL = (7, 23)


@contextmanager
def _writer(url: str, names: tuple[str, ...]) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.api.storage.event_writer", url, *names]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def _acknowledged(process: subprocess.Popen[str], n_before_kill: int) -> Counter[str]:
    """Kill the writer after so many acknowledgements; return how many batches of each name it acknowledged."""
    assert process.stdout is not None
    told = [process.stdout.readline().strip() for _ in range(n_before_kill)]
    process.send_signal(signal.SIGKILL)
    # What is still in the pipe was said before the end, and counts.
    told += process.stdout.read().split()
    assert process.wait() == -signal.SIGKILL
    return Counter(told)


@pytest.mark.parametrize("n_before_kill", N_BEFORE_KILL)
def test_killed_writer_loses_and_doubles_nothing(database: Database, database_url: str, n_before_kill: int) -> None:
    with _writer(database_url, WRITERS[0]) as first, _writer(database_url, WRITERS[1]) as second:
        kept = _acknowledged(first, n_before_kill) + _acknowledged(second, n_before_kill)
    assert sum(kept.values()) >= 2 * n_before_kill
    for name in (*WRITERS[0], *WRITERS[1]):
        with database.reading() as session:
            wanted = [look for number in range(kept[name]) for look in batch(name, number)[1]]
            assert interactions_of(session, [look.interaction_id for look in wanted]) == {
                look.interaction_id: look for look in wanted
            }
        # The batch under way when the writer died is there as a whole or not at all; its client sends it again.
        shown, looks = send(database, name, kept[name])
        assert (shown.n_written, looks.n_written) in {(1, N_ENTRIES), (0, 0)}
    n_batches = sum(kept.values()) + len(WRITERS[0]) + len(WRITERS[1])
    with database.reading() as session:
        for table in (interactions, impression_entries):
            assert session.scalar(select(func.count()).select_from(table)) == n_batches * N_ENTRIES
