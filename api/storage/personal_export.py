"""Takes a session and a person; gives every row of every table that is theirs. Opens nothing that is sealed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from api.storage.schema import METADATA
from api.storage.schema.accounts import accounts, refresh_sessions
from api.storage.schema.events import impression_entries, impressions

_UNTOLD = frozenset({"secret_hash", "earlier_hash", "code_hash", "request_hash", "nik_hash", "person_key", "login"})
"""Columns that tell a person nothing, and a thief something."""


def rows_about(session: Session, alumnus_id: str) -> dict[str, list[dict[str, Any]]]:
    """Return what is stored about a person: table -> rows, a cell as the database has it, without hashes of secrets.

    Notes
    -----
    Raises nothing. Complete because it asks every table of the schema that has a column ``alumnus_id``; besides, the
    entries of the person's slates and the sign-ins of their account.
    """
    found = {
        table.name: _rows(session, table, table.c.alumnus_id == alumnus_id)
        for table in METADATA.sorted_tables
        if "alumnus_id" in table.c
    }
    own_slates = select(impressions.c.impression_id).where(impressions.c.alumnus_id == alumnus_id)
    own_account = select(accounts.c.account_id).where(accounts.c.alumnus_id == alumnus_id)
    found["impression_entries"] = _rows(session, impression_entries, impression_entries.c.impression_id.in_(own_slates))
    found["refresh_sessions"] = _rows(session, refresh_sessions, refresh_sessions.c.account_id.in_(own_account))
    return found


def _rows(session: Session, table: Table, is_theirs: Any) -> list[dict[str, Any]]:
    told = [column for column in table.columns if column.name not in _UNTOLD]
    in_order = select(*told).where(is_theirs).order_by(*table.primary_key)
    return [row._asdict() for row in session.execute(in_order)]
