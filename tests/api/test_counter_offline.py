"""The sheet and the offline pack: paper, slip and text agree; a pack opens with its passphrase and syncs once."""

from __future__ import annotations

import base64
import json
from typing import Any
from uuid import uuid4

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from sqlalchemy import text

from api.alumni.objection import object_or_accept
from api.storage.events import impressions_of, interactions_of_person, outcomes_of_person
from matcher.engine.artifacts import Artifact
from tests.api.counter_scene import Counter, counter_of
from tests.api.databases import database_url, empty_database_url, migrated_url, postgresql_url
from tests.api.security.conftest import Opener, opened
from tests.world import NOW

__all__ = ["database_url", "empty_database_url", "migrated_url", "opened", "postgresql_url"]

PASSPHRASE = "jalan kaki ke desa sebelah"


@pytest.fixture
def counter(opened: Opener, world: Artifact) -> Counter:
    """An officer at work over the tiny world."""
    return counter_of(opened(artifact=world.folder, cache=world.cache_folder, encoder="tfidf", now=NOW.isoformat()))


def unsealed(pack: dict[str, Any], passphrase: str = PASSPHRASE) -> dict[str, Any]:
    """Open a pack as the officer's machine does."""
    salt, nonce, sealed = (base64.b64decode(pack[name]) for name in ("salt", "nonce", "sealed"))
    key = Scrypt(salt, 32, n=pack["n"], r=pack["r"], p=pack["p"]).derive(passphrase.encode())
    return json.loads(AESGCM(key).decrypt(nonce, sealed, pack["pack_id"].encode()))


def pack_with(counter: Counter, **changes: Any) -> dict[str, Any]:
    """Return a sealed pack of Kabupaten Bandung."""
    answer = counter.post("offline-pack", {"passphrase": PASSPHRASE, "district_code": "32.04", **changes})
    assert answer.status_code == 200, answer.text
    return answer.json()


def event(person: str, kind: str, **other: Any) -> dict[str, Any]:
    """Return an event noted offline two days before it is sent."""
    return {"event_id": uuid4().hex, "person": person, "at": "2026-11-21T09:00:00+07:00", "kind": kind, **other}


def synced(counter: Counter, pack_id: str, *events: dict[str, Any]) -> list[tuple[str, str | None]]:
    """Send a queue; return state and problem of each event."""
    answer = counter.post("offline-sync", {"pack_id": pack_id, "events": list(events)})
    assert answer.status_code == 200, answer.text
    return [(one["state"], one["problem"]) for one in answer.json()["items"]]


def test_sheet_slip_and_text_show_one_stored_slate(counter: Counter) -> None:
    siti = counter.enrol()
    session_id = counter.begin(siti)["session_id"]
    pages = {form: counter.get("sheet", session_id=session_id, form=form) for form in ("a4", "slip", "text")}
    for form, answer in pages.items():
        assert answer.status_code == 200, answer.text
        assert "Penjahit Pakaian" in answer.text, form
        assert answer.headers["cache-control"] == "no-store"
        assert "Siti" not in answer.text and "+62" not in answer.text
    assert 0 < len(pages["text"].text) <= 480
    with counter.house.database.reading() as reading:
        ids = list(reading.scalars(text("SELECT impression_id FROM impressions")))
        [shown] = impressions_of(reading, ids).values()
    assert (shown.alumnus_id, shown.channel, shown.shown_at) == (siti, "counter", NOW)
    assert [one.position for one in shown.entries] == list(range(1, len(shown.entries) + 1))
    assert counter.acts(siti).count("sheet") == 3


def test_the_sheet_speaks_english_when_asked(counter: Counter) -> None:
    session_id = counter.begin(counter.enrol())["session_id"]
    assert "Vacancies for you" in counter.get("sheet", session_id=session_id, lang="en").text


def test_a_sheet_needs_an_open_session_of_the_officer_consent_and_a_certificate(counter: Counter) -> None:
    visit = counter.begin(counter.enrol())
    other = counter_of(counter.house)
    assert other.get("sheet", session_id=visit["session_id"]).status_code == 404
    assert counter.get("sheet", session_id="' OR 1=1 --").status_code == 404
    counter.post(f"sessions/{visit['session_id']}/end")
    assert counter.get("sheet", session_id=visit["session_id"]).status_code == 404
    silent = counter.begin(counter.enrol(name="Wati", consents=[]))
    assert counter.get("sheet", session_id=silent["session_id"]).status_code == 403
    objecting = counter.enrol(name="Dewi")
    now = counter.house.clock()
    with counter.house.database.session.begin() as session:
        object_or_accept(session, objecting, True, None, now=now)
    assert counter.get("sheet", session_id=counter.begin(objecting)["session_id"]).status_code == 403
    bare = counter.begin(counter.enrol(name="Rina", certificates=[]))
    assert counter.get("sheet", session_id=bare["session_id"]).status_code == 422


