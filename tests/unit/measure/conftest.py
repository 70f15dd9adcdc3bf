"""How many seeded runs a claim about coverage is tried on."""

from __future__ import annotations

import pytest
from hypothesis import settings


@pytest.fixture(scope="session")
def runs() -> int:
    """200 runs in an ordinary test, 2,000 under the soak profile."""
    return 2_000 if settings.get_current_profile_name() == "soak" else 200
