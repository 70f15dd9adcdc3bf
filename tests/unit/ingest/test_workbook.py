"""XLSX as spreadsheets save it, and as a broken upload leaves it."""

from __future__ import annotations

import io
import random
import zipfile
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from matcher.domain.errors import InvalidInput
from matcher.ingest.workbook import read_workbook


def _workbook(rows: list[list[object]], *, sheet: str = "Lembar1", first: list[list[object]] | None = None) -> bytes:
    book = openpyxl.Workbook()
    opening = book.worksheets[0]
    opening.title = "Catatan" if first is not None else sheet
    for row in first or []:
        opening.append(row)
    target = opening if first is None else book.create_sheet(sheet)
    for row in rows:
        target.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _file(folder: Path, content: bytes) -> Path:
    path = folder / "x.xlsx"
    path.write_bytes(content)
    return path


def test_rows_come_with_their_types_and_blank_rows_are_passed_over(tmp_path: Path) -> None:
    rows = [["course_id", "title", "hours", None], ["c1", "Las", 3], [None, None, None], [2, datetime(2026, 1, 2), 4.5]]
    source = read_workbook(_file(tmp_path, _workbook(rows)), "courses")
    assert source.columns == ("course_id", "title", "hours")
    assert [(row.number, *row.cells.values()) for row in source.rows] == [
        (1, "c1", "Las", 3),
        (3, 2, datetime(2026, 1, 2), 4.5),
    ]


def test_the_sheet_of_the_table_goes_before_the_first(tmp_path: Path) -> None:
    content = _workbook([["course_id"], ["c1"]], sheet="courses", first=[["jangan dibaca"]])
    assert read_workbook(_file(tmp_path, content), "courses").columns == ("course_id",)
    assert read_workbook(_file(tmp_path, content), "alumni").columns == ("jangan dibaca",)


def test_an_empty_sheet_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="the file is empty; give it a header row"):
        read_workbook(_file(tmp_path, _workbook([])), "courses")


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9, 0.999])
def test_a_truncated_workbook_is_refused(tmp_path: Path, kept: float) -> None:
    content = _workbook([["course_id", "title"], *([f"c{i}", f"Kursus {i}"] for i in range(50))])
    with pytest.raises(InvalidInput, match=r"no whole XLSX workbook .*save it again"):
        read_workbook(_file(tmp_path, content[: int(len(content) * kept)]), "courses")


def test_a_zip_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("surat.txt", "halo")
    with pytest.raises(InvalidInput, match="no whole XLSX workbook"):
        read_workbook(_file(tmp_path, content.getvalue()), "courses")


def test_no_damage_escapes_as_another_error(tmp_path: Path) -> None:
    content = _workbook([["course_id", "title"], *([f"c{i}", f"Kursus {i}"] for i in range(50))])
    rng = random.Random(7)
    refused = 0
    for _ in range(100):
        damaged = bytearray(content)
        for _ in range(3):
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        try:
            list(read_workbook(_file(tmp_path, bytes(damaged)), "courses").rows)
        except InvalidInput:
            refused += 1
    assert refused > 50
