"""`padan check-adverts` counts by rule and lists every phrase with its vacancy."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from matcher.ingest.datasets import write_table
from tests.command_line import CommandLine
from tests.world import table

ADVERTS = [
    {"vacancy_id": "v-1", "title": "Kasir", "description": "Usia maks. 25 tahun\nBerpenampilan menarik"},
    {"vacancy_id": "v-2", "title": "Penjahit", "description": "Pria/wanita, jujur."},
    {"vacancy_id": "v-3", "title": "Satpam", "province_code": "31", "salary_min_idr_month": 2_000_000},
]


@pytest.fixture
def adverts(tmp_path: Path) -> Path:
    write_table(table("vacancies", ADVERTS), "vacancies", tmp_path)
    return tmp_path


def test_the_counts_and_phrases_are_printed(padan: CommandLine, adverts: Path) -> None:
    answer = padan("check-adverts", "--data", adverts)
    assert answer.code == 0
    assert answer.out.startswith("3 adverts, 2 flagged, 1 to be looked at first\n")
    assert answer.out.splitlines()[-3:] == [
        "v-1: age, description 0-19: Usia maks. 25 tahun",
        "v-1: looks, description 20-41: Berpenampilan menarik",
        "v-3: pay_below_minimum, salary_min_idr_month 0-7: 2000000 (minimum of 2024)",
    ]


def test_json_carries_rule_remedy_and_year(padan: CommandLine, adverts: Path) -> None:
    report = json.loads(padan("check-adverts", "--data", adverts, "--json").out)
    assert report["rules"]["looks"] == {"severity": "blocks", "adverts": 1, "phrases": 1}
    age, looks, pay = report["flags"]
    assert looks["sources"] == ["SE M/6/HK.04/V/2025"] and age["remedy_id"] and age["remedy_en"]
    assert (pay["minimum_wage_year"], pay["minimum_wage_idr_month"]) == (2024, 5_067_381)


def test_the_date_decides_which_minimum_holds(padan: CommandLine, adverts: Path) -> None:
    report = json.loads(padan("check-adverts", "--data", adverts, "--json", "--now", "2021-06-01").out)
    assert report["flags"][-1]["minimum_wage_year"] == 2021


def test_a_folder_without_vacancies_is_refused(padan: CommandLine, tmp_path: Path) -> None:
    assert "vacancies.parquet" in padan("check-adverts", "--data", tmp_path).refusal


@pytest.mark.shared
def test_the_documented_counts_hold(padan: CommandLine, shared_folder: Path, tmp_path: Path) -> None:
    padan("ingest", "vacancies", shared_folder / "data" / "vacancies.parquet", "--to", tmp_path)
    report = json.loads(padan("check-adverts", "--data", tmp_path, "--json", "--now", "2026-11-22").out)
    page = (Path(__file__).parents[3] / "docs" / "adverts.md").read_text(encoding="utf-8")
    documented = re.findall(r"^\| `(\w+)` \| (\w+) \|[^|]+\| ([\d,]+) \|", page, flags=re.MULTILINE)
    assert {code: (severity, int(count.replace(",", ""))) for code, severity, count in documented} == {
        code: (counts["severity"], counts["adverts"]) for code, counts in report["rules"].items()
    }
