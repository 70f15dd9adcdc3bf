"""The schema: reached from nothing and from every earlier head with rows in it, and equal to what the code says."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Boolean, Date, Double, MetaData, Table, func, insert, inspect, select, update
from sqlalchemy import Integer as Whole

from api.database import DatabaseNotReady, check_schema, migrate, open_database, revisions
from api.storage.schema import METADATA
from api.storage.schema.columns import Document, Instant, Number
from tests.api.databases import KINDS
from tests.world import NOW

Urls = Callable[[str], str]
ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("kind", KINDS)
def test_migrated_schema_is_the_one_in_the_code(kind: str, empty_database_url: Urls) -> None:
    url = empty_database_url(kind)
    migrate(url)
    opened = open_database(url)
    with opened.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
    opened.close()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("revision", revisions())
def test_rows_of_an_earlier_head_survive_the_way_up(kind: str, revision: str, empty_database_url: Urls) -> None:
    url = empty_database_url(kind)
    migrate(url, revision)
    opened = open_database(url)
    with opened.engine.begin() as connection:
        for table in _tables_of(inspect(connection).get_table_names()):
            connection.execute(insert(table).values(**_row(table)))
    migrate(url)
    with opened.reading() as session:
        present = _tables_of(inspect(session.connection()).get_table_names())
        counts = {table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in present}
    check_schema(opened)
    opened.close()
    assert set(counts.values()) <= {0, 1} and sum(counts.values()) >= 7


@pytest.mark.parametrize("kind", KINDS)
def test_two_processes_that_migrate_at_once_both_succeed(kind: str, empty_database_url: Urls) -> None:
    url = empty_database_url(kind)
    command = [sys.executable, "-c", f"from api.database import migrate; migrate({url!r})"]
    both = [subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    assert [process.communicate()[1] for process in both] == ["", ""]
    opened = open_database(url)
    check_schema(opened)
    opened.close()


def test_migrations_are_one_straight_line() -> None:
    assert revisions() == sorted(revisions())
    assert [name.split("_")[0] for name in revisions()] == [f"{place:04d}" for place in range(1, len(revisions()) + 1)]


@pytest.mark.parametrize("kind", KINDS)
def test_database_behind_is_told_with_both_names_and_the_remedy(kind: str, empty_database_url: Urls) -> None:
    url = empty_database_url(kind)
    migrate(url, "0003_accounts")
    opened = open_database(url)
    with pytest.raises(DatabaseNotReady, match=f"'0003_accounts', behind '{revisions()[-1]}'.*padan migrate"):
        check_schema(opened)
    opened.close()


@pytest.mark.parametrize("kind", KINDS)
def test_database_ahead_is_refused_by_check_and_by_migration(kind: str, empty_database_url: Urls) -> None:
    url = empty_database_url(kind)
    migrate(url)
    opened = open_database(url)
    version = Table("alembic_version", MetaData(), autoload_with=opened.engine)
    with opened.session.begin() as session:
        session.execute(update(version).values(version_num="9999_tomorrow"))
    for refused in (lambda: check_schema(opened), lambda: migrate(url)):
        with pytest.raises(DatabaseNotReady, match="'9999_tomorrow', ahead of"):
            refused()
    opened.close()


def _tables_of(names: list[str]) -> list[Table]:
    return [table for table in METADATA.sorted_tables if table.name in names]


def _row(table: Table) -> dict[str, Any]:
    """Return one row that the rules of `table` allow; every text is the first word of its list, or "x"."""
    allowed = {str(rule.name).removeprefix(f"ck_{table.name}_"): str(rule.sqltext) for rule in _checks(table)}
    return {
        column.name: allowed[column.name].split("'")[1] if column.name in allowed else _cell(column.type)
        for column in table.columns
        if not (column.primary_key and column.autoincrement is True)
    }


def _checks(table: Table) -> list[Any]:
    return [rule for rule in table.constraints if hasattr(rule, "sqltext")]


def _cell(kind: Any) -> Any:
    values = {Instant: NOW, Boolean: True, Date: date(2026, 11, 22), Double: 0.5, Whole: 1, Number: 1}
    if kind is Document:
        return ["x"]
    return values.get(type(kind), "x")
