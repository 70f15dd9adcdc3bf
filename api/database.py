"""Takes the address of a database; gives its sessions, its migrations, and whether its schema is the one needed here.

SQLite (a file, WAL) and PostgreSQL answer alike. Holds no table and no statement: those are in `api.storage`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, inspect
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from api.storage.schema.columns import json_text
from matcher.domain.errors import InvalidInput, MatcherError
from matcher.ingest.datasets import first_line

BUSY_SECONDS = 10
"""How long a write waits for another one before it gives up."""

_MIGRATING_SECONDS = 60

POOL_SIZE = 16
"""Connections that a process keeps open; as many again are opened when needed."""

LOG_BYTES = 16 << 20
"""How long SQLite's log may grow while the service runs."""

_DRIVERS = {"sqlite": "sqlite+pysqlite", "postgresql": "postgresql+psycopg"}
_READING, _MIGRATING = "padan_reading", "padan_migrating"
_MIGRATION_LOCK = 7_262_326
"""PostgreSQL advisory lock: of two processes that migrate at once, one waits and then finds nothing to do."""


class DatabaseNotReady(MatcherError, RuntimeError):
    """The database does not answer, or its schema is not the one this code needs."""


@dataclass(frozen=True)
class Database:
    """An opened database.

    ``session()`` gives a session that may write: on SQLite it holds the one write lock from its first statement to its
    end, so hash and compute before it. ``reading()`` gives one that may not, waits for nobody, and sees one state of
    the whole database. Both roll back when they close; who opened a session commits it, or uses ``session.begin()``,
    which does.
    """

    engine: Engine
    session: sessionmaker[Session]
    reading: sessionmaker[Session]

    @property
    def is_sqlite(self) -> bool:
        """Whether this is SQLite."""
        return self.engine.dialect.name == "sqlite"

    def scrub(self) -> bool:
        """Drop what deleted rows left behind: SQLite's log is emptied into the file, PostgreSQL's dead rows are freed.

        Call it after the commit of an erasure. False where somebody was still reading an older state: call it again.

        Raises
        ------
        DatabaseNotReady
            When the database does not answer.
        """
        with _answering(self.engine):
            if not self.is_sqlite:
                with self.engine.connect() as connection:
                    connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("VACUUM")
                return True
            with closing(self.engine.raw_connection()) as bare:
                is_busy, *_ = bare.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            return not is_busy

    def trim_log(self) -> None:
        """Empty SQLite's log into the file where it has grown long; who keeps reading longer than a moment is left.

        SQLite does so by itself only when nobody reads. A service always has readers: its log would grow for ever, and
        every read be slower for it.

        Raises
        ------
        sqlalchemy.exc.SQLAlchemyError
            When the database does not answer.
        """
        log = Path(f"{self.engine.url.database}-wal")
        if not self.is_sqlite or not log.exists() or log.stat().st_size < LOG_BYTES:
            return
        with self.engine.connect() as connection:
            bare = connection.connection.cursor()
            # Most of it while others write; then the rest, and writers wait for that moment.
            for step in ("wal_checkpoint(PASSIVE)", "busy_timeout=50", "wal_checkpoint(TRUNCATE)"):
                bare.execute(f"PRAGMA {step}").fetchall()
            connection.invalidate()

    def close(self) -> None:
        """Close every connection. Raises nothing."""
        self.engine.dispose()


def open_database(url: str, *, pool_size: int = POOL_SIZE, busy_seconds: float = BUSY_SECONDS) -> Database:
    """Return the database at `url`; a missing SQLite file is made, for its owner only. Touches no schema.

    Parameters
    ----------
    url : str
        ``sqlite:///FILE`` or ``postgresql://USER@HOST/NAME``.
    pool_size : int
        Connections kept open, >= 1; as many again are opened when needed.
    busy_seconds : float
        How long a write, or a free connection, is waited for, > 0.

    Raises
    ------
    InvalidInput
        When `url` is no such address.
    """
    engine = _engine(_checked(url), pool_size, busy_seconds)
    snapshot = {} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    read_only = engine.execution_options(**{_READING: True, "postgresql_readonly": True}, **snapshot)
    return Database(engine, sessionmaker(engine, autoflush=False), sessionmaker(read_only, autoflush=False))


