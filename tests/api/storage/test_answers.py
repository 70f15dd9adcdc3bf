"""Answers given again: to a repeated write, to a reload, and by an employer to an applicant."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread

import pytest

from api.database import Database
from api.refusals import Conflicting
from api.storage.applicants import Applicant, VacancyCount, applicants_of, has_applied, vacancy_counts
from api.storage.events import append_interactions
from api.storage.idempotency import Answered, begin_write, finish_write, prune_writes
from api.storage.recent_answers import RecentAnswer, forget_answers, keep_answer, prune_answers, recent_answer
from api.storage.vacancies import post_vacancy
from tests.api.storage.cast import SEWING, done, settle
from tests.world import NOW

EARLIER, LATER = NOW - timedelta(minutes=30), NOW + timedelta(hours=1)
GIVEN = Answered(201, '{"b":1,"a":2}')
SHOWN = RecentAnswer("a-siti", "asked", "i-1", NOW, {"impression_id": "i-1", "items": []})


def test_repeated_write_gets_the_first_answer_word_for_word(database: Database) -> None:
    with database.session.begin() as session:
        assert begin_write(session, "acc", "key", "hash", now=NOW) is None
        finish_write(session, "acc", "key", GIVEN)
        assert begin_write(session, "acc", "key", "hash", now=LATER) == GIVEN
        assert begin_write(session, "another", "key", "hash", now=NOW) is None


def test_key_with_another_request_is_refused(database: Database) -> None:
    with database.session.begin() as session:
        begin_write(session, "acc", "key", "hash", now=NOW)
        finish_write(session, "acc", "key", GIVEN)
        with pytest.raises(Conflicting, match="another request"):
            begin_write(session, "acc", "key", "other", now=NOW)


def test_key_whose_write_was_never_finished_is_refused(database: Database) -> None:
    with database.session.begin() as session:
        begin_write(session, "acc", "key", "hash", now=NOW)
        with pytest.raises(Conflicting, match="still under way"):
            begin_write(session, "acc", "key", "hash", now=NOW)


def test_write_that_failed_leaves_its_key_free(database: Database) -> None:
    with database.session() as session:
        begin_write(session, "acc", "key", "hash", now=NOW)
    with database.session() as session:
        assert begin_write(session, "acc", "key", "hash", now=NOW) is None


def test_of_two_writes_at_once_the_second_waits_for_the_answer_of_the_first(database: Database) -> None:
    gate, told = Barrier(2), []

    def write() -> None:
        gate.wait()
        with database.session.begin() as session:
            answered = begin_write(session, "acc", "key", "hash", now=NOW)
            if answered is None:
                finish_write(session, "acc", "key", GIVEN)
            told.append(answered)

    threads = [Thread(target=write) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == 2 and told.count(GIVEN) == 1


def test_old_answers_are_pruned(database: Database) -> None:
    with database.session.begin() as session:
        begin_write(session, "acc", "key", "hash", now=NOW)
        assert (prune_writes(session, before=NOW), prune_writes(session, before=LATER)) == (0, 1)


def test_reload_finds_the_answer_until_it_is_too_old(database: Database) -> None:
    settle(database, slate=True)
    with database.session.begin() as session:
        keep_answer(session, SHOWN)
        assert recent_answer(session, "a-siti", "asked", since=EARLIER) == SHOWN
        assert recent_answer(session, "a-siti", "asked", since=LATER) is None
        assert recent_answer(session, "a-siti", "asked otherwise", since=EARLIER) is None
        assert recent_answer(session, "a-budi", "asked", since=EARLIER) is None


def test_later_answer_takes_the_place_of_the_earlier(database: Database) -> None:
    settle(database, slate=True)
    again = replace(SHOWN, shown_at=LATER, answer={"items": [1]})
    with database.session.begin() as session:
        keep_answer(session, SHOWN)
        keep_answer(session, again)
        assert recent_answer(session, "a-siti", "asked", since=EARLIER) == again
        assert prune_answers(session, before=LATER) == 0
        forget_answers(session, "a-siti")
        assert recent_answer(session, "a-siti", "asked", since=EARLIER) is None


def test_inbox_shows_who_applied_with_the_last_answer(database: Database) -> None:
    first = done("x-1", "applied")
    second = done("x-2", "applied", alumnus_id="a-budi", at=first.at - timedelta(minutes=1))
    silent = Applicant("a-budi", second.at)
    with database.session.begin() as session:
        append_interactions(session, [first, second, done("x-0", "viewed", alumnus_id="a-other")], now=NOW)
        assert applicants_of(session, "v-sew") == [silent, Applicant("a-siti", first.at)]
        answers = [done("x-3", "offered", at=NOW), done("x-4", "interviewed"), done("x-5", "hidden", at=NOW)]
        append_interactions(session, answers, now=NOW)
        assert applicants_of(session, "v-sew") == [silent, Applicant("a-siti", first.at, "offered", NOW)]
        assert [one.alumnus_id for one in applicants_of(session, "v-sew", after=(second.at, "a-budi"))] == ["a-siti"]


def test_application_taken_back_is_none(database: Database) -> None:
    with database.session.begin() as session:
        append_interactions(session, [done("x-1", "applied")], now=NOW)
        assert has_applied(session, "v-sew", "a-siti") and not has_applied(session, "v-sew", "a-budi")
        append_interactions(session, [done("x-2", "hidden", corrects_id="x-1")], now=NOW)
        assert not has_applied(session, "v-sew", "a-siti")
        assert applicants_of(session, "v-sew") == []


def test_report_counts_people_for_each_vacancy_shown_in_the_time(database: Database) -> None:
    settle(database)
    told = [done("x-1", "applied"), done("x-2", "applied"), done("x-3", "applied", alumnus_id="a-budi")]
    draft = replace(SEWING, vacancy_id="v-draft")
    with database.session.begin() as session:
        post_vacancy(session, SEWING, state="open", now=NOW)
        post_vacancy(session, draft, state="draft", now=NOW)
        append_interactions(session, [*told, done("x-4", "hired")], now=NOW)
        line = VacancyCount("v-sew", "open", SEWING.posted_at, SEWING.expires_at, None, 2, 1)
        assert vacancy_counts(session, "e-konveksi", since=EARLIER, until=LATER) == [line]
        after_its_end = {"since": NOW + timedelta(days=31), "until": NOW + timedelta(days=60)}
        assert vacancy_counts(session, "e-konveksi", **after_its_end) == []
        before_it = {"since": NOW - timedelta(days=60), "until": NOW - timedelta(days=2)}
        assert vacancy_counts(session, "e-konveksi", **before_it) == []
