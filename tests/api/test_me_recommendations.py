"""Recommendations of a person: consent, the impression stored first, reloads, prefetches, filters, objections."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from sqlalchemy import func, select

from api.storage.events import impressions_of
from api.storage.people import add_certificates
from api.storage.schema.events import impressions
from api.storage.vacancy_feed import announce
from matcher.domain.records import Certificate
from matcher.engine.artifacts import Artifact
from matcher.engine.build_artifact import build
from matcher.engine.encode import TfidfEncoder
from tests.api.me_people import Alumna, alumna, at_counter, house_of
from tests.api.security.conftest import (
    House,
    Opener,
    database_url,
    empty_database_url,
    migrated_url,
    opened,
    postgresql_url,
)
from tests.world import NOW, world_tables

__all__ = ["database_url", "empty_database_url", "migrated_url", "opened", "postgresql_url"]


@pytest.fixture
def served(opened: Opener, world: Artifact, tmp_path: Path) -> House:
    """The service over the tiny world."""
    return house_of(opened, world, tmp_path)


@pytest.fixture
def sari(served: House) -> Alumna:
    """A cook of Kota Bandung who agreed to recommendations."""
    return alumna(served, "recommend")


def n_impressions(house: House) -> int:
    with house.database.reading() as reading:
        return reading.scalar(select(func.count()).select_from(impressions)) or 0


def test_the_answer_is_the_stored_impression_with_reasons_and_proof(sari: Alumna) -> None:
    answer = sari.slate()
    with sari.house.database.reading() as reading:
        stored = impressions_of(reading, [answer["impression_id"]])[answer["impression_id"]]
    assert [(item["vacancy_id"], item["position"], item["score"]) for item in answer["items"]] == [
        (entry.vacancy_id, entry.position, entry.score) for entry in stored.entries
    ]
    assert (stored.alumnus_id, stored.channel, stored.policy) == (sari.alumnus_id, "web", answer["policy"])
    assert {"v-cook-city", "v-cook-far", "v-sew"} == {item["vacancy_id"] for item in answer["items"]}
    assert (answer["eligible"], answer["scored"], answer["exhaustive"]) == (3, 3, True)
    assert answer["policy"].endswith("/explore=0.1")
    assert answer["items"][0]["reasons"][0]["text"]["id"] and answer["relaxations"]
    assert all(0 < entry.propensity <= 1 for entry in stored.entries)


def test_nothing_is_stored_by_caches(sari: Alumna) -> None:
    assert sari.get("/recommendations").headers["cache-control"] == "no-store"


def test_without_consent_nothing_is_computed_and_the_way_to_consent_works(served: House) -> None:
    budi = alumna(served)
    refused = budi.get("/recommendations")
    assert refused.status_code == 403 and "PUT /v1/me/consents/recommend" in refused.json()["detail"]
    assert n_impressions(served) == 0
    assert budi.send("PUT", "/consents/recommend", {"is_given": True}).status_code == 200
    assert budi.slate()["items"]
    budi.send("PUT", "/consents/recommend", {"is_given": False})
    assert budi.get("/recommendations").status_code == 403


def test_a_reload_within_half_an_hour_gives_the_same_impression_and_a_later_one_another(sari: Alumna) -> None:
    first = sari.slate()
    sari.wait(minutes=29)
    assert sari.slate() == first
    assert n_impressions(sari.house) == 1
    sari.wait(minutes=2)
    assert sari.slate()["impression_id"] != first["impression_id"]


def test_another_question_or_a_changed_person_is_another_impression(sari: Alumna) -> None:
    ids = {sari.slate(query)["impression_id"] for query in ("", "?k=1", "?district=32.73")}
    version = sari.get().json()["version"]
    assert sari.send("PATCH", "", {"version": version, "education": "SMP"}).status_code == 200
    ids.add(sari.slate()["impression_id"])
    with sari.house.database.session.begin() as session:
        add_certificates(session, sari.alumnus_id, [Certificate("Menjahit pakaian bagi Penjahit", "c-sew")])
    ids.add(sari.slate()["impression_id"])
    assert len(ids) == 5


def close(house: House, vacancy_id: str) -> None:
    """Withdraw a vacancy, and let this process look."""
    with house.database.session.begin() as session:
        announce(session, vacancy_id, "withdrawn", now=house.clock())
    house.app.state.serving.live.refresh()


def test_a_shown_vacancy_that_closes_is_dropped_from_the_reload_and_named(sari: Alumna) -> None:
    first = sari.slate()
    closed = first["items"][0]["vacancy_id"]
    close(sari.house, closed)
    again = sari.slate()
    assert again["impression_id"] == first["impression_id"]
    assert again["closed"] == [closed]
    assert again["items"] == first["items"][1:]


def test_where_everything_shown_has_closed_the_question_is_answered_anew(sari: Alumna) -> None:
    first = sari.slate("?district=32.73")
    close(sari.house, "v-cook-city")
    again = sari.slate("?district=32.73")
    assert (again["items"], again["closed"]) == ([], [])
    assert again["impression_id"] != first["impression_id"]


@pytest.mark.parametrize("header", ["Sec-Purpose: prefetch;prerender", "Purpose: prefetch", "X-Moz: prefetch"])
def test_a_prefetch_is_answered_with_nothing_and_stores_nothing(sari: Alumna, header: str) -> None:
    name, value = header.split(": ")
    answer = sari.get("/recommendations", **{name: value})
    assert (answer.status_code, answer.content) == (204, b"")
    assert n_impressions(sari.house) == 0


def test_asking_for_the_head_stores_nothing(sari: Alumna) -> None:
    assert sari.send("HEAD", "/recommendations").status_code == 405
    assert n_impressions(sari.house) == 0


@pytest.mark.parametrize(
    ("query", "shown", "told"),
    [
        ("?district=32.04", {"v-cook-far", "v-sew"}, ("district_code", "32.04", 1, 0)),
        ("?education=SMP", {"v-cook-city", "v-sew"}, ("education", "SMP", 1, 0)),
        ("?province=33", set(), ("province_code", "33", 3, 0)),
        ("?salary_min_idr_month=3000000", set(), ("salary_min_idr_month", "3000000", 3, 3)),
        ("?employment_type=daily", set(), ("employment_type", "daily", 3, 3)),
    ],
)
def test_filters_filter_and_say_what_they_removed(
    sari: Alumna, query: str, shown: set[str], told: tuple[str, str, int, int]
) -> None:
    answer = sari.slate(query)
    assert {item["vacancy_id"] for item in answer["items"]} == shown
    assert answer["eligible"] == answer["scored"] == len(shown)
    assert [tuple(one.values()) for one in answer["filters"]] == [told]


@pytest.mark.parametrize(
    "query", ["?k=0", "?k=101", "?district=99.99", "?province=1'--", "?employment_type=slave", "?education=Z"]
)
def test_unusable_questions_are_refused(sari: Alumna, query: str) -> None:
    assert sari.get(f"/recommendations{query}").status_code == 422


def test_who_objects_is_offered_an_officer_and_no_ranking(sari: Alumna) -> None:
    assert sari.send("PUT", "/objection", {"objects": True, "text": "Saya mau orang"}).json()["objects"] is True
    answer = sari.slate()
    assert (answer["items"], answer["impression_id"], answer["eligible"]) == ([], None, None)
    assert answer["officer"]["code"] == "officer_objected" and "Petugas" in answer["officer"]["text"]["id"]
    assert sari.get("/next-courses").json() == {"items": []}
    assert "Saya mau orang" in sari.get("/questions").json()["items"][0]["text"]
    assert n_impressions(sari.house) == 0
    sari.send("PUT", "/objection", {"objects": False})
    assert sari.slate()["items"]


def test_who_holds_no_certificate_is_offered_an_officer(served: House) -> None:
    assert alumna(served, "recommend", certificates=()).slate()["officer"]["code"] == "officer_no_certificate"


def test_next_courses_come_with_exact_counts(sari: Alumna) -> None:
    answer = sari.get("/next-courses?n=20").json()["items"]
    assert all(one["n_opened"] >= len(one["vacancy_ids"]) > 0 for one in answer)
    assert "c-cook" not in {one["course_id"] for one in answer}


def test_next_courses_tell_what_became_of_earlier_takers(opened: Opener, tmp_path: Path) -> None:
    values = {"course_id": ["c-sew"], "value": [0.4], "low": [0.3], "high": [0.5], "n": [90]}
    tables = {**world_tables(), "course_value": pa.table(values)}
    told = build(tables, TfidfEncoder(), to=tmp_path / "told", cache_folder=tmp_path, now=NOW)
    answer = alumna(house_of(opened, told, tmp_path), "recommend").get("/next-courses?n=20").json()["items"]
    shown = {one["course_id"]: one["earlier_takers"] for one in answer}
    assert shown.pop("c-sew") == {"value": 0.4, "low": 0.3, "high": 0.5, "n": 90}
    assert set(shown.values()) <= {None}


def test_a_counter_session_is_its_own_channel_and_is_noted(sari: Alumna) -> None:
    officer = at_counter(sari.house, sari)
    own, shown = sari.slate(), officer.slate()
    assert own["impression_id"] != shown["impression_id"]
    with sari.house.database.reading() as reading:
        assert impressions_of(reading, [shown["impression_id"]])[shown["impression_id"]].channel == "counter"
    noted = sari.get("/accesses").json()["items"]
    assert [(one["role"], one["organisation"], one["act"]) for one in noted] == [
        ("counter", "Loket", "counter GET /v1/me/recommendations")
    ]
    assert "loket" in noted[0]["why"]["id"]
