"""Applicants, people found and invitations as an employer's pages: without a browser and over both databases."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from api.storage.consents import Consent, note_consents
from api.storage.events import append_interactions, outcomes_of_person
from api.storage.trail import accesses_of
from matcher.domain.records import Interaction
from matcher.engine.artifacts import Artifact
from tests.api.me_people import Alumna, alumna, house_of
from tests.api.pages.test_employer_adverts import BLANK, CLEAN, Firm
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
WORDS = "/perusahaan/alumni?query=juru+masak"


@pytest.fixture
def served(opened: Opener, world: Artifact, tmp_path: Path) -> House:
    """The service over the tiny world."""
    return house_of(opened, world, tmp_path)


@pytest.fixture
def firm(served: House) -> Firm:
    """A verified employer with one open vacancy."""
    told = Firm(served)
    told.send(BLANK, **CLEAN)
    return told


def vacancy_of(firm: Firm) -> str:
    return firm.adverts()[0].vacancy.vacancy_id


def inbox_of(firm: Firm) -> str:
    return f"/perusahaan/lowongan/{vacancy_of(firm)}/pelamar"


def applied(firm: Firm, *consents: str, **about: Any) -> Alumna:
    """Return somebody who applied for the vacancy of the firm."""
    person = alumna(firm.house, **about)
    now = firm.house.app.state.serving.clock()
    event = Interaction(f"i-{person.alumnus_id}", person.alumnus_id, vacancy_of(firm), "applied", now, source="self")
    with firm.house.database.session.begin() as session:
        note_consents(session, [Consent(person.alumnus_id, one, True, now, "web") for one in consents])
        append_interactions(session, [event], now=now)
    return person


def pseudonym_in(page: str) -> str:
    found = re.search(r'name="pseudonym" value="([\w-]+)"', page)
    assert found is not None
    return found[1]


def test_the_first_page_counts_who_waits_until_they_are_answered(firm: Firm) -> None:
    applied(firm)
    assert "1 pelamar menunggu jawaban" in firm.page("/perusahaan")
    firm.send(inbox_of(firm), act="rejected", pseudonym=pseudonym_in(firm.page(inbox_of(firm))))
    assert "menunggu jawaban. Mulai" not in firm.page("/perusahaan")


def test_a_hire_is_told_with_one_press_and_becomes_an_outcome(firm: Firm) -> None:
    person = applied(firm)
    told = firm.send(inbox_of(firm), act="hired", pseudonym=pseudonym_in(firm.page(inbox_of(firm))))
    assert told.headers["location"] == f"{inbox_of(firm)}?beres=answer_hired"
    with firm.house.database.reading() as reading:
        [outcome] = outcomes_of_person(reading, person.alumnus_id)
    assert (outcome.kind, outcome.source) == ("employed", "employer") and ">Diterima<" in firm.page(inbox_of(firm))


def test_the_inbox_names_only_who_agreed_and_each_look_is_noted(firm: Firm) -> None:
    person = applied(firm)
    assert "Ibu Sari" not in firm.page(inbox_of(firm))
    with firm.house.database.session.begin() as session:
        note_consents(session, [Consent(person.alumnus_id, "contact", True, firm.house.clock(), "web")])
    assert "Ibu Sari" in firm.page(inbox_of(firm))
    with firm.house.database.reading() as reading:
        assert [one.act for one in accesses_of(reading, person.alumnus_id)][:2] == ["applicant contact", "applicant"]


@pytest.mark.parametrize("act", ["filled", "withdrawn"])
def test_a_vacancy_ends_with_one_press_and_takes_no_edit(firm: Firm, act: str) -> None:
    assert firm.send(inbox_of(firm), act=act).headers["location"] == f"/perusahaan?beres=vacancy_{act}"
    assert firm.adverts()[0].state == act
    told = firm.send(f"/perusahaan/lowongan/{vacancy_of(firm)}", shown_at="/perusahaan", **CLEAN)
    assert "salah=conflict" in told.headers["location"]


def test_nobody_is_answered_for_another_employers_vacancy(firm: Firm, served: House) -> None:
    applied(firm)
    pseudonym, path = pseudonym_in(firm.page(inbox_of(firm))), inbox_of(firm)
    other = Firm(served, "warung.lain")
    assert other.client.get(path, headers={"Accept": "text/html"}).status_code == 404
    told = other.send(path, shown_at=BLANK, act="hired", pseudonym=pseudonym)
    assert "salah=unknown-identifier" in told.headers["location"]


def test_people_are_found_under_pseudonyms_and_named_after_acceptance(firm: Firm, served: House) -> None:
    person = alumna(served, "discoverable", "contact")
    served.app.state.serving.live.refresh()
    page = firm.page(WORDS)
    assert "Ibu Sari" not in page and person.alumnus_id not in page
    told = firm.send("/perusahaan/alumni", shown_at=WORDS, vacancy_id=vacancy_of(firm), pseudonym=pseudonym_in(page))
    assert told.headers["location"] == "/perusahaan/undangan?beres=invited"
    assert "Ibu Sari" not in firm.page("/perusahaan/undangan")
    with served.database.reading() as reading:
        acts = [one.act for one in accesses_of(reading, person.alumnus_id)]
    assert acts[0] == "invited" and set(acts[1:]) == {"talent search"}
    [waiting] = person.get("/invitations").json()["items"]
    path = f"/perusahaan/undangan/{waiting['invitation_id']}"
    assert "Ibu Sari" not in firm.page(path)
    person.send("POST", f"/invitations/{waiting['invitation_id']}/accept")
    assert f'href="{path}"' in firm.page("/perusahaan/undangan") and "Ibu Sari" in firm.page(path)
    assert firm.send(path).headers["location"] == f"{path}?beres=answer_hired"


def test_a_filter_says_how_many_it_left_out_and_how_to_take_it_away(firm: Firm, served: House) -> None:
    alumna(served, "discoverable")
    served.app.state.serving.live.refresh()
    page = firm.page(f"{WORDS}&place=31&evidence=competence")
    assert page.count("<article") == 0 and 'href="/perusahaan/alumni?query=juru+masak&amp;place=31"' in page
    assert "DKI Jakarta: 0 orang" in page and "(BNSP): 0 orang" in page
    assert "DKI Jakarta: 1 orang" in firm.page(f"{WORDS}&place=31")


def test_an_own_vacancy_finds_people_and_another_employers_does_not(firm: Firm, served: House) -> None:
    alumna(served, "discoverable")
    served.app.state.serving.live.refresh()
    path = f"/perusahaan/alumni?vacancy_id={vacancy_of(firm)}"
    assert firm.page(path).count("<article") == 1
    other = Firm(served, "warung.lain")
    assert other.client.get(path, headers={"Accept": "text/html"}).status_code == 404


def test_words_that_are_too_short_are_told_on_the_form(firm: Firm) -> None:
    answer = firm.client.get("/perusahaan/alumni?query=a", headers={"Accept": "text/html"})
    assert answer.status_code == 422 and "paling sedikit 3 huruf" in answer.text


def test_an_unverified_employer_finds_nobody_and_is_told_why(served: House) -> None:
    fresh = Firm(served, "warung.baru", state="unverified")
    page = fresh.page(WORDS)
    assert "belum diperiksa" in page and "<article" not in page


def test_every_page_about_people_opens_in_english(firm: Firm, served: House) -> None:
    applied(firm, "discoverable")
    served.app.state.serving.live.refresh()
    for path in (inbox_of(firm), WORDS, "/perusahaan/undangan"):
        assert '<html lang="en">' in firm.client.get(path, params={"lang": "en"} | {"query": "cook"}).text
