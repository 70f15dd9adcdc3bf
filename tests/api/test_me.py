"""What people read and change about themselves: profile, consents, trail, corrections, export, and who may not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from api.storage.trail import Access, note_accesses
from matcher.engine.artifacts import Artifact
from tests.api.me_people import COOK, Alumna, alumna, at_counter, house_of
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


def changed(person: Alumna, **changes: Any) -> int:
    """Return the status of a change from the version as it stands."""
    return person.send("PATCH", "", {"version": person.get().json()["version"], **changes}).status_code


def test_people_read_themselves_with_name_telephone_and_papers(sari: Alumna) -> None:
    me = sari.get().json()
    told = (me["name"], me["phone"], me["birth_on"], me["place"], me["consents"])
    assert told == ("Ibu Sari", "+6281234567890", "1994-03-05", "Kota Bandung, Jawa Barat", ["recommend"])
    assert [one["title"] for one in me["certificates"]] == [COOK.title]
    assert me["objects_to_ranking"] is False


def test_a_change_keeps_what_was_not_sent_and_answers_with_the_next_version(sari: Alumna) -> None:
    before = sari.get().json()
    sent = {"version": before["version"], "education": "S1", "willing_province_codes": ["33", "33"], "sex": None}
    assert sari.send("PATCH", "", sent).json() == {"version": before["version"] + 1}
    expected = before | {"version": before["version"] + 1, "education": "S1", "willing_province_codes": ["33"]}
    assert sari.get().json() == expected


def test_a_change_from_an_older_version_is_refused(sari: Alumna) -> None:
    version = sari.get().json()["version"]
    assert changed(sari, accepts_remote=False) == 200
    assert sari.send("PATCH", "", {"version": version, "accepts_remote": True}).status_code == 409


@pytest.mark.parametrize(
    "sent",
    [
        {"alumnus_id": "a-cook"}, {"consents": ["contact"]}, {"birth_year": 1980}, {"completed_on": "2020-01-01"},
        {"certificates": []}, {"role": "operator"}, {"province_code": "99"}, {"district_code": "33.74"},
        {"education": "doktor gaib"}, {"willing_province_codes": ["32"] * 39}, {"salary_min_idr_month": -1},
        {"wanted_occupation_codes": ["1; DROP TABLE people"]}, {"field_of_study": "x" * 121},
        {"province_code": "33"}, {"field_of_study": "\x00"},
    ],
)  # fmt: skip
def test_what_a_person_may_not_set_is_refused_and_changes_nothing(sari: Alumna, sent: dict[str, Any]) -> None:
    before = sari.get().json()
    assert changed(sari, **sent) == 422
    assert sari.get().json() == before


def test_injected_words_are_kept_as_words(sari: Alumna) -> None:
    words = "'); DROP TABLE people; -- <script>alert(1)</script>"
    assert changed(sari, field_of_study=words) == 200
    assert sari.get().json()["field_of_study"] == words


def test_a_disability_is_kept_only_with_its_consent_and_forgotten_with_it(sari: Alumna) -> None:
    assert changed(sari, has_disability=True) == 403
    sari.send("PUT", "/consents/disability_use", {"is_given": True})
    assert changed(sari, has_disability=True) == 200
    assert sari.get().json()["has_disability"] is True
    sari.send("PUT", "/consents/disability_use", {"is_given": False})
    assert sari.get().json()["has_disability"] is None


def test_consents_hold_at_once_with_their_history(sari: Alumna) -> None:
    assert sari.send("PUT", "/consents/discoverable", {"is_given": True}).json()["given"] == [
        "discoverable", "recommend",
    ]  # fmt: skip
    answer = sari.send("PUT", "/consents/discoverable", {"is_given": False}).json()
    assert answer["given"] == ["recommend"]
    assert [(one["purpose"], one["is_given"], one["via"]) for one in answer["history"]] == [
        ("discoverable", False, "web"), ("discoverable", True, "web"), ("recommend", True, "web"),
    ]  # fmt: skip
    assert sari.send("PUT", "/consents/marketing", {"is_given": True}).status_code == 422


def test_a_consent_at_a_counter_carries_the_receipt(sari: Alumna) -> None:
    officer = at_counter(sari.house, sari, "K-9")
    note = officer.send("PUT", "/consents/research", {"is_given": True}).json()["history"][0]
    assert (note["via"], note["receipt_no"]) == ("counter", "K-9")


def test_a_repeated_key_gives_the_first_answer_and_another_body_is_refused(sari: Alumna) -> None:
    body, key = {"field": "certificate", "told": "Nomor sertifikat keliru"}, {"Idempotency-Key": "kunci-satu"}
    first = sari.send("POST", "/corrections", body, **key)
    again = sari.send("POST", "/corrections", body, **key)
    assert (first.status_code, first.content) == (201, again.content)
    assert len(sari.get("/corrections").json()["items"]) == 1
    assert sari.send("POST", "/corrections", body | {"told": "lain"}, **key).status_code == 409


def test_an_officers_key_used_for_another_person_does_not_answer_about_the_first(sari: Alumna) -> None:
    officer = at_counter(sari.house, sari)
    budi = alumna(sari.house, phone="0813 9999 0000", name="Pak Budi", birth_on="1980-01-02")
    body, key = {"field": "place", "told": "Pindah"}, {"Idempotency-Key": "kunci-sama"}
    assert officer.send("POST", "/corrections", body, **key).status_code == 201
    other = at_counter(sari.house, budi, "K-8")
    assert other.send("POST", "/corrections", body, **key).status_code == 201
    assert len(budi.get("/corrections").json()["items"]) == 1


def test_corrections_wait_for_an_officer_and_take_no_name(sari: Alumna) -> None:
    assert sari.send("POST", "/corrections", {"field": "place", "told": "Saya di Sukabumi"}).json()["state"] == "open"
    assert sari.send("POST", "/corrections", {"field": "name", "told": "Sari"}).status_code == 422
    assert sari.send("POST", "/corrections", {"field": "place", "told": "x" * 1001}).status_code == 422
    sari.send("PUT", "/objection", {"objects": True})
    assert [one["field"] for one in sari.get("/corrections").json()["items"]] == ["place"]


def test_the_trail_tells_role_organisation_time_and_reason_by_pages(sari: Alumna) -> None:
    employer, house = sari.house.officer("employer"), sari.house
    account_id, now = employer["account"]["account_id"], house.clock()
    with house.database.session.begin() as session:
        note_accesses(
            session, [Access(account_id, "employer", sari.alumnus_id, act, now) for act in ("contact", "x", "contact")]
        )
    first = sari.get("/accesses?limit=2").json()
    rest = sari.get(f"/accesses?limit=2&cursor={first['next_cursor']}").json()
    assert [one["act"] for one in first["items"] + rest["items"]] == ["contact", "x", "contact"]
    note = first["items"][0]
    assert (note["role"], note["organisation"]) == ("employer", "Warung Sari Rasa")
    assert "name and telephone" in note["why"]["en"] and note["at"].endswith(("Z", "+00:00"))
    assert rest["next_cursor"] is None and account_id not in str(first)
    assert sari.get("/accesses?cursor=x").status_code == 422


def test_everything_an_officer_does_for_a_person_stands_in_their_trail(sari: Alumna) -> None:
    officer = at_counter(sari.house, sari)
    officer.get()
    officer.get("/export")
    officer.send("POST", "/questions", {"text": "Ada lowongan?"})
    assert [one["act"] for one in sari.get("/accesses").json()["items"]] == [
        "counter POST /v1/me/questions", "counter GET /v1/me/export", "counter GET /v1/me",
    ]  # fmt: skip


def test_only_the_person_objects_and_erases_never_an_officer(sari: Alumna) -> None:
    officer = at_counter(sari.house, sari)
    assert officer.send("PUT", "/objection", {"objects": True}).status_code == 403
    assert officer.send("DELETE", "", {"pin": "493817"}).status_code == 403
    assert sari.get().status_code == 200


def test_the_export_holds_everything_in_the_clear_and_no_secret(sari: Alumna) -> None:
    impression = sari.slate()
    sari.send("POST", "/questions", {"text": "Bagaimana melamar?"})
    at_counter(sari.house, sari).get()
    answer = sari.get("/export")
    assert "attachment" in answer.headers["content-disposition"]
    told = answer.json()
    assert (told["name"], told["tables"]["contacts"][0]["phone"]) == ("Ibu Sari", "+6281234567890")
    assert told["tables"]["impressions"][0]["impression_id"] == impression["impression_id"]
    assert len(told["tables"]["impression_entries"]) == len(impression["items"])
    assert told["tables"]["officer_questions"][0]["text"] == "Bagaimana melamar?"
    assert told["tables"]["accesses"][0]["role"] == "counter"
    assert told["tables"]["people"][0]["district_code"] == "32.73"
    assert not any(word in answer.text for word in ("argon2", "sealed", "secret_hash", "nik_hash", "login"))


def test_people_reach_nobody_else(sari: Alumna) -> None:
    budi = alumna(sari.house, "recommend", phone="0813 9999 0000", name="Pak Budi", birth_on="1980-01-02")
    sari.send("POST", "/questions", {"text": "Rahasia Sari"})
    for path in ("", "/export", "/accesses", "/questions", "/corrections", "/consents", "/saved", "/applied"):
        answer = budi.get(path)
        assert answer.status_code == 200
        assert sari.alumnus_id not in answer.text and "Sari" not in answer.text.replace("Warung Sari Rasa", "")
