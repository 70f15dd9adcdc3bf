"""The simulate stage writes a market, says what is true in it, and refuses in one line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.command_line import CommandLine


def test_the_simulate_stage_writes_tables_truth_and_manifest(padan: CommandLine, tmp_path: Path) -> None:
    counts = tmp_path / "counts.csv"
    counts.write_text("kab_kota_code,alumni_total\n32.73,3\n91.71,1\n", encoding="utf-8")
    answer = padan(
        "simulate", "--alumni", 400, "--seed", 2, "--counts", counts, "--months", 6, "--effect", 0.05,
        "--holdout", 0.5, "--explore", 0.2, "--to", tmp_path / "market",
    )  # fmt: skip
    manifest = json.loads((tmp_path / "market" / "manifest.json").read_text("utf-8"))

    assert answer.code == 0 and "alumni.parquet: 400 rows" in answer.out and "at work at 2m" in answer.out
    assert (manifest["parameters"]["months"], manifest["parameters"]["explore"]) == (6, 0.2)
    assert (tmp_path / "market" / "truth" / "alumni.parquet").is_file()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--alumni", 0), "n_alumni = 0"),
        (("--alumni", 10, "--holdout", 1.5), "holdout = 1.5"),
        (("--alumni", 10, "--months", 99), "months = 99"),
        (("--alumni", 10, "--counts", "nowhere.csv"), "nowhere.csv: no such file"),
        (("--alumni", "many"), "invalid int value"),
    ],
)
def test_bad_values_are_refused_in_one_line(padan: CommandLine, tmp_path: Path, words: tuple, told: str) -> None:
    assert told in padan("simulate", *words, "--seed", 1, "--to", tmp_path / "market").refusal
    assert not (tmp_path / "market").exists()
