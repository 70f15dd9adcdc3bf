"""Whose name wins for a column, and what a mapping file may say."""

from __future__ import annotations

from pathlib import Path

import pytest

from matcher.domain.errors import InvalidInput, MissingFile
from matcher.ingest.mapping import NO_MAPPING, ColumnMapping, Layout, read_mapping


def _mapping(folder: Path, content: str, table: str = "courses") -> ColumnMapping:
    path = folder / "peta.toml"
    path.write_text(content, encoding="utf-8")
    return read_mapping(path, table)


def test_a_mapping_renames_translates_and_fills(tmp_path: Path) -> None:
    mapping = _mapping(
        tmp_path,
        """
        [columns]
        "Nama Kursus" = "title"
        [values.mode]
        "kelas malam" = "offline"
        [values.skills]
        "ms excel" = "Microsoft Excel"
        [constants]
        platform = "Balai"
        """,
    )
    cells = {"Nama Kursus": "Las", "mode": "Kelas  Malam", "skills": "MS Excel;Las", "platform": " "}
    arranged, spelled = Layout("courses", mapping).arrange(cells)
    assert arranged == {"title": "Las", "mode": "offline", "skills": ["Microsoft Excel", "Las"], "platform": "Balai"}
    assert spelled["title"] == "Nama Kursus"


def test_the_mapping_goes_before_our_name_and_that_before_an_alias() -> None:
    cells = {"company": "Alias", "employer": "Nama", "Perusahaan": "Peta"}
    mapped = Layout("vacancies", ColumnMapping(columns={"Perusahaan": "employer"}))
    assert mapped.arrange(cells)[0]["employer"] == "Peta"
    assert Layout("vacancies", NO_MAPPING).arrange(cells)[0]["employer"] == "Nama"


def test_a_blank_cell_gives_way_to_the_next_column() -> None:
    assert Layout("vacancies", NO_MAPPING).arrange({"employer": "", "company": "Alias"})[0] == {"employer": "Alias"}


def test_headers_match_whatever_their_case_and_spaces() -> None:
    assert Layout("courses", NO_MAPPING).arrange({" Course ID ": "c1"})[0] == {"course_id": "c1"}


def test_columns_without_a_place_are_named() -> None:
    assert Layout("courses", NO_MAPPING).ignored(["title", "warna", "price"]) == ["warna"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[columns]\n'Judul' = 'judul'", "'judul' is no column of courses; use one of course_id, title"),
        ("[columns]\n'A' = 'title'\n'B' = 'title'", "two columns become 'title'; map one of them"),
        ("[kolom]\na = 'title'", r"section 'kolom'; use \[columns\]"),
        ("columns = 3", r"section 'columns'; use \[columns\]"),
        ("[values]\nmode = 'offline'", r"\[values\] 'mode' is no table; write \[values.mode\]"),
        ("[columns", "no TOML"),
    ],
)
def test_a_wrong_mapping_is_refused_with_a_remedy(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        _mapping(tmp_path, content)


def test_a_missing_mapping_is_told(tmp_path: Path) -> None:
    with pytest.raises(MissingFile, match="no such mapping file"):
        read_mapping(tmp_path / "tidak-ada.toml", "courses")
