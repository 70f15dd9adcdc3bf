"""What an operator decides: adverts in doubt, employers to verify; and what an operator reads: trail and messages."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from api.storage.employers import Employer, add_employer, employer_of
from api.storage.reviews import AdvertReview, open_review, review_of
from api.storage.trail import Access, note_accesses
from api.storage.vacancies import post_vacancy, set_vacancy_state, vacancy_of
from api.storage.vacancy_feed import changes_after
from matcher.domain.records import Vacancy
from tests.api.databases import database_url, empty_database_url, migrated_url, postgresql_url
from tests.api.security.conftest import House, house, opened

__all__ = ["database_url", "empty_database_url", "house", "migrated_url", "opened", "postgresql_url"]

FLAGS = [{"phrase": "berpenampilan menarik", "rule": "M/6/HK.04/V/2025", "remedy": "hapus"}]
ADVERT = Vacancy("v-1", "Pramuniaga", "e-1", "Toko Melati", "Berpenampilan menarik.", "32")


@pytest.fixture
def headers(house: House) -> dict[str, str]:
    """What an operator's program sends."""
    return house.bearer(house.officer("operator"))


def send(house: House, headers: dict[str, str], path: str, body: dict[str, Any], **more: str) -> Any:
    """Send a write of an operator."""
    return house.at().post(f"/v1/operator/{path}", json=body, headers={**headers, **more})


