"""Draws a country for ``padan batch``: real courses and vacancies repeated to a size, people to the official counts.

    python -m tests.bench.country --data DIR --counts FILE --alumni 19867589 --to DIR
    padan build --data DIR/market --to ARTIFACT && padan batch --artifact ARTIFACT --data DIR/people --to RUN

A repeated row has an id of its own and the same words; texts are encoded once, so a build takes what scoring takes.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from matcher.domain.occupation_names import occupation_names
from matcher.domain.occupations import ISCO_DIGITS
from matcher.domain.regions import districts
from matcher.ingest.datasets import write_in_parts, write_table
from matcher.ingest.folders import load_file
from matcher.ingest.schemas import WORDS
from matcher.simulate.arrow_columns import ids, in_home_form, named
from matcher.simulate.district_counts import draw_sizes, read_counts
from matcher.simulate.people import EDUCATION_SHARES

AT_ONCE = 1_000_000
CERTIFICATES = (0.55, 0.32, 0.13)
POPULARITY_POWER = 0.8
"""Of courses, and of the work that people want, drawn apart from the course: the hard case, with the most profiles."""


def repeated(table: pa.Table, column: str, n: int) -> pa.Table:
    """Return the rows again and again until there are `n`, each with an id of its own; as they are where `n` fits."""
    if n == table.num_rows:
        return table
    rows = table.take(pa.array(np.arange(n) % table.num_rows))
    return rows.set_column(rows.column_names.index(column), table.schema.field(column), ids("n", np.arange(n)))


def people_in_parts(
    sizes: np.ndarray, course_ids: pa.Array, titles: pa.Array, wanting: float, rng: np.random.Generator
) -> Iterator[tuple[pa.Table, pa.Table]]:
    """Yield alumni and their certificates, a million people at a time, ordered by district."""
    district = np.repeat(np.arange(len(sizes), dtype=np.int16), sizes)
    codes = list(districts())
    levels, shares = list(EDUCATION_SHARES), np.array(list(EDUCATION_SHARES.values()))
    units = [[code] for code in occupation_names() if len(code) == ISCO_DIGITS]
    edges, wanted_edges = _edges(len(course_ids), rng), _edges(len(units), rng)
    for start in range(0, len(district), AT_ONCE):
        own = district[start : start + AT_ONCE]
        n = len(own)
        held = rng.choice(3, size=n, p=CERTIFICATES) + 1
        holder = np.repeat(np.arange(n), held) + start
        course, wanted = np.searchsorted(edges, rng.random(len(holder))), np.searchsorted(wanted_edges, rng.random(n))
        alumni = {
            "alumnus_id": ids("a", np.arange(start, start + n)),
            "province_code": named(own, [code[:2] for code in codes]),
            "district_code": named(own, codes),
            "wanted_occupation_codes": named(np.where(rng.random(n) < wanting, wanted, -1), units, WORDS),
            "education": named(rng.choice(len(levels), size=n, p=shares / shares.sum()), levels),
            "consents": named(np.zeros(n, np.int8), [["recommend", "discoverable"]], WORDS),
        }
        certificates = {
            "alumnus_id": ids("a", holder),
            "course_id": course_ids.take(pa.array(course)),
            "title": titles.take(pa.array(course)),
            "evidence": named((rng.random(len(holder)) < 0.65).astype(np.int8), ["attended", "passed"]),
        }
        yield in_home_form("alumni", alumni, n), in_home_form("certificates", certificates, len(holder))


def _edges(n: int, rng: np.random.Generator) -> np.ndarray:
    """Return the ends of n shares of 1, in any order."""
    popularity = np.arange(1, n + 1) ** -POPULARITY_POWER
    edges = rng.permutation(popularity / popularity.sum()).cumsum()
    edges[-1] = 1
    return edges


def main() -> None:
    """Write the tables of a country."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with courses.parquet and vacancies.parquet")
    parser.add_argument("--counts", type=Path, required=True, help="people by district")
    parser.add_argument("--alumni", type=int, required=True)
    parser.add_argument("--courses", type=int, default=6_000)
    parser.add_argument("--vacancies", type=int, default=200_000)
    parser.add_argument("--wanting", type=float, default=0.6, help="share of people who say what work they want")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--to", type=Path, required=True)
    asked = parser.parse_args()
    rng = np.random.default_rng(asked.seed)
    made = {}
    for name, column, n in (("courses", "course_id", asked.courses), ("vacancies", "vacancy_id", asked.vacancies)):
        made[name] = repeated(load_file(name, asked.data / f"{name}.parquet"), column, n)
        write_table(made[name], name, asked.to / "market")
    sizes = draw_sizes(read_counts(asked.counts), asked.alumni, rng=rng)
    course_ids, titles = (made["courses"][name].combine_chunks() for name in ("course_id", "title"))
    for place, name in enumerate(("alumni", "certificates")):  # drawn twice alike, so that memory holds one part
        parts = people_in_parts(sizes, course_ids, titles, asked.wanting, np.random.default_rng(asked.seed))
        write_in_parts((part[place] for part in parts), name, asked.to / "people")


if __name__ == "__main__":
    main()
