"""Fixtures of the hostile suite: the whole service over the tiny world, everybody signed in, no rate in the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from api.security.roles import ROLES
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

UNHELD = 100_000_000


@dataclass(frozen=True)
class Besieged:
    """A running service and the headers of somebody of each role; None is nobody."""

    house: House
    headers: dict[str | None, dict[str, str]]


@pytest.fixture(scope="session")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tables of a few people, from which the office's figures are made."""
    folder = tmp_path_factory.mktemp("exported")
    write_market(MarketParameters(n_alumni=400), folder, seed=3)
    return folder


@pytest.fixture
def besieged(opened: Opener, world: Artifact, tmp_path: Path, exported: Path) -> Iterator[Besieged]:
    """The service over the tiny world with one person of each role signed in."""
    house = opened(
        artifact=world.folder,
        cache=world.cache_folder,
        erasures=tmp_path / "erasures.jsonl",
        events=exported,
        requests_per_minute_account=UNHELD,
        requests_per_minute_address=UNHELD,
    )
    house.app.state.serving = replace(house.app.state.serving, clock=Clock())
    signed_in = {role: house.officer(role) for role in ROLES if role != "alumnus"}
    signed_in["alumnus"] = house.register(consents=["recommend", "discoverable", "contact"])
    yield Besieged(house, {None: {}} | {role: house.bearer(one) for role, one in signed_in.items()})