def read(house: House, headers: dict[str, str], path: str, **query: Any) -> dict[str, Any]:
    """Ask as an operator."""
    answer = house.at().get(f"/v1/operator/{path}", headers=headers, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def doubtful(house: House, n_adverts: int = 1, employer_id: str | None = None) -> None:
    """Put adverts of one employer into the queue."""
    now = house.clock()
    with house.database.session.begin() as session:
        if employer_id is None:
            add_employer(session, Employer("e-1", "Toko Melati"))
        for number in range(1, n_adverts + 1):
            advert = replace(ADVERT, vacancy_id=f"v-{number}", employer_id=employer_id or "e-1")
            post_vacancy(session, advert, state="in_review", now=now)
            open_review(session, AdvertReview(f"r-{number}", f"v-{number}", FLAGS, now + timedelta(seconds=number)))


def state(house: House) -> str:
    """Return the state of the advert."""
    with house.database.reading() as reading:
        posted = vacancy_of(reading, "v-1")
    assert posted is not None
    return posted.state


def test_a_cleared_advert_opens_and_every_worker_hears_of_it(house: House, headers: dict[str, str]) -> None:
    doubtful(house)
    [card] = read(house, headers, "reviews")["items"]
    assert (card["title"], card["flags"], card["vacancy_state"]) == ("Pramuniaga", FLAGS, "in_review")
    decided = {"state": "cleared", "note": "Frasa sudah dihapus."}
    answers = [send(house, headers, "reviews/r-1/decide", decided).status_code for _ in range(2)]
    assert (answers, state(house)) == ([204, 409], "open")
    assert read(house, headers, "reviews")["items"] == []
    with house.database.reading() as reading:
        assert [one.vacancy_id for one in changes_after(reading, 0)] == ["v-1"]


def test_a_refusal_goes_back_as_a_draft_and_an_appeal_waits_again(house: House, headers: dict[str, str]) -> None:
    signed_in = house.officer("employer")
    doubtful(house, employer_id=signed_in["account"]["employer_id"])
    owner = house.at(**house.bearer(signed_in))
    stranger = house.at(**house.bearer(house.officer("employer")))
    body = {"text": "Ini pekerjaan model busana."}
    assert owner.post("/v1/employer/reviews/r-1/appeal", json=body).status_code == 409
    refused = {"state": "refused", "note": "Syarat penampilan tidak diizinkan."}
    assert send(house, headers, "reviews/r-1/decide", refused).status_code == 204
    assert state(house) == "draft"
    [told] = owner.get("/v1/employer/reviews", params={"vacancy_id": "v-1"}).json()["items"]
    assert (told["review_id"], told["state"], told["flags"]) == ("r-1", "refused", FLAGS)
    assert stranger.get("/v1/employer/reviews", params={"vacancy_id": "v-1"}).status_code == 404
    assert stranger.post("/v1/employer/reviews/r-1/appeal", json=body).status_code == 404
    assert owner.post("/v1/employer/reviews/r-9/appeal", json=body).status_code == 404
    answers = [owner.post("/v1/employer/reviews/r-1/appeal", json=body).status_code for _ in range(2)]
    assert answers == [204, 409]
    [card] = read(house, headers, "reviews")["items"]
    assert (card["state"], card["appeal_text"]) == ("appealed", "Ini pekerjaan model busana.")
    assert send(house, headers, "reviews/r-1/decide", {"state": "cleared", "note": "Benar."}).status_code == 204
    assert state(house) == "open"


@pytest.mark.parametrize("ended", ["withdrawn", "filled"])
def test_a_decision_does_not_reopen_what_its_employer_ended(house: House, headers: dict[str, str], ended: str) -> None:
    doubtful(house)
    now = house.clock()
    with house.database.session.begin() as session:
        set_vacancy_state(session, "v-1", ended, now=now)
    assert send(house, headers, "reviews/r-1/decide", {"state": "cleared", "note": "Baik."}).status_code == 204
    assert state(house) == ended


@pytest.mark.parametrize(
    "body",
    [{}, {"state": "cleared"}, {"state": "open", "note": "Baik."}, {"state": "cleared", "note": "Baik.", "by": "x"}],
)
def test_a_decision_that_is_none_is_refused(house: House, headers: dict[str, str], body: dict[str, str]) -> None:
    doubtful(house)
    assert send(house, headers, "reviews/r-1/decide", body).status_code == 422
    assert send(house, headers, "reviews/r-9/decide", {"state": "cleared", "note": "Baik."}).status_code == 404
    with house.database.reading() as reading:
        review = review_of(reading, "r-1")
    assert review is not None and review.state == "open"


def test_the_queue_pages_by_age(house: House, headers: dict[str, str]) -> None:
    doubtful(house, 53)
    first = read(house, headers, "reviews")
    rest = read(house, headers, "reviews", cursor=first["next_cursor"])
    shown = [one["review_id"] for one in first["items"] + rest["items"]]
    assert shown == [f"r-{number}" for number in range(1, 54)] and rest["next_cursor"] is None


def test_an_employer_is_added_once_and_verified(house: House, headers: dict[str, str]) -> None:
    key = {"Idempotency-Key": "toko-melati-1"}
    added = [send(house, headers, "employers", {"name": "Toko Melati"}, **key).json() for _ in range(2)]
    assert added[0] == added[1]
    employer_id = added[0]["employer_id"]
    waiting = read(house, headers, "employers")["items"]
    assert [one["employer_id"] for one in waiting] == [employer_id]
    decided = send(house, headers, f"employers/{employer_id}/decide", {"state": "verified"})
    assert (decided.status_code, decided.json()["state"]) == (200, "verified")
    with house.database.reading() as reading:
        employer = employer_of(reading, employer_id)
    assert employer is not None and employer.state == "verified" and employer.decided_by
    assert send(house, headers, "employers/e-9/decide", {"state": "verified"}).status_code == 404
    assert send(house, headers, f"employers/{employer_id}/decide", {"state": "unverified"}).status_code == 422


def test_the_trail_pages_backwards_and_by_account(house: House, headers: dict[str, str]) -> None:
    now = house.clock()
    with house.database.session.begin() as session:
        note_accesses(
            session, [Access(f"acc-{number % 2}", "counter", f"a-{number}", "found", now) for number in range(120)]
        )
    first = read(house, headers, "audit")
    rest = read(house, headers, "audit", before=first["next_before"])
    shown = [one["alumnus_id"] for one in first["items"] + rest["items"]]
    assert shown == [f"a-{number}" for number in reversed(range(120))] and rest["next_before"] is None
    assert len(read(house, headers, "audit", account_id="acc-1")["items"]) == 60
    assert read(house, headers, "audit", account_id="' OR 1=1 --")["items"] == []


def test_a_message_is_handed_to_one_sender(house: House, headers: dict[str, str]) -> None:
    house.register()
    taken = send(house, headers, "outbox/take", {"limit": 10}).json()["items"]
    assert [(one["template"], one["values"]["to"]) for one in taken] == [("register_code", "+6281234567890")]
    assert send(house, headers, "outbox/take", {}).json() == {"items": []}
    assert send(house, headers, "outbox/take", {"limit": 501}).status_code == 422
