"""Drawn people who may all be found, as tables in home form; and talent search by NumPy over everybody."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from matcher.domain.qualifications import EDUCATION_LEVELS
from matcher.domain.regions import distance_matrix_km, district_index, districts
from matcher.engine.talent import TalentQuery
from matcher.engine.talent_pool import TalentPool
from matcher.ingest.datasets import SCHEMAS

ROWS = 6_000
TODAY, QUARTER = 20_779, 147
"""22 November 2026: in days since 1970, and in quarters since 1990."""

_SCHOOLING = [0.02, 0.16, 0.21, 0.3, 0.2, *[0.11 / 9] * 9]
_AT_ONCE = 1_000_000


def uneven_sizes(n: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Sizes of the 514 districts that add up to `n`."""
    crowd = rng.zipf(1.3, len(districts())).astype(float).clip(max=50)
    return rng.multinomial(n, crowd / crowd.sum())


def drawn_tables(sizes: NDArray[np.int64], rng: np.random.Generator) -> dict[str, pa.Table]:
    """Tables of districts of these sizes: uneven courses and schooling, 1 to 3 certificates each, some SIM."""
    n, codes = int(sizes.sum()), list(districts())
    ids = pc.call_function("binary_join_element_wise", [pa.scalar("a"), pa.array(np.arange(n)).cast(pa.string()), ""])
    home = rng.permutation(np.repeat(np.arange(len(codes), dtype=np.int32), sizes))
    consent = pa.ListArray.from_arrays(
        pa.array(np.arange(n + 1, dtype=np.int32)), _column(["discoverable"], np.zeros(n, np.int32))
    )
    alumni = {
        "alumnus_id": ids,
        "province_code": _column([code[:2] for code in codes], home),
        "district_code": _column(codes, home),
        "education": _column(list(EDUCATION_LEVELS), rng.choice(14, size=n, p=_SCHOOLING)),
        "accepts_remote": pa.array(rng.random(n) < 0.4),
        "willing_province_codes": _wishes(codes, n, rng),
        "consents": consent,
    }
    return {
        "alumni": _table("alumni", alumni, n),
        "certificates": _certificates(ids, rng),
        "licences": _licences(ids, rng),
    }


def _wishes(codes: list[str], n: int, rng: np.random.Generator) -> pa.Array:
    """One in five would move to one province."""
    moves = (rng.random(n) < 0.2).astype(np.int32)
    asked = _column(sorted({code[:2] for code in codes}), rng.integers(38, size=int(moves.sum())))
    return pa.ListArray.from_arrays(pa.array(np.concatenate([[0], np.cumsum(moves)]).astype(np.int32)), asked)


def _certificates(ids: pa.Array, rng: np.random.Generator) -> pa.Table:
    holders = np.repeat(np.arange(len(ids)), rng.integers(1, 4, len(ids)))
    m = len(holders)
    course = (ROWS * rng.random(m) ** 3).astype(np.int32)
    issued = rng.integers(16_500, TODAY, m).astype(np.int32)
    lapses = rng.random(m) < 0.1
    held = {
        "alumnus_id": ids.take(pa.array(holders)),
        "course_id": _column([f"c{number}" for number in range(ROWS)], course),
        "title": _column([f"Pelatihan {number}" for number in range(ROWS)], course),
        "evidence": _column(["attended", "passed", "competence"], rng.choice(3, size=m, p=[0.35, 0.6, 0.05])),
        "issued_on": pa.array(issued).cast(pa.date32()),
        "expires_on": pa.array(issued + 1_096, mask=~lapses).cast(pa.date32()),
    }
    return _table("certificates", held, m)


def _licences(ids: pa.Array, rng: np.random.Generator) -> pa.Table:
    m = len(ids) // 4
    held = {
        "alumnus_id": ids.take(pa.array(rng.integers(0, len(ids), m))),
        "kind": _column(["SIM C", "SIM A", "SIM B1"], rng.choice(3, size=m, p=[0.75, 0.2, 0.05])),
    }
    return _table("licences", held, m)


def _column(values: list[str], numbers: NDArray[np.integer]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(numbers.astype(np.int32)), pa.array(values)).cast(pa.string())


def _table(name: str, columns: dict[str, pa.Array], n: int) -> pa.Table:
    schema = SCHEMAS[name]
    return pa.table([columns.get(f.name, pa.nulls(n, f.type)) for f in schema], schema=schema)


def by_numpy(pool: TalentPool, query: TalentQuery, mask: NDArray[np.bool_], k: int) -> list[int]:
    """The `k` best scores: everybody is scored, a million at a time, and sorted."""
    scores = np.concatenate([part[mask[people]] for people, part in _everybody(pool, query)])
    return (-np.sort(np.partition(-scores, min(k, len(scores)) - 1)[:k])).tolist()


def _everybody(pool: TalentPool, query: TalentQuery) -> Iterator[tuple[slice, NDArray[np.int64]]]:
    exact = query.scores.astype(np.float64)
    middle = np.median(exact)
    fits = np.rint(np.maximum(10_000 * (exact - middle) / (exact.max() - middle), -20_000)).astype(np.int64)
    near = np.zeros(len(districts()) + 1, dtype=np.int64)
    if query.district_code is not None:
        km = distance_matrix_km()[district_index()[query.district_code]].astype(np.float64)
        near[:-1] = np.rint(800 * np.maximum(1 - km / 200, 0))
    held, of_cell = pool.certificates, near[pool.cells.districts]
    for start in range(0, len(pool), _AT_ONCE):
        people = slice(start, min(start + _AT_ONCE, len(pool)))
        begins = held.offsets[people.start : people.stop + 1].astype(np.int64)
        of = slice(begins[0], begins[-1])
        fit, rows = fits[held.score_rows[of]], held.score_rows[of]
        standing = np.where(held.last_days[of] >= TODAY, held.grades[of] + 1, 0)
        counts = standing >= query.filters.least_standing
        age = np.maximum(QUARTER - held.quarters[of].astype(np.int64), 0)
        own = fit + np.array([0, 400, 800, 1_200])[standing] + 20 * np.maximum(20 - age, 0)
        own = np.where(counts, own, -(10**9))
        each, first = np.diff(begins), begins[:-1] - begins[0]
        best = np.maximum.reduceat(own, first)
        is_best = own == np.repeat(best, each)
        best_fit = np.maximum.reduceat(np.where(is_best, fit, -(10**9)), first)
        is_best &= fit == np.repeat(best_fit, each)
        best_row = np.minimum.reduceat(np.where(is_best, rows, ROWS), first)
        other = np.where(counts & (rows != np.repeat(best_row, each)), fit, 0)
        near_by = of_cell[pool.cells.of(np.arange(people.start, people.stop))]
        yield people, best + np.maximum(np.maximum.reduceat(other, first), 0) // 8 + near_by
