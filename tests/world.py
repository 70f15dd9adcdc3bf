"""A labour market small enough to know by heart: 6 occupations, 4 districts, 8 vacancies, 5 alumni.

Every right answer is known by construction.
Districts: Kota Bandung (32.73) and Kabupaten Bandung (32.04) in Jawa Barat, Kota Semarang (33.74) in Jawa Tengah, Kota
Jayapura (91.71) in Papua. Each vacancy is the answer to one course; the two cooks differ in place and schooling.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from matcher.engine.artifacts import Artifact
from matcher.engine.build_artifact import build
from matcher.engine.encode import load_encoder
from matcher.ingest.datasets import SCHEMAS

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)

COURSES: list[dict[str, Any]] = [
    {"course_id": "c-cook", "title": "Memasak masakan Nusantara bagi Juru Masak", "category": "Makanan dan Minuman"},
    {"course_id": "c-sew", "title": "Menjahit pakaian bagi Penjahit", "category": "Garmen"},
    {"course_id": "c-drive", "title": "Mengemudi aman bagi Pengemudi Truk", "category": "Transportasi"},
    {"course_id": "c-guard", "title": "Pengamanan gedung bagi Satpam", "category": "Keamanan"},
    {"course_id": "c-office", "title": "Microsoft Excel untuk Staf Administrasi", "category": "Perkantoran"},
    {"course_id": "c-care", "title": "Merawat lansia bagi Pengasuh", "category": "Kesehatan"},
]


def _at(day: int) -> datetime:
    return datetime(2026, 11, day, tzinfo=UTC)


VACANCIES: list[dict[str, Any]] = [
    {"vacancy_id": "v-cook-city", "title": "Juru Masak", "employer_id": "e-1", "employer": "Warung Sari Rasa",
     "province_code": "32", "district_code": "32.73", "education_min": "SMP", "posted_at": _at(20), "n_openings": 2},
    {"vacancy_id": "v-cook-far", "title": "Juru Masak Hotel", "employer_id": "e-2", "employer": "Hotel Bukit",
     "province_code": "32", "district_code": "32.04", "education_min": "SMA/SMK", "posted_at": _at(1)},
    {"vacancy_id": "v-sew", "title": "Penjahit Pakaian", "employer_id": "e-3", "employer": "Konveksi Melati",
     "province_code": "32", "district_code": "32.04", "posted_at": _at(10)},
    {"vacancy_id": "v-drive", "title": "Pengemudi Truk", "employer_id": "e-4", "employer": "Angkutan Jaya",
     "province_code": "33", "district_code": "33.74", "education_min": "SD",
     "required_certificates": ["SIM B1"], "posted_at": _at(15)},
    {"vacancy_id": "v-guard", "title": "Satpam Gedung", "employer_id": "e-5", "employer": "Aman Sentosa",
     "province_code": "91", "district_code": "91.71", "education_min": "SMA/SMK", "posted_at": _at(18)},
    {"vacancy_id": "v-office", "title": "Staf Administrasi Excel", "employer_id": "e-6", "employer": "Kantor Maju",
     "province_code": "33", "district_code": "33.74", "education_min": "D3", "is_remote": True, "posted_at": _at(21)},
    {"vacancy_id": "v-care-filled", "title": "Pengasuh Lansia", "employer_id": "e-7", "employer": "Rumah Teduh",
     "province_code": "32", "district_code": "32.73", "filled_at": _at(21)},
    {"vacancy_id": "v-care-lapsed", "title": "Perawat Lansia", "employer_id": "e-7", "employer": "Rumah Teduh",
     "province_code": "32", "district_code": "32.73", "expires_at": _at(2)},
]  # fmt: skip

ALUMNI: list[dict[str, Any]] = [
    {"alumnus_id": "a-cook", "province_code": "32", "district_code": "32.73", "education": "SMA"},
    {"alumnus_id": "a-driver", "province_code": "33", "district_code": "33.74", "education": "SMP"},
    {"alumnus_id": "a-guard", "province_code": "91", "district_code": "91.71", "education": None},
    {
        "alumnus_id": "a-office",
        "province_code": "32",
        "district_code": "32.04",
        "education": "S1",
        "accepts_remote": True,
    },
    {
        "alumnus_id": "a-two",
        "province_code": "32",
        "district_code": "32.73",
        "education": "SMK",
        "willing_province_codes": ["33"],
    },
]

CERTIFICATES: list[dict[str, Any]] = [
    {"alumnus_id": "a-cook", "course_id": "c-cook", "title": COURSES[0]["title"], "evidence": "passed"},
    {"alumnus_id": "a-driver", "course_id": "c-drive", "title": COURSES[2]["title"]},
    {"alumnus_id": "a-guard", "course_id": "c-guard", "title": COURSES[3]["title"]},
    {"alumnus_id": "a-office", "course_id": "c-office", "title": COURSES[4]["title"]},
    {"alumnus_id": "a-two", "course_id": "c-sew", "title": COURSES[1]["title"]},
    {"alumnus_id": "a-two", "title": "Sertifikat Juru Masak", "scheme": "bnsp", "evidence": "competence"},
]

LICENCES: list[dict[str, Any]] = [{"alumnus_id": "a-driver", "kind": "SIM B1"}]


def table(name: str, rows: list[dict[str, Any]]) -> pa.Table:
    """Return `rows` as the table `name` in home form, every column not named null."""
    defaults = {"scheme": "course", "evidence": "attended"} if name == "certificates" else {}
    schema = SCHEMAS[name]
    filled = [{field.name: row.get(field.name, defaults.get(field.name)) for field in schema} for row in rows]
    return pa.Table.from_pylist(filled, schema=schema)


def world_tables() -> Mapping[str, pa.Table]:
    """Return the tables of the world."""
    rows = {
        "courses": COURSES,
        "vacancies": VACANCIES,
        "alumni": ALUMNI,
        "certificates": CERTIFICATES,
        "licences": LICENCES,
    }
    return {name: table(name, list(given)) for name, given in rows.items()}


def build_world_artifact(folder: Path, *, encoder: str = "tfidf") -> Artifact:
    """Return the artifact of the world, written into ``folder/artifact`` with its cache beside it."""
    cache = folder / "cache"
    return build(
        world_tables(), load_encoder(encoder, cache_folder=cache), to=folder / "artifact", cache_folder=cache, now=NOW
    )
