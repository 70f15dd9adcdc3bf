"""Vacancies posted here, and the feed by which every worker learns of them."""

from __future__ import annotations

import gc
from dataclasses import replace
from datetime import timedelta
from threading import Event, Thread

import pytest

from api.database import Database
from api.refusals import Conflicting
from api.storage.employers import Employer, add_employer, decide_employer, employer_of, employers_in
from api.storage.vacancies import (
    PostedVacancy,
    edit_vacancy,
    open_vacancies,
    post_vacancy,
    set_vacancy_state,
    vacancies_of,
    vacancies_of_employer,
    vacancy_of,
)
from api.storage.vacancy_feed import announce, changes_after, closings, last_change
from matcher.domain.errors import InvalidInput, UnknownIdentifier
from tests.api.storage.cast import KONVEKSI, SEWING, settle
from tests.world import NOW


def _kinds(database: Database, seq: int = 0) -> list[str]:
    with database.reading() as session:
        return [change.kind for change in changes_after(session, seq)]


def test_vacancy_comes_back_with_every_column(database: Database) -> None:
    settle(database)
    with database.session.begin() as session:
        post_vacancy(session, SEWING, state="open", now=NOW)
    with database.reading() as session:
        assert vacancy_of(session, "v-sew") == PostedVacancy(SEWING, "open", 1)
        assert vacancies_of_employer(session, "e-konveksi") == [PostedVacancy(SEWING, "open", 1)]
        assert vacancies_of(session, ["v-none"]) == {}


def test_list_after_an_id_that_no_database_keeps_leaves_no_cursor_open(database: Database) -> None:
    with database.reading() as session, pytest.raises(InvalidInput, match="NUL"):
        vacancies_of_employer(session, "e-konveksi", after="v\0")
    gc.collect()  # a cursor left open would warn here, which fails


def test_known_id_is_not_posted_again(database: Database) -> None:
    settle(database)
    with database.session() as session:
        post_vacancy(session, SEWING, state="open", now=NOW)
        with pytest.raises(Conflicting, match="v-sew"):
            post_vacancy(session, SEWING, state="open", now=NOW)


def test_edit_raises_the_version_and_refuses_a_stale_one(database: Database) -> None:
    settle(database)
    better = replace(SEWING, salary_min_idr_month=3_500_000)
    with database.session.begin() as session:
        post_vacancy(session, SEWING, state="open", now=NOW)
        assert edit_vacancy(session, better, state="open", version=1, now=NOW) == 2
        with pytest.raises(Conflicting, match="version 1"):
            edit_vacancy(session, SEWING, state="open", version=1, now=NOW)
        assert vacancy_of(session, "v-sew") == PostedVacancy(better, "open", 2)


def test_workers_are_told_what_people_can_see(database: Database) -> None:
    settle(database)
    with database.session.begin() as session:
        post_vacancy(session, SEWING, state="in_review", now=NOW)
    assert _kinds(database) == []
    with database.session.begin() as session:
        for state in ("open", "open", "filled", "withdrawn", "open", "in_review"):
            set_vacancy_state(session, "v-sew", state, now=NOW)
    assert _kinds(database) == ["posted", "filled", "posted", "withdrawn"]


def test_filling_notes_the_instant_and_opening_again_forgets_it(database: Database) -> None:
    settle(database)
    with database.session.begin() as session:
        post_vacancy(session, SEWING, state="open", now=NOW)
        set_vacancy_state(session, "v-sew", "filled", now=NOW)
        assert vacancies_of(session, ["v-sew"])["v-sew"].vacancy.filled_at == NOW
        set_vacancy_state(session, "v-sew", "open", now=NOW)
        assert vacancies_of(session, ["v-sew"])["v-sew"].vacancy.filled_at is None


def test_vacancy_whose_last_day_has_passed_is_expired_and_not_open(database: Database) -> None:
    settle(database)
    endless = replace(SEWING, vacancy_id="v-endless", expires_at=None)
    with database.session.begin() as session:
        for vacancy in (SEWING, endless):
            post_vacancy(session, vacancy, state="open", now=NOW)
        last = SEWING.expires_at
        assert last is not None
        assert PostedVacancy(SEWING, "open", 1).state_at(last) == "expired"
        assert list(open_vacancies(session, now=last)) == [endless]
        assert list(open_vacancies(session, now=last - timedelta(seconds=1))) == [endless, SEWING]


def test_unknown_vacancy_is_refused(database: Database) -> None:
    with database.session() as session, pytest.raises(UnknownIdentifier, match="v-none"):
        set_vacancy_state(session, "v-none", "filled", now=NOW)


def test_closings_hold_what_is_closed_now_also_of_the_artifact(database: Database) -> None:
    with database.session.begin() as session:
        for vacancy_id, kind in [("v-1", "filled"), ("v-2", "withdrawn"), ("v-2", "posted"), ("v-3", "withdrawn")]:
            announce(session, vacancy_id, kind, now=NOW)
    with database.reading() as session:
        assert [(change.vacancy_id, change.kind) for change in closings(session)] == [
            ("v-1", "filled"),
            ("v-3", "withdrawn"),
        ]


def test_change_that_is_committed_late_is_never_passed_over(database: Database) -> None:
    slow_has_written, slow_may_commit = Event(), Event()

    def slow() -> None:
        with database.session.begin() as session:
            announce(session, "v-slow", "posted", now=NOW)
            slow_has_written.set()
            slow_may_commit.wait()

    def quick() -> None:
        with database.session.begin() as session:
            announce(session, "v-quick", "posted", now=NOW)

    first, second = Thread(target=slow), Thread(target=quick)
    first.start()
    slow_has_written.wait()
    second.start()
    second.join(timeout=0.3)
    with database.reading() as session:
        seen = last_change(session)
    slow_may_commit.set()
    first.join()
    second.join()
    with database.reading() as session:
        assert [change.vacancy_id for change in changes_after(session, seen)] == ["v-slow", "v-quick"]


def test_employers_are_listed_by_state_and_decided(database: Database) -> None:
    settle(database)
    with database.session.begin() as session:
        add_employer(session, Employer("e-zamrud", "Zamrud Boga"))
        with pytest.raises(Conflicting):
            add_employer(session, KONVEKSI)
        assert [one.employer_id for one in employers_in(session, "unverified", after="e-konveksi")] == ["e-zamrud"]
        decide_employer(session, "e-konveksi", "verified", by="acc-officer", now=NOW)
        assert employer_of(session, "e-konveksi") == replace(
            KONVEKSI, state="verified", decided_by="acc-officer", decided_at=NOW
        )
        with pytest.raises(UnknownIdentifier):
            decide_employer(session, "e-none", "verified", by="acc-officer", now=NOW)
