"""The sample stage writes the five tables and says so."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from scripts import sample


def test_the_sample_stage_writes_every_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    sample.register(parser.add_subparsers())
    arguments = parser.parse_args(["sample", "--seed", "7", "--to", str(tmp_path / "made")])

    assert arguments.run(arguments) == 0
    written = sorted(path.name for path in (tmp_path / "made").iterdir())
    assert written == [f"{name}.parquet" for name in ("alumni", "certificates", "courses", "licences", "vacancies")]
    assert "vacancies.parquet: 800 rows" in capsys.readouterr().out
