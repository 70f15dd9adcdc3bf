"""What waits at the counter: calls, questions and corrections of the own province, each settled once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from api.page_cursor import next_cursor
from api.storage.counter import Callback, add_callback
from api.storage.people import person_of
from api.storage.questions import Correction, OfficerQuestion, ask_correction, ask_officer, questions_of
from tests.api.counter_scene import Counter, counter_of
from tests.api.databases import database_url, empty_database_url, migrated_url, postgresql_url
from tests.api.security.conftest import House, house, opened

__all__ = ["database_url", "empty_database_url", "house", "migrated_url", "opened", "postgresql_url"]

TODAY = date(2026, 11, 23)


@pytest.fixture
def counter(house: House) -> Counter:
    """An officer of Jawa Barat."""
    return counter_of(house, "32")


@pytest.fixture
def elsewhere(house: House) -> Counter:
    """An officer of Jawa Tengah."""
    return counter_of(house, "33")


def listed(counter: Counter, alumnus_id: str, due_on: date = TODAY) -> str:
    """Put a person on the call-back list; return the id of the call."""
    answer = counter.post("callbacks", {"alumnus_id": alumnus_id, "due_on": due_on.isoformat()})
    assert answer.status_code == 201, answer.text
    return answer.json()["callback_id"]


def test_a_call_is_listed_made_and_closed_once(counter: Counter) -> None:
    siti = counter.enrol(phone="0812 7777 1234")
    callback_id = listed(counter, siti)
    listed(counter, siti, TODAY + timedelta(days=3))
    [due] = counter.get("callbacks").json()["items"]
    assert (due["callback_id"], due["person"]["masked_name"]) == (callback_id, "S*** A***")
    assert "phone" not in str(due)
    told = counter.get(f"callbacks/{callback_id}/contact").json()
    assert told == {"name": "Siti Aminah", "phone": "+6281277771234"}
    closed = {"state": "done", "note_code": "reached"}
    answers = [counter.post(f"callbacks/{callback_id}/close", closed).status_code for _ in range(2)]
    assert answers == [204, 409]
    assert counter.get(f"callbacks/{callback_id}/contact").status_code == 404
    assert counter.get("callbacks").json()["items"] == []
    assert counter.acts(siti) == ["registered", "callback_list", "contact"]


def test_calls_page_by_day_and_a_repeated_write_adds_one(counter: Counter) -> None:
    siti = counter.enrol()
    with counter.house.database.session.begin() as session:
        for number in range(51):
            add_callback(session, Callback(f"c-{number}", siti, TODAY - timedelta(days=number)))
    body = {"alumnus_id": siti, "due_on": "2026-11-01"}
    keyed = [counter.post("callbacks", body, **{"Idempotency-Key": "satu-kali"}).json() for _ in range(2)]
    assert keyed[0] == keyed[1]
    first = counter.get("callbacks").json()
    rest = counter.get("callbacks", cursor=first["next_cursor"]).json()
    days = [one["due_on"] for one in first["items"] + rest["items"]]
    assert len(days) == 52 and days == sorted(days) and rest["next_cursor"] is None


@pytest.mark.parametrize("path", ["callbacks", "questions", "corrections"])
@pytest.mark.parametrize("cursor", ["x", "' OR 1=1 --", "WzEsMl0", "bnVsbA", "W1tdLCAiYSJd", "%00"])
def test_a_cursor_of_no_list_is_refused(counter: Counter, path: str, cursor: str) -> None:
    answer = counter.get(path, cursor=cursor)
    assert answer.status_code == 422
    assert answer.json()["type"] == "/docs#invalid-input"


def test_who_did_not_agree_to_be_contacted_is_not_called(counter: Counter) -> None:
    siti = counter.enrol(consents=["recommend"])
    answer = counter.post("callbacks", {"alumnus_id": siti, "due_on": "2026-11-23"})
    assert (answer.status_code, answer.json()["type"]) == (403, "/docs#not-allowed")


def test_another_province_is_answered_like_nothing(counter: Counter, elsewhere: Counter) -> None:
    siti = counter.enrol(phone="0812 7777 1234")
    callback_id = listed(counter, siti)
    question_id, correction_id = asked(counter, siti), told_wrong(counter, siti)
    answers = [
        elsewhere.post("callbacks", {"alumnus_id": siti, "due_on": "2026-11-23"}),
        elsewhere.get(f"callbacks/{callback_id}/contact"),
        elsewhere.post(f"callbacks/{callback_id}/close", {"state": "done", "note_code": "reached"}),
        elsewhere.post(f"questions/{question_id}/answer", {"reply": "Datang ke loket."}),
        elsewhere.post(f"corrections/{correction_id}/decide", {"state": "refused"}),
    ]
    assert {one.status_code for one in answers} == {404}
    for path in ("callbacks", "questions", "corrections"):
        assert elsewhere.get(path).json()["items"] == []
        assert len(counter.get(path).json()["items"]) == 1


def asked(counter: Counter, alumnus_id: str) -> str:
    """Let a person ask something; return the id."""
    now = counter.house.clock()
    with counter.house.database.session.begin() as session:
        ask_officer(session, OfficerQuestion("q-1", alumnus_id, now, "v-sew", "Apakah harus punya mesin jahit?"))
    return "q-1"


def told_wrong(counter: Counter, alumnus_id: str) -> str:
    """Let a person say that their place is wrong; return the id."""
    now = counter.house.clock()
    with counter.house.database.session.begin() as session:
        ask_correction(session, Correction("k-1", alumnus_id, "place", "Saya pindah ke Kota Semarang", now))
    return "k-1"


def test_a_question_is_answered_once_and_the_person_reads_it(counter: Counter) -> None:
    siti = counter.enrol()
    question_id = asked(counter, siti)
    [shown] = counter.get("questions").json()["items"]
    assert (shown["question_id"], shown["person"]["alumnus_id"]) == (question_id, siti)
    replies = [counter.post(f"questions/{question_id}/answer", {"reply": "Tidak harus."}).status_code for _ in range(2)]
    assert replies == [204, 409]
    with counter.house.database.reading() as reading:
        [read] = questions_of(reading, siti)
    assert (read.state, read.reply) == ("answered", "Tidak harus.")
    assert counter.acts(siti) == ["registered", "question_list", "question_answered"]


def test_a_correction_changes_what_the_officer_saw_and_no_more(counter: Counter) -> None:
    siti = counter.enrol()
    correction_id = told_wrong(counter, siti)
    changes = {"province_code": "33", "district_code": "33.74", "education": "D3"}
    path = f"corrections/{correction_id}/decide"
    assert counter.post(path, {"state": "refused", "changes": changes}).status_code == 422
    assert counter.post(path, {"state": "done", "changes": {"sex": "male"}}).status_code == 422
    assert counter.post(path, {"state": "done", "changes": {"district_code": "33.74"}}).status_code == 422
    assert counter.post(path, {"state": "done", "changes": changes}).status_code == 204
    with counter.house.database.reading() as reading:
        person = person_of(reading, siti)
    assert person is not None
    held = person.alumnus
    assert (held.province_code, held.district_code, held.education, held.birth_year) == ("33", "33.74", "D3", 1994)
    assert counter.get("corrections").json()["items"] == []


def test_a_fresh_province_alone_forgets_the_district_of_the_old_one(counter: Counter) -> None:
    siti = counter.enrol()
    path = f"corrections/{told_wrong(counter, siti)}/decide"
    assert counter.post(path, {"state": "done", "changes": {"province_code": "33"}}).status_code == 204
    with counter.house.database.reading() as reading:
        person = person_of(reading, siti)
    assert person is not None and (person.alumnus.province_code, person.alumnus.district_code) == ("33", None)


def test_a_cursor_of_an_impossible_instant_is_refused(counter: Counter) -> None:
    for at in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-11-23T00:00:00"):
        assert counter.get("questions", cursor=next_cursor((at, "q-1")) or "").status_code == 422


@pytest.mark.parametrize("hostile", ["%00", "..%2F..%2Fetc", "'%20OR%201=1%20--", "x" * 3000])
def test_a_hostile_id_opens_nothing(counter: Counter, hostile: str) -> None:
    answers = [
        counter.client.get(f"/v1/counter/callbacks/{hostile}/contact"),
        counter.post(f"questions/{hostile}/answer", {"reply": "Baik."}),
        counter.post(f"corrections/{hostile}/decide", {"state": "done"}),
        counter.post(f"sessions/{hostile}/end"),
    ]
    assert {one.status_code for one in answers} <= {404, 422}
