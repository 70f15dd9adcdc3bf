"""CSV as people save it: other delimiters, blank lines, ragged rows, open quotes."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from matcher.domain.errors import InvalidInput
from matcher.ingest.delimited import EXTRA, read_delimited


def _file(folder: Path, content: str) -> Path:
    path = folder / "x.csv"
    path.write_text(content, encoding="utf-8")
    return path


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_commonest_in_the_header(tmp_path: Path, delimiter: str) -> None:
    lines = [delimiter.join(["course_id", "title", "hours"]), delimiter.join(["c1", "Las", "3"])]
    source = read_delimited(_file(tmp_path, "\n".join(lines)))
    assert source.columns == ("course_id", "title", "hours")
    assert [dict(row.cells) for row in source.rows] == [{"course_id": "c1", "title": "Las", "hours": "3"}]


def test_blank_lines_count_and_are_passed_over(tmp_path: Path) -> None:
    source = read_delimited(_file(tmp_path, "course_id,title\nc1,Las\n\n,\nc2,Jahit\n"))
    assert [row.number for row in source.rows] == [1, 4]


def test_quoted_cells_hold_delimiters_quotes_and_lines(tmp_path: Path) -> None:
    source = read_delimited(_file(tmp_path, 'course_id,title\nc1,"Las, ""listrik""\ndasar"\n'))
    assert [row.cells["title"] for row in source.rows] == ['Las, "listrik"\ndasar']


def test_ragged_rows_carry_a_problem_and_keep_their_cells(tmp_path: Path) -> None:
    short, long = read_delimited(_file(tmp_path, "course_id,title\nc1\nc2,Las,3,4\n")).rows
    assert short.problem is not None and "1 cells under a header of 2" in short.problem
    assert long.problem is not None and long.cells[EXTRA] == "3,4"


def test_a_column_without_name_gets_one(tmp_path: Path) -> None:
    assert read_delimited(_file(tmp_path, ",title\n0,Las\n")).columns == ("unnamed 1", "title")


def test_a_repeated_column_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="column 'title': the header has this column twice; rename one"):
        read_delimited(_file(tmp_path, "title,title\nLas,Las\n"))


@pytest.mark.parametrize("content", ["\n", "\ufeff"])
def test_a_file_without_header_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(InvalidInput, match="the file is empty; give it a header row"):
        read_delimited(_file(tmp_path, content))


@pytest.mark.parametrize("content", ['course_id,title\nc1,"Las\nc2,Jahit\n', 'course_id,title\nc1,"Las"x\n'])
def test_open_quotes_are_refused_with_the_row(tmp_path: Path, content: str) -> None:
    source = read_delimited(_file(tmp_path, content))
    with pytest.raises(InvalidInput, match=r"row 1: broken near line \d .*close every quote"):
        list(source.rows)


def test_the_field_limit_of_others_is_left_as_it_was(tmp_path: Path) -> None:
    before = csv.field_size_limit()
    list(read_delimited(_file(tmp_path, "course_id,title\nc1,Las\n")).rows)
    assert csv.field_size_limit() == before
