"""What passes between people, employers and officers: each thing decided once, by the right one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from api.database import Database
from api.refusals import Conflicting
from api.storage.artifacts import Activation, last_activation, note_activation
from api.storage.counter import (
    Callback,
    CounterSession,
    add_callback,
    begin_counter_session,
    close_callback,
    counter_session_of,
    due_callbacks,
    end_counter_session,
)
from api.storage.invitations import (
    Invitation,
    answer_invitation,
    has_accepted,
    invitation_of,
    invitations_of_employer,
    invitations_of_person,
    lapse_invitations,
    send_invitation,
)
from api.storage.outbox import Message, prune_messages, put_message, take_messages, waiting_messages
from api.storage.questions import (
    Correction,
    OfficerQuestion,
    answer_question,
    ask_correction,
    ask_officer,
    close_correction,
    corrections_of,
    open_corrections,
    open_questions,
    questions_of,
)
from api.storage.reviews import (
    AdvertReview,
    appeal_review,
    decide_review,
    open_review,
    review_of,
    reviews_of_vacancy,
    waiting_reviews,
)
from api.storage.vacancies import post_vacancy
from tests.api.storage.cast import SEWING, settle
from tests.world import NOW

INVITED = Invitation("n-1", "e-konveksi", "v-sew", "a-siti", NOW)
DOUBT = AdvertReview("r-1", "v-sew", [{"phrase": "maks. 25 tahun", "rule": "M/6"}], NOW)
QUESTION = OfficerQuestion("q-1", "a-siti", NOW, "v-sew", "Mengapa lowongan ini?")
VISIT = CounterSession("c-1", "acc-officer", "a-siti", "K-7", NOW)
CALL = Callback("b-1", "a-siti", date(2026, 11, 25))
LATER = NOW + timedelta(hours=1)


def test_invitation_opens_the_person_to_this_employer_once_accepted(database: Database) -> None:
    settle(database)
    with database.session.begin() as session:
        send_invitation(session, INVITED)
        assert not has_accepted(session, "e-konveksi", "a-siti")
        answer_invitation(session, "n-1", "a-siti", "accepted", now=LATER)
        assert has_accepted(session, "e-konveksi", "a-siti") and not has_accepted(session, "e-other", "a-siti")
        answered = replace(INVITED, state="accepted", answered_at=LATER)
        assert invitations_of_person(session, "a-siti") == invitations_of_employer(session, "e-konveksi") == [answered]


def test_person_is_not_invited_twice_for_one_vacancy(database: Database) -> None:
    settle(database)
    with database.session() as session:
        send_invitation(session, INVITED)
        with pytest.raises(Conflicting, match="invited for this vacancy already"):
            send_invitation(session, replace(INVITED, invitation_id="n-2"))


def test_invitation_is_answered_once_and_by_nobody_else(database: Database) -> None:
    settle(database)
    with database.session() as session:
        send_invitation(session, INVITED)
        with pytest.raises(Conflicting):
            answer_invitation(session, "n-1", "a-budi", "accepted", now=NOW)
        answer_invitation(session, "n-1", "a-siti", "declined", now=NOW)
        with pytest.raises(Conflicting):
            answer_invitation(session, "n-1", "a-siti", "accepted", now=NOW)


def test_old_invitation_lapses_and_waits_for_no_answer(database: Database) -> None:
    settle(database)
    with database.session.begin() as session:
        send_invitation(session, INVITED)
        assert (lapse_invitations(session, sent_before=NOW), lapse_invitations(session, sent_before=LATER)) == (0, 1)
        assert invitation_of(session, "n-1") == replace(INVITED, state="lapsed")


def test_refused_advert_is_appealed_once_and_decided_again(database: Database) -> None:
    settle(database)
    with database.session.begin() as session:
        post_vacancy(session, SEWING, state="in_review", now=NOW)
        open_review(session, DOUBT)
        assert waiting_reviews(session) == reviews_of_vacancy(session, "v-sew") == [DOUBT]
        with pytest.raises(Conflicting, match="is not refused"):
            appeal_review(session, "r-1", "Kami ubah.", now=NOW)
        decide_review(session, "r-1", "refused", by="acc-op", now=NOW, note="umur")
        assert waiting_reviews(session) == []
        appeal_review(session, "r-1", "Kami ubah.", now=LATER)
        assert [one.state for one in waiting_reviews(session)] == ["appealed"]
        decide_review(session, "r-1", "refused", by="acc-op", now=LATER)
        with pytest.raises(Conflicting, match="appealed already"):
            appeal_review(session, "r-1", "Lagi.", now=LATER)


def test_cleared_advert_waits_for_no_decision(database: Database) -> None:
    settle(database)
    with database.session.begin() as session:
        post_vacancy(session, SEWING, state="in_review", now=NOW)
        open_review(session, DOUBT)
        decide_review(session, "r-1", "cleared", by="acc-op", now=LATER)
        assert review_of(session, "r-1") == replace(DOUBT, state="cleared", decided_by="acc-op", decided_at=LATER)
        with pytest.raises(Conflicting):
            decide_review(session, "r-1", "refused", by="acc-op", now=LATER)


def test_reviews_page_by_age(database: Database) -> None:
    settle(database)
    with database.session.begin() as session:
        post_vacancy(session, SEWING, state="in_review", now=NOW)
        for number, at in enumerate([LATER, NOW, NOW]):
            open_review(session, replace(DOUBT, review_id=f"r-{number}", opened_at=at))
        page = waiting_reviews(session, limit=2)
        rest = waiting_reviews(session, after=(page[-1].opened_at, page[-1].review_id))
        assert [one.review_id for one in [*page, *rest]] == ["r-1", "r-2", "r-0"]


def test_question_is_answered_once(database: Database) -> None:
    settle(database)
    with database.session.begin() as session:
        ask_officer(session, QUESTION)
        assert open_questions(session) == questions_of(session, "a-siti") == [QUESTION]
        assert open_questions(session, after=(NOW, "q-1")) == []
        answer_question(session, "q-1", "Kursus Anda cocok.", by="acc-officer", now=LATER)
        assert open_questions(session) == [] and questions_of(session, "a-siti")[0].reply == "Kursus Anda cocok."
        with pytest.raises(Conflicting):
            answer_question(session, "q-1", "Lagi.", by="acc-officer", now=LATER)


def test_correction_waits_until_it_is_closed(database: Database) -> None:
    settle(database)
    told = Correction("k-1", "a-siti", "completed_on", "2026-04-01", NOW)
    with database.session.begin() as session:
        ask_correction(session, told)
        assert open_corrections(session) == corrections_of(session, "a-siti") == [told]
        close_correction(session, "k-1", "done")
        assert open_corrections(session, after="a") == []
        with pytest.raises(Conflicting):
            close_correction(session, "k-1", "refused")


def test_counter_session_is_one_receipt_and_ended_by_its_officer(database: Database) -> None:
    settle(database)
    with database.session.begin() as session:
        begin_counter_session(session, VISIT)
        assert counter_session_of(session, "K-7") == VISIT
        with pytest.raises(Conflicting, match="'K-7' was used before"):
            begin_counter_session(session, replace(VISIT, session_id="c-2"))
        assert not end_counter_session(session, "c-1", "acc-siti", now=LATER)
        assert end_counter_session(session, "c-1", "acc-officer", now=LATER)
        assert counter_session_of(session, "K-7") == replace(VISIT, ended_at=LATER)


def test_calls_are_due_by_day_and_province_until_they_are_closed(database: Database) -> None:
    settle(database)
    budi = Callback("b-2", "a-budi", date(2026, 11, 23))
    with database.session.begin() as session:
        for call in (CALL, budi):
            add_callback(session, call)
        assert due_callbacks(session, until=CALL.due_on) == [budi, CALL]
        assert due_callbacks(session, until=CALL.due_on, province_code="32") == [CALL]
        assert due_callbacks(session, until=CALL.due_on, after=(budi.due_on, "b-2")) == [CALL]
        assert (close_callback(session, "b-1", "done"), close_callback(session, "b-1", "done")) == (True, False)
        assert due_callbacks(session, until=CALL.due_on) == [budi]


def test_message_is_taken_once_the_oldest_first(database: Database) -> None:
    settle(database)
    messages = [Message(f"m-{n}", "sms", "code", {"n": n}, NOW - timedelta(minutes=n)) for n in range(3)]
    with database.session.begin() as session:
        for message in messages:
            put_message(session, message)
        assert [one.message_id for one in waiting_messages(session)] == ["m-2", "m-1", "m-0"]
        assert [one.message_id for one in take_messages(session, now=NOW, limit=2)] == ["m-2", "m-1"]
        assert [one.message_id for one in take_messages(session, now=NOW)] == ["m-0"]
        assert (take_messages(session, now=NOW), prune_messages(session, before=LATER)) == ([], 3)


def test_last_activation_says_which_artifact_serves(database: Database) -> None:
    with database.session.begin() as session:
        assert last_activation(session) is None
        note_activation(session, Activation("monday", "abc", LATER))
        note_activation(session, Activation("sunday", "def", NOW, "acc-op"))
        assert last_activation(session) == Activation("sunday", "def", NOW, "acc-op")
