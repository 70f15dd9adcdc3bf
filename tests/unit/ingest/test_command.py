"""``padan ingest`` as it is typed: counts, files, exit codes."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from matcher.domain.errors import InvalidInput
from matcher.ingest.datasets import read_table
from scripts import ingest


def _run(*words: object) -> int:
    parser = argparse.ArgumentParser()
    ingest.register(parser.add_subparsers())
    arguments = parser.parse_args(["ingest", *map(str, words)])
    return arguments.run(arguments)


def _csv(folder: Path, content: str) -> Path:
    path = folder / "masuk.csv"
    path.write_text(content, encoding="utf-8")
    return path


def test_counts_and_reasons_are_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = _csv(tmp_path, "course_id,title,mode\nc1,Las,Daring\nc2,Jahit,zoom\n")
    assert _run("courses", path, "--to", tmp_path / "rumah") == 0
    printed = capsys.readouterr()
    assert f"courses: 1 accepted, 1 rejected; 1 rows in {tmp_path / 'rumah' / 'courses.parquet'}" in printed.out
    assert f"{path}, row 2, column 'mode': 'zoom' is not known" in printed.out
    assert printed.err == ""


def test_counts_are_printed_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = _csv(tmp_path, "vacancy_id,title,district_code,province_code\nv1,Las,32.73,33\nv2,,,\n")
    assert _run("vacancies", path, "--to", tmp_path / "rumah", "--json") == 0
    counts = json.loads(capsys.readouterr().out)
    assert {name: counts[name] for name in ("table", "rows", "accepted", "rejected", "flagged", "rows_in_table")} == {
        "table": "vacancies", "rows": 2, "accepted": 1, "rejected": 1, "flagged": 1, "rows_in_table": 1,
    }  # fmt: skip
    assert Path(counts["rejected_file"]).is_file() and Path(counts["flagged_file"]).is_file()


def test_a_mapping_file_is_obeyed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mapping = tmp_path / "peta.toml"
    mapping.write_text('[columns]\n"Nomor" = "course_id"\n"Judul" = "title"\n', encoding="utf-8")
    path = _csv(tmp_path, "Nomor;Judul\n7;Las\n")
    assert _run("courses", path, "--mapping", mapping, "--to", tmp_path) == 0
    assert read_table("courses", tmp_path)["course_id"].to_pylist() == ["7"]
    assert capsys.readouterr().err == ""


def test_a_file_without_one_good_row_is_bad_input_but_its_reasons_are_kept(tmp_path: Path) -> None:
    path = _csv(tmp_path, "course_id,title,hours\nc1,Las,-1\n")
    with pytest.raises(
        InvalidInput, match=r"masuk.csv, row 1, column 'hours': '-1' is too low; write a number above 0"
    ):
        _run("courses", path, "--to", tmp_path / "rumah")
    assert [file.name for file in (tmp_path / "rumah").iterdir()] == ["courses.rejected.csv"]


def test_a_broken_file_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "masuk.parquet"
    path.write_bytes(b"PAR1 setengah jalan")
    with pytest.raises(InvalidInput, match="no whole Parquet file"):
        _run("courses", path, "--to", tmp_path / "rumah")
    assert not (tmp_path / "rumah").exists()


def test_a_quote_left_open_late_in_a_file_leaves_nothing_behind(tmp_path: Path) -> None:
    rows = "".join(f"c{i},Kursus {i}\n" for i in range(10_000))
    path = _csv(tmp_path, f'course_id,title\n{rows}c-akhir,"Las\n')
    with pytest.raises(InvalidInput, match="row 10001: broken near line 10002"):
        _run("courses", path, "--to", tmp_path / "rumah")
    assert not (tmp_path / "rumah").exists()
