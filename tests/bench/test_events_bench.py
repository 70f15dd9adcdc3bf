"""Events written a second, in batches with their causes checked, against the bare driver's executemany; both databases.

Run: pytest tests/bench/test_events_bench.py -s. Both commit each batch; a batch is one transaction.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import psycopg
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from api.database import Database
from api.storage.events import append_impressions, append_interactions
from matcher.domain.records import Impression, Interaction, SlateItem
from tests.api.databases import database, database_url, empty_database_url, migrated_url, postgresql_url
from tests.world import NOW

__all__ = ["database", "database_url", "empty_database_url", "migrated_url", "postgresql_url"]

N_A_BATCH, ROUNDS, N_SLATES = 200, 25, 50
LEAST_A_SECOND = {"sqlite": 500, "postgresql": 1_500}
COLUMNS = ("interaction_id", "impression_id", "alumnus_id", "vacancy_id", "kind", "at", "source", "corrects_id")


def _slates() -> list[Impression]:
    entries = tuple(SlateItem(f"v-{place}", place, 1.0, 0.5) for place in range(1, 11))
    return [Impression(f"s-{number}", NOW, f"a-{number}", "p@1", entries=entries) for number in range(N_SLATES)]


def _looks(prefix: str, number: int) -> list[Interaction]:
    return [
        Interaction(
            f"{prefix}-{number}-{one}", f"a-{one % N_SLATES}", f"v-{one % 10 + 1}", "viewed", NOW, f"s-{one % N_SLATES}"
        )
        for one in range(N_A_BATCH)
    ]


def _wait_for_the_disk(url: str) -> None:
    """Let PostgreSQL write as in production; the fixtures start it without."""
    with closing(psycopg.connect(url, autocommit=True)) as connection:
        connection.execute("ALTER SYSTEM SET fsync = on")
        connection.execute("SELECT pg_reload_conf()")


def _bare(url: str) -> tuple[Any, str]:
    marks = ["?" if url.startswith("sqlite") else "%s"] * len(COLUMNS)
    statement = f"INSERT INTO interactions ({', '.join(COLUMNS)}) VALUES ({', '.join(marks)})"
    if url.startswith("sqlite"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"), timeout=10)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")
        return connection, statement
    _wait_for_the_disk(url)
    return psycopg.connect(url), statement


@pytest.fixture
def bare_seconds(database_url: str) -> Iterator[Callable[[int], float]]:
    """Give how long the bare driver takes for batch `number`, without any check."""
    connection, statement = _bare(database_url)
    at = NOW.replace(tzinfo=None).isoformat(" ") if database_url.startswith("sqlite") else NOW

    def seconds(number: int) -> float:
        rows = [(one.interaction_id, one.impression_id, one.alumnus_id, one.vacancy_id, one.kind, at, None, None)
                for one in _looks("bare", number)]  # fmt: skip
        began = time.perf_counter()
        connection.cursor().executemany(statement, rows)
        connection.commit()
        return time.perf_counter() - began

    with closing(connection):
        yield seconds


def test_events_are_written_fast_enough(
    database: Database, bare_seconds: Callable[[int], float], benchmark: BenchmarkFixture
) -> None:
    with database.session.begin() as session:
        append_impressions(session, _slates(), now=NOW)
    numbers, bare = iter(range(ROUNDS)), []

    def setup() -> tuple[tuple[list[Interaction]], dict[str, Any]]:
        number = next(numbers)
        bare.append(bare_seconds(number))
        return (_looks("ours", number),), {}

    def write(looks: list[Interaction]) -> None:
        with database.session.begin() as session:
            assert append_interactions(session, looks, now=NOW).n_written == N_A_BATCH

    benchmark.pedantic(write, setup=setup, rounds=ROUNDS, iterations=1)
    assert benchmark.stats is not None
    kind = database.engine.dialect.name
    rate, bare_rate = N_A_BATCH / benchmark.stats["median"], N_A_BATCH / sorted(bare)[ROUNDS // 2]
    benchmark.extra_info.update(kind=kind, events_a_second=round(rate), bare_events_a_second=round(bare_rate))
    print(
        f"\n{kind}: {rate:,.0f} events/s with causes checked, {rate / bare_rate:.2f} of the "
        f"{bare_rate:,.0f} of a bare executemany"
    )
    assert rate >= LEAST_A_SECOND[kind]
