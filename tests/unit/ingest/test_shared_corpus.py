"""The outside corpus: every row is accepted or rejected with a reason, and the facts known of it hold."""

from __future__ import annotations

from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from matcher.domain.qualifications import EDUCATION_LEVELS
from matcher.domain.regions import districts
from matcher.ingest.door import load_table
from matcher.ingest.intake import Ingested

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def vacancies(shared_folder: Path) -> Ingested:
    return load_table("vacancies", [shared_folder / "data" / "vacancies.parquet"])


def test_every_course_comes_in(shared_folder: Path) -> None:
    ingested = load_table("courses", [shared_folder / "data" / "courses.parquet"])
    assert (ingested.table.num_rows, ingested.rejected.num_rows) == (711, 0)
    assert pc.count_distinct(ingested.table["mode"], mode="only_valid").as_py() == 2


def test_every_vacancy_comes_in(vacancies: Ingested) -> None:
    assert (vacancies.table.num_rows, vacancies.rejected.num_rows) == (62_759, 0)


def test_the_one_disagreeing_place_is_flagged(vacancies: Ingested) -> None:
    (flag,) = vacancies.flagged["flag"].to_pylist()
    assert flag.endswith("the district wins")


def test_every_place_and_schooling_is_official(vacancies: Ingested) -> None:
    table = vacancies.table
    places = set(zip(table["province_code"].to_pylist(), table["district_code"].to_pylist(), strict=True))
    assert all(district is None or districts()[district].province_code == province for province, district in places)
    for column in ("education_min", "education_hint"):
        assert set(table[column].unique().to_pylist()) <= {None, *EDUCATION_LEVELS}


def test_counts_known_of_the_corpus_hold(vacancies: Ingested, shared_folder: Path) -> None:
    table = vacancies.table
    raw = pq.read_table(shared_folder / "data" / "vacancies.parquet", columns=["education_source", "posted_at"])
    guessed = pc.sum(pc.equal(raw["education_source"], "text")).as_py()
    assert len(table) - table["education_hint"].null_count == guessed
    assert len(table) - table["fields_of_study"].null_count == 27_494
    assert table["employer_id"].null_count >= 2_301
    assert table["posted_at"].null_count == raw["posted_at"].null_count
