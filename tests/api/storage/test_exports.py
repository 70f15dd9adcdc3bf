"""Exports: events, people and vacancies in home form, without a name, read back as they were stored."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from api.database import Database
from api.storage import exports
from api.storage.erasure import Erasure, erase_person
from api.storage.events import append_interactions, append_outcomes, append_reasons
from api.storage.exports import export_events, export_people, export_vacancies
from api.storage.vacancies import post_vacancy
from matcher.domain.records import Outcome
from matcher.ingest.datasets import alumni_of, read_table, vacancies_of
from tests.api.storage.cast import LOOK, SEWING, SITI, SLATE, agree, done, settle
from tests.world import NOW

PEOPLE = ("alumni", "certificates", "licences")
OUTCOME = Outcome("o-1", "a-siti", "employed", "self", NOW, date(2026, 11, 1), vacancy_id="v-sew")


def test_events_are_written_with_every_column(database: Database, tmp_path: Path) -> None:
    settle(database, slate=True)
    with database.session.begin() as session:
        append_interactions(session, [LOOK, done("x-2", "applied", source="web")], now=NOW)
        append_outcomes(session, [OUTCOME], now=NOW)
    with database.reading() as session:
        counts = export_events(session, tmp_path)
    assert counts == {"impressions": 1, "impression_entries": 2, "interactions": 2, "hidden_reasons": 0, "outcomes": 1}
    looks = read_table("interactions", tmp_path).to_pylist()
    assert looks[0] == {name: getattr(LOOK, name) for name in looks[0]} and looks[1]["impression_id"] is None
    (slate,) = read_table("impressions", tmp_path).to_pylist()
    assert slate == {name: getattr(SLATE, name) for name in slate}
    assert [row["propensity"] for row in read_table("impression_entries", tmp_path).to_pylist()] == [0.75, 0.25]


def test_why_a_vacancy_was_put_aside_is_written_once_beside_its_event(database: Database, tmp_path: Path) -> None:
    settle(database, slate=True)
    with database.session.begin() as session:
        append_interactions(session, [done("x-2", "hidden")], now=NOW)
        for reason in ("pay", "far"):
            append_reasons(session, "a-siti", {"x-2": reason})
    with database.reading() as session:
        export_events(session, tmp_path)
    assert read_table("hidden_reasons", tmp_path).to_pylist() == [
        {"interaction_id": "x-2", "alumnus_id": "a-siti", "reason": "pay"}
    ]


def test_empty_database_gives_empty_tables(database: Database, tmp_path: Path) -> None:
    with database.reading() as session:
        assert set(export_events(session, tmp_path).values()) == {0}
        assert set(export_people(session, tmp_path).values()) == {0}
        assert export_vacancies(session, tmp_path, now=NOW) == 0
    assert read_table("outcomes", tmp_path).num_rows == read_table("alumni", tmp_path).num_rows == 0


def test_only_people_who_agree_are_written(database: Database, tmp_path: Path) -> None:
    settle(database)
    with database.session.begin() as session:
        agree(session, "a-siti", "recommend", "disability_use")
        agree(session, "a-budi", "recommend")
        agree(session, "a-budi", "recommend", is_given=False)
    with database.reading() as session:
        assert export_people(session, tmp_path) == {"alumni": 1, "certificates": 2, "licences": 2}
    told = alumni_of(*(read_table(name, tmp_path) for name in PEOPLE))
    assert told == [replace(SITI, consents=("disability_use", "recommend"))]


def test_who_agrees_to_be_found_alone_is_written_and_recommended_nothing(database: Database, tmp_path: Path) -> None:
    settle(database)
    with database.session.begin() as session:
        agree(session, "a-siti", "discoverable")
        agree(session, "a-budi", "contact", "research")
    with database.reading() as session:
        assert export_people(session, tmp_path)["alumni"] == 1
    assert read_table("alumni", tmp_path)["consents"].to_pylist() == [["discoverable"]]


def test_disability_is_told_only_with_its_own_consent(database: Database, tmp_path: Path) -> None:
    settle(database)
    with database.session.begin() as session:
        agree(session, "a-siti", "recommend", "research")
    with database.reading() as session:
        export_people(session, tmp_path)
    assert read_table("alumni", tmp_path)["has_disability"].to_pylist() == [None]


def test_no_file_holds_a_name_or_a_contact(database: Database, tmp_path: Path) -> None:
    settle(database, slate=True)
    with database.session.begin() as session:
        agree(session, "a-siti", "recommend", "contact")
    with database.reading() as session:
        export_people(session, tmp_path)
        export_events(session, tmp_path)
    held = {name for path in tmp_path.glob("*.parquet") for name in read_table(path.stem, tmp_path).column_names}
    assert not held & {"name_sealed", "phone_sealed", "birth_on", "nik_hash", "person_key", "login"}


def test_export_after_an_erasure_knows_nobody(database: Database, tmp_path: Path) -> None:
    settle(database, slate=True)
    with database.session.begin() as session:
        agree(session, "a-siti", "recommend")
        append_interactions(session, [LOOK], now=NOW)
        erase_person(session, "a-siti", Erasure("hash", NOW))
    with database.reading() as session:
        export_people(session, tmp_path)
        export_events(session, tmp_path)
    tables = [read_table(path.stem, tmp_path) for path in tmp_path.glob("*.parquet")]
    assert read_table("interactions", tmp_path).num_rows == 1
    assert [table for table in tables if "a-siti" in str(table.to_pylist())] == []


def test_open_vacancies_posted_here_are_written(database: Database, tmp_path: Path) -> None:
    settle(database)
    lapsed = replace(SEWING, vacancy_id="v-lapsed", expires_at=NOW - timedelta(days=1))
    with database.session.begin() as session:
        post_vacancy(session, SEWING, state="open", now=NOW)
        post_vacancy(session, lapsed, state="open", now=NOW)
        post_vacancy(session, replace(SEWING, vacancy_id="v-draft"), state="draft", now=NOW)
    with database.reading() as session:
        assert export_vacancies(session, tmp_path, now=NOW) == 1
    assert vacancies_of(read_table("vacancies", tmp_path)) == [SEWING]


def test_more_rows_than_one_part_are_all_written_in_order(database: Database, tmp_path: Path) -> None:
    n_rows = exports.ROWS_AT_ONCE + 7
    many = [done(f"x-{number:06d}", "viewed") for number in range(n_rows)]
    with database.session.begin() as session:
        append_interactions(session, many, now=NOW)
    with database.reading() as session:
        assert export_events(session, tmp_path)["interactions"] == n_rows
    written = read_table("interactions", tmp_path)["interaction_id"].to_pylist()
    assert written == [one.interaction_id for one in many]
