"""At the counter a person who is here already gets another certificate, noted in their trail; by call and by page."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from api.storage.people import person_of
from matcher.domain.records import Alumnus
from matcher.engine.artifacts import Artifact
from tests.api.counter_scene import Counter, counter_of
from tests.api.databases import database_url, empty_database_url, migrated_url, postgresql_url
from tests.api.pages.test_alumni_pages import send
from tests.api.pages.test_counter_pages import officers_browser, serve
from tests.api.security.conftest import Opener, opened
from tests.world import NOW

__all__ = ["database_url", "empty_database_url", "migrated_url", "opened", "postgresql_url"]

COOK = {"certificate_no": "MSK-12", "course_id": "c-cook", "evidence": "passed", "issued_on": "2026-03-02"}
PAGE = "/loket/orang/sertifikat?cari=masak"


@pytest.fixture
def counter(opened: Opener, world: Artifact) -> Counter:
    """A counter over the tiny world."""
    return counter_of(opened(artifact=world.folder, cache=world.cache_folder, encoder="tfidf", now=NOW.isoformat()))


def add(counter: Counter, visit: dict[str, Any], **changes: Any) -> Response:
    """Add a certificate in a visit."""
    return counter.post(f"sessions/{visit['session_id']}/certificates", {**COOK, **changes})


def stored(counter: Counter, alumnus_id: str) -> Alumnus:
    """Return a person as stored."""
    with counter.house.database.reading() as reading:
        person = person_of(reading, alumnus_id)
    assert person is not None
    return person.alumnus


def test_a_certificate_is_added_under_the_title_of_its_course_and_noted(counter: Counter) -> None:
    siti = counter.enrol()
    answer = add(counter, counter.begin(siti))
    assert (answer.status_code, answer.json()["title"]) == (201, "Memasak masakan Nusantara bagi Juru Masak")
    person = stored(counter, siti)
    assert [one.certificate_no for one in person.certificates] == ["PRA-77", "MSK-12"]
    assert str(person.completed_on) == "2026-03-02" and counter.acts(siti)[-1] == "certificate_added"


def test_the_next_slate_follows_the_certificate_at_once(counter: Counter) -> None:
    visit = counter.begin(counter.enrol())
    on_behalf = counter.house.at(**counter.house.bearer(visit))
    before, again = (on_behalf.get("/v1/me/recommendations").json() for _ in range(2))
    add(counter, visit)
    after = on_behalf.get("/v1/me/recommendations").json()
    assert before["impression_id"] == again["impression_id"] != after["impression_id"]
    assert after["items"][0]["score"] >= before["items"][0]["score"]


def test_a_day_of_completion_that_is_known_stays(counter: Counter) -> None:
    siti = counter.enrol(certificates=[{"title": "Menjahit", "issued_on": "2025-01-09"}])
    add(counter, counter.begin(siti))
    assert str(stored(counter, siti).completed_on) == "2025-01-09"


def test_a_number_that_is_here_already_is_refused_and_says_whose(counter: Counter) -> None:
    siti, wati = counter.enrol(), counter.enrol(name="Wati Lestari", certificates=[])
    held = add(counter, counter.begin(siti), certificate_no="PRA-77")
    taken = add(counter, counter.begin(wati), certificate_no="PRA-77")
    assert [one.status_code for one in (held, taken)] == [409, 409]
    assert held.json()["detail"].startswith("certificate_no.held:")
    assert taken.json()["detail"].startswith("certificate_no.taken:") and siti not in taken.text


def test_a_certificate_that_cannot_be_is_refused(counter: Counter) -> None:
    siti = counter.enrol()
    visit = counter.begin(siti)
    for changes in (
        {"course_id": "c-nothing"},
        {"course_id": None},
        {"certificate_no": None},
        {"issued_on": "2031-01-01"},
        {"expires_on": "2026-03-01"},
        {"alumnus_id": "a-cook"},
        {"title": "\x00"},
    ):
        assert add(counter, visit, **changes).status_code == 422, changes
    assert len(stored(counter, siti).certificates) == 1


def test_another_officers_visit_and_one_that_is_over_add_nothing(counter: Counter) -> None:
    visit = counter.begin(counter.enrol())
    assert add(counter_of(counter.house), visit).status_code == 404
    counter.post(f"sessions/{visit['session_id']}/end")
    assert add(counter, visit).status_code == 404


def test_a_repeated_key_adds_once(counter: Counter) -> None:
    siti = counter.enrol()
    path = f"sessions/{counter.begin(siti)['session_id']}/certificates"
    answers = [counter.post(path, COOK, **{"Idempotency-Key": "sertifikat-siti"}) for _ in range(2)]
    assert [one.status_code for one in answers] == [201, 201]
    assert len(stored(counter, siti).certificates) == 2


@pytest.fixture
def browser(counter: Counter) -> TestClient:
    """The browser of an officer who serves the sewer."""
    client = officers_browser(counter.house)
    serve(client)
    return client


def test_on_the_page_a_course_is_found_by_its_words_and_added_under_the_banner(browser: TestClient) -> None:
    assert 'href="/loket/orang/sertifikat"' in browser.get("/loket/orang").text
    page = browser.get("/loket/orang/sertifikat?cari=Juru+MASAK").text
    assert '<option value="c-cook">Memasak masakan' in page and "Anda melayani S*** A***" in page
    assert "c-sew" not in page
    answer = send(browser, PAGE, PAGE, **COOK, expires_on="")
    assert answer.headers["location"] == "/loket/orang?beres=certificate_added"
    visit = browser.get(answer.headers["location"]).text
    assert "Sertifikat sudah dicatat" in visit and "Menambah sertifikat Anda di loket" in visit


def test_a_course_outside_the_list_is_added_under_its_title(browser: TestClient, counter: Counter) -> None:
    page = "/loket/orang/sertifikat?cari=barista"
    assert "Tidak ada kursus dengan kata itu" in browser.get(page).text
    send(browser, page, page, certificate_no="BAR-1", certificate_title="Barista dasar", evidence="attended")
    [card] = counter.post("find", {"certificate_no": "BAR-1"}).json()["items"]
    assert stored(counter, card["alumnus_id"]).certificates[-1].title == "Barista dasar"


def test_a_refusal_is_told_on_the_form_which_keeps_its_words(browser: TestClient, counter: Counter) -> None:
    counter.enrol(name="Wati Lestari", certificates=[{"title": "Memasak", "certificate_no": "MSK-13"}])
    for changes, told in (
        ({"certificate_no": "PRA-77"}, "Orang ini sudah punya sertifikat dengan nomor itu"),
        ({"certificate_no": "MSK-13"}, "tercatat atas nama orang lain"),
        ({"certificate_no": "x"}, "Tulis nomor sertifikat"),
        ({"course_id": ""}, "Pilih kursus dari daftar"),
        ({"issued_on": "2031-01-01"}, "Tanggal itu tidak boleh sesudah hari ini"),
        ({"expires_on": "2026-03-01"}, "lebih awal daripada tanggal terbit"),
    ):
        answer = send(browser, PAGE, PAGE, **{**COOK, **changes})
        assert answer.headers["location"].startswith(f"{PAGE}&salah="), changes
        assert told in browser.get(answer.headers["location"]).text


def test_without_a_visit_there_is_no_form(counter: Counter) -> None:
    officer = officers_browser(counter.house, "petugas.lain")
    assert officer.get(PAGE, headers={"Accept": "text/html"}).status_code == 404
