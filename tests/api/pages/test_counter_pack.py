"""The offline pack as a file: sealed, of the least, and its queue taken in once by its ticket or by upload."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from fastapi.testclient import TestClient
from httpx2 import Response

from api.storage.accounts import accounts_of_login, set_active
from api.storage.events import outcomes_of_person
from matcher.engine.artifacts import Artifact
from tests.api.counter_scene import Counter, counter_of
from tests.api.databases import database_url, empty_database_url, migrated_url, postgresql_url
from tests.api.pages.test_alumni_pages import send
from tests.api.pages.test_counter_pages import LOGIN, officers_browser
from tests.api.security.conftest import Opener, opened
from tests.api.test_counter_offline import PASSPHRASE, event
from tests.world import NOW

__all__ = ["database_url", "empty_database_url", "migrated_url", "opened", "postgresql_url"]


@pytest.fixture
def counter(opened: Opener, world: Artifact) -> Counter:
    """A counter over the tiny world."""
    return counter_of(opened(artifact=world.folder, cache=world.cache_folder, encoder="tfidf", now=NOW.isoformat()))


@pytest.fixture
def browser(counter: Counter) -> TestClient:
    """The browser of an officer of Jawa Barat."""
    return officers_browser(counter.house)


def pack_file(browser: TestClient, **changes: str) -> Response:
    """Ask for the pack of Kabupaten Bandung on the page."""
    form = {"district_code": "32.04", "passphrase": PASSPHRASE, "days": "2", **changes}
    return send(browser, "/loket/paket", "/loket/paket", **form)


def opened_pack(page: str, passphrase: str = PASSPHRASE) -> dict[str, Any]:
    """Open the sealed part of a file as its script does."""
    found = re.search(r'<script type="application/json" id="pack">(.*?)</script>', page)
    assert found is not None
    pack = json.loads(found[1])
    salt, nonce, sealed = (base64.b64decode(pack[name]) for name in ("salt", "nonce", "sealed"))
    key = PBKDF2HMAC(SHA256(), 32, salt, pack["iterations"]).derive(passphrase.encode())
    return json.loads(AESGCM(key).decrypt(nonce, sealed, pack["pack_id"].encode()))


def one_call(counter: Counter, browser: TestClient) -> tuple[str, dict[str, Any]]:
    """Put a person on the call-back list and take a pack; return the person's id and what is in the pack."""
    siti = counter.enrol(phone="0812 7777 1234")
    counter.post("callbacks", {"alumnus_id": siti, "due_on": "2026-11-23"})
    return siti, opened_pack(pack_file(browser).text)


def sent(counter: Counter, pack: dict[str, Any], *events: dict[str, Any], **changes: str) -> Response:
    """Send a queue as the file does: without a cookie, from no page of ours."""
    queue = json.dumps({"pack_id": pack["pack_id"], "events": list(events)})
    form = {"ticket": pack["ticket"], "queue": queue, **changes}
    return counter.house.at(Origin="null").post("/loket/paket/kirim", data=form)


def test_a_file_shows_nothing_without_its_passphrase(counter: Counter, browser: TestClient) -> None:
    counter.post("callbacks", {"alumnus_id": counter.enrol(phone="0812 7777 1234"), "due_on": "2026-11-23"})
    answer = pack_file(browser)
    assert answer.headers["content-disposition"] == 'attachment; filename="padan-32.04.html"'
    for hidden in ("Penjahit", "S***", "7777", PASSPHRASE, 'ticket":'):
        assert hidden not in answer.text
    [call] = opened_pack(answer.text)["calls"]
    assert call["masked_name"] == "S*** A***"
    with pytest.raises(InvalidTag):
        opened_pack(answer.text, PASSPHRASE + "!")


def test_a_file_reaches_for_nothing_but_the_service(browser: TestClient) -> None:
    page = pack_file(browser).text
    assert "default-src 'none'" in page and "connect-src http://127.0.0.1:8000;" in page
    assert re.findall(r'(?:src|href)="', page) == []


@pytest.mark.parametrize("changes", [{"passphrase": "pendek"}, {"district_code": "99.99"}, {"days": "8"}])
def test_a_weak_pack_is_refused_on_the_form(browser: TestClient, changes: dict[str, str]) -> None:
    location = pack_file(browser, **changes).headers["location"]
    assert location.endswith(f"&isian={next(iter(changes))}") and "pendek" not in location


def test_the_queue_of_a_file_enters_once_with_its_own_time(counter: Counter, browser: TestClient) -> None:
    siti, pack = one_call(counter, browser)
    noted = event(pack["calls"][0]["person"], "employed")
    answers = [sent(counter, pack, noted) for _ in range(2)]
    assert [one.json()["items"][0]["state"] for one in answers] == ["entered", "repeated"]
    assert answers[0].headers["access-control-allow-origin"] == "*"
    with counter.house.database.reading() as reading:
        [outcome] = outcomes_of_person(reading, siti)
    assert (str(outcome.observed_on), outcome.source) == ("2026-11-21", "officer")


def test_a_ticket_opens_the_queue_of_its_own_pack_only_and_ends(counter: Counter, browser: TestClient) -> None:
    _, pack = one_call(counter, browser)
    noted = event(pack["calls"][0]["person"], "employed")
    other = opened_pack(pack_file(browser).text)
    assert sent(counter, {**pack, "ticket": other["ticket"]}, noted).status_code == 422
    for broken in ("", "x", pack["ticket"][:-4] + "AAAA"):
        assert sent(counter, pack, noted, ticket=broken).status_code in {401, 422}
    for queue in ("{}", "[]", "x", json.dumps({"pack_id": pack["pack_id"], "events": [{"kind": "hired"}]})):
        assert sent(counter, pack, queue=queue).status_code == 422
    counter.house.clock.pass_by(days=15)
    assert sent(counter, pack, noted).status_code == 200
    counter.house.clock.pass_by(days=2)
    assert sent(counter, pack, noted).status_code == 401


def test_the_ticket_of_a_closed_account_opens_nothing(counter: Counter, browser: TestClient) -> None:
    _, pack = one_call(counter, browser)
    keys, now = counter.house.security.keys, counter.house.clock()
    with counter.house.database.session.begin() as session:
        [officer] = accounts_of_login(session, keys.hashes("login", LOGIN))
        set_active(session, officer.account_id, False, now=now)
    assert sent(counter, pack, event(pack["calls"][0]["person"], "employed")).status_code == 401


def test_a_saved_queue_is_uploaded_and_each_refusal_is_told(counter: Counter, browser: TestClient) -> None:
    _, pack = one_call(counter, browser)
    events = [event(pack["calls"][0]["person"], "employed"), event("nobody", "employed")]
    queue = json.dumps({"pack_id": pack["pack_id"], "events": events})
    page = uploaded(browser, queue.encode()).text
    assert "1 dicatat, 0 sudah ada, 1 ditolak." in page and "orangnya bukan dari paket ini" in page
    assert "0 dicatat, 1 sudah ada, 1 ditolak." in uploaded(browser, queue.encode()).text
    for broken in (b"", b"\xff\xfe", b"{}", b"x" * (2**20 + 1)):
        assert uploaded(browser, broken).headers["location"] == "/loket/sinkron?salah=invalid-input&isian=queue"


def uploaded(browser: TestClient, content: bytes) -> Response:
    """Upload a file on the page."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/loket/sinkron").text)
    assert token is not None
    files = {"file": ("antrean.json", content, "application/json")}
    return browser.post("/loket/sinkron", data={"csrf_token": token[1]}, files=files, headers={"Accept": "text/html"})
