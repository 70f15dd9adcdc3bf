"""Files of every format through the door: the same rows come in, and every bad one is rejected with its reason."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.domain.errors import InvalidInput, MissingFile
from matcher.ingest.datasets import SCHEMAS, write_table
from matcher.ingest.door import load_table
from matcher.ingest.intake import Ingested, listed
from matcher.ingest.mapping import ColumnMapping

ROWS = [
    {"vacancy_id": "v1", "title": "Juru Masak", "district_code": "32.73", "skills": "menumis;menyajikan", "quota": "2"},
    {"vacancy_id": "v2", "title": "Penjahit", "district_code": "3374", "skills": "", "quota": ""},
]


def _csv(rows: list[dict[str, Any]], path: Path) -> Path:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    path = path.with_suffix(".csv")
    path.write_text(text.getvalue(), encoding="utf-8")
    return path


def _jsonl(rows: list[dict[str, Any]], path: Path) -> Path:
    path = path.with_suffix(".jsonl")
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path


def _xlsx(rows: list[dict[str, Any]], path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(list(rows[0]))
    for row in rows:
        sheet.append(list(row.values()))
    book.save(path.with_suffix(".xlsx"))
    return path.with_suffix(".xlsx")


def _parquet(rows: list[dict[str, Any]], path: Path) -> Path:
    pq.write_table(pa.Table.from_pylist(rows), path.with_suffix(".parquet"))
    return path.with_suffix(".parquet")


def _course(folder: Path, **cells: Any) -> Ingested:
    return load_table("courses", [_csv([{"course_id": "c1", "title": "Las"} | cells], folder / "kursus")])


def _vacancy(folder: Path, **cells: Any) -> Ingested:
    return load_table("vacancies", [_csv([{"vacancy_id": "v1", "title": "Juru Las"} | cells], folder / "lowongan")])


@pytest.mark.parametrize("write", [_csv, _jsonl, _xlsx, _parquet])
def test_every_format_gives_the_same_table(tmp_path: Path, write: Callable[[list[dict[str, Any]], Path], Path]) -> None:
    ingested = load_table("vacancies", [write(ROWS, tmp_path / "lowongan")])
    first, second = ingested.table.to_pylist()
    assert ingested.table.schema == SCHEMAS["vacancies"]
    assert (first["province_code"], first["n_openings"], first["skills"]) == ("32", 2, ["menumis", "menyajikan"])
    assert (second["district_code"], second["n_openings"], second["skills"]) == ("33.74", None, None)


def test_the_columns_of_public_portals_are_understood_as_they_are(tmp_path: Path) -> None:
    cells = {
        "company": "Pengiklan Anonim", "province": "DI Yogyakarta", "kab_kota": "Kabupaten Sleman",
        "kab_kota_code": "34.04", "education_level": "SMA/SMK", "education_source": "text", "salary_min": 2_500_000,
        "salary_max": 3_000_000, "employment_type": "Magang", "posted_at": "2026-03-17", "quota": 3, "applicants": 0,
        "skills": "Program studi: Tata Boga; Gizi", "is_internship_programme": True, "lang": "id",
    }  # fmt: skip
    ingested = _vacancy(tmp_path, **cells)
    found = {name: value for name, value in ingested.table.to_pylist()[0].items() if value is not None}
    assert found == {
        "vacancy_id": "v1", "title": "Juru Las", "employer": "Pengiklan Anonim", "province_code": "34",
        "district_code": "34.04", "education_hint": "SMA/SMK", "salary_min_idr_month": 2_500_000,
        "salary_max_idr_month": 3_000_000, "employment_type": "internship", "n_openings": 3, "n_applicants": 0,
        "posted_at": datetime(2026, 3, 16, 17, tzinfo=UTC), "fields_of_study": ["Tata Boga", "Gizi"],
        "is_internship": True,
    }  # fmt: skip
    assert any("columns not used: lang" in note for note in ingested.notes)


def test_only_ids_and_titles_are_obligatory_and_nothing_is_made_up(tmp_path: Path) -> None:
    (row,) = _vacancy(tmp_path).table.to_pylist()
    assert {name for name, value in row.items() if value is not None} == {"vacancy_id", "title"}


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"title": ""}, "column 'title': empty; every row needs one"),
        ({"title": " \t "}, "column 'title': empty; every row needs one"),
        ({"title": "\x00\x01"}, "column 'title': empty; every row needs one"),
        ({"course_id": ""}, "column 'course_id': empty; every row needs one"),
        ({"course_id": "c 1"}, "column 'course_id': 'c 1' is no id; use up to 200 characters without spaces"),
        ({"mode": "zoom"}, "column 'mode': 'zoom' is not known; write one of online, offline, blended, webinar"),
        ({"hours": "0"}, "column 'hours': '0' is too low; write a number above 0, or leave it empty"),
        ({"hours": "-3"}, "column 'hours': '-3' is too low"),
        ({"price": "-1"}, "column 'price': '-1' is too low; write a number 0 or more"),
        ({"occupation_code": "tukang"}, "column 'occupation_code': 'tukang' is no KBJI or ISCO code"),
    ],
)
def test_a_bad_course_is_rejected_with_its_reason(tmp_path: Path, cells: dict[str, str], reason: str) -> None:
    ingested = _course(tmp_path, **cells)
    assert ingested.table.num_rows == 0
    assert ingested.rejected["reason"][0].as_py().startswith(reason)


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"province_code": "99"}, "column 'province_code': province code '99' is unknown"),
        ({"province": "Negeri Dongeng"}, "column 'province': 'Negeri Dongeng' is no province"),
        ({"kab_kota_code": "32.99"}, "column 'kab_kota_code': district code '32.99' is unknown"),
        ({"education_min": "lulusan apa saja"}, "column 'education_min': "),
        ({"employment_type": "abdi"}, "column 'employment_type': 'abdi' is not known"),
        ({"salary_min": "-1"}, "column 'salary_min': '-1' is too low"),
        ({"salary_min": "5", "salary_max": "4"}, "column 'salary_min_idr_month': 5 is above salary_max_idr_month 4"),
        ({"quota": "0"}, "column 'quota': '0' is too low; write a number 1 or more"),
        ({"applicants": "-2"}, "column 'applicants': '-2' is too low"),
        ({"posted_at": "17/03/2026"}, "column 'posted_at': '17/03/2026' is no date; write 2026-11-22"),
        ({"posted_at": "2026-03-17", "expires_at": "2026-03-16"}, "column 'posted_at': "),
        ({"is_remote": "mungkin"}, "column 'is_remote': 'mungkin' is neither true nor false"),
        ({"min_experience_years": "99"}, "column 'min_experience_years': '99' is out of range"),
    ],
)
def test_a_bad_vacancy_is_rejected_with_its_reason(tmp_path: Path, cells: dict[str, str], reason: str) -> None:
    ingested = _vacancy(tmp_path, **cells)
    assert ingested.table.num_rows == 0
    assert ingested.rejected["reason"][0].as_py().startswith(reason)


def test_dates_in_the_past_are_accepted(tmp_path: Path) -> None:
    ingested = _vacancy(tmp_path, posted_at="1999-01-01", expires_at="1999-02-01", filled_at="1999-01-15")
    assert ingested.table["expires_at"][0].as_py() == datetime(1999, 1, 31, 17, tzinfo=UTC)


def test_every_reason_of_a_row_is_told_at_once(tmp_path: Path) -> None:
    reason = _course(tmp_path, mode="zoom", hours="0").rejected["reason"][0].as_py()
    assert "'zoom' is not known" in reason and "; also column 'hours': '0'" in reason


def test_a_rejected_row_keeps_its_columns_its_number_and_its_file(tmp_path: Path) -> None:
    rows = [{"course_id": "c1", "title": "Las", "warna": "biru"}, {"course_id": "c2", "title": "", "warna": "merah"}]
    ingested = load_table("courses", [_csv(rows, tmp_path / "kursus")])
    assert ingested.rejected.to_pylist() == [
        {
            "reason": "column 'title': empty; every row needs one",
            "row": "2",
            "file": str(tmp_path / "kursus.csv"),
            "course_id": "c2",
            "title": "",
            "warna": "merah",
        }
    ]
    assert listed(ingested.rejected, limit=1)[0].startswith(f"{tmp_path / 'kursus.csv'}, row 2, column 'title': empty")


def test_a_later_row_with_the_same_id_is_rejected_even_in_another_file(tmp_path: Path) -> None:
    first = _csv([{"course_id": "c1", "title": "Las"}, {"course_id": "c1", "title": "Las Dua"}], tmp_path / "satu")
    second = _csv([{"course_id": "c1", "title": "Las Tiga"}], tmp_path / "dua")
    ingested = load_table("courses", [first, second])
    assert ingested.table["title"].to_pylist() == ["Las"]
    reason = f"column 'course_id': 'c1' stands already in {first}, row 1; keep one of the two"
    assert ingested.rejected["reason"].to_pylist() == [reason, reason]


@pytest.mark.parametrize("write", [_csv, _jsonl, _parquet])
def test_a_field_of_50_mb_is_rejected_and_cut(
    tmp_path: Path, write: Callable[[list[dict[str, Any]], Path], Path]
) -> None:
    rows = [{"course_id": "c1", "title": "Las", "description": "kata " * 10_500_000}, {"course_id": "c2", "title": "A"}]
    rows[1]["description"] = ""
    ingested = load_table("courses", [write(rows, tmp_path / "kursus")])
    assert ingested.table["course_id"].to_pylist() == ["c2"]
    assert "column 'description': 52,500,000 characters; shorten it" in ingested.rejected["reason"][0].as_py()
    assert len(ingested.rejected["description"][0].as_py()) < 2_000


def test_a_cell_at_the_limit_is_accepted_and_one_above_is_not(tmp_path: Path) -> None:
    assert _course(tmp_path, description="x" * 100_000).table.num_rows == 1
    assert _course(tmp_path, description="x" * 100_001).table.num_rows == 0


def test_half_a_character_in_json_is_rejected_and_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / "kursus.jsonl"
    path.write_text('{"course_id": "c1", "title": "rusak \\ud83d"}', encoding="utf-8")
    ingested = load_table("courses", [path])
    assert "half a character" in ingested.rejected["reason"][0].as_py()
    assert ingested.rejected["title"][0].as_py() == "rusak ?"


def test_structures_in_json_are_rejected_where_text_belongs(tmp_path: Path) -> None:
    ingested = load_table("courses", [_jsonl([{"course_id": "c1", "title": {"id": "Las"}}], tmp_path / "kursus")])
    assert "column 'title': '{'id': 'Las'}' is no text" in ingested.rejected["reason"][0].as_py()


def test_a_nan_in_json_says_nothing(tmp_path: Path) -> None:
    path = tmp_path / "kursus.jsonl"
    path.write_text('{"course_id": "c1", "title": "Las", "hours": NaN}', encoding="utf-8")
    assert load_table("courses", [path]).table["hours"].to_pylist() == [None]


def test_a_file_in_cp1252_is_read_and_said(tmp_path: Path) -> None:
    path = tmp_path / "kursus.csv"
    path.write_bytes("course_id,title\nc1,Meracik kopi café\n".encode("cp1252"))
    ingested = load_table("courses", [path])
    assert ingested.table["title"].to_pylist() == ["Meracik kopi café"]
    assert "read as cp1252" in ingested.notes[0]


def test_a_missing_obligatory_column_is_refused_with_what_there_is(tmp_path: Path) -> None:
    path = _csv([{"course_id": "c1", "Judul": "Las"}], tmp_path / "kursus")
    with pytest.raises(InvalidInput, match=r"column 'title': no such column among course_id, Judul; rename the one"):
        load_table("courses", [path])
    mapping = ColumnMapping(columns={"Judul": "title"})
    assert load_table("courses", [path], mapping=mapping).table["title"].to_pylist() == ["Las"]


def test_a_mapping_for_a_column_that_is_not_there_is_refused(tmp_path: Path) -> None:
    path = _csv([{"course_id": "c1", "title": "Las"}], tmp_path / "kursus")
    with pytest.raises(InvalidInput, match="the mapping names column 'Judul', the file has course_id, title"):
        load_table("courses", [path], mapping=ColumnMapping(columns={"Judul": "title"}))


def test_reasons_name_the_column_as_the_file_spells_it(tmp_path: Path) -> None:
    path = _csv([{"course_id": "c1", "title": "Las", "Lama": "0"}], tmp_path / "kursus")
    ingested = load_table("courses", [path], mapping=ColumnMapping(columns={"Lama": "hours"}))
    assert ingested.rejected["reason"][0].as_py().startswith("column 'Lama': '0'")


def test_missing_empty_and_unknown_files_are_refused(tmp_path: Path) -> None:
    empty, unknown = tmp_path / "kosong.csv", tmp_path / "kursus.xls"
    empty.touch()
    unknown.write_bytes(b"x")
    with pytest.raises(MissingFile, match="no such file"):
        load_table("courses", [tmp_path / "tidak-ada.csv"])
    with pytest.raises(InvalidInput, match="the file is empty"):
        load_table("courses", [empty])
    with pytest.raises(InvalidInput, match=r"unknown format '\.xls'; save it as one of \.csv"):
        load_table("courses", [unknown])


def test_a_table_that_is_not_ingested_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="table 'impressions': not one that is ingested; use one of courses"):
        load_table("impressions", [tmp_path / "x.csv"])


def test_a_header_alone_is_an_empty_table(tmp_path: Path) -> None:
    path = tmp_path / "kursus.csv"
    path.write_text("course_id,title\n", encoding="utf-8")
    assert load_table("courses", [path]).accepted().num_rows == 0


def test_home_form_is_read_straight(tmp_path: Path) -> None:
    table = _course(tmp_path, hours="3").table
    ingested = load_table("courses", [write_table(table, "courses", tmp_path)])
    assert ingested.table.equals(table)
    assert (ingested.rejected.num_rows, ingested.flagged.num_rows, ingested.notes) == (0, 0, ())


@pytest.mark.parametrize(
    ("name", "frame"), [("x.jsonld", "%s"), ("x.html", "<script type='application/ld+json'>%s</script>")]
)
def test_a_job_posting_becomes_a_vacancy(tmp_path: Path, name: str, frame: str) -> None:
    posting = {
        "@type": "JobPosting", "identifier": {"value": "K-1"}, "title": "Penjahit", "datePosted": "2026-11-01",
        "jobLocation": {"address": {"addressRegion": "Jawa Barat", "addressLocality": "Kota Bandung"}},
        "educationRequirements": {"credentialCategory": "high school"}, "employmentType": "FULL_TIME",
    }  # fmt: skip
    path = tmp_path / name
    path.write_text(frame % json.dumps({"@graph": [posting, posting | {"identifier": None}]}), encoding="utf-8")
    ingested = load_table("vacancies", [path])
    (row,) = ingested.table.to_pylist()
    assert (row["vacancy_id"], row["province_code"], row["district_code"]) == ("K-1", "32", "32.73")
    assert (row["education_min"], row["employment_type"]) == ("SMA/SMK", "full_time")
    assert ingested.rejected["reason"].to_pylist() == ["column 'vacancy_id': empty; every row needs one"]


def test_a_constant_fills_every_row_that_has_none(tmp_path: Path) -> None:
    mapping = ColumnMapping(constants={"skills": "Program studi: Gizi", "source": "dinas"})
    path = _csv([{"vacancy_id": "v1", "title": "Ahli Gizi", "source": ""}], tmp_path / "lowongan")
    (row,) = load_table("vacancies", [path], mapping=mapping).table.to_pylist()
    assert (row["fields_of_study"], row["source"]) == (["Gizi"], "dinas")


def test_alumni_certificates_and_licences_come_in(tmp_path: Path) -> None:
    alumni = load_table(
        "alumni",
        [_csv([{"alumnus_id": "a1", "province": "Jawa Barat", "education": "Paket C", "sex": "P", "has_disability": "",
                "willing_province_codes": "Banten;33", "completed_on": "2025-08-17", "consents": "recommend;contact",
                "accepts_remote": "ya", "employment_at_entry": "belum bekerja"}], tmp_path / "alumni")],
    ).table.to_pylist()[0]  # fmt: skip
    assert (alumni["province_code"], alumni["willing_province_codes"], alumni["sex"]) == ("32", ["36", "33"], "female")
    assert (alumni["consents"], alumni["employment_at_entry"]) == (["recommend", "contact"], "not_working")
    held = [{"alumnus_id": "a1", "title": "Las Dasar", "scheme": "BNSP", "evidence": "kompeten", "expires_on": ""}]
    certificates = load_table("certificates", [_csv(held, tmp_path / "sertifikat")]).table.to_pylist()[0]
    assert (certificates["scheme"], certificates["evidence"], certificates["expires_on"]) == (
        "bnsp",
        "competence",
        None,
    )
    licences = load_table("licences", [_csv([{"alumnus_id": "a1", "kind": "SIM B1", "class": ""}], tmp_path / "sim")])
    assert licences.table.to_pylist() == [{"alumnus_id": "a1", "kind": "SIM B1", "class": None, "expires_on": None}]


def test_a_person_may_hold_two_certificates_but_not_one_twice(tmp_path: Path) -> None:
    rows = [{"alumnus_id": "a1", "title": title} for title in ("Las", "Jahit", "Las")]
    ingested = load_table("certificates", [_csv(rows, tmp_path / "sertifikat")])
    assert ingested.table["title"].to_pylist() == ["Las", "Jahit"]
    assert "'a1, Las' stands already in" in ingested.rejected["reason"][0].as_py()


def test_rows_are_watched_as_they_pass(tmp_path: Path) -> None:
    seen: list[int] = []
    load_table(
        "courses",
        [_csv([{"course_id": f"c{i}", "title": "Las"} for i in range(3)], tmp_path / "kursus")],
        watch=lambda rows: (seen.append(row.number) or row for row in rows),
    )
    assert seen == [1, 2, 3]


CELLS = st.dictionaries(
    st.sampled_from(["course_id", "title", "hours", "price", "mode", "skills", "warna", "occupation_code"]),
    st.one_of(st.none(), st.text(max_size=8), st.integers(), st.floats(), st.booleans(), st.lists(st.text(max_size=3)),
              st.sampled_from(["c1", "c2", "Daring", "3", "7422", "a;b"])),
)  # fmt: skip


@settings(max_examples=150)
@given(rows=st.lists(CELLS, min_size=1, max_size=12))
def test_accepted_and_rejected_are_the_rows_that_came_in(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]]
) -> None:
    ingested = load_table("courses", [_jsonl(rows, tmp_path_factory.getbasetemp() / "kursus")])
    assert ingested.n_rows == len(rows)
    assert all(ingested.rejected["reason"].to_pylist())
    assert ingested.table["course_id"].null_count == ingested.table["title"].null_count == 0
