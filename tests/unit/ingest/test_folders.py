"""A folder or a file of tables in any format, as the commands take it."""

from __future__ import annotations

from pathlib import Path

import pytest

from matcher.domain.errors import InvalidInput, MissingFile
from matcher.ingest.datasets import SCHEMAS, read_table
from matcher.ingest.door import load_table
from matcher.ingest.folders import load_file, load_folder
from matcher.ingest.intake import Ingested
from matcher.ingest.store import deposit


def _write(folder: Path, name: str, content: str) -> Path:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return path


def test_a_folder_gives_what_it_holds_whatever_the_format(tmp_path: Path) -> None:
    courses = _write(tmp_path, "masuk.csv", "course_id,title\nc1,Las\n")
    deposit(load_table("courses", [courses]), tmp_path)
    _write(tmp_path, "vacancies.jsonl", '{"vacancy_id": "v1", "title": "Juru Las", "province": "Banten"}\n')
    tables = load_folder(tmp_path, ("courses", "vacancies", "alumni"))
    assert set(tables) == {"courses", "vacancies"}
    assert tables["courses"].equals(read_table("courses", tmp_path))
    assert tables["vacancies"].schema == SCHEMAS["vacancies"]


def test_the_rejected_list_of_an_ingest_is_no_table(tmp_path: Path) -> None:
    _write(tmp_path, "courses.csv", "course_id,title\nc1,Las\n")
    _write(tmp_path, "courses.rejected.csv", "reason,row\nx,1\n")
    assert load_folder(tmp_path, ("courses",))["courses"].num_rows == 1


def test_an_obligatory_table_that_is_not_there_is_refused(tmp_path: Path) -> None:
    _write(tmp_path, "courses.csv", "course_id,title\nc1,Las\n")
    with pytest.raises(MissingFile, match="no vacancies in it; make them with padan ingest vacancies"):
        load_folder(tmp_path, ("courses", "vacancies"))
    with pytest.raises(MissingFile, match="no such folder"):
        load_folder(tmp_path / "lain", ("courses",))


def test_a_table_in_two_formats_is_refused(tmp_path: Path) -> None:
    _write(tmp_path, "courses.csv", "course_id,title\nc1,Las\n")
    _write(tmp_path, "courses.jsonl", '{"course_id": "c1", "title": "Las"}')
    with pytest.raises(InvalidInput, match=r"courses.csv and courses.jsonl both hold the courses; keep one"):
        load_folder(tmp_path, ("courses",))


def test_what_was_left_out_is_told(tmp_path: Path) -> None:
    heard: list[Ingested] = []
    table = load_file("courses", _write(tmp_path, "x.csv", "course_id,title\nc1,Las\nc2,\n"), told=heard.append)
    assert table["course_id"].to_pylist() == ["c1"]
    assert heard[0].rejected["course_id"].to_pylist() == ["c2"]


def test_a_file_that_loses_every_row_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="row 1, column 'title': empty; every row needs one"):
        load_file("courses", _write(tmp_path, "x.csv", "course_id,title\nc1,\n"))
