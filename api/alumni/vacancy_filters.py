"""Takes what a person wants to see of the open vacancies; gives an engine that sees only that, and what was left out.

Ranks nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from matcher.domain.errors import InvalidInput, UnknownIdentifier
from matcher.domain.qualifications import education_rank
from matcher.domain.records import Alumnus
from matcher.domain.regions import parse_district_code
from matcher.engine.recommend import Recommender


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person wants to see; None filters nothing. ``education`` keeps what that schooling opens."""

    province_code: str | None = None
    district_code: str | None = None
    education: str | None = None
    salary_min_idr_month: int | None = None
    employment_type: str | None = None


@dataclass(frozen=True, slots=True)
class Removed:
    """How many vacancies open to the person one filter leaves out, and in how many of those the advert is silent."""

    name: str
    value: str
    n_removed: int
    n_not_stated: int


def district_of(text: str | None) -> str | None:
    """Return the official code of a district as it is typed.

    Raises
    ------
    InvalidInput
        When there is no such district: an unknown code is an unusable input here, not a missing page.
    """
    try:
        return None if text is None else parse_district_code(text)
    except UnknownIdentifier as problem:
        raise InvalidInput(f"query district: {problem}") from problem


def narrowed(
    engine: Recommender, alumnus: Alumnus, wanted: Wanted, *, now: datetime
) -> tuple[Recommender, tuple[Removed, ...]]:
    """Return the engine over what is wanted, and what each filter alone leaves out of what is open to `alumnus`.

    Notes
    -----
    Raises nothing for an alumnus whose education is on the ladder. An advert that does not state a place, a pay or a
    type of employment does not pass a filter on it; least schooling that is not stated counts as open.
    """
    filters = list(_filters(engine, wanted))
    if not filters:
        return engine, ()
    eligible = engine.columns.eligible(alumnus, now=now)
    told = tuple(
        Removed(name, value, int((eligible & ~passes).sum()), int((eligible & ~passes & is_silent).sum()))
        for name, value, passes, is_silent in filters
    )
    kept = np.logical_and.reduce([passes for _, _, passes, _ in filters])
    closes_at = np.where(kept, engine.columns.closes_at, np.iinfo(np.int64).min)
    return replace(engine, columns=replace(engine.columns, closes_at=closes_at)), told


_Filter = tuple[str, str, NDArray[np.bool_], NDArray[np.bool_]]


def _filters(engine: Recommender, wanted: Wanted) -> Iterator[_Filter]:
    for name, value in asdict(wanted).items():
        if value is not None:
            passes, is_silent = _passing(engine, name, value)
            yield name, str(value), passes, is_silent


def _passing(engine: Recommender, name: str, value: str | int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which vacancies pass one filter, and which do not state what it asks about: bool (n,) each."""
    columns, table = engine.columns, engine.vacancies
    if name == "province_code":
        return columns.provinces == int(value), columns.provinces == 0
    if name == "education":
        return columns.education_ranks <= education_rank(str(value)), np.zeros(len(columns), dtype=bool)
    if name == "salary_min_idr_month":
        pay = pc.call_function("coalesce", [table["salary_max_idr_month"], table["salary_min_idr_month"]])
        return _flags("greater_equal", pay, value), _flags("is_null", pay)
    return _flags("equal", table[name], value), _flags("is_null", table[name])


def _flags(test: str, column: pa.ChunkedArray, *values: object) -> NDArray[np.bool_]:
    found = pc.call_function(test, [column, *(pa.scalar(value, column.type) for value in values)])
    return found.fill_null(False).to_numpy().astype(bool)
