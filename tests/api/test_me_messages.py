"""Short messages: none unasked, few, about vacancies only, and each list of vacancies an impression."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from api.storage.outbox import take_messages
from api.storage.schema.events import impression_entries, impressions
from api.storage.vacancy_feed import announce
from api.upkeep.notify import Notified, notify
from matcher.engine.artifacts import Artifact
from tests.api.me_people import Alumna, alumna, house_of
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

WEEK = timedelta(days=7)


@pytest.fixture
def served(opened: Opener, world: Artifact, tmp_path: Path) -> House:
    """The service over the tiny world, its outbox empty again after somebody registered."""
    return house_of(opened, world, tmp_path)


@pytest.fixture
def sari(served: House) -> Alumna:
    """A cook of Kota Bandung who agreed to recommendations and wants messages by WhatsApp."""
    person = alumna(served, "recommend")
    assert person.get("/messages").json() == {"channel": None, "told_at": None}
    assert person.send("PUT", "/messages", {"channel": "whatsapp"}).status_code == 200
    read_outbox(served)
    return person


def notified(house: House, *, later: timedelta = timedelta()) -> Notified:
    """Run the nightly messages."""
    serving = house.app.state.serving
    serving.live.refresh()
    at = serving.clock() + later
    return notify(house.database, serving.live.view(), house.security.keys, address="https://padan.example", now=at)


def read_outbox(house: House) -> list[tuple[str, str, str]]:
    """Take what waits: channel, template and text of each."""
    with house.database.session.begin() as session:
        taken = take_messages(session, now=house.clock())
    return [
        (one.channel, one.template, opened_values(house, one)["text"])
        for one in taken
        if one.template != "register_code"
    ]


def opened_values(house: House, message) -> dict[str, str]:
    assert set(message.payload) == {"sealed"}
    return json.loads(house.security.keys.decrypt(message.payload["sealed"], about=message.message_id))


def shown_by_message(house: House, alumnus_id: str) -> list[str]:
    """Return the vacancies of the impressions over the channel message, in order."""
    found = (
        select(impression_entries.c.vacancy_id)
        .join(impressions, impressions.c.impression_id == impression_entries.c.impression_id)
        .where(impressions.c.alumnus_id == alumnus_id, impressions.c.channel == "message")
        .order_by(impressions.c.shown_at, impression_entries.c.position)
    )
    with house.database.reading() as reading:
        return list(reading.scalars(found))


def test_who_asked_is_told_of_vacancies_once_and_each_is_an_impression(sari: Alumna) -> None:
    house = sari.house
    assert notified(house) == Notified(people=1, told_of_matches=1, told_of_ends=0)
    [(channel, template, text)] = read_outbox(house)
    titles = [
        one.title for one in house.app.state.serving.live.view().adverts(shown_by_message(house, sari.alumnus_id))
    ]
    assert (channel, template) == ("whatsapp", "matches")
    assert len(titles) == 3 and all(title[:29] in text for title in titles)
    assert "https://padan.example/lowongan" in text and len(text) <= 320
    assert notified(house).told_of_matches == 0
    assert notified(house, later=2 * WEEK).told_of_matches == 0, "all that is open was shown"
    assert read_outbox(house) == []


def test_message_names_nobody(sari: Alumna) -> None:
    me = sari.get().json()
    notified(sari.house)
    [(_, _, text)] = read_outbox(sari.house)
    assert not [told for told in (me["name"], me["phone"], me["place"], sari.alumnus_id) if told and told in text]


def test_end_of_a_saved_vacancy_is_told_once(sari: Alumna) -> None:
    house = sari.house
    impression = sari.slate()
    mark = {
        "interaction_id": "event-0001",
        "vacancy_id": "v-sew",
        "kind": "saved",
        "impression_id": impression["impression_id"],
    }
    assert sari.send("POST", "/interactions", {"items": [mark]}).status_code == 201
    assert notified(house).told_of_ends == 0
    sari.wait(minutes=5)
    with house.database.session.begin() as session:
        announce(session, "v-sew", "withdrawn", now=house.app.state.serving.clock())
    assert notified(house) == Notified(1, 0, 1)
    assert [template for _, template, _ in read_outbox(house)] == ["ended"]
    sari.wait(minutes=5)
    assert notified(house).told_of_ends == 0


def test_nobody_is_told_of_vacancies_who_does_not_want_it(served: House, sari: Alumna) -> None:
    unasked = alumna(served, "recommend", phone="0812 5555 6666", name="Budi")
    assert sari.send("PUT", "/consents/recommend", {"is_given": False}).status_code == 200
    read_outbox(served)
    assert notified(served) == Notified(people=1, told_of_matches=0, told_of_ends=0)
    assert sari.send("PUT", "/messages", {"channel": None}).json() == {"channel": None, "told_at": None}
    assert notified(served).people == 0
    assert (read_outbox(served), shown_by_message(served, unasked.alumnus_id)) == ([], [])


def test_unknown_channel_is_refused_and_nothing_changes(sari: Alumna) -> None:
    assert sari.send("PUT", "/messages", {"channel": "pigeon"}).status_code == 422
    assert sari.get("/messages").json()["channel"] == "whatsapp"


def test_wish_is_told_when_vacancies_were_sent_and_stands_in_the_export(sari: Alumna) -> None:
    notified(sari.house)
    told_at = sari.get("/messages").json()["told_at"]
    assert datetime.fromisoformat(told_at).tzinfo is not None
    [row] = sari.get("/export").json()["tables"]["message_wishes"]
    assert row["channel"] == "whatsapp"