def migrate(url: str, revision: str = "head") -> None:
    """Bring the database at `url` up to `revision`; one that is there already is left as it is.

    Raises
    ------
    InvalidInput
        When `url` is no address of a database.
    DatabaseNotReady
        When the database does not answer, or was written by a later version.
    """
    database = open_database(url, busy_seconds=_MIGRATING_SECONDS)
    try:
        with _answering(database.engine), database.engine.execution_options(**{_MIGRATING: True}).begin() as connection:
            _lock(connection)
            _refuse_later(_revision_of(connection))
            command.upgrade(_config(connection), revision)
    finally:
        database.close()


def check_schema(database: Database) -> None:
    """Return when the schema is the one this code needs.

    Raises
    ------
    DatabaseNotReady
        When the database does not answer, or is behind or ahead, with both revisions by name.
    """
    with _answering(database.engine), database.reading() as session:
        found = _revision_of(session.connection())
    _refuse_later(found)
    if found != revisions()[-1]:
        raise DatabaseNotReady(
            f"database schema is at '{found or 'nothing'}', behind '{revisions()[-1]}' that this padan needs; "
            "run padan migrate"
        )


def is_empty(database: Database) -> bool:
    """Return whether the database holds no table at all.

    Raises
    ------
    DatabaseNotReady
        When it does not answer.
    """
    with _answering(database.engine):
        return not inspect(database.engine).get_table_names()


def revisions() -> list[str]:
    """Return the names of all migrations, the first one first. Raises nothing."""
    return [script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()][::-1]


def _checked(text: str) -> URL:
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise InvalidInput(
            "database url: cannot be read; write sqlite:///FILE or postgresql://USER@HOST/NAME"
        ) from None
    name = url.get_backend_name()
    if name not in _DRIVERS or not url.database or url.database == ":memory:":
        raise InvalidInput(
            f"database url '{url.render_as_string()}': neither a SQLite file nor PostgreSQL; "
            "write sqlite:///FILE or postgresql://USER@HOST/NAME"
        )
    return url.set(drivername=_DRIVERS[name])


def _engine(url: URL, pool_size: int, busy_seconds: float) -> Engine:
    pool: dict[str, Any] = {"pool_size": pool_size, "max_overflow": pool_size, "pool_timeout": busy_seconds}
    pool["json_serializer"] = json_text
    if url.get_backend_name() == "postgresql":
        options = f"-c timezone=UTC -c synchronous_commit=on -c lock_timeout={round(busy_seconds * 1000)}ms"
        return create_engine(url, pool_pre_ping=True, connect_args={"options": options}, **pool)
    _make_file(Path(url.database or ""))
    engine = create_engine(url, connect_args={"timeout": busy_seconds}, **pool)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _make_file(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError as problem:
        raise InvalidInput(f"database file '{path}': cannot be made ({problem.strerror}); choose another") from None


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver's own transactions begin too late (only before a write): ours begin with the first statement.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    is_reading = options.get(_READING, False)
    if connection.info.get(_READING) != is_reading:
        connection.exec_driver_sql(f"PRAGMA query_only={int(is_reading)}")
        connection.info[_READING] = is_reading
    if options.get(_MIGRATING):
        # A table that is rebuilt is dropped in between; Alembic's rebuilt one keeps what points at it.
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
    connection.exec_driver_sql("BEGIN" if is_reading else "BEGIN IMMEDIATE")


def _config(connection: Connection | None = None) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "api:migrations")
    return config


def _lock(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})")


def _revision_of(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _refuse_later(found: str | None) -> None:
    if found is not None and found not in revisions():
        raise DatabaseNotReady(
            f"database schema is at '{found}', ahead of '{revisions()[-1]}' that this padan knows; "
            "start the version that wrote it, or restore a backup"
        )


@contextmanager
def _answering(engine: Engine) -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as problem:
        raise DatabaseNotReady(
            f"database {engine.url.render_as_string()}: does not answer as it should ({first_line(problem)}); "
            "check that it runs and that PADAN_DATABASE_URL names it"
        ) from problem
