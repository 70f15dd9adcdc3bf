"""The home form: what is written reads back, and what is not ours is refused by name."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.domain.errors import InvalidInput, MissingFile
from matcher.domain.records import Certificate, Course, Licence, Vacancy
from matcher.ingest.datasets import (
    COLUMN_NOTES,
    KEYS,
    SCHEMAS,
    alumni_of,
    courses_of,
    empty_table,
    is_home_form,
    read_table,
    vacancies_of,
    write_in_parts,
    write_table,
)
from matcher.ingest.schemas import DAY, FLAG, INSTANT, REAL, TEXT, WHOLE, WORDS

_TEXTS = st.text(alphabet=st.characters(codec="utf-8"), max_size=12)
_VALUES: dict[pa.DataType, st.SearchStrategy[Any]] = {
    TEXT: _TEXTS,
    WORDS: st.lists(_TEXTS, max_size=3),
    WHOLE: st.integers(-(2**63), 2**63 - 1),
    REAL: st.floats(allow_nan=False),
    FLAG: st.booleans(),
    DAY: st.dates(),
    INSTANT: st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)),
}


def _rows(name: str) -> st.SearchStrategy[list[dict[str, Any]]]:
    cells = {
        field.name: st.none() | _VALUES[field.type] if field.nullable else _VALUES[field.type]
        for field in SCHEMAS[name]
    }
    return st.lists(st.fixed_dictionaries(cells), max_size=5)


def _table(name: str, *rows: dict[str, Any]) -> pa.Table:
    return pa.Table.from_pylist([dict.fromkeys(SCHEMAS[name].names) | row for row in rows], SCHEMAS[name])


@pytest.mark.parametrize("name", SCHEMAS)
@settings(max_examples=20)
@given(data=st.data())
def test_what_is_written_reads_back(tmp_path_factory: pytest.TempPathFactory, name: str, data: st.DataObject) -> None:
    folder = tmp_path_factory.getbasetemp()
    table = pa.Table.from_pylist(data.draw(_rows(name)), SCHEMAS[name])
    path = write_table(table, name, folder)
    once = path.read_bytes()
    assert read_table(name, folder).equals(table)
    assert write_table(read_table(name, folder), name, folder).read_bytes() == once


def test_parts_are_written_as_one_table(tmp_path: Path) -> None:
    parts = [_table("courses", {"course_id": str(one), "title": "Menjahit"}) for one in range(3)]
    write_in_parts(iter(parts), "courses", tmp_path)
    assert read_table("courses", tmp_path).equals(pa.concat_tables(parts).combine_chunks())


def test_part_that_does_not_fit_leaves_the_table_as_it_was(tmp_path: Path) -> None:
    before = _table("courses", {"course_id": "c-1", "title": "Menjahit"})
    write_table(before, "courses", tmp_path)
    with pytest.raises(InvalidInput, match="title"):
        write_in_parts(iter([before, before.drop_columns("title")]), "courses", tmp_path)
    assert read_table("courses", tmp_path).equals(before)


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_column_has_a_note_and_every_key_is_a_column(name: str) -> None:
    assert list(COLUMN_NOTES[name]) == SCHEMAS[name].names
    assert all(COLUMN_NOTES[name].values())
    assert set(KEYS[name]) <= set(SCHEMAS[name].names)


def test_a_written_table_is_zstd_and_marked(tmp_path: Path) -> None:
    path = write_table(_table("courses", {"course_id": "c1", "title": "Las"}), "courses", tmp_path)
    assert pq.ParquetFile(path).metadata.row_group(0).column(0).compression == "ZSTD"
    assert is_home_form(pq.read_schema(path), "courses")
    assert not is_home_form(pq.read_schema(path), "vacancies")
    assert [file.name for file in tmp_path.iterdir()] == ["courses.parquet"]


def test_chunks_do_not_change_the_bytes(tmp_path: Path) -> None:
    rows = [{"course_id": f"c{i}", "title": "Las"} for i in range(4)]
    whole = write_table(_table("courses", *rows), "courses", tmp_path / "a").read_bytes()
    parts = pa.concat_tables([_table("courses", *rows[:1]), _table("courses", *rows[1:])])
    assert write_table(parts, "courses", tmp_path / "b").read_bytes() == whole


def test_a_missing_table_is_told_with_the_command(tmp_path: Path) -> None:
    with pytest.raises(MissingFile, match="no such table; make it with padan ingest courses FILE --to"):
        read_table("courses", tmp_path)


def test_a_broken_file_is_refused(tmp_path: Path) -> None:
    path = write_table(_table("courses", {"course_id": "c1", "title": "Las"}), "courses", tmp_path)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(InvalidInput, match=r"no whole Parquet file .*ingest the courses again"):
        read_table("courses", tmp_path)


def test_a_table_of_others_is_refused(tmp_path: Path) -> None:
    pq.write_table(_table("courses"), tmp_path / "courses.parquet")
    with pytest.raises(InvalidInput, match="not a courses table in home form; pass the file to padan ingest courses"):
        read_table("courses", tmp_path)


def test_another_schema_version_is_refused(tmp_path: Path) -> None:
    marked = _table("courses").replace_schema_metadata({b"padan.table": b"courses", b"padan.schema_version": b"0"})
    pq.write_table(marked, tmp_path / "courses.parquet")
    with pytest.raises(InvalidInput, match="schema version 0, this padan reads 1; ingest the courses again"):
        read_table("courses", tmp_path)


def test_missing_columns_are_refused_by_name(tmp_path: Path) -> None:
    table = _table("courses").drop_columns(["mode", "hours"])
    with pytest.raises(InvalidInput, match="courses: column mode, hours missing"):
        write_table(table, "courses", tmp_path)
    marked = table.replace_schema_metadata({b"padan.table": b"courses", b"padan.schema_version": b"1"})
    pq.write_table(marked, tmp_path / "courses.parquet")
    with pytest.raises(InvalidInput, match=r"courses.parquet: column mode, hours missing"):
        read_table("courses", tmp_path)


def test_an_empty_obligatory_cell_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="column 'title': an obligatory cell is empty"):
        write_table(pa.table(_table("courses", {"course_id": "c1", "title": "Las"}).to_pydict() | {"title": [None]}),
                    "courses", tmp_path)  # fmt: skip


def test_a_column_of_another_type_is_refused(tmp_path: Path) -> None:
    columns = _table("courses", {"course_id": "c1", "title": "Las"}).to_pydict() | {"hours": ["tiga"]}
    with pytest.raises(InvalidInput, match="a column has another type"):
        write_table(pa.table(columns), "courses", tmp_path)


@pytest.mark.parametrize("ask", [empty_table, lambda name: read_table(name, Path())])
def test_an_unknown_table_is_refused(ask: Any) -> None:
    with pytest.raises(InvalidInput, match="table 'kursus': unknown; use one of courses"):
        ask("kursus")


def test_rows_become_records() -> None:
    course = _table("courses", {"course_id": "c1", "title": "Las", "hours": 3.0, "skills": ["a", "b"]})
    assert courses_of(course) == [Course("c1", "Las", hours=3.0, skills=("a", "b"))]
    posted = datetime(2026, 1, 1, tzinfo=UTC)
    vacancy = _table("vacancies", {"vacancy_id": "v1", "title": "Juru Las", "posted_at": posted})
    assert vacancies_of(vacancy) == [Vacancy("v1", "Juru Las", posted_at=posted)]
    assert vacancies_of(vacancy)[0].posted_at.tzinfo is not None  # type: ignore[union-attr]


def test_alumni_carry_their_certificates_and_licences() -> None:
    alumni = _table("alumni", {"alumnus_id": "a1", "completed_on": date(2025, 8, 17)}, {"alumnus_id": "a2"})
    certificates = _table(
        "certificates", {"alumnus_id": "a1", "title": "Las"}, {"alumnus_id": "tidak-ada", "title": "Jahit"}
    )
    licences = _table("licences", {"alumnus_id": "a1", "kind": "SIO", "class": "forklift"})
    first, second = alumni_of(alumni, certificates, licences)
    assert first.certificates == (Certificate("Las", scheme="course", evidence="attended"),)
    assert first.licences == (Licence("SIO", licence_class="forklift"),)
    assert (second.certificates, second.licences) == ((), ())
