"""The centre of a district is the middle of the land nearest to its places."""

from __future__ import annotations

import numpy as np
import pytest

from matcher.domain.regions import districts
from scripts.derive_districts import district_centres


def test_centre_is_the_mean_of_the_land_nearest_to_its_places() -> None:
    others = [(code, -60.0, -100.0) for code in districts() if code not in ("32.73", "32.04")]
    places = [("32.73", -6.0, 107.0), ("32.04", -6.0, 107.4), ("", -6.0, 107.8), *others]
    land = np.array([(-6.0, 107.0), (-6.0, 107.1), (-6.1, 107.4), (-6.3, 107.4), (-6.0, 107.8), (3.0, 100.0)])
    centres = district_centres(places, land)
    assert centres["32.73"] == pytest.approx((-6.0, 107.05))
    assert centres["32.04"] == pytest.approx((-6.2, 107.4))
    assert centres["11.01"] == pytest.approx((-60.0, -100.0))
