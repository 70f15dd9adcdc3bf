"""What people tell of vacancies and work: each event once, its cause checked; invitations and questions answered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from api.storage.employers import Employer, add_employer, decide_employer
from api.storage.events import interactions_of, outcomes_of
from api.storage.invitations import Invitation, has_accepted, send_invitation
from api.storage.questions import answer_question
from api.storage.schema.events import interactions
from matcher.engine.artifacts import Artifact
from tests.api.me_people import Alumna, alumna, at_counter, house_of
from tests.api.security.conftest import (
    House,
    Opener,
    database_url,
    empty_database_url,
    migrated_url,
    opened,
    postgresql_url,
)

__all__ = ["database_url", "empty_database_url", "migrated_url", "opened", "postgresql_url"]


@pytest.fixture
def served(opened: Opener, world: Artifact, tmp_path: Path) -> House:
    """The service over the tiny world."""
    return house_of(opened, world, tmp_path)


@pytest.fixture
def sari(served: House) -> Alumna:
    """A cook of Kota Bandung who agreed to recommendations."""
    return alumna(served, "recommend")


@pytest.fixture
def budi(served: House) -> Alumna:
    """Somebody else."""
    return alumna(served, "recommend", phone="0813 9999 0000", name="Pak Budi", birth_on="1980-01-02")


def event(number: int = 1, **changes: Any) -> dict[str, Any]:
    """Return an event as it is sent."""
    return {"interaction_id": f"event-000{number}", "vacancy_id": "v-sew", "kind": "saved", **changes}


def tell(person: Alumna, *events: dict[str, Any], **headers: str) -> Any:
    """Send events."""
    return person.send("POST", "/interactions", {"items": list(events)}, **headers)


def n_events(house: House) -> int:
    with house.database.reading() as reading:
        return reading.scalar(select(func.count()).select_from(interactions)) or 0


def test_an_event_of_a_slate_and_an_organic_one_are_told_apart(sari: Alumna) -> None:
    impression_id = sari.slate()["impression_id"]
    answer = tell(sari, event(1, impression_id=impression_id), event(2, kind="viewed"))
    assert answer.status_code == 201
    assert [(one["is_organic"], one["is_repeat"]) for one in answer.json()["items"]] == [(False, False), (True, False)]
    with sari.house.database.reading() as reading:
        stored = interactions_of(reading, ["event-0001"])["event-0001"]
    assert (stored.alumnus_id, stored.impression_id, stored.source) == (sari.alumnus_id, impression_id, "self")


def test_the_same_event_twice_is_stored_once_even_later_and_without_a_key(sari: Alumna) -> None:
    tell(sari, event())
    sari.wait(minutes=3)
    assert tell(sari, event()).json()["items"][0]["is_repeat"] is True
    assert tell(sari, event(kind="applied")).status_code == 422
    assert n_events(sari.house) == 1


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"impression_id": "nowhere"}, 422), ({"vacancy_id": "v-nowhere"}, 404), ({"kind": "retained_90d"}, 422),
        ({"at": "2030-01-01T00:00:00+07:00"}, 422), ({"at": "2026-11-20T00:00:00"}, 422), ({"alumnus_id": "x"}, 422),
        ({"corrects_id": "event-9999"}, 422), ({"interaction_id": "short"}, 422), ({"source": "employer"}, 422),
        ({"interaction_id": "'; DROP TABLE"}, 422), ({"vacancy_id": "v" * 129}, 422),
        ({"reason": "far"}, 422), ({"kind": "hidden", "reason": "boring"}, 422),
    ],
)  # fmt: skip
def test_an_event_whose_cause_does_not_hold_is_refused_with_all_sent_beside_it(
    sari: Alumna, changes: dict[str, Any], status: int
) -> None:
    assert tell(sari, event(1), event(2, **changes)).status_code == status
    assert n_events(sari.house) == 0


def test_a_batch_is_bounded(sari: Alumna) -> None:
    many = [event() | {"interaction_id": f"event-{number:05}"} for number in range(101)]
    assert tell(sari, *many).status_code == 422
    assert tell(sari).status_code == 422


def test_an_event_names_a_vacancy_of_its_own_slate_and_nobody_elses(sari: Alumna, budi: Alumna) -> None:
    impression_id = sari.slate()["impression_id"]
    assert tell(sari, event(1, impression_id=impression_id, vacancy_id="v-guard")).status_code == 422
    assert tell(budi, event(1, impression_id=impression_id)).status_code == 422
    tell(sari, event(1, impression_id=impression_id))
    assert tell(budi, event(1)).status_code == 422
    assert tell(budi, event(2, corrects_id="event-0001")).status_code == 422


def test_saved_and_applied_are_listed_by_pages_with_what_came_of_them(sari: Alumna) -> None:
    for number, (vacancy_id, kind) in enumerate(
        [("v-sew", "saved"), ("v-cook-far", "saved"), ("v-cook-city", "applied"), ("v-cook-city", "rejected")], 1
    ):
        sari.wait(minutes=1)
        assert tell(sari, event(number, vacancy_id=vacancy_id, kind=kind)).status_code == 201
    first = sari.get("/saved?limit=1").json()
    rest = sari.get(f"/saved?limit=1&cursor={first['next_cursor']}").json()
    assert [one["vacancy_id"] for one in first["items"] + rest["items"]] == ["v-cook-far", "v-sew"]
    assert rest["next_cursor"] is None
    (applied,) = sari.get("/applied").json()["items"]
    assert (applied["latest"], applied["is_open"], applied["vacancy"]["title"]) == ("rejected", True, "Juru Masak")


def test_what_a_person_applied_to_says_that_it_has_lapsed(sari: Alumna) -> None:
    tell(sari, event(vacancy_id="v-care-filled", kind="applied"))
    assert sari.get("/applied").json()["items"][0]["is_open"] is False


def test_a_correction_is_an_event_of_its_own(sari: Alumna) -> None:
    tell(sari, event(1))
    assert tell(sari, event(2, kind="viewed", corrects_id="event-0001")).status_code == 201
    assert sari.get("/saved").json()["items"] == []
    assert n_events(sari.house) == 2


def outcome(number: int = 1, **changes: Any) -> dict[str, Any]:
    """Return a report as it is sent."""
    return {"outcome_id": f"report-{number:04}", "kind": "employed", "started_on": "2026-11-02", **changes}


def test_an_outcome_is_stored_once_with_its_source_and_day(sari: Alumna) -> None:
    assert sari.send("POST", "/outcomes", outcome()).json() == {
        "outcome_id": "report-0001", "source": "self", "is_repeat": False,
    }  # fmt: skip
    sari.wait(days=2)
    assert sari.send("POST", "/outcomes", outcome()).json()["is_repeat"] is True
    with sari.house.database.reading() as reading:
        stored = outcomes_of(reading, ["report-0001"])["report-0001"]
    assert (stored.alumnus_id, str(stored.observed_on)) == (sari.alumnus_id, "2026-11-23")


def test_an_outcome_told_at_a_counter_has_the_officer_as_source(sari: Alumna) -> None:
    assert at_counter(sari.house, sari).send("POST", "/outcomes", outcome()).json()["source"] == "officer"


@pytest.mark.parametrize(
    "changes",
    [{"ended_on": "2026-10-01"}, {"kind": "no_response"}, {"source": "employer"}, {"corrects_id": "report-9999"}],
)
def test_a_report_that_can_not_be_is_refused(sari: Alumna, changes: dict[str, Any]) -> None:
    assert sari.send("POST", "/outcomes", outcome(**changes)).status_code == 422


def test_a_repeated_key_writes_once(sari: Alumna) -> None:
    key = {"Idempotency-Key": "kunci-ulang"}
    first, again = tell(sari, event(), **key), tell(sari, event(), **key)
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert tell(sari, event(2), **key).status_code == 409
    assert n_events(sari.house) == 1


def invite(person: Alumna, invitation_id: str = "n-1", vacancy_id: str = "v-sew") -> None:
    """Let a verified employer invite the person."""
    now = person.house.clock()
    with person.house.database.session.begin() as session:
        add_employer(session, Employer(f"e-{invitation_id}", "Konveksi Melati"))
        decide_employer(session, f"e-{invitation_id}", "verified", by="acc-1", now=now)
        send_invitation(session, Invitation(invitation_id, f"e-{invitation_id}", vacancy_id, person.alumnus_id, now))


def test_accepting_tells_that_this_employer_learns_name_and_telephone_and_lets_them(sari: Alumna) -> None:
    invite(sari)
    invite(sari, "n-2")
    waiting = sari.get("/invitations").json()["items"]
    assert {(one["employer"], one["is_verified"], one["state"]) for one in waiting} == {
        ("Konveksi Melati", True, "sent")
    }
    assert "Konveksi Melati membaca nama dan nomor telepon" in waiting[0]["told"]["id"]
    assert waiting[0]["vacancy"]["title"] == "Penjahit Pakaian"
    answer = sari.send("POST", "/invitations/n-1/accept").json()
    assert (answer["state"], answer["reveals"]) == ("accepted", ["name", "phone"])
    with sari.house.database.reading() as reading:
        assert has_accepted(reading, "e-n-1", sari.alumnus_id)
        assert not has_accepted(reading, "e-n-2", sari.alumnus_id)


def test_declining_reveals_nothing_and_can_not_be_taken_back(sari: Alumna) -> None:
    invite(sari)
    answer = sari.send("POST", "/invitations/n-1/decline").json()
    assert (answer["state"], answer["reveals"]) == ("declined", [])
    assert sari.send("POST", "/invitations/n-1/accept").status_code == 409


def test_another_persons_invitation_is_like_none(sari: Alumna, budi: Alumna) -> None:
    invite(sari)
    theirs, none = (budi.send("POST", f"/invitations/{name}/accept") for name in ("n-1", "n-nowhere"))
    assert (theirs.status_code, none.status_code) == (404, 404)
    assert theirs.json()["detail"].replace("n-1", "") == none.json()["detail"].replace("n-nowhere", "")
    assert sari.get("/invitations").json()["items"][0]["state"] == "sent"


def test_an_officers_reply_comes_back_to_the_person(sari: Alumna) -> None:
    asked = sari.send("POST", "/questions", {"text": "Apakah perlu ijazah?", "vacancy_id": "v-sew"}).json()
    with sari.house.database.session.begin() as session:
        answer_question(session, asked["question_id"], "Tidak perlu", by="acc-1", now=sari.house.clock())
    (told,) = sari.get("/questions").json()["items"]
    assert (told["state"], told["reply"], told["vacancy_id"]) == ("answered", "Tidak perlu", "v-sew")
    assert "answered_by" not in told


def test_an_invitation_of_a_vacancy_that_is_gone_is_still_shown(sari: Alumna) -> None:
    invite(sari, vacancy_id="v-gone")
    assert sari.get("/invitations").json()["items"][0]["vacancy"] is None
