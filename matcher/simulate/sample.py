"""Takes a seed and a reference instant; gives a small invented labour market as tables. Writes no file.

Everything in it is made up: words by hand under ``content/``, people and openings by lot.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa

from matcher.domain.errors import InvalidInput
from matcher.domain.qualifications import require_zone
from matcher.ingest.datasets import SCHEMAS
from matcher.simulate.adverts import draw_courses, draw_vacancies
from matcher.simulate.people import draw_people

SAMPLE_NOW = datetime(2026, 11, 22, tzinfo=UTC)
"""The instant that the committed sample speaks of."""


def draw_sample(
    seed: int, *, now: datetime = SAMPLE_NOW, n_vacancies: int = 800, n_alumni: int = 400
) -> Mapping[str, pa.Table]:
    """Return courses, vacancies, alumni, certificates and licences in home form.

    Parameters
    ----------
    seed : int
        Equal seeds give equal tables.
    now : datetime
        Aware instant: adverts are posted and lapse around it, nobody was trained after it.
    n_vacancies, n_alumni : int
        At least 228 and 114, so that no province is empty.

    Raises
    ------
    InvalidInput
        When `now` has no time zone, `seed` is negative, or vacancies or alumni are too few for 38 provinces.
    """
    require_zone(now)
    if seed < 0:
        raise InvalidInput(f"seed {seed} is negative; give 0 or more")
    for_courses, for_vacancies, for_people = np.random.default_rng(seed).spawn(3)
    courses = draw_courses(for_courses)
    vacancies = draw_vacancies(for_vacancies, n_vacancies, now=now)
    alumni, certificates, licences = draw_people(for_people, n_alumni, courses=courses, vacancies=vacancies, now=now)
    rows = {
        "courses": courses,
        "vacancies": vacancies,
        "alumni": alumni,
        "certificates": certificates,
        "licences": licences,
    }
    return {name: _table(name, given) for name, given in rows.items()}


def _table(name: str, rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=SCHEMAS[name])
