"""A kitchen market for the browser: twelve open vacancies for one cook in Kota Bandung, none for a guard in Papua.

Two of the twelve are hostile.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from matcher.engine.artifacts import Artifact
from matcher.engine.build_artifact import build
from matcher.engine.encode import load_encoder
from tests.world import NOW, table

INJECTED = "<script>document.title='owned'</script><b onmouseover=alert(1)>Juru Masak Hotel</b>"

COURSES: list[dict[str, Any]] = [
    {"course_id": "c-cook", "title": "Memasak hidangan rumahan bagi Juru Masak", "category": "Makanan dan Minuman"},
    {"course_id": "c-guard", "title": "Pengamanan gedung bagi Satpam", "category": "Keamanan"},
]

_HOME = {"province_code": "32", "district_code": "32.73"}
_LONG = "Kami mencari orang yang rajin, jujur, dan suka bekerja dengan teman satu dapur. " * 12


def _cook(number: int, title: str, **facts: Any) -> dict[str, Any]:
    given = {
        "employer_id": f"e-{number}",
        "employer": f"Dapur Nomor {number}",
        "posted_at": NOW - timedelta(days=number),
    }
    return {"vacancy_id": f"v-{number:02}", "title": title, **_HOME, **given, **facts}


VACANCIES: list[dict[str, Any]] = [
    _cook(
        0,
        "Juru Masak Rumah Makan",
        education_min="SMP",
        salary_min_idr_month=3_200_000,
        salary_max_idr_month=3_900_000,
        n_openings=3,
        n_applicants=14,
        apply_how="link",
        apply_at="https://lowongan.example/juru-masak?id=1&asal=padan",
        expires_at=NOW + timedelta(days=9),
        employment_type="full_time",
        description=_LONG,
    ),
    _cook(
        1, "Juru Masak Katering", salary_min_idr_month=2_800_000, apply_how="walk_in", apply_at="Jl. Melati 5, Bandung"
    ),
    _cook(2, "Juru Masak Kantin Sekolah", apply_how="phone", apply_at="0812-3456-7890", employment_type="part_time"),
    _cook(3, "Juru Masak Panggilan", apply_how="officer", employer=None, employer_id=None, posted_at=None),
    _cook(4, INJECTED, employer="<img src=x onerror=alert(2)>", description="</p><script>alert(3)</script>"),
    _cook(
        5,
        "Juru Masak Kapal",
        apply_how="link",
        apply_at="javascript:alert(document.domain)",
        salary_max_idr_month=5_000_000,
    ),
    _cook(6, "Juru Masak Muda Hotel", is_internship=True, employment_type="internship", education_min="SMA/SMK"),
    _cook(
        7,
        "Penulis Resep bagi Juru Masak",
        is_remote=True,
        province_code=None,
        district_code=None,
        url="https://resep.example/x",
    ),
    _cook(8, "Juru Masak RestoranKeluargaYangNamanyaSangatPanjangTanpaSatuSpasiPunDiDalamnya"),
    _cook(9, "Kasir Warung", district_code="32.04", education_min="SD"),
    _cook(10, "Juru Masak Rumah Sakit", education_hint="D3", min_experience_years=2.0, fields_of_study=["Tata Boga"]),
    _cook(11, "Petugas Kebersihan", employment_type="daily", n_openings=1),
]

ALUMNI: list[dict[str, Any]] = [
    {"alumnus_id": "a-cook", **_HOME, "education": "SMA"},
    {
        "alumnus_id": "a-guard",
        "province_code": "95",
        "district_code": "95.01",
        "education": None,
        "accepts_remote": False,
    },
]

CERTIFICATES: list[dict[str, Any]] = [
    {"alumnus_id": "a-cook", "course_id": "c-cook", "title": COURSES[0]["title"], "evidence": "passed"},
    {"alumnus_id": "a-guard", "course_id": "c-guard", "title": COURSES[1]["title"]},
]


def market_tables() -> Mapping[str, pa.Table]:
    """Return the tables of the market."""
    rows = {"courses": COURSES, "vacancies": VACANCIES, "alumni": ALUMNI, "certificates": CERTIFICATES, "licences": []}
    return {name: table(name, list(given)) for name, given in rows.items()}


def build_market(folder: Path) -> Artifact:
    """Return the artifact of the market, written into ``folder/artifact`` with its cache beside it."""
    cache = folder / "cache"
    encoder = load_encoder("tfidf", cache_folder=cache)
    return build(market_tables(), encoder, to=folder / "artifact", cache_folder=cache, now=NOW)
