"""Tables asked for one by one: the attacker lays all of two months side by side, and has linear programming."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from matcher.ingest.datasets import write_table
from matcher.measure.cohort_files import write_cohort
from matcher.measure.disclosure_attack import LEAST_PEOPLE, Publication, reachable_width
from matcher.measure.outcomes import publish_outcome_tables
from matcher.measure.published import ALL, PublishedTables, published_together
from tests.world import table

COLUMNS = ("province_code", "district_code", "sex", "education")
NOW = datetime(2026, 12, 1, tzinfo=UTC)
Person = dict[str, Any]
Together = Callable[[str | None], tuple[tuple[str, ...], ...]]


def cohort_of(folder: Path, people: Sequence[Person]) -> Path:
    """Write people, each with the columns and what a survey found, and the file of their cohort."""
    folder.mkdir()
    alumni, reports = [], []
    for number, person in enumerate(people):
        who = {"alumnus_id": f"a{number}", "employment_at_entry": "not_working", "completed_on": date(2026, 1, 15)}
        alumni.append(who | {name: person[name] for name in COLUMNS})
        seen = {"alumnus_id": f"a{number}", "kind": person["kind"], "source": "survey", "observed_on": date(2026, 3, 9)}
        reports += [{"outcome_id": f"o{number}", **seen}] if person["kind"] else []
    write_table(table("alumni", alumni), "alumni", folder)
    write_table(table("outcomes", reports), "outcomes", folder)
    write_cohort(folder, folder / "cohort.parquet", clock="2m", now=NOW)
    return folder / "cohort.parquet"


def side_by_side(cohorts: Sequence[Path], together: Together) -> list[Publication]:
    """Ask for the table of everybody and by each column, at each state of the data; give all that was shown."""
    families = list(dict.fromkeys(together(column) for column in (None, *COLUMNS)))
    before: dict[Any, list[PublishedTables]] = {family: [] for family in families}
    months = []
    for cohort in cohorts:
        shown: dict[frozenset[tuple[str, str | None]], bool] = {}
        for family in families:
            tables, kept = publish_outcome_tables(cohort, family, clock="2m", before=before[family])
            before[family].append(kept)
            for one in (row for made in tables for row in made.cohorts):
                key = frozenset(one.where.items())
                shown[key] = shown.get(key, False) or one.figures is not None
        everything = publish_outcome_tables(cohort, [(column,) for column in COLUMNS], clock="2m")[1]
        names = [_where(row) for row in everything.rows]
        months.append(replace(everything, is_published=np.array([shown[name] for name in names])))
    cells = list(dict.fromkeys(cell for month in months for cell in month.cells))
    rows = list(dict.fromkeys(row for month in months for row in month.rows))
    members = np.array(
        [[all(want in (ALL, have) for want, have in zip(row, cell, strict=True)) for cell in cells] for row in rows]
    )
    return [month.as_publication(cells, rows, members) for month in months]


def _where(row: tuple[str | None, ...]) -> frozenset[tuple[str, str | None]]:
    return frozenset((name, value) for name, value in zip(COLUMNS, row, strict=True) if value != ALL)


def given_away(months: Sequence[Publication]) -> list[tuple[int, int, int]]:
    """Return every small count, by month, row and kind, that the attacker can narrow to less than ten people."""
    return [
        (number, int(row), int(kind))
        for number, month in enumerate(months)
        for row, kind in np.argwhere(month.small())
        if reachable_width(months, int(row), int(kind), month=number) < LEAST_PEOPLE
    ]


def drawn(rng: np.random.Generator, n: int) -> list[Person]:
    places = [("31", "31.71"), ("31", "31.72"), ("31", "31.73"), ("32", "32.73"), ("32", "32.04"), ("32", "32.05")]
    chosen = rng.choice(len(places), size=n, p=(0.04, 0.26, 0.2, 0.02, 0.28, 0.2))
    return [
        {
            "province_code": places[place][0], "district_code": places[place][1],
            "sex": rng.choice(("female", "male")), "education": rng.choice(("SD", "SMP", "SMA"), p=(0.03, 0.37, 0.6)),
            "kind": [*("employed", "not_working"), None][rng.choice(3, p=(0.5, 0.3, 0.2))],
        }
        for place in chosen
    ]  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
def test_all_tables_of_two_months_together_give_no_small_count_away(seed: int, tmp_path: Path) -> None:
    rng = np.random.default_rng(seed)
    january = drawn(rng, 220)
    february = january + drawn(rng, 60)
    cohorts = [cohort_of(tmp_path / name, people) for name, people in (("1", january), ("2", february))]
    months = side_by_side(cohorts, published_together)
    assert all(month.small().any() and month.is_published.any() for month in months)
    assert given_away(months) == []


def lone(column: str | None) -> tuple[tuple[str, ...], ...]:
    """Decide every table for itself."""
    return ((column,) if column else (),)


def test_a_district_hidden_beside_another_province_would_have_been_given_away(tmp_path: Path) -> None:
    places = [("31", "31.71", 5), ("31", "31.72", 60), ("32", "32.73", 12), ("32", "32.04", 50)]
    people = [
        {"province_code": province, "district_code": district, "sex": "female", "education": "SMA", "kind": "employed"}
        for province, district, n in places
        for _ in range(n)
    ]
    cohort = cohort_of(tmp_path / "1", people)
    assert given_away(side_by_side([cohort], lone))
    assert given_away(side_by_side([cohort], published_together)) == []


def test_columns_that_part_each_other_are_decided_together() -> None:
    assert published_together("district_code") == published_together("province_code")
    assert published_together("course_id") == published_together("provider") == (("provider",), ("course_id",))
    assert published_together("sex") == (("sex",),) and published_together(None) == ((),)
