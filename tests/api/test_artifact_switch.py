"""Switching artifacts: checked first, nothing dropped, followed everywhere, a damaged one refused."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import httpx2
import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from api.database import Database
from api.live.process import Live
from api.live.view import ArtifactPlaces
from api.storage.artifacts import Activation, last_activation, note_activation
from matcher.domain.errors import ArtifactDamaged
from matcher.engine.artifacts import Artifact
from matcher.engine.build_artifact import build
from matcher.engine.encode import load_encoder
from tests.api.security.conftest import (
    House,
    Opener,
    database,
    database_url,
    empty_database_url,
    migrated_url,
    opened,
    postgresql_url,
)
from tests.api.served_process import eventually, served
from tests.world import COURSES, NOW, VACANCIES, table, world_tables

__all__ = ["database", "database_url", "empty_database_url", "migrated_url", "opened", "postgresql_url"]

ASKED = "/v1/demo/alumni/a-cook/recommendations"


@pytest.fixture(scope="session")
def second(tmp_path_factory: pytest.TempPathFactory, world: Artifact) -> Artifact:
    """Another artifact of the world: its cook of the city is gone, and a baker came."""
    baker = {**VACANCIES[0], "vacancy_id": "v-bake", "title": "Juru Masak Roti"}
    tables = {**world_tables(), "vacancies": table("vacancies", [baker, *VACANCIES[1:]])}
    assert COURSES
    encoder = load_encoder("tfidf", cache_folder=world.cache_folder)
    folder = tmp_path_factory.mktemp("artifacts") / "second"
    return build(tables, encoder, to=folder, cache_folder=world.cache_folder, now=NOW)


@pytest.fixture
def folder(second: Artifact, world: Artifact, tmp_path: Path) -> Path:
    """The artifacts' folder: first, second, and a damaged one."""
    artifacts = tmp_path / "artifacts"
    for name, artifact in (("first", world), ("second", second), ("damaged", second)):
        shutil.copytree(artifact.folder, artifacts / name)
    scores = artifacts / "damaged" / "scores.npy"
    scores.write_bytes(scores.read_bytes()[:-1])
    return artifacts


@pytest.fixture
def house(opened: Opener, world: Artifact, folder: Path) -> House:
    """The service over the first artifact."""
    return opened(artifact=world.folder, artifacts=folder, cache=world.cache_folder, now=NOW.isoformat())


@pytest.fixture
def switch(house: House) -> Callable[[str], Response]:
    """Activate an artifact as an operator."""
    headers = house.bearer(house.officer("operator"))
    return lambda name: house.at().post(f"/v1/operator/artifacts/{name}/activate", headers=headers)


def policy(client: TestClient) -> str:
    """Return what answered."""
    answer = client.get(ASKED)
    assert answer.status_code == 200, answer.text
    return answer.json()["policy"]


def test_an_operator_switches_and_the_next_request_is_answered_by_the_other(
    house: House, switch: Callable[[str], Response], second: Artifact, world: Artifact
) -> None:
    assert world.artifact_id in policy(house.at())
    answer = switch("second")
    assert (answer.status_code, answer.json()["artifact_id"]) == (200, second.artifact_id)
    assert second.artifact_id in policy(house.at())
    assert house.at().get("/health/ready").json()["artifact_id"] == second.artifact_id
    with house.database.reading() as session:
        noted = last_activation(session)
    assert noted is not None and (noted.name, noted.artifact_id) == ("second", second.artifact_id)
    assert noted.by_account_id is not None


def test_a_damaged_artifact_is_refused_and_the_old_one_serves_on(
    house: House, switch: Callable[[str], Response], world: Artifact
) -> None:
    answer = switch("damaged")
    assert answer.status_code == 409 and "scores.npy" in answer.json()["detail"]
    assert world.artifact_id in policy(house.at())
    with house.database.reading() as session:
        assert last_activation(session) is None


@pytest.mark.parametrize("name", ["..", "%2e%2e", "..%2Ffirst", ".hidden", "a%00b", "first%2F..%2Fsecond", "x" * 65])
def test_names_that_leave_the_folder_are_refused(
    house: House, switch: Callable[[str], Response], world: Artifact, name: str
) -> None:
    assert switch(name).status_code in {404, 405, 422}
    assert world.artifact_id in policy(house.at())


def test_an_unknown_artifact_is_a_404(switch: Callable[[str], Response]) -> None:
    assert switch("third").status_code == 404


