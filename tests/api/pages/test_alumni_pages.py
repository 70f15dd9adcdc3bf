"""The pages of an alumnus as text: sign in, look, mark, put right; without a browser and over both databases."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import func, select

from api.storage.schema.events import hidden_reasons, impressions
from matcher.engine.artifacts import Artifact
from tests.api.me_people import alumna, house_of
from tests.api.security.conftest import (
    PHONE,
    PIN,
    House,
    Opener,
    database_url,
    empty_database_url,
    migrated_url,
    opened,
    postgresql_url,
)

__all__ = ["database_url", "empty_database_url", "migrated_url", "opened", "postgresql_url"]
ALL = ["/lowongan", "/tersimpan", "/kursus", "/undangan", "/tanya", "/kabar", "/usaha", "/data-saya"]


def send(client: TestClient, path: str, page: str, **form: str) -> Response:
    """Send a form with the token of a page."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)
    assert found is not None
    return client.post(path, data={"csrf_token": found[1], **form}, headers={"Accept": "text/html"})


@pytest.fixture
def house(opened: Opener, world: Artifact, tmp_path: Path) -> House:
    """The service over the tiny world, with one cook."""
    served = house_of(opened, world, tmp_path)
    alumna(served, "recommend")
    return served


@pytest.fixture
def sari(house: House) -> TestClient:
    """The cook's browser, signed in on the page."""
    client = house.at()
    answer = send(client, "/masuk", "/masuk", phone=PHONE, pin=PIN)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    return client


def test_every_page_opens_in_both_languages(sari: TestClient) -> None:
    for path in ALL:
        told = [sari.get(path, params={"lang": language}) for language in ("id", "en")]
        assert [answer.status_code for answer in told] == [200, 200], path
        assert '<html lang="en">' in told[1].text


def test_a_wrong_pin_is_told_on_the_form(house: House) -> None:
    client = house.at()
    answer = send(client, "/masuk", "/masuk", phone=PHONE, pin="111222")
    assert answer.headers["location"].startswith("/masuk?salah=sign-in-failed")
    assert 'role="alert"' in client.get(answer.headers["location"]).text


def test_a_reload_stores_one_impression(sari: TestClient, house: House) -> None:
    pages = [sari.get("/lowongan").text for _ in range(2)]
    with house.database.reading() as reading:
        assert reading.scalar(select(func.count()).select_from(impressions)) == 1
    assert "Cocok dengan pelatihan Anda" in pages[0] and pages[0].count("<article") == pages[1].count("<article") == 3


def test_what_is_hidden_stays_away(sari: TestClient) -> None:
    page = sari.get("/lowongan").text
    impression = re.search(r'name="impression_id" value="(\w+)"', page)
    assert impression is not None and 'value="v-sew"' in page
    form = {"vacancy_id": "v-sew", "kind": "hidden", "impression_id": impression[1]}
    assert send(sari, "/lowongan", "/lowongan", **form).headers["location"] == "/lowongan?beres=hidden"
    assert 'value="v-sew"' not in sari.get("/lowongan").text


def test_why_one_is_hidden_is_kept_and_told_back(sari: TestClient, house: House) -> None:
    form = {"vacancy_id": "v-sew", "kind": "hidden", "why": "pay"}
    assert send(sari, "/lowongan", "/lowongan", **form).headers["location"] == "/lowongan?beres=hidden_pay"
    send(sari, "/lowongan", "/lowongan", vacancy_id="v-cook", kind="saved", why="far")
    with house.database.reading() as reading:
        assert reading.scalars(select(hidden_reasons.c.reason)).all() == ["pay"]


def test_what_is_saved_stands_in_the_list(sari: TestClient) -> None:
    send(sari, "/lowongan", "/lowongan", vacancy_id="v-sew", kind="saved")
    assert 'href="/lowongan/v-sew"' in sari.get("/tersimpan").text


def test_a_filter_says_what_it_removed(sari: TestClient) -> None:
    page = sari.get("/lowongan", params={"province": "32", "pay": "5000000"}).text
    assert len(re.findall(r"lowongan tidak ditampilkan", page)) == 2


