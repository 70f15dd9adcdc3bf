"""The committed sample is what its seed gives, byte for byte, small, and of use to everybody in it."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from matcher.domain.eligibility import is_eligible
from matcher.domain.errors import InvalidInput
from matcher.ingest.datasets import alumni_of, read_table, vacancies_of, write_table
from matcher.simulate.sample import SAMPLE_NOW, draw_sample

COMMITTED = Path(__file__).parents[3] / "data" / "sample"
TABLES = ("courses", "vacancies", "alumni", "certificates", "licences")
MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def drawn() -> dict[str, pa.Table]:
    return dict(draw_sample(0))


@pytest.mark.parametrize("name", TABLES)
def test_the_committed_table_is_what_the_seed_gives(name: str, drawn: dict[str, pa.Table], tmp_path: Path) -> None:
    again = write_table(drawn[name], name, tmp_path)

    assert again.read_bytes() == (COMMITTED / f"{name}.parquet").read_bytes(), "run: make sample"


def test_the_committed_sample_is_small_and_whole() -> None:
    sizes = {path.stem: path.stat().st_size for path in COMMITTED.glob("*.parquet")}

    assert set(sizes) == set(TABLES)
    assert sum(sizes.values()) < MEGABYTE


def test_the_sample_is_large_enough_to_try_things_on() -> None:
    rows = {name: read_table(name, COMMITTED).num_rows for name in TABLES}

    assert rows["courses"] >= 150 and rows["vacancies"] >= 800 and rows["alumni"] >= 400


def test_everybody_in_the_sample_may_apply_somewhere() -> None:
    vacancies = vacancies_of(read_table("vacancies", COMMITTED))
    people = alumni_of(*(read_table(name, COMMITTED) for name in ("alumni", "certificates", "licences")))
    stuck = [
        person.alumnus_id
        for person in people
        if not any(is_eligible(person, vacancy, now=SAMPLE_NOW) for vacancy in vacancies)
    ]

    assert stuck == []


def test_another_seed_gives_another_sample(drawn: dict[str, pa.Table]) -> None:
    other = draw_sample(1)

    assert all(not other[name].equals(drawn[name]) for name in TABLES)


def test_dates_move_with_now(drawn: dict[str, pa.Table]) -> None:
    later = draw_sample(0, now=SAMPLE_NOW + timedelta(days=30))["vacancies"]
    moved = pc.subtract(later["posted_at"], drawn["vacancies"]["posted_at"])

    assert pc.unique(moved.drop_null()).to_pylist() == [timedelta(days=30)]
    assert later["title"].equals(drawn["vacancies"]["title"])


def test_an_instant_without_zone_and_a_negative_seed_are_refused() -> None:
    with pytest.raises(InvalidInput, match="no time zone"):
        draw_sample(0, now=datetime(2026, 11, 22))
    with pytest.raises(InvalidInput, match="seed -1 is negative"):
        draw_sample(-1)
