"""Erasure: nothing of the person is left in any table or file, the events stay, and a backup forgets them again."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.database import Database, migrate, open_database
from api.storage.accounts import link_subject
from api.storage.applicants import applicants_of
from api.storage.availability import set_availability
from api.storage.counter import Callback, CounterSession, add_callback, begin_counter_session
from api.storage.erasure import Erasure, apply_erasures, erase_person, erasures_of
from api.storage.events import (
    append_interactions,
    append_outcomes,
    append_reasons,
    impressions_of,
    interactions_of,
    outcomes_of,
)
from api.storage.idempotency import Answered, begin_write, finish_write
from api.storage.invitations import Invitation, send_invitation
from api.storage.message_wishes import MessageWish, keep_wish
from api.storage.outbox import Message, put_message
from api.storage.people import person_of
from api.storage.personal_export import rows_about
from api.storage.questions import Correction, OfficerQuestion, ask_correction, ask_officer
from api.storage.recent_answers import RecentAnswer, keep_answer
from api.storage.schema import METADATA
from api.storage.sign_ins import OneTimeCode, RefreshSession, add_code, add_session
from api.storage.trail import Access, audit, note_accesses
from matcher.domain.records import Outcome
from tests.api.storage.cast import LOOK, agree, done, settle
from tests.world import NOW

LATER = NOW + timedelta(hours=1)
OUTCOME = Outcome("o-1", "a-siti", "employed", "self", NOW, date(2026, 11, 1), vacancy_id="v-sew")


def _hash(alumnus_id: str) -> str:
    return hashlib.sha256(f"key {alumnus_id}".encode()).hexdigest()


ERASED = Erasure(_hash("a-siti"), NOW)


def _live_through_everything(database: Database) -> None:
    """Store a row about Siti in every table that can hold one."""
    settle(database, slate=True)
    with database.session.begin() as session:
        agree(session, "a-siti", "recommend")
        set_availability(session, "a-siti", False, now=NOW)
        keep_wish(session, MessageWish("a-siti", "sms", looked_at=NOW))
        add_session(session, RefreshSession("s-1", "acc-siti", "browser", "secret", NOW, NOW, LATER))
        add_code(session, OneTimeCode("k-1", "login-hash", "register", "code", NOW, LATER, details={"of": "a-siti"}))
        add_code(session, OneTimeCode("k-2", "elsewhere", "reset", "code", NOW, LATER, alumnus_id="a-siti"))
        link_subject(session, "acc-siti", "https://issuer.example", "subject", now=NOW)
        begin_counter_session(session, CounterSession("c-1", "acc-officer", "a-siti", "K-7", NOW))
        add_callback(session, Callback("b-1", "a-siti", date(2026, 11, 25)))
        send_invitation(session, Invitation("n-1", "e-konveksi", "v-sew", "a-siti", NOW))
        ask_officer(session, OfficerQuestion("q-1", "a-siti", NOW, text="Tanya"))
        ask_correction(session, Correction("k-1", "a-siti", "education", "D3", NOW))
        put_message(session, Message("m-1", "sms", "code", {"to": "a-siti"}, NOW, "a-siti"))
        keep_answer(session, RecentAnswer("a-siti", "asked", "i-1", NOW, {"for": "a-siti"}))
        note_accesses(session, [Access("acc-officer", "counter", "a-siti", "sheet", NOW)])
        note_accesses(session, [Access("acc-siti", "alumnus", "a-siti", "export", NOW)])
        begin_write(session, "acc-officer", "key", "hash", now=NOW)
        finish_write(session, "acc-officer", "key", Answered(200, "a-siti"), alumnus_id="a-siti")
        begin_write(session, "acc-siti", "key", "hash", now=NOW)
        finish_write(session, "acc-siti", "key", Answered(200, "mine"))
        append_interactions(session, [LOOK, done("x-2", "applied"), done("x-3", "hidden")], now=NOW)
        append_reasons(session, "a-siti", {"x-3": "far"})
        append_outcomes(session, [OUTCOME], now=NOW)


def _erase(database: Database) -> None:
    with database.session.begin() as session:
        erase_person(session, "a-siti", ERASED)


def _cells(session: Session) -> str:
    tables = METADATA.sorted_tables
    return " ".join(str(row) for table in tables for row in session.execute(select(table)).all())


def _n_rows(session: Session) -> Counter[str]:
    return Counter(
        {table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in METADATA.sorted_tables}
    )


def test_this_suite_knows_every_table_that_holds_a_person(database: Database) -> None:
    _live_through_everything(database)
    with database.reading() as session:
        empty = {name for name, rows in rows_about(session, "a-siti").items() if not rows}
    assert empty == set()


def test_nothing_of_the_person_is_left_in_any_table(database: Database) -> None:
    _live_through_everything(database)
    _erase(database)
    with database.reading() as session:
        left = _cells(session)
    told = ("a-siti", "acc-siti", "login-hash", "sealed-name", "sealed-phone", "nik-hash", "person-key", "1999")
    assert [word for word in told if word in left] == []


def test_others_keep_every_row(database: Database) -> None:
    settle(database)
    with database.reading() as session:
        before = _n_rows(session)
    with database.session.begin() as session:
        erase_person(session, "a-nobody", Erasure(_hash("a-nobody"), NOW))
    with database.reading() as session:
        assert _n_rows(session) - before == Counter(erasures=1, talent_changes=1)
        assert person_of(session, "a-siti") and person_of(session, "a-budi")


def test_events_stay_together_under_a_random_name(database: Database) -> None:
    _live_through_everything(database)
    _erase(database)
    with database.reading() as session:
        shown, did = impressions_of(session, ["i-1"])["i-1"], interactions_of(session, ["x-1", "x-2"])
        told, seen = outcomes_of(session, ["o-1"])["o-1"], audit(session)
    (name,) = {shown.alumnus_id, told.alumnus_id, *(one.alumnus_id for one in did.values())}
    assert name.startswith("erased-") and len(shown.entries) == 2
    assert did["x-1"] == replace(LOOK, alumnus_id=name)
    assert {one.act for one in seen} == {"sheet", "export"} and name not in {one.alumnus_id for one in seen}


def test_two_erasures_of_the_same_history_get_different_names(tmp_path: Path) -> None:
    names = set()
    for place in range(2):
        url = f"sqlite:///{tmp_path / str(place) / 'padan.db'}"
        migrate(url)
        opened = open_database(url)
        _live_through_everything(opened)
        _erase(opened)
        with opened.reading() as session:
            names.add(impressions_of(session, ["i-1"])["i-1"].alumnus_id)
        opened.close()
    assert len(names) == 2


def test_erased_person_is_no_applicant_any_more(database: Database) -> None:
    _live_through_everything(database)
    with database.reading() as session:
        assert [one.alumnus_id for one in applicants_of(session, "v-sew")] == ["a-siti"]
    _erase(database)
    with database.reading() as session:
        assert applicants_of(session, "v-sew") == []


def test_backup_forgets_again_whoever_is_on_the_list(database: Database) -> None:
    _live_through_everything(database)
    with database.session.begin() as session:
        assert apply_erasures(session, [ERASED], lambda one: [f"old {one}", _hash(one)]) == 1
        assert apply_erasures(session, [ERASED], lambda one: [_hash(one)]) == 0
    with database.reading() as session:
        assert erasures_of(session) == [ERASED]
        assert person_of(session, "a-budi") is not None
        assert "a-siti" not in _cells(session)


def test_person_known_by_events_alone_is_forgotten_too(database: Database) -> None:
    with database.session.begin() as session:
        append_interactions(session, [done("x-1", "viewed")], now=NOW)
        assert apply_erasures(session, [ERASED], lambda one: [_hash(one)]) == 1
        assert interactions_of(session, ["x-1"])["x-1"].alumnus_id.startswith("erased-")


def test_nothing_of_the_person_is_left_in_the_sqlite_files(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'padan.db'}"
    migrate(url)
    opened = open_database(url)
    _live_through_everything(opened)
    assert any(b"sealed-name" in file.read_bytes() for file in tmp_path.iterdir())
    _erase(opened)
    assert opened.scrub()
    left = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    opened.close()
    assert [word for word in (b"a-siti", b"sealed-name", b"nik-hash", b"acc-siti") if word in left] == []


def test_person_gets_everything_stored_about_them_and_no_hash(database: Database) -> None:
    _live_through_everything(database)
    with database.reading() as session:
        told = rows_about(session, "a-siti")
    assert told["contacts"] == [
        {"alumnus_id": "a-siti", "name_sealed": "sealed-name", "phone_sealed": "sealed-phone",
         "birth_on": date(1999, 5, 17)}
    ]  # fmt: skip
    assert len(told["impression_entries"]) == len(told["certificates"]) == 2
    cells: list[Any] = [name for rows in told.values() for row in rows for name in row if name.endswith("_hash")]
    assert cells == [] and "login" not in told["accounts"][0]


@pytest.mark.parametrize("stranger", ["a-nobody", "erased-1"])
def test_stranger_gets_nothing(database: Database, stranger: str) -> None:
    _live_through_everything(database)
    with database.reading() as session:
        assert [rows for rows in rows_about(session, stranger).values() if rows] == []
