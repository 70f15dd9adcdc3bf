"""Talent search: only who agrees now, under a pseudonym of each employer, and never by age, sex or disability."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from api.storage.consents import Consent, note_consents
from api.storage.employers import decide_employer
from api.storage.trail import accesses_of
from matcher.engine.artifacts import Artifact
from tests.api.me_people import alumna, house_of
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

WORDS = {"query": "juru masak kantin"}


@pytest.fixture
def served(opened: Opener, world: Artifact, tmp_path: Path) -> House:
    """The service over the tiny world."""
    return house_of(opened, world, tmp_path)


def employer(house: House, state: str = "verified") -> dict[str, str]:
    signed_in = house.officer("employer")
    with house.database.session.begin() as session:
        decide_employer(session, signed_in["account"]["employer_id"], state, by="acc-operator", now=house.clock())
    return house.bearer(signed_in)


def ask(house: House, headers: dict[str, str], body: dict[str, Any]) -> Any:
    house.app.state.serving.live.refresh()
    return house.at().post("/v1/employer/talent-search", json=body, headers=headers)


def test_only_who_agrees_now_is_found_and_the_look_is_noted(served: House) -> None:
    sari = alumna(served, "discoverable")
    alumna(served, "recommend", phone="0812 0000 4444", name="Bu Tini")
    headers = employer(served)
    answer = ask(served, headers, WORDS)
    assert answer.status_code == 200, answer.text
    [card] = answer.json()["items"]
    assert (card["district_code"], card["certificates"][0]["evidence"]) == ("32.73", "passed")
    assert sari.alumnus_id not in answer.text and "Sari" not in answer.text
    assert not {"alumnus_id", "name", "birth_year", "sex", "has_disability"} & set(card)
    with served.database.reading() as reading:
        assert [one.act for one in accesses_of(reading, sari.alumnus_id)] == ["talent search"]
    withdrawn = Consent(sari.alumnus_id, "discoverable", False, served.clock(), "web")
    with served.database.session.begin() as session:
        note_consents(session, [withdrawn])
    assert ask(served, headers, WORDS).json()["items"] == []


def test_each_employer_has_pseudonyms_of_its_own(served: House) -> None:
    alumna(served, "discoverable")
    first, second = (ask(served, employer(served), WORDS).json()["items"][0]["pseudonym"] for _ in range(2))
    assert first != second


@pytest.mark.parametrize(
    ("filters", "n_found"),
    [
        ({"province_code": "32"}, 1), ({"province_code": "31"}, 0), ({"district_code": "32.73"}, 1),
        ({"education": "S1"}, 0), ({"evidence": "passed"}, 1), ({"evidence": "competence"}, 0),
        ({"certificates": ["c-cook"]}, 1), ({"certificates": ["c-sew"]}, 0),
    ],
)  # fmt: skip
def test_filters_leave_whom_they_say(served: House, filters: dict[str, Any], n_found: int) -> None:
    alumna(served, "discoverable")
    answer = ask(served, employer(served), WORDS | {"filters": filters})
    assert answer.status_code == 200 and len(answer.json()["items"]) == n_found, answer.text


def test_a_search_pages_without_a_gap(served: House) -> None:
    for number in range(3):
        alumna(served, "discoverable", phone=f"0812 0000 555{number}", name=f"Orang {number}")
    headers = employer(served)
    first = ask(served, headers, WORDS | {"limit": 2}).json()
    rest = ask(served, headers, WORDS | {"limit": 2, "cursor": first["next_cursor"]}).json()
    shown = first["items"] + rest["items"]
    assert [one["position"] for one in shown] == [1, 2, 3] and rest["next_cursor"] is None
    assert len({one["pseudonym"] for one in shown}) == 3


def test_an_own_vacancy_asks_for_itself_and_anothers_is_unknown(served: House) -> None:
    alumna(served, "discoverable")
    headers, stranger = employer(served), employer(served)
    advert = {"title": "Juru masak", "province_code": "32", "description": "Memasak di kantin."}
    vacancy_id = served.at().post("/v1/employer/vacancies", json=advert, headers=headers).json()["vacancy_id"]
    assert len(ask(served, headers, {"vacancy_id": vacancy_id}).json()["items"]) == 1
    assert ask(served, stranger, {"vacancy_id": vacancy_id}).status_code == 404


def test_an_unverified_employer_sees_nobody(served: House) -> None:
    assert ask(served, employer(served, "unverified"), WORDS).status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        {}, WORDS | {"vacancy_id": "v-1"}, {"query": "x" * 401}, WORDS | {"limit": 51}, WORDS | {"cursor": "salah"},
        WORDS | {"filters": {"sex": "female"}}, WORDS | {"filters": {"birth_year": 2000}},
        WORDS | {"filters": {"has_disability": False}}, WORDS | {"filters": {"province_code": "99"}},
        WORDS | {"filters": {"certificates": ["' OR 1=1 --"]}}, WORDS | {"order": "age"},
    ],
)  # fmt: skip
def test_a_question_that_is_none_is_refused(served: House, body: dict[str, Any]) -> None:
    assert ask(served, employer(served), body).status_code == 422
