"""An employer's adverts as pages: posted, checked, edited; without a browser and over both databases."""

from __future__ import annotations

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from api.storage.employers import decide_employer
from api.storage.vacancies import vacancies_of_employer
from tests.api.security.conftest import (
    PASSWORD,
    House,
    database_url,
    empty_database_url,
    house,
    migrated_url,
    opened,
    postgresql_url,
)

__all__ = ["database_url", "empty_database_url", "house", "migrated_url", "opened", "postgresql_url"]
BLANK = "/perusahaan/lowongan/baru"
CLEAN = {
    "title": "Juru masak kantin", "description": "Menyiapkan sarapan untuk dua ratus karyawan.", "place": "32.73",
    "salary_min_idr_month": "5.000.000", "n_openings": "2", "act": "post",
}  # fmt: skip
UNLAWFUL = CLEAN | {"description": "Wanita, usia maksimal 25 tahun, belum menikah."}


class Firm:
    """An employer's browser, signed in on the page."""

    def __init__(self, house: House, login: str = "warung.sari", state: str = "verified") -> None:
        self.employer_id: str = house.officer("employer", login)["account"]["employer_id"]
        self.house, self.client = house, house.at()
        with house.database.session.begin() as session:
            decide_employer(session, self.employer_id, state, by="acc-operator", now=house.clock())
        done = self.send("/masuk/petugas", login=login, password=PASSWORD)
        assert done.headers["location"] == "/", done.text

    def page(self, path: str) -> str:
        answer = self.client.get(path, headers={"Accept": "text/html"})
        assert answer.status_code == 200, answer.text
        return answer.text

    def send(self, path: str, *, shown_at: str = "", **form: str) -> Response:
        """Send a form with the token of the page that shows it."""
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.page(shown_at or path))
        assert found is not None
        return self.client.post(path, data={"csrf_token": found[1], **form}, headers={"Accept": "text/html"})

    def adverts(self) -> list[Any]:
        with self.house.database.reading() as reading:
            return vacancies_of_employer(reading, self.employer_id)


@pytest.fixture
def firm(house: House) -> Firm:
    """A verified employer."""
    return Firm(house)


def test_a_clean_advert_is_posted_and_stands_on_the_first_page(firm: Firm) -> None:
    assert firm.send(BLANK, **CLEAN).headers["location"] == "/perusahaan?beres=advert_open"
    [posted] = firm.adverts()
    assert (posted.vacancy.district_code, posted.vacancy.salary_min_idr_month) == ("32.73", 5_000_000)
    assert "Juru masak kantin" in firm.page("/perusahaan")


def test_an_unlawful_phrase_is_explained_before_anything_is_stored(firm: Firm) -> None:
    told = firm.send(BLANK, **UNLAWFUL)
    assert told.status_code == 200 and firm.adverts() == []
    assert "usia maksimal 25 tahun" in re.findall("<q>(.*?)</q>", told.text)
    assert "Kirim apa adanya" in told.text and "Menyiapkan" not in told.text
    assert firm.send(BLANK, **UNLAWFUL | {"act": "anyway"}).headers["location"].endswith("advert_in_review")


def test_a_nearly_equal_advert_is_pointed_out(firm: Firm) -> None:
    firm.send(BLANK, **CLEAN)
    told = firm.send(BLANK, **CLEAN).text
    assert f'href="/perusahaan/lowongan/{firm.adverts()[0].vacancy.vacancy_id}"' in told and len(firm.adverts()) == 1


@pytest.mark.parametrize(
    ("field", "typed"),
    [("title", "x"), ("salary_min_idr_month", "lima juta"), ("expires_on", "2020-01-01"), ("place", "99"),
     ("n_openings", "0"), ("expires_on", "9999-12-31"), ("education_min", "sihir")],
)  # fmt: skip
def test_what_is_refused_is_told_on_the_form_that_keeps_the_rest(firm: Firm, field: str, typed: str) -> None:
    answer = firm.send(BLANK, **CLEAN | {field: typed})
    assert answer.status_code == 422 and 'role="alert"' in answer.text
    assert "Menyiapkan sarapan" in answer.text and firm.adverts() == []


def test_only_checking_stores_nothing(firm: Firm) -> None:
    assert "Tidak ada yang perlu diperbaiki" in firm.send(BLANK, **CLEAN | {"act": "check"}).text
    assert firm.adverts() == []


def test_an_edit_keeps_what_the_form_does_not_ask_and_needs_the_version_read(firm: Firm) -> None:
    firm.send(BLANK, **CLEAN | {"skills": "memasak, menghitung"})
    [before] = firm.adverts()
    path = f"/perusahaan/lowongan/{before.vacancy.vacancy_id}"
    assert 'value="memasak, menghitung"' in firm.page(path)
    changed = CLEAN | {"title": "Kepala juru masak", "version": "1"}
    assert firm.send(path, **changed).headers["location"] == "/perusahaan?beres=advert_open"
    [after] = firm.adverts()
    assert (after.vacancy.title, after.vacancy.skills, after.version) == ("Kepala juru masak", (), 2)
    assert "salah=conflict" in firm.send(path, **changed).headers["location"]


def test_another_employers_advert_is_not_here(firm: Firm, house: House) -> None:
    firm.send(BLANK, **CLEAN)
    path = f"/perusahaan/lowongan/{firm.adverts()[0].vacancy.vacancy_id}"
    other = Firm(house, "warung.lain")
    assert other.client.get(path, headers={"Accept": "text/html"}).status_code == 404
    assert "salah=unknown-identifier" in other.send(path, shown_at=BLANK, **CLEAN).headers["location"]


def test_an_unverified_employer_is_told_what_waits(house: House) -> None:
    fresh = Firm(house, state="unverified")
    assert "belum diperiksa" in fresh.page("/perusahaan")
    assert fresh.send(BLANK, **CLEAN).headers["location"] == "/perusahaan?beres=advert_in_review"


def test_the_json_check_says_what_posting_would_and_stores_nothing(firm: Firm) -> None:
    found = re.search(r'name="csrf_token" value="([^"]+)"', firm.page(BLANK))
    assert found is not None
    headers = {"X-CSRF-Token": found[1]}
    sent = {"title": "Pelayan toko", "description": "Wanita, usia maksimal 25 tahun, belum menikah."}
    told = firm.client.post("/v1/employer/vacancies/check", json=sent, headers=headers).json()
    assert told["state"] == "in_review" and told["flags"][0]["remedy"]["id"] and firm.adverts() == []


def test_every_page_opens_in_english(firm: Firm) -> None:
    firm.send(BLANK, **CLEAN)
    for path in ("/perusahaan", BLANK, f"/perusahaan/lowongan/{firm.adverts()[0].vacancy.vacancy_id}"):
        assert '<html lang="en">' in firm.client.get(path, params={"lang": "en"}).text


def test_a_form_without_its_token_stores_nothing(firm: Firm) -> None:
    assert firm.client.post(BLANK, data=CLEAN, headers={"Accept": "text/html"}).status_code == 403
    assert firm.adverts() == []


def test_a_fresh_browser_is_asked_to_sign_in(house: House) -> None:
    client: TestClient = house.at()
    assert client.get("/perusahaan", headers={"Accept": "text/html"}).status_code == 401
