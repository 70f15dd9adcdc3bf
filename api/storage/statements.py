"""Takes tables and rows; gives the few statements that the other files share, alike on SQLite and on PostgreSQL.

Knows no subject.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Column, Insert, Row, Select, Table, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

Found = Select[*tuple[Any, ...]]
Record = TypeVar("Record")

_AT_ONCE = 1000
"""Values named in one statement; SQLite takes 32,766 and PostgreSQL 65,535."""

_INSERTS = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def insert_where_missing(session: Session, table: Table, values: Mapping[str, Any]) -> bool:
    """Write one row unless a row with one of its unique keys is there; return whether it was written.

    Notes
    -----
    Raises nothing of its own. On PostgreSQL it waits for another transaction that is writing the same key.
    """
    statement = _INSERTS[session.get_bind().dialect.name](table).values(**values).on_conflict_do_nothing()
    return n_rows(session, statement) == 1


def upsert(session: Session, table: Table, values: Mapping[str, Any], *, counted: str | None = None) -> None:
    """Write one row; where its primary key is there, replace the other columns, and add one to the column `counted`.

    Notes
    -----
    Raises nothing of its own.
    """
    statement = _replacing(session.get_bind().dialect.name, table, tuple(values), counted)
    session.execute(statement, values)


@cache
def _replacing(dialect: str, table: Table, names: tuple[str, ...], counted: str | None) -> Insert:
    statement = _INSERTS[dialect](table)
    keys = [column.name for column in table.primary_key]
    changed = {name: statement.excluded[name] for name in names if name not in keys}
    counting = {} if counted is None else {counted: table.c[counted] + 1}
    return statement.on_conflict_do_update(index_elements=keys, set_=changed | counting)


def insert_all_where_missing(session: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> set[str]:
    """Write those of `rows` whose primary key (one column of text) is not there; return the keys written.

    Notes
    -----
    Raises nothing of its own. Of two transactions with the same key, the second waits for the first to end.
    """
    if not rows:
        return set()
    return set(session.scalars(_adding(session.get_bind().dialect.name, table), rows))


@cache
def _adding(dialect: str, table: Table) -> Any:
    return _INSERTS[dialect](table).on_conflict_do_nothing().returning(next(iter(table.primary_key)))


def rows_of(session: Session, key: Column[Any], values: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield the rows whose column `key` holds one of `values`, in no order. Raises nothing of its own."""
    for start in range(0, len(values), _AT_ONCE):
        asked = select(key.table).where(key.in_(values[start : start + _AT_ONCE]))
        yield from (row._asdict() for row in session.execute(asked))


def n_rows(session: Session, statement: Any) -> int:
    """Run a writing statement; return how many rows it touched. Raises nothing of its own."""
    done = session.execute(statement, execution_options={"preserve_rowcount": True})
    return done.rowcount if isinstance(done, CursorResult) else 0


def first(session: Session, kind: type[Record], statement: Found, **asked: Any) -> Record | None:
    """Return the first row of `statement` as a `kind`, or None where there is none; `asked` are its bound values.

    Notes
    -----
    Raises nothing of its own. A statement that is run for many requests is made once, when its file is read: to make
    one takes longer than to run it. One that may find many rows says ``.limit(1)`` itself.
    """
    row = session.execute(statement, asked).first()
    return None if row is None else as_record(kind, row)


def every(session: Session, kind: type[Record], statement: Found, **asked: Any) -> list[Record]:
    """Return every row of `statement` as a `kind`, in its order, with `asked` bound. Raises nothing of its own."""
    return [as_record(kind, row) for row in session.execute(statement, asked)]


def as_record(kind: type[Record], row: Row[Any]) -> Record:
    """Return `row` as a `kind`, whose fields are the columns of the row. Raises nothing of its own."""
    return kind(**row._mapping)


def known_cells(cells: Mapping[str, Any]) -> dict[str, Any]:
    """Return `cells` for a record: without the empty ones, whose default it has, lists as tuples. Raises nothing."""
    return {name: tuple(cell) if isinstance(cell, list) else cell for name, cell in cells.items() if cell is not None}
