"""Fixtures every wing may use: the world and its artifact, and the outside data folder where there is one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

from matcher.engine.artifacts import Artifact
from tests.world import build_world_artifact

settings.register_profile("padan", deadline=None)
settings.register_profile("soak", deadline=None, max_examples=2_000)


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Artifact:
    """The artifact of the tiny world, built once with the TF-IDF encoder."""
    return build_world_artifact(tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="session")
def shared_folder() -> Path:
    """The outside data folder; the test is skipped, saying so, where PADAN_SHARED names none."""
    named = os.environ.get("PADAN_SHARED")
    if not named or not Path(named).is_dir():
        pytest.skip("the outside data folder is absent: set PADAN_SHARED to a folder with data/ and bench/")
    return Path(named)
