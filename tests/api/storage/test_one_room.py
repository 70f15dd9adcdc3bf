"""Every SQL statement stands in one room, events are only appended, and each table says what erasure does to it."""

from __future__ import annotations

import re
from pathlib import Path

from api.storage.event_checks import CHANNELS, INTERACTION_KINDS, OUTCOME_KINDS, OUTCOME_SOURCES
from api.storage.schema import METADATA
from matcher.ingest.schemas import COLUMN_NOTES, SCHEMAS

API = Path(__file__).parents[3] / "api"
FROM_SQLALCHEMY = re.compile(r"^from sqlalchemy\S* import (?:\(([^)]*)\)|(.*))", re.MULTILINE)
EVENTS = ("impressions", "impression_entries", "interactions", "outcomes")
BUILDERS = {"select", "insert", "update", "delete", "text", "func", "union", "Table"}


def _sources() -> list[Path]:
    return sorted(path for path in API.rglob("*.py") if "migrations" not in path.parts)


def _imported_builders(source: str) -> set[str]:
    names = {name.strip() for many, one in FROM_SQLALCHEMY.findall(source) for name in (many or one).split(",")}
    return names & BUILDERS


def test_statements_are_built_in_the_storage_room_only() -> None:
    outside = [path for path in _sources() if API / "storage" not in path.parents]
    assert [path.name for path in outside if _imported_builders(path.read_text(encoding="utf-8"))] == []


def test_bare_sql_stands_beside_the_engine_only() -> None:
    assert [path.name for path in _sources() if ".exec_driver_sql(" in path.read_text()] == ["database.py"]


def test_the_room_is_found_by_this_test() -> None:
    inside = [path for path in _sources() if API / "storage" in path.parents]
    assert sum(bool(_imported_builders(path.read_text(encoding="utf-8"))) for path in inside) > 10


def test_no_file_changes_or_deletes_events_by_name() -> None:
    changing = re.compile(rf"\b(?:update|delete|upsert)\((?:session, )?(?:{'|'.join(EVENTS)})\b")
    assert [path.name for path in _sources() if changing.search(path.read_text(encoding="utf-8"))] == []


def test_nothing_in_the_room_commits() -> None:
    assert [
        path.name for path in _sources() if API / "storage" in path.parents and ".commit(" in path.read_text()
    ] == []


def test_event_tables_have_the_columns_of_the_contract() -> None:
    for name in EVENTS:
        assert set(METADATA.tables[name].columns.keys()) == set(SCHEMAS[name].names)
    assert set(METADATA.tables["people"].columns.keys()) == set(SCHEMAS["alumni"].names) - {"consents"} | {"version"}


def test_every_table_with_a_person_says_what_erasure_does() -> None:
    naming = [table for table in METADATA.sorted_tables if {"alumnus_id", "account_id"} & set(table.columns.keys())]
    assert {table.info.get("on_erasure") for table in naming} == {"delete", "replace"}
    replaced = {table.name for table in naming if table.info["on_erasure"] == "replace"}
    assert replaced == {"impressions", "interactions", "hidden_reasons", "outcomes", "accesses"}


def test_every_table_is_described() -> None:
    assert [table.name for table in METADATA.sorted_tables if not table.comment] == []


def test_allowed_values_are_those_the_schema_names() -> None:
    told = COLUMN_NOTES
    for values, note in [
        (CHANNELS, told["impressions"]["channel"]),
        (INTERACTION_KINDS, told["interactions"]["kind"]),
        (OUTCOME_KINDS, told["outcomes"]["kind"]),
        (OUTCOME_SOURCES, told["outcomes"]["source"]),
    ]:
        assert list(values) == re.split(r", | or ", note)
