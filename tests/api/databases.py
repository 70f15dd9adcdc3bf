"""Fixtures: an empty, migrated database of each kind; the PostgreSQL server is real, started once and stopped again.

A test that takes `database` or `database_url` runs twice. Every test has a database of its own, copied from one that
was migrated once.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from api.database import Database, migrate, open_database
from tests.postgres_cluster import REMEDY, Cluster, binaries

KINDS = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """The address of a fresh PostgreSQL server, without a database name."""
    found = binaries()
    if found is None and os.environ.get("CI") == "true":
        pytest.fail(f"PostgreSQL is missing: {REMEDY}")
    if found is None:
        pytest.skip(f"PostgreSQL is missing: {REMEDY}")
    with _server(found) as url:
        yield url


@pytest.fixture(scope="session")
def empty_database_url(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Callable[[str], str]:
    """Give the address of a database of a kind that holds nothing, not even a schema."""

    def url_of(kind: str) -> str:
        if kind == "sqlite":
            return f"sqlite:///{tmp_path_factory.mktemp('sqlite') / 'padan.db'}"
        server = request.getfixturevalue("postgresql_url")
        return f"{server}/{_created(server, 'template1')}"

    return url_of


@pytest.fixture(scope="session", params=KINDS)
def migrated_url(request: pytest.FixtureRequest, empty_database_url: Callable[[str], str]) -> str:
    """The address of a migrated database that is only copied, never used."""
    url = empty_database_url(request.param)
    migrate(url)
    return url


@pytest.fixture
def database_url(migrated_url: str, tmp_path: Path) -> Iterator[str]:
    """The address of a migrated database without a row."""
    if migrated_url.startswith("sqlite"):
        copied = tmp_path / "padan.db"
        shutil.copy(migrated_url.removeprefix("sqlite:///"), copied)
        yield f"sqlite:///{copied}"
        return
    server, template = migrated_url.rsplit("/", 1)
    name = _created(server, template)
    yield f"{server}/{name}"
    _run_sql(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A migrated database without a row, opened."""
    opened = open_database(database_url)
    yield opened
    opened.close()


@contextmanager
def _server(programs: Path) -> Iterator[str]:
    # Not below pytest's own folder: root may enter that one only, and PostgreSQL refuses to run as root.
    folder = Path(tempfile.mkdtemp(prefix="padan-postgresql-"))
    cluster = Cluster.made(programs, folder)
    try:
        # No test cuts the power: what a killed client has committed is safe without waiting for the disk.
        cluster.configure("fsync = off\nmax_connections = 200\nshared_buffers = 64MB\n")
        cluster.start()
        yield cluster.url
    finally:
        cluster.stop("immediate")
        shutil.rmtree(folder)


def _created(server: str, template: str) -> str:
    name = f"t{uuid4().hex}"
    _run_sql(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    return name


def _run_sql(server: str, statement: str) -> None:
    with closing(psycopg.connect(f"{server}/postgres", autocommit=True)) as connection:
        connection.execute(statement.encode())
