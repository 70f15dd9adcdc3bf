"""Takes a reading session and a folder; gives events, people and vacancies as tables in home form. Writes no name.

One reading session gives one state of the database, however many tables are written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from api.storage.consents import consents_of, latest_consents
from api.storage.schema.events import hidden_reasons, impression_entries, impressions, interactions, outcomes
from api.storage.schema.people import certificates, consents, licences, people
from api.storage.statements import Found
from api.storage.vacancies import open_vacancies
from matcher.ingest.datasets import SCHEMAS, write_in_parts

_Rows = list[dict[str, Any]]

ROWS_AT_ONCE = 10_000
"""Rows in memory at a time."""


def export_events(session: Session, folder: Path) -> dict[str, int]:
    """Write the five event tables into `folder`; return how many rows each has.

    Raises
    ------
    OSError
        When the folder cannot be written.
    """
    asked = (impressions, impression_entries, interactions, hidden_reasons, outcomes)
    return {
        table.name: _write(table.name, _parts(session, select(table).order_by(*table.primary_key)), folder)
        for table in asked
    }


def export_people(session: Session, folder: Path) -> dict[str, int]:
    """Write who agrees to ``recommend`` or ``discoverable``, their certificates and licences; return the rows of each.

    Who agrees to one of them is used for that one alone: the column ``consents`` says for which. A disability is
    told only of who agrees to ``disability_use``.

    Raises
    ------
    OSError
        When the folder cannot be written.
    """
    agreeing = _agreeing("recommend", "discoverable")
    own = [column for column in people.columns if column.name in SCHEMAS["alumni"].names]
    found = select(*own).where(people.c.alumnus_id.in_(agreeing)).order_by(people.c.alumnus_id)
    written = {"alumni": _write("alumni", (_with_consents(session, part) for part in _parts(session, found)), folder)}
    for table in (certificates, licences):
        told = [column for column in table.columns if column.name in SCHEMAS[table.name].names]
        found = select(*told).where(table.c.alumnus_id.in_(agreeing)).order_by(table.c.alumnus_id, table.c.seq)
        written[table.name] = _write(table.name, _parts(session, found), folder)
    return written


def export_vacancies(session: Session, folder: Path, *, now: datetime) -> int:
    """Write the vacancies posted here that are open at `now`; return how many there are.

    Raises
    ------
    OSError
        When the folder cannot be written.
    """
    cells = (asdict(vacancy) for vacancy in open_vacancies(session, now=now))
    return _write("vacancies", iter(lambda: list(islice(cells, ROWS_AT_ONCE)), []), folder)


def _agreeing(*purposes: str) -> Select[tuple[str]]:
    """Return the statement of who agrees to one of `purposes` at least."""
    latest = latest_consents().where(consents.c.purpose.in_(purposes))
    return select(consents.c.alumnus_id).where(consents.c.seq.in_(latest), consents.c.is_given)


def _with_consents(session: Session, part: _Rows) -> _Rows:
    agreed = consents_of(session, [row["alumnus_id"] for row in part])
    for row in part:
        row["consents"] = list(agreed[row["alumnus_id"]])
        if "disability_use" not in row["consents"]:
            row["has_disability"] = None
    return part


def _parts(session: Session, found: Found) -> Iterator[_Rows]:
    for part in session.execute(found, execution_options={"yield_per": ROWS_AT_ONCE}).partitions():
        yield [row._asdict() for row in part]


def _write(name: str, parts: Iterator[_Rows], folder: Path) -> int:
    n_rows = 0

    def tables() -> Iterator[pa.Table]:
        nonlocal n_rows
        for part in parts:
            n_rows += len(part)
            yield pa.Table.from_pylist(part, schema=SCHEMAS[name])

    write_in_parts(tables(), name, folder)
    return n_rows
