"""``padan build`` as it is typed: a whole artifact or none, and every refusal in one line."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from matcher.engine.artifacts import load
from matcher.engine.earlier_takers import EarlierTakers
from tests.command_line import CommandLine
from tests.world import NOW

COURSES = "course_id,title\nc-1,Memasak bagi Juru Masak\nc-2,Menjahit bagi Penjahit\n"
VACANCIES = "vacancy_id,title,education_min\nv-1,Juru Masak,SD\nv-2,Penjahit Baju,SMP\nv-3,Satpam Gedung,SMA\n"


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    folder = tmp_path / "tables"
    folder.mkdir()
    (folder / "courses.csv").write_text(COURSES, encoding="utf-8")
    (folder / "vacancies.csv").write_text(VACANCIES, encoding="utf-8")
    return folder


def test_build_prints_what_the_artifact_holds(padan: CommandLine, world_data: Path, tmp_path: Path) -> None:
    answer = padan("build", "--data", world_data, "--to", tmp_path / "made")
    artifact = load(tmp_path / "made", cache_folder=tmp_path)
    assert (answer.code, answer.err) == (0, "")
    assert answer.out == (
        f"artifact {artifact.artifact_id} in {tmp_path / 'made'}: "
        "6 courses, 8 vacancies, 5 alumni, 6 certificates, 1 licences\n"
    )


def test_build_prints_the_manifest_as_json(padan: CommandLine, world_data: Path, tmp_path: Path) -> None:
    answer = padan("build", "--data", world_data, "--to", tmp_path / "made", "--json", "--now", "2026-11-20")
    assert json.loads(answer.out) == json.loads((tmp_path / "made" / "manifest.json").read_text(encoding="utf-8"))
    assert json.loads(answer.out)["created_at"] == "2026-11-19T17:00:00+00:00"
    assert json.loads(answer.out)["encoder"]["name"] == "tfidf"


def test_build_replaces_an_artifact(padan: CommandLine, world_data: Path, tables: Path, tmp_path: Path) -> None:
    padan("build", "--data", tables, "--to", tmp_path / "made")
    assert padan("build", "--data", world_data, "--to", tmp_path / "made").code == 0
    assert load(tmp_path / "made", cache_folder=tmp_path).manifest["counts"]["vacancies"] == 8


def test_build_takes_any_accepted_format_and_no_alumni(padan: CommandLine, tables: Path, tmp_path: Path) -> None:
    assert padan("build", "--data", tables, "--to", tmp_path / "made").out.endswith(": 2 courses, 3 vacancies\n")
    assert load(tmp_path / "made", cache_folder=tmp_path).manifest["created_at"] == NOW.isoformat()


def test_build_takes_course_values_along(padan: CommandLine, world_data: Path, tmp_path: Path) -> None:
    data = Path(shutil.copytree(world_data, tmp_path / "data"))
    columns = {"course_id": ["c-sew"], "value": [0.4], "low": [0.3], "high": [0.5], "n": [90]}
    pq.write_table(pa.table(columns), data / "course_value.parquet")
    assert padan("build", "--data", data, "--to", tmp_path / "made").code == 0
    artifact = load(tmp_path / "made", cache_folder=tmp_path)
    advised = artifact.course_adviser.next_courses(artifact.alumnus("a-cook"), now=NOW)
    assert {one.course_id: one.earlier_takers for one in advised}["c-sew"] == EarlierTakers(0.4, 0.3, 0.5, 90)
    pq.write_table(pa.table(columns | {"n": [0]}), data / "course_value.parquet")
    assert "padan course-value" in padan("build", "--data", data, "--to", tmp_path / "made").refusal


def test_a_rejected_row_is_told_and_left_out(padan: CommandLine, tables: Path, tmp_path: Path) -> None:
    (tables / "vacancies.csv").write_text(VACANCIES + "v-4,Sopir,TK\n", encoding="utf-8")
    answer = padan("build", "--data", tables, "--to", tmp_path / "made")
    assert answer.code == 0 and answer.out.endswith("3 vacancies\n")
    assert "vacancies: 3 rows taken, 1 left out" in answer.err
    assert "vacancies.csv, row 4: column 'education_min': 'TK' is no schooling" in answer.err


def _lose_folder(folder: Path) -> None:
    shutil.rmtree(folder)


def _lose_vacancies(folder: Path) -> None:
    (folder / "vacancies.csv").unlink()


def _damage_vacancies(folder: Path) -> None:
    (folder / "vacancies.csv").unlink()
    (folder / "vacancies.parquet").write_bytes(b"PAR1 setengah jalan")


def _write_courses_twice(folder: Path) -> None:
    (folder / "courses.jsonl").write_text('{"course_id": "c-9", "title": "Las"}\n', encoding="utf-8")


def _lose_column(folder: Path) -> None:
    (folder / "vacancies.csv").write_text("vacancy_id,judulnya\nv-1,Las\n", encoding="utf-8")


def _spoil_every_row(folder: Path) -> None:
    (folder / "vacancies.csv").write_text("vacancy_id,title,province_code\nv-1,Las,99\n", encoding="utf-8")


def _lose_rows(folder: Path) -> None:
    (folder / "courses.csv").write_text("course_id,title\n", encoding="utf-8")


def _empty_file(folder: Path) -> None:
    (folder / "courses.csv").write_bytes(b"")


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (_lose_folder, ["tables: no such folder", "padan ingest TABLE FILE --to"]),
        (_lose_vacancies, ["tables: no vacancies in it", "padan ingest vacancies FILE --to"]),
        (_damage_vacancies, ["vacancies.parquet: no whole Parquet file", "export it again"]),
        (_write_courses_twice, ["courses.csv and courses.jsonl both hold the courses", "keep one of them"]),
        (_lose_column, ["vacancies.csv, column 'title'", "rename the one that holds it"]),
        (_spoil_every_row, ["vacancies.csv, row 1, column 'province_code'", "'99'", "Kemendagri code"]),
        (_lose_rows, ["courses", "at least one row"]),
        (_empty_file, ["courses.csv: the file is empty", "give it a header row"]),
    ],
)
def test_tables_that_cannot_be_used_are_one_line_and_no_artifact(
    padan: CommandLine, tables: Path, tmp_path: Path, spoil: object, told: list[str]
) -> None:
    assert callable(spoil)
    spoil(tables)
    refusal = padan("build", "--data", tables, "--to", tmp_path / "made").refusal
    assert [part for part in told if part not in refusal] == []
    assert {path.name for path in tmp_path.iterdir()} <= {"tables", "cache"}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--now", "besok"), "'besok': not a date; write 2026-11-22"),
        (("--encoder", "tidak-ada"), "'tidak-ada'; give the path of a sentence-transformers folder"),
    ],
)
def test_an_option_that_cannot_be_used_is_one_line_even_beside_a_rejected_row(
    padan: CommandLine, tables: Path, tmp_path: Path, words: tuple[str, ...], told: str
) -> None:
    (tables / "vacancies.csv").write_text(VACANCIES + "v-4,Sopir,TK\n", encoding="utf-8")
    assert told in padan("build", "--data", tables, "--to", tmp_path / "made", *words).refusal
    assert not (tmp_path / "made").exists()


def test_a_folder_with_other_files_is_left_as_it_is(padan: CommandLine, tables: Path, tmp_path: Path) -> None:
    before = {path.name: path.read_bytes() for path in tables.iterdir()}
    refusal = padan("build", "--data", tables, "--to", tables).refusal
    assert f"{tables}: holds files that are no artifact; choose an empty or a new folder" in refusal
    assert {path.name: path.read_bytes() for path in tables.iterdir()} == before
    assert {path.name for path in tmp_path.iterdir()} == {"tables", "cache"}


@pytest.mark.parametrize("below", ["", "made"])
def test_a_file_in_the_way_is_one_line_and_stays(padan: CommandLine, tables: Path, tmp_path: Path, below: str) -> None:
    (tmp_path / "catatan.txt").write_text("penting", encoding="utf-8")
    refusal = padan("build", "--data", tables, "--to", tmp_path / "catatan.txt" / below).refusal
    assert str(tmp_path / "catatan.txt") in refusal
    assert (tmp_path / "catatan.txt").read_text(encoding="utf-8") == "penting"
