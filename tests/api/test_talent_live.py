"""Who may be found, in every process: a change is seen within a second, and no question reads changed people."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from sqlalchemy import event

from api.alumni.availability import availability
from api.live.process import Live
from api.live.view import ArtifactPlaces
from api.storage.consents import Consent, note_consents
from api.storage.employers import decide_employer
from api.storage.erasure import Erasure, erase_person
from api.storage.events import append_outcomes
from api.storage.people import add_certificates, add_person
from matcher.domain.availability import SETTLED
from matcher.domain.records import Alumnus, Certificate, Outcome
from matcher.engine.artifacts import Artifact
from matcher.engine.talent_pool import TalentFilters
from tests.api.me_people import COOK, Alumna, alumna, house_of
from tests.api.security.conftest import (
    House,
    Opener,
    database_url,
    empty_database_url,
    migrated_url,
    opened,
    postgresql_url,
)
from tests.api.served_process import ServedProcess, eventually, served

__all__ = ["database_url", "empty_database_url", "migrated_url", "opened", "postgresql_url"]

FRESH_SECONDS = 1.0
SEW = Certificate("Menjahit pakaian", "c-sew", evidence="passed")


@pytest.fixture
def house(opened: Opener, world: Artifact, tmp_path: Path) -> House:
    """The service over the tiny world, at the time of this machine, so that real processes take its sign-ins."""
    made = house_of(opened, world, tmp_path)
    made.clock.now = datetime.now(UTC)
    return made


def employer(house: House) -> dict[str, str]:
    """Return the header of a verified employer."""
    signed_in = house.officer("employer")
    with house.database.session.begin() as session:
        decide_employer(session, signed_in["account"]["employer_id"], "verified", by="acc-operator", now=house.clock())
    return house.bearer(signed_in)


def agree(house: House, alumnus_id: str, is_given: bool) -> None:
    """Say yes or no to being found."""
    with house.database.session.begin() as session:
        note_consents(session, [Consent(alumnus_id, "discoverable", is_given, house.clock(), "web")])


def n_found(server: ServedProcess, headers: dict[str, str], **filters: Any) -> int:
    """Return how many people one process finds."""
    body = {"query": "juru masak kantin", "filters": filters}
    answer = httpx2.post(f"{server.url}/v1/employer/talent-search", json=body, headers=headers, timeout=30)
    assert answer.status_code == 200, answer.text
    assert answer.json()["eligible"] >= len(answer.json()["items"])
    return len(answer.json()["items"])


def test_two_processes_follow_people_within_a_second(
    house: House, world: Artifact, database_url: str, tmp_path: Path
) -> None:
    headers = employer(house)
    with served(world, database_url, tmp_path) as one, served(world, database_url, tmp_path) as other:

        def both(wanted: int, **filters: Any) -> None:
            eventually(
                lambda: all(n_found(server, headers, **filters) == wanted for server in (one, other)),
                within_seconds=FRESH_SECONDS,
            )

        both(0)
        sari = alumna(house, "discoverable")
        both(1)
        both(0, certificates=["c-sew"])
        with house.database.session.begin() as session:
            add_certificates(session, sari.alumnus_id, [SEW])
        both(1, certificates=["c-sew"])
        agree(house, sari.alumnus_id, False)
        both(0)
        agree(house, sari.alumnus_id, True)
        both(1, only_available=True)
        _say(sari, False)
        both(0, only_available=True)
        both(1)
        with house.database.session.begin() as session:
            erase_person(session, sari.alumnus_id, Erasure("keyed-hash", house.clock()))
        both(0)


def _say(person: Alumna, is_looking: bool) -> dict[str, Any]:
    answer = person.send("PUT", "/availability", {"is_looking": is_looking}, **{"Idempotency-Key": uuid4().hex})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_person_says_whether_they_look_and_a_job_told_speaks_for_them(house: House) -> None:
    sari = alumna(house, "discoverable")
    assert sari.get("/availability").json() == {"is_looking": None, "busy_until": None}
    assert _say(sari, False) == {"is_looking": False, "busy_until": "9999-12-31"}
    assert _say(sari, True) == {"is_looking": True, "busy_until": None}
    house.clock.pass_by(days=3)
    begun_on = house.clock().date()
    with house.database.session.begin() as session:
        job = Outcome("o-1", sari.alumnus_id, "employed", source="employer", started_on=begun_on)
        append_outcomes(session, [job], now=house.clock())
    with house.database.reading() as reading:
        assert availability(reading, sari.alumnus_id).busy_until == begun_on + SETTLED
    live = house.app.state.serving.live
    live.refresh()
    assert _looking(live, house.clock()) == 0


def _looking(live: Live, now: datetime) -> int:
    pools, asked = live.view().talent.arrivals.pools, TalentFilters(only_available=True)
    return sum(int(pool.passing(asked, now=now).sum()) for pool in pools)


def test_a_question_reads_no_changed_person(house: House) -> None:
    headers = employer(house)
    for number in range(30):
        with house.database.session.begin() as session:
            add_person(session, Alumnus(f"a-{number}", province_code="32", certificates=(COOK,)))
        agree(house, f"a-{number}", True)
    house.app.state.serving.live.refresh()
    statements: list[tuple[str, Any]] = []
    event.listen(house.database.engine, "before_cursor_execute", lambda *told: statements.append((told[2], told[3])))
    body = {"query": "juru masak", "limit": 2}
    answer = house.at().post("/v1/employer/talent-search", json=body, headers=headers).json()
    asked = {str(cell) for _, cells in statements for cell in (cells.values() if isinstance(cells, dict) else cells)}
    assert len(answer["items"]) == 2 and answer["eligible"] == 30
    assert sum(f"a-{number}" in asked for number in range(30)) <= 6


def test_a_process_that_starts_later_knows_all_of_it(house: House, world: Artifact) -> None:
    sari = alumna(house, "discoverable")
    places = ArtifactPlaces(world.folder.parent, world.cache_folder)
    fresh = Live.opened(world.folder, house.database, places=places, clock=house.clock)
    assert fresh.view().talent.arrivals.late_ids == [sari.alumnus_id]
