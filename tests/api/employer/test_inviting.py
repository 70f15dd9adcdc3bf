"""Invitations: only of verified employers, to who agrees to be found now, rarely, and without a name before a yes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from httpx2 import Response

from api.employer.inviting import MOST_OF_AN_EMPLOYER, MOST_TO_A_PERSON
from api.storage.consents import Consent, note_consents
from api.storage.employers import decide_employer
from api.storage.invitations import INVITATION_OPEN, Invitation, send_invitation
from matcher.engine.artifacts import Artifact
from matcher.engine.build_artifact import build
from matcher.engine.encode import load_encoder
from tests.api.me_people import Alumna, alumna, house_of
from tests.api.security.conftest import (
    PASSWORD,
    House,
    Opener,
    database_url,
    empty_database_url,
    migrated_url,
    opened,
    postgresql_url,
)
from tests.world import NOW, world_tables

__all__ = ["database_url", "empty_database_url", "migrated_url", "opened", "postgresql_url"]


@pytest.fixture
def served(opened: Opener, world: Artifact, tmp_path: Path) -> House:
    """The service over the tiny world."""
    return house_of(opened, world, tmp_path)


class Firm:
    """An employer signed in, with open vacancies."""

    def __init__(self, house: House, *, state: str = "verified") -> None:
        self.login = f"perusahaan.{uuid4().hex}"
        signed_in = house.officer("employer", self.login)
        self.house, self.headers = house, house.bearer(signed_in)
        self.employer_id = signed_in["account"]["employer_id"]
        with house.database.session.begin() as session:
            decide_employer(session, self.employer_id, state, by="acc-operator", now=house.clock())

    def vacancy(self) -> str:
        body = {"title": f"Juru masak {uuid4().hex}", "province_code": "32", "description": uuid4().hex}
        return self.house.at().post("/v1/employer/vacancies", json=body, headers=self.headers).json()["vacancy_id"]

    def name_of(self, person: Alumna) -> str:
        return self.house.security.keys.pseudonym(person.alumnus_id, audience=self.employer_id)

    def invite(self, person: Alumna, vacancy_id: str | None = None, **more: str) -> Response:
        body = {"vacancy_id": vacancy_id or self.vacancy(), "pseudonym": self.name_of(person)}
        return self.house.at().post("/v1/employer/invitations", json=body, headers=self.headers | more)

    def read(self, path: str = "") -> Any:
        return self.house.at().get(f"/v1/employer/invitations{path}", headers=self.headers).json()


def acts(person: Alumna) -> list[str]:
    return [one["act"] for one in person.get("/accesses").json()["items"]]


def test_name_and_telephone_come_with_the_acceptance_and_stand_in_the_trail(served: House) -> None:
    sari, firm = alumna(served, "discoverable", "contact"), Firm(served)
    sent = firm.invite(sari)
    assert sent.status_code == 201, sent.text
    path = f"/{sent.json()['invitation_id']}"
    before = firm.read(path)
    assert (before["state"], before["name"], before["phone"], before["person"]) == ("sent", None, None, None)
    assert sari.send("POST", f"/invitations{path}/accept").status_code == 200
    after = firm.read(path)
    assert (after["state"], after["name"], after["person"]["education"]) == ("accepted", "Ibu Sari", "SMA")
    assert after["phone"].startswith("+62") and acts(sari) == ["contact", "invited"]


def test_talent_search_names_whom_to_invite(served: House) -> None:
    sari, firm = alumna(served, "discoverable"), Firm(served)
    served.app.state.serving.live.refresh()
    found = served.at().post("/v1/employer/talent-search", json={"query": "juru masak"}, headers=firm.headers).json()
    body = {"vacancy_id": firm.vacancy(), "pseudonym": found["items"][0]["pseudonym"]}
    assert served.at().post("/v1/employer/invitations", json=body, headers=firm.headers).status_code == 201
    [note] = sari.get("/invitations").json()["items"]
    assert (note["employer"], note["is_verified"], note["vacancy_id"]) == ("Warung Sari Rasa", True, body["vacancy_id"])
    why = {one["why"]["id"] for one in sari.get("/accesses").json()["items"]}
    assert "Alasan lain; tanyakan kepada petugas" not in why and len(why) == 2


def test_an_artifact_without_alumni_serves_whom_the_database_knows(opened: Opener, tmp_path: Path) -> None:
    tables = {name: world_tables()[name] for name in ("courses", "vacancies")}
    encoder = load_encoder("tfidf", cache_folder=tmp_path / "cache")
    made = build(tables, encoder, to=tmp_path / "artifact", cache_folder=tmp_path / "cache", now=NOW)
    house = house_of(opened, made, tmp_path)
    alumna(house, "discoverable")
    house.app.state.serving.live.refresh()
    asked = {"query": "juru masak"}
    found = house.at().post("/v1/employer/talent-search", json=asked, headers=Firm(house).headers)
    assert (found.status_code, len(found.json()["items"])) == (200, 1), found.text
    assert house.at().get("/v1/demo/alumni").json() == {"items": []}


@pytest.mark.parametrize("state", ["unverified", "refused"])
def test_an_employer_that_is_not_verified_invites_nobody(served: House, state: str) -> None:
    sari, firm = alumna(served, "discoverable"), Firm(served, state=state)
    assert firm.invite(sari, "v-any").status_code == 403


def test_only_who_agrees_at_this_moment_is_invited(served: House) -> None:
    sari, tini = alumna(served, "discoverable"), alumna(served, "contact", phone="0812 0000 4444", name="Bu Tini")
    firm = Firm(served)
    with served.database.session.begin() as session:
        note_consents(session, [Consent(sari.alumnus_id, "discoverable", False, served.clock(), "web")])
    refused = [firm.invite(sari), firm.invite(tini), firm.invite(replace(tini, alumnus_id="a-nobody"))]
    assert {one.status_code for one in refused} == {404} and len({one.json()["detail"] for one in refused}) == 1
    assert firm.read()["items"] == []


def test_a_pseudonym_or_vacancy_of_another_employer_is_unknown(served: House) -> None:
    sari, firm, stranger = alumna(served, "discoverable"), Firm(served), Firm(served)
    assert firm.invite(sari, stranger.vacancy()).status_code == 404
    body = {"vacancy_id": firm.vacancy(), "pseudonym": stranger.name_of(sari)}
    assert served.at().post("/v1/employer/invitations", json=body, headers=firm.headers).status_code == 404
    sent = firm.invite(sari).json()["invitation_id"]
    assert stranger.read(f"/{sent}")["status"] == 404 and stranger.read()["items"] == []


def test_who_declined_looks_silent_and_is_not_invited_again(served: House) -> None:
    sari, firm = alumna(served, "discoverable"), Firm(served)
    path = f"/{firm.invite(sari).json()['invitation_id']}"
    waiting = firm.invite(sari)
    assert sari.send("POST", f"/invitations{path}/decline").status_code == 200
    assert (firm.read(path)["state"], firm.read(path)["accepted_at"], firm.read(path)["name"]) == ("sent", None, None)
    again = firm.invite(sari)
    assert (waiting.status_code, again.status_code) == (409, 409)
    assert waiting.json()["detail"] == again.json()["detail"]
    assert Firm(served).invite(sari).status_code == 201


def test_an_invitation_lapses_by_itself(served: House) -> None:
    sari, firm = alumna(served, "discoverable"), Firm(served)
    path = f"/{firm.invite(sari).json()['invitation_id']}"
    served.clock.pass_by(days=INVITATION_OPEN.days)
    sari = replace(sari, headers=served.bearer(served.sign_in().json()))
    assert sari.get("/invitations").json()["items"][0]["state"] == "lapsed"
    assert sari.send("POST", f"/invitations{path}/accept").status_code == 409


def test_one_person_is_not_flooded(served: House) -> None:
    sari = alumna(served, "discoverable")
    answers = [Firm(served).invite(sari) for _ in range(MOST_TO_A_PERSON + 1)]
    assert [one.status_code for one in answers] == [201] * MOST_TO_A_PERSON + [429]
    assert answers[-1].headers["Retry-After"] == str(int(timedelta(days=1).total_seconds()))


def test_one_employer_does_not_flood(served: House) -> None:
    sari, firm = alumna(served, "discoverable"), Firm(served)
    tini = alumna(served, "discoverable", phone="0812 0000 4444", name="Bu Tini")
    now = served.clock()
    with served.database.session.begin() as session:
        for number in range(MOST_OF_AN_EMPLOYER):
            one = Invitation(f"n-{number}", firm.employer_id, f"v-{number}", tini.alumnus_id, now, "accepted", now)
            send_invitation(session, one)
    assert firm.invite(sari).status_code == 429
    served.clock.pass_by(days=1)
    firm.headers = served.bearer(served.post("token", {"login": firm.login, "password": PASSWORD}).json())
    assert firm.invite(sari).status_code == 201


def test_a_repeated_key_invites_once(served: House) -> None:
    sari, firm = alumna(served, "discoverable"), Firm(served)
    vacancy_id, key = firm.vacancy(), {"Idempotency-Key": "undangan-satu"}
    first, again = firm.invite(sari, vacancy_id, **key), firm.invite(sari, vacancy_id, **key)
    assert (first.status_code, first.json()) == (again.status_code, again.json()) and acts(sari) == ["invited"]
    assert firm.invite(sari, **key).status_code == 409


def test_a_vacancy_that_is_not_open_invites_nobody(served: House) -> None:
    sari, firm = alumna(served, "discoverable"), Firm(served)
    vacancy_id = firm.vacancy()
    served.at().post(f"/v1/employer/vacancies/{vacancy_id}/withdraw", headers=firm.headers)
    assert firm.invite(sari, vacancy_id).status_code == 409
