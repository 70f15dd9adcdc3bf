"""The pages of a counter as text: find, register, serve, print, settle what waits; over both databases."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from api.security.resets import open_account
from api.storage.questions import Correction, OfficerQuestion, ask_correction, ask_officer
from matcher.engine.artifacts import Artifact
from tests.api.counter_scene import Counter, counter_of
from tests.api.databases import database_url, empty_database_url, migrated_url, postgresql_url
from tests.api.pages.test_alumni_pages import send
from tests.api.security.conftest import PASSWORD, House, Opener, opened
from tests.world import NOW

__all__ = ["database_url", "empty_database_url", "migrated_url", "opened", "postgresql_url"]

LOGIN = "petugas.bandung"
NIK = "3204010503940001"
PERSON = {
    "name": "Siti Aminah",
    "birth_on": "1994-03-05",
    "district_code": "32.04",
    "education": "SMA",
    "receipt_no": "KWT/1",
    "certificate_title": "Menjahit pakaian bagi Penjahit",
    "certificate_no": "PRA-77",
    "nik": NIK,
}


@pytest.fixture
def counter(opened: Opener, world: Artifact) -> Counter:
    """A counter over the tiny world, for what programs prepare."""
    return counter_of(opened(artifact=world.folder, cache=world.cache_folder, encoder="tfidf", now=NOW.isoformat()))


@pytest.fixture
def browser(counter: Counter) -> TestClient:
    """The browser of an officer of Jawa Barat, signed in on the page."""
    return officers_browser(counter.house)


def officers_browser(house: House, login: str = LOGIN) -> TestClient:
    """Return the browser of an officer of Jawa Barat who signed in."""
    now = house.clock()
    with house.database.session.begin() as session:
        code = open_account(session, house.security, "counter", login, now=now, province_code="32")
    assert house.post("reset", {"login": login, "code": code.code, "secret": PASSWORD}).status_code == 204
    client = house.at()
    answer = send(client, "/masuk/petugas", "/masuk/petugas", login=login, password=PASSWORD)
    assert answer.status_code == 303, answer.text
    return client


def serve(browser: TestClient, **changes: str | list[str]) -> Response:
    """Register a person and begin to serve them; return the answer that begins."""
    form = {**PERSON, "consents": ["recommend", "contact"], **changes}
    page = send(browser, "/loket/daftar?provinsi=32", "/loket/daftar?provinsi=32", **form)  # type: ignore[arg-type]
    found = re.search(r'name="alumnus_id" value="(\w+)"', page.text)
    assert found is not None, page.headers
    return send(browser, "/loket/mulai", "/loket", alumnus_id=found[1], receipt_no=str(form["receipt_no"]))


def test_signing_in_leads_to_the_desk(browser: TestClient) -> None:
    assert browser.get("/").headers["location"].startswith("/loket")
    assert "Dengan nomor sertifikat" in browser.get("/loket").text


@pytest.mark.parametrize(
    "sought",
    [{"certificate_no": "PRA-77"}, {"name": "Siti Aminah", "birth_on": "1994-03-05"}, {"nik": "3204 0105 0394 0001"}],
)
def test_a_person_is_found_in_each_way_and_what_was_typed_stands_nowhere(
    browser: TestClient, sought: dict[str, str]
) -> None:
    serve(browser)
    send(browser, "/loket/selesai", "/loket")
    answer = send(browser, "/loket", "/loket", **sought)
    assert answer.status_code == 200 and "S*** A***" in answer.text
    for typed in (*sought.values(), NIK):
        assert typed not in answer.text and typed not in str(answer.url)


def test_a_number_that_is_no_nik_is_told_without_repeating_it(browser: TestClient) -> None:
    answer = send(browser, "/loket", "/loket", nik="3204 0105 0394")
    assert answer.headers["location"] == "/loket?salah=invalid-input&isian=nik"
    assert "NIK harus 16 angka" in browser.get(answer.headers["location"]).text


def test_an_officer_serves_a_person_under_a_banner_until_the_visit_ends(browser: TestClient) -> None:
    assert serve(browser).headers["location"] == "/loket/orang"
    for path in ("/loket/orang", "/lowongan", "/data-saya", "/loket/cetak"):
        assert "Anda melayani S*** A***" in browser.get(path).text, path
    assert "Penjahit Pakaian" in browser.get("/lowongan").text
    assert "Membaca ini untuk Anda di loket" in browser.get("/loket/orang").text
    assert send(browser, "/loket/selesai", "/loket").headers["location"] == "/loket?beres=visit_ended"
    assert "Anda melayani" not in browser.get("/loket").text
    assert browser.get("/lowongan", headers={"Accept": "text/html"}).status_code == 403


def test_what_only_the_person_may_do_is_refused_to_an_officer(browser: TestClient) -> None:
    serve(browser)
    answer = send(browser, "/data-saya/hapus", "/loket/orang", pin="493817")
    assert answer.status_code == 403
    assert "Hapus selamanya" not in browser.get("/data-saya").text


def test_a_visit_is_no_use_in_the_browser_of_another_officer(counter: Counter, browser: TestClient) -> None:
    serve(browser)
    other = officers_browser(counter.house, "petugas.lain")
    other.cookies.set("padan_visit", browser.cookies["padan_visit"])
    assert "melayani" not in other.get("/loket").text.split("<main")[1].split("<h1")[0]
    assert other.get("/lowongan", headers={"Accept": "text/html"}).status_code == 403
    assert other.get("/loket/orang", headers={"Accept": "text/html"}).status_code == 404


def test_papers_and_message_show_the_same_vacancies(browser: TestClient) -> None:
    serve(browser)
    pages = [browser.get(path).text for path in ("/loket/lembar", "/loket/lembar?bentuk=struk", "/loket/cetak")]
    for page in pages:
        assert "Penjahit Pakaian" in page and "Siti" not in page
    assert 'href="https://wa.me/?text=' in pages[2] and 'href="sms:?&amp;body=' in pages[2]


def test_a_person_without_consent_has_no_papers(browser: TestClient) -> None:
    serve(browser, consents=[])
    page = browser.get("/loket/cetak").text
    assert "belum setuju" in page and "wa.me" not in page


def test_receipts_are_blank_before_and_filled_in_the_visit(browser: TestClient) -> None:
    blank = browser.get("/loket/kuitansi?nomor=L261123-ABCD").text
    assert "L261123-ABCD" in blank and "ticked" not in blank
    serve(browser)
    kept = browser.get("/loket/orang/kuitansi").text
    assert "KWT/1" in kept and kept.count("ticked") == 2


def test_a_receipt_serves_once(browser: TestClient) -> None:
    serve(browser)
    answer = serve(browser, name="Wati Lestari", nik="3204010503940002")
    assert answer.headers["location"] == "/loket/mulai?salah=conflict&isian=receipt_no"


def test_a_person_with_a_telephone_gets_a_code_shown_once(browser: TestClient) -> None:
    form = {**PERSON, "phone": "0812 7777 1234"}
    page = send(browser, "/loket/daftar", "/loket/daftar", **form).text
    assert re.search(r'<p class="code">\w+</p>', page)
    again = send(browser, "/loket/daftar", "/loket/daftar", **form)
    assert again.headers["location"] == "/loket/daftar?salah=conflict&isian=person"


def test_calls_questions_and_corrections_are_settled_in_one_press(counter: Counter, browser: TestClient) -> None:
    serve(browser, phone="0812 7777 1234")
    send(browser, "/loket/orang", "/loket/orang", due_on="2026-11-23")
    listed = re.search(r'href="/loket/panggilan/(\w+)"', browser.get("/loket/panggilan").text)
    assert listed is not None
    assert "+6281277771234" in browser.get(f"/loket/panggilan/{listed[1]}").text
    closed = send(browser, "/loket/panggilan", "/loket/panggilan", callback_id=listed[1], note_code="reached")
    assert closed.headers["location"] == "/loket/panggilan?beres=call_closed"
    asked_and_told(counter)
    assert (
        "Perlu mesin?" in browser.get("/loket/pertanyaan").text
        and "Saya pindah" in browser.get("/loket/perbaikan").text
    )
    send(browser, "/loket/pertanyaan", "/loket/pertanyaan", question_id="q-1", ready="come")
    send(browser, "/loket/perbaikan", "/loket/perbaikan", correction_id="k-1", state="done")
    for path in ("panggilan", "pertanyaan", "perbaikan"):
        assert 'class="empty"' in browser.get(f"/loket/{path}").text


def asked_and_told(counter: Counter) -> None:
    """Let the person with the certificate ask something and say that something is wrong."""
    found = counter.post("find", {"certificate_no": "PRA-77"}).json()["items"][0]["alumnus_id"]
    now = counter.house.clock()
    with counter.house.database.session.begin() as session:
        ask_officer(session, OfficerQuestion("q-1", found, now, None, "Perlu mesin?"))
        ask_correction(session, Correction("k-1", found, "place", "Saya pindah", now))


def test_a_form_without_its_token_is_refused(browser: TestClient) -> None:
    for path in ("/loket", "/loket/mulai", "/loket/daftar", "/loket/selesai", "/loket/panggilan", "/loket/kunci"):
        assert browser.post(path, data={"nik": NIK}, headers={"Accept": "text/html"}).status_code == 403, path


def test_every_page_opens_in_english(browser: TestClient) -> None:
    serve(browser)
    for path in ("/loket", "/loket/daftar", "/loket/orang", "/loket/cetak", "/loket/panggilan", "/loket/pertanyaan"):
        assert '<html lang="en">' in browser.get(path, params={"lang": "en"}).text
