"""Fixtures of the office's suite: the service over the tiny world, beside tables of an invented market."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response

from matcher.engine.artifacts import Artifact
from matcher.simulate.market_files import write_market
from matcher.simulate.parameters import MarketParameters
from tests.api.security.conftest import (
    Clock,
    House,
    Opener,
    database_url,
    empty_database_url,
    house,
    migrated_url,
    opened,
    postgresql_url,
)

__all__ = ["database_url", "empty_database_url", "house", "migrated_url", "opened", "postgresql_url"]


@pytest.fixture(scope="session")
def market(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tables of two thousand people over a year."""
    folder = tmp_path_factory.mktemp("market")
    write_market(MarketParameters(n_alumni=2_000), folder, seed=3)
    return folder


@dataclass
class Office:
    """Somebody of the programme office, signed in."""

    house: House
    headers: dict[str, str]

    def get(self, path: str) -> Response:
        """Ask for a figure."""
        return self.house.at().get(f"/v1/pmo/{path}", headers=self.headers)

    def figure(self, path: str) -> dict[str, Any]:
        """Return a figure that is there."""
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()


def office_over(opened: Opener, world: Artifact, folder: Path, events: Path, **changes: Any) -> Office:
    """Return the office of a service whose exported tables are in `events`."""
    house = opened(
        artifact=world.folder, cache=world.cache_folder, erasures=folder / "erasures.jsonl", events=events, **changes
    )
    house.app.state.serving = replace(house.app.state.serving, clock=Clock())
    return Office(house, house.bearer(house.officer("pmo")))


@pytest.fixture
def office(opened: Opener, world: Artifact, tmp_path: Path, market: Path) -> Office:
    """The office of the invented market."""
    return office_over(opened, world, tmp_path, market)