def test_a_form_without_its_token_is_refused(sari: TestClient) -> None:
    answer = sari.post("/lowongan", data={"vacancy_id": "v-sew", "kind": "saved"}, headers={"Accept": "text/html"})
    assert answer.status_code == 403


def test_a_withdrawn_consent_stops_the_list(sari: TestClient) -> None:
    send(sari, "/data-saya/setuju", "/data-saya", purpose="recommend", is_given="false")
    assert "Anda belum setuju" in sari.get("/lowongan").text


def test_a_place_is_corrected(sari: TestClient) -> None:
    found = re.search(r'name="version" value="(\d+)"', sari.get("/data-saya").text)
    assert found is not None
    form = {"version": found[1], "province_code": "31", "district_code": "31.71"}
    assert send(sari, "/data-saya/tempat", "/data-saya", **form).headers["location"] == "/data-saya?beres=changed"
    assert "DKI Jakarta" in sari.get("/data-saya").text


@pytest.mark.parametrize(("level", "told"), [("S2", "S2"), ("none", "Tidak tamat SD"), ("SMA/SMK", "SMA/SMK")])
def test_schooling_stays_chosen_whatever_it_is(sari: TestClient, level: str, told: str) -> None:
    version = re.search(r'name="version" value="(\d+)"', sari.get("/data-saya").text)
    assert version is not None
    send(sari, "/data-saya/sekolah", "/data-saya", version=version[1], education=level)
    page = sari.get("/data-saya").text
    assert f'<option value="{level}" selected>{told}</option>' in page and f"<dd>{told}</dd>" in page


def _version(sari: TestClient) -> str:
    found = re.search(r'name="version" value="(\d+)"', sari.get("/data-saya").text)
    assert found is not None
    return found[1]


def test_work_that_is_looked_for_is_found_by_a_word_kept_and_taken_away(sari: TestClient) -> None:
    page = sari.get("/data-saya", params={"cari": "masak"}).text
    assert "<p>Juru Masak</p>" in page and 'value="5120"' in page
    choice = {"kind": "wanted", "code": "5120"}
    send(sari, "/data-saya/kerja", "/data-saya", version=_version(sari), is_held="true", **choice)
    assert "<strong>Juru Masak</strong> - yang Anda cari" in sari.get("/data-saya").text
    assert "pekerjaan yang Anda cari: Juru Masak" in sari.get("/lowongan").text
    send(sari, "/data-saya/kerja", "/data-saya", version=_version(sari), is_held="false", **choice)
    assert "<strong>Juru Masak</strong>" not in sari.get("/data-saya").text


def test_a_word_that_no_work_has_and_a_full_list_are_told(sari: TestClient) -> None:
    assert "Tidak ada nama dengan kata itu" in sari.get("/data-saya", params={"cari": "zzz"}).text
    kept = {"kind": "experience", "is_held": "true"}
    for code in ("5120", "7511", "7512", "7531", "8332", "5223", "4110", "9412", "2512", "7212"):
        send(sari, "/data-saya/kerja", "/data-saya", version=_version(sari), code=code, **kept)
    for code, told in (("8322", "Hapus satu dahulu"), ("9999", "Pilih pekerjaan dari daftar")):
        answer = send(sari, "/data-saya/kerja", "/data-saya", version=_version(sari), code=code, **kept)
        assert told in sari.get(answer.headers["location"], follow_redirects=True).text


def test_a_business_and_a_question_are_told(sari: TestClient) -> None:
    assert send(sari, "/kabar", "/usaha", kind="self_employed").headers["location"] == "/kabar?beres=self_employed"
    send(sari, "/tanya", "/tanya", text="Di mana loket terdekat?")
    assert "Di mana loket terdekat?" in sari.get("/tanya").text


def test_ten_cards_are_small_over_the_wire(sari: TestClient) -> None:
    answer = sari.get("/lowongan", headers={"Accept-Encoding": "gzip"})
    assert int(answer.headers["content-length"]) < 14_000


def test_the_person_is_erased_with_the_pin(sari: TestClient) -> None:
    assert send(sari, "/data-saya/hapus", "/data-saya", pin=PIN).headers["location"] == "/?beres=erased"
    assert sari.get("/lowongan", headers={"Accept": "text/html"}).status_code == 401
