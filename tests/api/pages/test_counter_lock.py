"""The screen of a counter: unused it locks, for pages and for programs of the browser; the password opens it again."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from matcher.engine.artifacts import Artifact
from tests.api.counter_scene import Counter, counter_of
from tests.api.databases import database_url, empty_database_url, migrated_url, postgresql_url
from tests.api.pages.test_alumni_pages import send
from tests.api.pages.test_counter_pages import officers_browser, serve
from tests.api.security.conftest import PASSWORD, Opener, opened
from tests.world import NOW

__all__ = ["database_url", "empty_database_url", "migrated_url", "opened", "postgresql_url"]

HTML = {"Accept": "text/html"}


@pytest.fixture
def counter(opened: Opener, world: Artifact) -> Counter:
    """A counter over the tiny world, whose screens lock after five minutes."""
    return counter_of(opened(artifact=world.folder, cache=world.cache_folder, encoder="tfidf", now=NOW.isoformat()))


@pytest.fixture
def browser(counter: Counter) -> TestClient:
    """The browser of an officer, signed in."""
    return officers_browser(counter.house)


def unlock(browser: TestClient, password: str) -> str:
    """Give a password on the locked screen; return where that leads."""
    page = "/loket/terkunci?next=/lowongan"
    return send(browser, page, page, password=password).headers["location"]


def test_an_unused_screen_locks_and_the_service_refuses_it(counter: Counter, browser: TestClient) -> None:
    serve(browser)
    counter.house.clock.pass_by(minutes=5)
    for path in ("/loket", "/lowongan", "/loket/lembar"):
        answer = browser.get(path, headers=HTML)
        assert answer.headers["location"] == f"/loket/terkunci?next={path.replace('/', '%2F')}"
    refused = browser.get("/v1/counter/questions")
    assert (refused.status_code, refused.json()["type"]) == (401, "/docs#screen-locked")
    locked = browser.get("/loket/terkunci").text
    assert "Layar terkunci" in locked and "S*** A***" not in locked


def test_the_password_opens_the_screen_where_it_was_with_the_visit(counter: Counter, browser: TestClient) -> None:
    serve(browser)
    counter.house.clock.pass_by(minutes=6)
    assert unlock(browser, "salah sama sekali").startswith("/loket/terkunci?next=")
    assert browser.get("/lowongan", headers=HTML).status_code == 303
    assert unlock(browser, PASSWORD) == "/lowongan"
    assert "Anda melayani S*** A***" in browser.get("/lowongan").text


def test_a_screen_in_use_stays_open(counter: Counter, browser: TestClient) -> None:
    for _ in range(3):
        counter.house.clock.pass_by(minutes=4)
        assert send(browser, "/loket/masih", "/loket").status_code == 204
    counter.house.clock.pass_by(minutes=4)
    assert browser.get("/loket").status_code == 200


def test_an_officer_locks_the_screen_at_once(browser: TestClient) -> None:
    answer = send(browser, "/loket/kunci?next=/loket/daftar", "/loket")
    assert answer.headers["location"] == "/loket/terkunci?next=%2Floket%2Fdaftar"
    assert browser.get("/loket", headers=HTML).status_code == 303
    assert "data-lock-seconds" not in browser.get("/loket/terkunci").text


def test_pages_lock_themselves_without_a_script(browser: TestClient) -> None:
    page = browser.get("/loket/daftar").text
    assert '<noscript><meta http-equiv="refresh" content="300; url=/loket/terkunci?next=/loket/daftar">' in page
    assert browser.get("/loket/terkunci").headers["location"] == "/loket"


def test_what_is_printed_locks_too(browser: TestClient) -> None:
    serve(browser)
    for path in ("/loket/lembar", "/loket/lembar?bentuk=struk", "/loket/orang/kuitansi"):
        page = browser.get(path).text
        assert 'data-lock-seconds="300"' in page and "/static/lock.js" in page, path


def test_the_minutes_are_a_setting_and_alumni_are_not_locked(opened: Opener) -> None:
    house = opened(lock_minutes=1)
    officer = officers_browser(house)
    assert 'data-lock-seconds="60"' in officer.get("/loket").text
    house.register()
    alumna = house.at()
    send(alumna, "/masuk", "/masuk", phone="0812 3456 7890", pin="493817")
    house.clock.pass_by(minutes=30)
    assert "data-lock-seconds" not in alumna.get("/data-saya").text
    assert officer.get("/loket", headers=HTML).status_code == 303


def test_signing_out_leaves_no_name_and_no_visit(browser: TestClient) -> None:
    serve(browser)
    send(browser, "/keluar", "/loket")
    assert browser.get("/loket/terkunci").headers["location"] == "/masuk/petugas?next=%2Floket"
    assert "padan_visit" not in browser.cookies


def test_guessing_at_a_locked_screen_is_slowed_as_guessing_at_the_door(counter: Counter, browser: TestClient) -> None:
    counter.house.clock.pass_by(minutes=6)
    told = [unlock(browser, f"salah sama sekali {number}") for number in range(12)]
    assert "salah=sign-in-failed" in told[0] and "salah=too-many" in told[-1]
