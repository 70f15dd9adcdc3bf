"""Fixtures of the web suite: the service over the tiny world, and over nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from matcher.engine.artifacts import Artifact
from tests.world import NOW


def settings(folder: Path, cache: Path) -> Settings:
    """Return settings for the artifact in `folder`, at the world's instant, with database and keys in `cache`."""
    return Settings(
        artifact=folder,
        cache=cache,
        encoder="tfidf",
        now=NOW.isoformat(),
        database_url=f"sqlite:///{cache / 'padan.db'}",
        keys=cache / "keys",
        erasures=cache / "erasures.jsonl",
        artifacts=cache / "artifacts",
    )


@pytest.fixture(scope="session")
def client(world: Artifact) -> Iterator[TestClient]:
    """A client of the service over the tiny world."""
    with TestClient(create_app(settings(world.folder, world.cache_folder))) as opened:
        yield opened


@pytest.fixture
def bare_client(tmp_path: Path) -> Iterator[TestClient]:
    """A client of a service whose artifact is missing."""
    with TestClient(create_app(settings(tmp_path / "nowhere", tmp_path))) as opened:
        yield opened
