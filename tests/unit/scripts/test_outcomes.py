"""The outcomes stage says who works, by cohort, and refuses in one line."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from matcher.ingest.datasets import write_table
from tests.command_line import CommandLine
from tests.world import table

LATER = ("--now", "2026-12-01")


def _alumnus(number: int) -> dict[str, Any]:
    province = "32" if number < 40 else "35"
    when = {"completed_on": date(2026, 1, 15), "wave": "7"}
    return {"alumnus_id": f"a{number}", "employment_at_entry": "not_working", "province_code": province, **when}


def _report(number: int) -> dict[str, Any]:
    kind = "employed" if number % 2 else "not_working"
    seen = {"source": "survey", "observed_on": date(2026, 3, 9)}
    return {"outcome_id": f"o{number}", "alumnus_id": f"a{number}", "kind": kind, **seen}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Eighty people of two provinces, all asked after two months; every other one works."""
    folder = tmp_path / "tables"
    write_table(table("alumni", [_alumnus(number) for number in range(80)]), "alumni", folder)
    write_table(table("outcomes", [_report(number) for number in range(80)]), "outcomes", folder)
    return folder


def test_table_is_printed_on_paper_width(padan: CommandLine, data: Path) -> None:
    answer = padan("outcomes", "--data", data, "--by", "province_code", *LATER)
    sentence, *lines = answer.out.splitlines()
    assert sentence.startswith("Dari 80 orang yang menyelesaikan pelatihan dan tidak bekerja saat masuk, 80 menjawab")
    assert "50,0 [39,3; 60,7]" in answer.out and "survey 80" in answer.out
    assert max(map(len, lines)) <= 120


def test_json_and_csv_hold_the_same_rows(padan: CommandLine, data: Path, tmp_path: Path) -> None:
    path = tmp_path / "hasil.csv"
    told = json.loads(padan("outcomes", "--data", data, "--by", "province_code", "--json", "--to", path, *LATER).out)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["n_people"] for row in told["cohorts"]] == [80, 40, 40] == [int(row["n_people"]) for row in rows]
    assert (told["clock"], told["as_of"], told["unripe"]) == ("2m", "2026-12-01", 0)


def test_clock_that_still_runs_gives_no_figure(padan: CommandLine, data: Path) -> None:
    told = json.loads(padan("outcomes", "--data", data, "--json", "--clock", "q4", *LATER).out)
    assert (told["unripe"], told["cohorts"][0]["n_people"], told["cohorts"][0]["rate"]) == (80, 0, None)


def test_no_report_at_all_is_an_answer(padan: CommandLine, data: Path) -> None:
    write_table(table("outcomes", []), "outcomes", data)
    answer = padan("outcomes", "--data", data, *LATER)
    assert answer.code == 0 and "tidak seorang pun menjawab" in answer.out


def test_survey_of_other_people_leaves_the_denominator_as_it_was(padan: CommandLine, data: Path) -> None:
    strangers = [_report(number) | {"alumnus_id": f"x{number}", "kind": "employed"} for number in range(80, 100)]
    write_table(table("outcomes", [*map(_report, range(80)), *strangers]), "outcomes", data)
    told = json.loads(padan("outcomes", "--data", data, "--json", *LATER).out)
    assert (told["cohorts"][0]["n_people"], told["cohorts"][0]["n_employed"]) == (80, 40)
    assert told["reports"]["set_aside"] == {"unknown_alumnus": 20}


def test_two_jobs_at_once_are_one_person_at_work(padan: CommandLine, data: Path) -> None:
    jobs = [
        _report(number) | {"outcome_id": f"{job}{number}", "started_on": date(2026, 2, 1), "employer_id": job}
        for number in range(1, 80, 2)
        for job in ("pagi", "malam")
    ]
    write_table(table("outcomes", [*map(_report, range(0, 80, 2)), *jobs]), "outcomes", data)
    told = json.loads(padan("outcomes", "--data", data, "--json", *LATER).out)
    assert (told["cohorts"][0]["n_employed"], told["cohorts"][0]["n_people"], told["reports"]["used"]) == (40, 80, 120)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--by", "umur"), "outcomes by 'umur': unknown"),
        (("--clock", "q3"), "invalid choice"),
        (("--now", "kemarin"), "kemarin"),
    ],
)
def test_wrong_question_is_refused_in_one_line(
    padan: CommandLine, data: Path, words: tuple[str, ...], told: str
) -> None:
    assert told in padan("outcomes", "--data", data, *words).refusal


def test_missing_table_is_named(padan: CommandLine, tmp_path: Path) -> None:
    assert "alumni.parquet: no such file" in padan("outcomes", "--data", tmp_path).refusal
