"""What became of the takers of each course: by hand, as withheld as the outcomes are, and of bad input."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from matcher.domain.errors import InvalidInput, MissingFile
from matcher.ingest.datasets import empty_table, write_table
from matcher.measure.course_value import COLUMNS, CourseValue, CourseValues, value_courses, write_course_values
from matcher.measure.course_value_words import course_value_lines, course_value_record
from matcher.simulate.market import simulate
from matcher.simulate.parameters import MarketParameters
from tests.command_line import CommandLine

_EMPLOYED, _NOT_WORKING, _SILENT = 1, 3, 4
_COUNTS = {"las": (60, 40, 20), "jahit": (30, 70, 20), "kasir": (45, 55, 0), "boga": (25, 25, 10), "it": (80, 20, 10)}


def _cohort(counts: dict[str, tuple[int, int, int]]) -> pa.Table:
    """Lay out people idle at entry: employed, not working and silent, by course."""
    rows = [
        (course_id, 8 + kind)
        for course_id, numbers in counts.items()
        for kind, number in zip((_EMPLOYED, _NOT_WORKING, _SILENT), numbers, strict=True)
        for _ in range(number)
    ]
    return pa.table(
        {
            "course_id": pa.array([course_id for course_id, _ in rows], pa.string()),
            "cell": pa.array([cell for _, cell in rows], pa.uint16()),
            "told": pa.array([0] * len(rows), pa.uint8()),
        }
    )


def _courses(*course_ids: str, provider: str | None = "BLK Contoh") -> pa.Table:
    rows = [{"course_id": one, "title": one, "provider": provider, "occupation_code": "7212"} for one in course_ids]
    return pa.Table.from_pylist(rows, schema=empty_table("courses").schema)


def _valued(counts: dict[str, tuple[int, int, int]], courses: pa.Table | None = None) -> CourseValues:
    return value_courses(_cohort(counts), _courses(*counts) if courses is None else courses, clock="2m")


def _by_id(values: CourseValues) -> dict[str, CourseValue]:
    return {one.course_id: one for one in values.courses}


def test_value_is_the_share_drawn_towards_the_prior_by_its_concentration() -> None:
    values = _valued(_COUNTS)
    las = _by_id(values)["las"]
    assert values.concentration and las.value and las.prior_mean
    assert las.value.value == pytest.approx((values.concentration * las.prior_mean + 60) / (values.concentration + 100))
    assert (las.n_at_work, las.n_answered, las.value.n) == (60, 100, 100)
    assert values.courses[0].course_id == "it"


def test_three_of_three_is_withheld_and_eleven_of_eleven_does_not_lead() -> None:
    eleven = _valued(_COUNTS | {"sebelas": (11, 0, 0), "ratus": (195, 15, 0)})
    assert eleven.courses[0].course_id == "ratus"
    assert (value := _by_id(eleven)["sebelas"].value) and value.value < 1
    assert _by_id(_valued(_COUNTS | {"tiga": (3, 0, 0)}))["tiga"] == CourseValue("tiga")


def test_a_withheld_course_changes_no_figure_beyond_what_the_total_tells() -> None:
    """Two worlds with the same published rows and total: the same figures, whatever the small ones are."""
    one = _valued(_COUNTS | {"a": (3, 9, 0), "b": (9, 20, 0), "c": (5, 30, 0)})
    other = _valued(_COUNTS | {"a": (6, 12, 0), "b": (4, 17, 0), "c": (7, 30, 0)})
    assert one == other and sum(course.n_answered is None for course in one.courses) == 3


def test_courses_without_answers_or_outside_the_table_are_kept() -> None:
    values = _by_id(_valued(_COUNTS | {"diam": (0, 0, 40)}, _courses("las", "jahit", provider=None)))
    assert values["diam"] == CourseValue("diam", 0, 0)
    assert values["it"].value is not None


@pytest.mark.parametrize("counts", [{}, {"las": (60, 40, 20)}, {"las": (0, 0, 50), "it": (0, 0, 50)}])
def test_too_few_courses_have_no_value_but_an_answer(counts: dict[str, tuple[int, int, int]]) -> None:
    values = _valued(counts)
    assert values.concentration is None and [one.value for one in values.courses] == [None] * len(counts)
    assert "Terlalu sedikit" in "\n".join(course_value_lines(values))


def test_bad_tables_are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="stand twice"):
        _valued(_COUNTS, _courses("las", "las"))
    with pytest.raises(InvalidInput, match="base 'x'"):
        value_courses(_cohort(_COUNTS), _courses("las"), clock="2m", base="x")
    with pytest.raises(MissingFile, match="courses"):
        value_courses(_cohort(_COUNTS), tmp_path / "courses.parquet", clock="2m")


def test_table_written_holds_every_course_with_nulls_where_withheld(tmp_path: Path) -> None:
    values = _valued(_COUNTS | {"a": (3, 9, 0), "b": (9, 20, 0)})
    rows = {row["course_id"]: row for row in pq.read_table(write_course_values(values, tmp_path / "v")).to_pylist()}
    assert rows["a"] == {"course_id": "a", "value": None, "low": None, "high": None, "n": None}
    assert rows["las"]["n"] == 100 and rows["las"]["low"] < rows["las"]["value"] < rows["las"]["high"]
    assert rows.keys() == {one.course_id for one in values.courses}


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a small market."""
    folder = tmp_path_factory.mktemp("market")
    drawn = simulate(MarketParameters(n_alumni=20_000), rng=np.random.default_rng(4))
    for name in ("alumni", "outcomes", "certificates", "courses"):
        write_table(drawn.tables[name], name, folder)
    return folder


def test_command_withholds_what_the_outcomes_by_course_withhold(
    market: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    padan, now = CommandLine(capsys), ("--now", "2028-01-01")
    told: dict[str, Any] = json.loads(
        padan("course-value", "--data", market, "--to", tmp_path / "v.parquet", *now, "--json").out
    )
    outcomes = json.loads(padan("outcomes", "--data", market, "--by", "course_id", *now, "--json").out)
    assert {one["course_id"]: one["n"] for one in told["courses"]} == {
        row["course_id"]: row["n_answered"] for row in outcomes["cohorts"][1:] if row["course_id"]
    }
    written = pq.read_table(tmp_path / "v.parquet")
    assert written.schema.equals(COLUMNS) and written.num_rows == len(told["courses"])


def test_command_says_where_it_cannot_write(market: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer = CommandLine(capsys)("course-value", "--data", market, "--to", tmp_path / "none" / "v.parquet")
    assert answer.code == 2 and "there is no folder" in answer.err


def test_words_and_record_tell_the_withheld() -> None:
    values = _valued(_COUNTS | {"a": (3, 9, 0), "b": (9, 20, 0)})
    lines, record = course_value_lines(values), course_value_record(values)
    assert "disembunyikan karena kecil: 2." in "\n".join(lines)
    assert sum(row["is_suppressed"] for row in record["courses"]) == 2