def test_what_is_printed_is_escaped(counter: Counter) -> None:
    siti = counter.enrol(name="<script>alert(1)</script> Aminah")
    page = counter.get("sheet", session_id=counter.begin(siti)["session_id"]).text
    assert "<script" not in page and "&lt;***" in page


def test_a_pack_holds_the_least_and_opens_with_its_passphrase_only(counter: Counter) -> None:
    siti = counter.enrol(phone="0812 7777 1234")
    counter.enrol(name="Wati Lestari", district_code="32.73")
    counter.post("callbacks", {"alumnus_id": siti, "due_on": "2026-11-24"})
    pack = pack_with(counter, days=2)
    assert pack["expires_at"].startswith("2026-11-25")
    content = unsealed(pack)
    assert sorted(one["vacancy_id"] for one in content["vacancies"]) == ["v-cook-far", "v-sew"]
    [call] = content["calls"]
    assert (call["masked_name"], call["birth_year"]) == ("S*** A***", 1994)
    for hidden in ("Siti", "Aminah", "7777", siti):
        assert hidden not in json.dumps(content)
    assert "v-sew" not in json.dumps(pack)
    with pytest.raises(InvalidTag):
        unsealed(pack, PASSPHRASE + "!")
    assert counter.acts(siti) == ["registered", "offline_pack"]


@pytest.mark.parametrize("changes", [{"passphrase": "pendek"}, {"district_code": "99.99"}, {"days": 8}, {"k": 1}])
def test_a_pack_that_would_be_weak_is_refused(counter: Counter, changes: dict[str, Any]) -> None:
    body = {"passphrase": PASSPHRASE, "district_code": "32.04", **changes}
    answer = counter.post("offline-pack", body)
    assert answer.status_code == 422
    assert "pendek" not in answer.text


def test_a_queue_enters_once_with_its_own_times_and_tells_each_refusal(counter: Counter) -> None:
    siti = counter.enrol()
    counter.post("callbacks", {"alumnus_id": siti, "due_on": "2026-11-23"})
    pack = pack_with(counter)
    [call] = unsealed(pack)["calls"]
    person, pack_id = call["person"], pack["pack_id"]
    good = [
        event(person, "applied", vacancy_id="v-sew"),
        event(person, "employed", started_on="2026-11-20"),
        event(person, "call_closed", callback_id=call["callback_id"], state="done", note_code="found_work"),
    ]
    bad = [
        event(person, "saved", vacancy_id="v-nowhere"),
        event(siti, "employed"),
        event(person, "employed", at="2030-01-01T00:00:00Z"),
        event(person, "call_closed", callback_id="c-9", state="done", note_code="reached"),
    ]
    counter.house.clock.pass_by(minutes=10)
    first = synced(counter, pack_id, *good, *bad)
    assert [state for state, _ in first] == ["entered"] * 3 + ["refused"] * 4
    assert all(problem for _, problem in first[3:])
    assert [state for state, _ in synced(counter, pack_id, *good)] == ["repeated"] * 3
    with counter.house.database.reading() as reading:
        [applied], [employed] = interactions_of_person(reading, siti), outcomes_of_person(reading, siti)
    assert (applied.kind, applied.at.isoformat(), applied.impression_id) == (
        "applied", "2026-11-21T02:00:00+00:00", None,
    )  # fmt: skip
    assert (employed.source, str(employed.observed_on)) == ("officer", "2026-11-21")
    assert counter.get("callbacks").json()["items"] == []


def test_a_pack_is_no_use_to_another_officer_or_after_another_pack(counter: Counter) -> None:
    siti = counter.enrol()
    counter.post("callbacks", {"alumnus_id": siti, "due_on": "2026-11-23"})
    pack, later = pack_with(counter), pack_with(counter)
    [call] = unsealed(pack)["calls"]
    stolen = event(call["person"], "employed")
    assert synced(counter_of(counter.house), pack["pack_id"], stolen)[0][0] == "refused"
    assert synced(counter, later["pack_id"], stolen)[0][0] == "refused"


@pytest.mark.parametrize(
    "broken",
    [
        {"kind": "hired"},
        {"kind": "applied"},
        {"kind": "call_closed", "state": "done"},
        {"at": "2026-11-21T09:00:00"},
        {"at": "0001-01-01T00:00:00+14:00"},
        {"person": "x" * 300},
        {"event_id": "short"},
        {"alumnus_id": "a-1"},
    ],
)
def test_an_event_that_says_too_little_is_refused(counter: Counter, broken: dict[str, Any]) -> None:
    body = {"pack_id": "p", "events": [{**event("x", "employed"), **broken}]}
    assert counter.post("offline-sync", body).status_code == 422


def test_a_queue_beyond_all_bounds_is_refused(counter: Counter) -> None:
    body = {"pack_id": "p", "events": [event("x", "employed") for _ in range(501)]}
    assert counter.post("offline-sync", body).status_code == 422
    assert synced(counter, "p", event("\u0000", "employed"), event("é" * 50, "employed"))[0][0] == "refused"
