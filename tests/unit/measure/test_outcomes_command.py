"""``padan outcomes`` as it is typed: several tables, what stands beside them, and tables without people."""

from __future__ import annotations

import argparse
import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from matcher.domain.errors import InvalidInput
from matcher.ingest.datasets import write_table
from matcher.measure.outcomes_beside import Beside, beside_lines, beside_records
from matcher.measure.time_to_work import Retention, work_curve
from matcher.simulate.market import simulate
from matcher.simulate.parameters import MarketParameters
from scripts import outcomes


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a small market."""
    folder = tmp_path_factory.mktemp("market")
    drawn = simulate(MarketParameters(n_alumni=1_500), rng=np.random.default_rng(4))
    for name in ("alumni", "outcomes", "certificates", "courses"):
        write_table(drawn.tables[name], name, folder)
    return folder


def _padan(*words: object) -> int:
    parser = argparse.ArgumentParser()
    outcomes.register(parser.add_subparsers())
    arguments = parser.parse_args(["outcomes", *map(str, words)])
    return arguments.run(arguments)


def _json(capsys: pytest.CaptureFixture[str], *words: object) -> dict[str, Any]:
    _padan(*words, "--json")
    return json.loads(capsys.readouterr().out)


def test_several_tables_are_printed_and_written_side_by_side(
    market: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--data", market, "--now", "2028-01-01", "--by", "sex", "--by", "education")
    _padan(*words, "--to", tmp_path / "tabel.csv")
    assert capsys.readouterr().out.count("kelompok") == 2
    with (tmp_path / "tabel.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["sex"] for row in rows} == {"", "female", "male"} and "SMA" in {row["education"] for row in rows}
    answer = _json(capsys, *words)
    assert [answer["by"], *(table["by"] for table in answer["further_tables"])] == [["sex"], ["education"]]


def test_time_to_work_unemployment_and_cost_stand_beside_the_rate(
    market: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "tpt.csv").write_text("province_code,year,tpt_percent\n32,2024,6.5\n33,2024,4.5\n", encoding="utf-8")
    beside = ("--time-to-work", "--unemployment", tmp_path / "tpt.csv", "--cost-idr", 1e6, "--effect", 0.05, 0.02, 0.1)
    answer = _json(capsys, "--data", market, "--now", "2028-01-01", "--by", "province_code", *beside)
    assert [point["days"] for point in answer["time_to_work"]["points"]][:3] == [30, 60, 90]
    assert answer["unemployment"]["32"] == {"percent": 6.5, "year": 2024}
    assert answer["cost_per_net_job_idr"]["value"] == pytest.approx(20e6)
    with pytest.raises(InvalidInput, match="needs both"):
        _padan("--data", market, "--cost-idr", 1e6)


def test_small_counts_beside_the_rate_are_withheld() -> None:
    curve = work_curve(np.array([10] * 40 + [50] * 5), np.array([True] * 40 + [False] * 5))
    beside = Beside(curve, Retention(30, 3, 20), {}, None)
    assert beside_records(beside) == {"time_to_work": {"is_suppressed": True}, "retention_90d": {"is_suppressed": True}}
    assert all("disembunyikan" in line for line in beside_lines(beside))


def test_retention_by_hand_and_without_anybody() -> None:
    told = beside_records(Beside(None, Retention(30, 10, 20), {}, None))["retention_90d"]
    assert (told["rate"]["value"], told["bounds"]) == (0.75, (0.5, pytest.approx(50 / 60)))
    assert "tidak ada angka" in next(iter(beside_lines(Beside(None, Retention(0, 0, 0), {}, None))))


def test_aggregate_table_is_told_without_people(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "tabel.csv"
    path.write_text("program,participants,placed\nLas,40,20\nObras,50,60\n", encoding="utf-8")
    _padan("--aggregate", path)
    assert "baris 2 dilewati: 60 placed of 50" in capsys.readouterr().out
    answer = _json(capsys, "--aggregate", path)
    assert (answer["rows"][0]["n_people"], answer["problems"][0]["row"]) == (40, 2)