def test_another_process_follows_and_one_that_starts_later_begins_there(
    house: House, switch: Callable[[str], Response], folder: Path, world: Artifact, second: Artifact
) -> None:
    def another() -> Live:
        places = ArtifactPlaces(folder, world.cache_folder)
        return Live.opened(world.folder, house.database, places=places, clock=lambda: NOW)

    other = another()
    switch("second")
    assert other.view().artifact_id == world.artifact_id
    other.follow_activation()
    assert other.view().artifact_id == another().view().artifact_id == second.artifact_id


def test_a_process_that_cannot_follow_serves_on_and_says_so(house: House, second: Artifact, world: Artifact) -> None:
    with house.database.session.begin() as session:
        note_activation(session, Activation("damaged", second.artifact_id, NOW))
    live: Live = house.app.state.serving.live
    live.follow_activation()
    ready = house.at().get("/health/ready")
    assert (ready.status_code, ready.json()["artifact_id"]) == (200, world.artifact_id)
    assert "scores.npy" in ready.json()["warnings"][0]
    with house.database.session.begin() as session:
        note_activation(session, Activation("second", second.artifact_id, NOW))
    live.follow_activation()
    assert house.at().get("/health/ready").json()["warnings"] == []


def test_a_folder_of_another_content_than_was_activated_is_not_served(house: House, world: Artifact) -> None:
    with house.database.session.begin() as session:
        note_activation(session, Activation("second", "0" * 12, NOW))
    live: Live = house.app.state.serving.live
    live.follow_activation()
    assert live.view().artifact_id == world.artifact_id
    assert "was activated" in (live.refused_switch or "")


def test_nobody_is_told_when_the_artifact_is_not_whole(folder: Path, world: Artifact, database: Database) -> None:
    live = Live.opened(world.folder, database, places=ArtifactPlaces(folder, world.cache_folder), clock=lambda: NOW)
    told: list[Artifact] = []
    with pytest.raises(ArtifactDamaged):
        live.activate("damaged", told.append)
    assert told == []


def _hammer(url: str, stop: threading.Event) -> Iterator[tuple[int, str]]:
    with httpx2.Client(timeout=30) as client:
        while not stop.is_set():
            answer = client.get(url)
            yield answer.status_code, answer.json().get("policy", "")


def test_no_request_fails_while_a_running_server_switches(
    world: Artifact, second: Artifact, folder: Path, database: Database, database_url: str, tmp_path: Path
) -> None:
    stop = threading.Event()
    with (
        served(world, database_url, tmp_path, ARTIFACTS=str(folder)) as server,
        ThreadPoolExecutor(max_workers=4) as pool,
    ):
        asked = [pool.submit(lambda: list(_hammer(f"{server.url}{ASKED}", stop))) for _ in range(4)]
        try:
            for name, artifact in (("second", second), ("first", world), ("second", second)):
                with database.session.begin() as session:
                    note_activation(session, Activation(name, artifact.artifact_id, NOW))
                wanted = SimpleNamespace(id=artifact.artifact_id)
                eventually(
                    lambda wanted=wanted: server.get("/health/ready").json().get("artifact_id") == wanted.id,
                    within_seconds=30,
                )
        finally:
            stop.set()
        answers = [one for answered in asked for one in answered.result()]
    assert {status for status, _ in answers} == {200}
    assert {text.rpartition("@")[2] for _, text in answers} == {world.artifact_id, second.artifact_id}
    assert len(answers) > 20


def test_metrics_count_routes_and_name_nobody(house: House) -> None:
    client = house.at()
    client.get("/v1/vacancies/v-sew")
    client.get("/no/such/place/0812-secret")
    text = client.get("/metrics").text
    assert 'route="/v1/vacancies/{vacancy_id}"' in text and "padan_feed_behind_seconds" in text
    assert "v-sew" not in text and "0812-secret" not in text
    assert cast(str, client.get("/metrics").headers["content-type"]).startswith("text/plain")


def test_readiness_says_that_the_feed_is_not_followed(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    live: Live = house.app.state.serving.live
    live.refresh()
    monkeypatch.setattr(live, "_looked_at", live._looked_at - 6)  # pyright: ignore[reportOptionalOperand]
    answer = house.at().get("/health/ready")
    assert answer.status_code == 503 and "feed" in answer.json()["detail"]
    live.refresh()
    assert house.at().get("/health/ready").status_code == 200


def test_readiness_says_that_the_clock_stands_before_the_artifact(
    opened: Opener, world: Artifact, folder: Path
) -> None:
    early = opened(artifact=world.folder, artifacts=folder, cache=world.cache_folder, now="2020-01-01")
    answer = early.at().get("/health/ready")
    assert answer.status_code == 503 and "clock" in answer.json()["detail"]
