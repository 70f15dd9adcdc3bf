"""Health: alive is not ready, and not ready says why."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from matcher.engine.artifacts import Artifact
from tests.api.conftest import settings


def test_live_answers_without_an_artifact(bare_client: TestClient) -> None:
    answer = bare_client.get("/health/live")
    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})


def test_ready_names_the_artifact_that_is_served(client: TestClient, world: Artifact) -> None:
    answer = client.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json()["artifact_id"] == world.artifact_id
    assert answer.json()["counts"]["vacancies"] == 8


def test_ready_says_that_the_artifact_is_missing_and_what_to_do(bare_client: TestClient) -> None:
    answer = bare_client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert "no artifact here" in answer.json()["detail"] and "padan build" in answer.json()["detail"]


@pytest.mark.parametrize("name", ["scores.npy", "vacancies.parquet", "rows.json"])
def test_ready_says_which_file_is_damaged(world: Artifact, tmp_path: Path, name: str) -> None:
    copy = tmp_path / "artifact"
    shutil.copytree(world.folder, copy)
    (copy / name).write_bytes((copy / name).read_bytes()[:-1])
    answer = TestClient(create_app(settings(copy, tmp_path))).get("/health/ready")
    assert (answer.status_code, answer.json()["title"]) == (503, "The artifact does not agree with its checksums")
    assert name in answer.json()["detail"]


def test_ready_survives_a_folder_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").symlink_to(tmp_path / "manifest.json")
    answer = TestClient(create_app(settings(tmp_path, tmp_path))).get("/health/ready")
    assert answer.status_code == 503


@pytest.mark.parametrize(
    "path", ["/v1/vacancies", "/v1/vacancies/v-sew", "/v1/demo/alumni", "/v1/demo/alumni/a-cook/recommendations"]
)
def test_data_without_an_artifact_is_a_503_that_repeats(bare_client: TestClient, path: str) -> None:
    answers = [bare_client.get(path) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [503, 503]
    assert answers[0].json()["type"] == "/docs#missing-file"


def test_a_fixed_date_that_is_none_stops_the_service(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="'soon': not a date"):
        create_app(Settings(artifact=tmp_path, cache=tmp_path, now="soon"))
