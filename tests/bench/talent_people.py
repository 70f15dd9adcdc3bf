"""Drawn people who may all be found, as tables or as a pool; and talent search by NumPy over everybody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from matcher.domain.qualifications import EDUCATION_LEVELS, education_rank
from matcher.domain.records import Certificate, Licence
from matcher.domain.regions import distance_matrix_km, district_index, districts
from matcher.engine.held_certificates import HeldCertificates, issue_quarters
from matcher.engine.papers import LASTING, Papers
from matcher.engine.talent import TalentQuery
from matcher.engine.talent_cells import cells_of
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


@dataclass(frozen=True, slots=True)
class Drawn:
    """n people who live, learned and wish as drawn, and hold m certificates and some driving licences.

    ``homes`` are numbers of districts, ``wishes`` of provinces, -1 none; person i holds the next ``each[i]``
    certificates.
    """

    homes: NDArray[np.int16]
    schooling: NDArray[np.int8]
    takes_remote: NDArray[np.bool_]
    wishes: NDArray[np.int8]
    each: NDArray[np.int8]
    courses: NDArray[np.uint16]
    grades: NDArray[np.uint8]
    issued_on: NDArray[np.int32]
    lapses: NDArray[np.bool_]
    drivers: NDArray[np.int32]
    licences: NDArray[np.int8]

    @classmethod
    def of(cls, sizes: NDArray[np.int64], rng: np.random.Generator) -> Drawn:
        """People of districts of these sizes: uneven courses and schooling, one in five would move, some drive."""
        n = int(sizes.sum())
        each = rng.integers(1, 4, n, dtype=np.int8)
        m = int(each.sum())
        return cls(
            homes=rng.permutation(np.repeat(np.arange(len(sizes), dtype=np.int16), sizes)),
            schooling=rng.choice(14, size=n, p=_SCHOOLING).astype(np.int8),
            takes_remote=rng.random(n) < 0.4,
            wishes=np.where(rng.random(n) < 0.2, rng.integers(38, size=n, dtype=np.int8), np.int8(-1)),
            each=each,
            courses=(ROWS * rng.random(m) ** 3).astype(np.uint16),
            grades=rng.choice(3, size=m, p=[0.35, 0.6, 0.05]).astype(np.uint8),
            issued_on=rng.integers(16_500, TODAY, m, dtype=np.int32),
            lapses=rng.random(m) < 0.1,
            drivers=rng.integers(0, n, n // 4, dtype=np.int32),
            licences=rng.choice(3, size=n // 4, p=[0.75, 0.2, 0.05]).astype(np.int8),
        )


def tables_of(drawn: Drawn) -> dict[str, pa.Table]:
    """The tables of these people in home form."""
    n, m, codes = len(drawn.homes), len(drawn.courses), list(districts())
    ids = _ids(n)
    starts = np.concatenate([[0], np.cumsum(drawn.wishes >= 0)]).astype(np.int32)
    wished = _column(_provinces(), drawn.wishes[drawn.wishes >= 0])
    agreed = _column(["discoverable"], np.zeros(n, np.int32))
    alumni = {
        "alumnus_id": ids,
        "province_code": _column([code[:2] for code in codes], drawn.homes),
        "district_code": _column(codes, drawn.homes),
        "education": _column(list(EDUCATION_LEVELS), drawn.schooling),
        "accepts_remote": pa.array(drawn.takes_remote),
        "willing_province_codes": pa.ListArray.from_arrays(pa.array(starts), wished),
        "consents": pa.ListArray.from_arrays(pa.array(np.arange(n + 1, dtype=np.int32)), agreed),
    }
    certificates = {
        "alumnus_id": ids.take(pa.array(np.repeat(np.arange(n), drawn.each))),
        "course_id": _column([f"c{number}" for number in range(ROWS)], drawn.courses),
        "title": _column([f"Pelatihan {number}" for number in range(ROWS)], drawn.courses),
        "evidence": _column(_GRADES, drawn.grades),
        "issued_on": pa.array(drawn.issued_on).cast(pa.date32()),
        "expires_on": pa.array(drawn.issued_on + _LASTS_DAYS, mask=~drawn.lapses).cast(pa.date32()),
    }
    licences = {"alumnus_id": ids.take(pa.array(drawn.drivers)), "kind": _column(_LICENCES, drawn.licences)}
    return {
        "alumni": _table("alumni", alumni, n),
        "certificates": _table("certificates", certificates, m),
        "licences": _table("licences", licences, len(drawn.licences)),
    }


def pool_of(drawn: Drawn, rng: np.random.Generator) -> TalentPool:
    """The pool of these people without tables, which takes a quarter of the memory; nobody in it is found by id.

    What people hold and wish does not hang on where they live, so they are numbered anew in the order of cells.
    """
    n, homes = len(drawn.homes), drawn.homes.astype(np.int32)
    provinces = np.array([int(code[:2]) for code in districts()])[homes]
    ranks = np.array([education_rank(level) for level in EDUCATION_LEVELS])[drawn.schooling]
    cells, cell_of = cells_of(drawn.takes_remote, provinces, homes, ranks)
    keys = np.sort(cell_of.astype(np.uint64) << np.uint64(32) | rng.integers(0, 1 << 32, n, dtype=np.uint64))
    holders = np.repeat(np.arange(n, dtype=np.int32), drawn.each)
    last_days = np.where(drawn.lapses, drawn.issued_on + _LASTS_DAYS, LASTING).astype(np.uint16)
    quarters = issue_quarters(pa.chunked_array([pa.array(drawn.issued_on).cast(pa.date32())]))
    return TalentPool(
        alumnus_ids=_ids(n),
        key="kunci",
        cells=cells,
        is_present=np.ones(n, dtype=bool),
        busy_people=np.empty(0, dtype=np.uint32),
        busy_until=np.empty(0, dtype=np.uint16),
        movers={int(code): np.flatnonzero(drawn.wishes == i).astype(np.uint32) for i, code in enumerate(_provinces())},
        tie_breaks=keys.astype(np.uint32),
        certificates=HeldCertificates.of(
            holders, drawn.courses, (drawn.grades, quarters, last_days), n_people=n, n_rows=ROWS
        ),
        papers=_papers(drawn, holders, last_days),
    )


def _papers(drawn: Drawn, holders: NDArray[np.int32], last_days: NDArray[np.uint16]) -> Papers:
    proves = drawn.grades > 0
    graded = [Certificate(f"Pelatihan {row}", evidence=grade) for row in range(ROWS) for grade in _GRADES[1:]]
    numbers = 2 * drawn.courses[proves].astype(np.int64) + drawn.grades[proves] - 1
    return Papers.held(
        [*graded, *map(Licence, _LICENCES)],
        np.concatenate([numbers, len(graded) + drawn.licences.astype(np.int64)]),
        np.concatenate([holders[proves], drawn.drivers]),
        np.concatenate([last_days[proves], np.full(len(drawn.drivers), LASTING, dtype=np.uint16)]),
        n_people=len(drawn.homes),
    )


_GRADES = ["attended", "passed", "competence"]
_LICENCES = ["SIM C", "SIM A", "SIM B1"]
_LASTS_DAYS = 1_096


def _ids(n: int) -> pa.Array:
    numbers = pa.array(np.arange(n)).cast(pa.string())
    return pc.call_function("binary_join_element_wise", [pa.scalar("a"), numbers, ""])


def _provinces() -> list[str]:
    return sorted({code[:2] for code in districts()})


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
