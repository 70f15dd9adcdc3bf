"""schema.org JobPosting: every form the vocabulary allows for the facts that a vacancy has."""

from __future__ import annotations

from typing import Any

import pytest

from matcher.ingest.job_posting import is_posting, objects_of, posting_cells

FULL: dict[str, Any] = {
    "@context": "https://schema.org/",
    "@type": "JobPosting",
    "identifier": {"@type": "PropertyValue", "name": "Konveksi Melati", "value": "KM-17"},
    "title": "Operator Mesin Jahit",
    "description": "<p>Menjahit kemeja &amp; celana.</p><ul><li>Shift pagi</li><li>Usia bebas</li></ul>",
    "hiringOrganization": {"@type": "Organization", "name": "Konveksi Melati"},
    "jobLocation": {
        "@type": "Place",
        "address": {"addressLocality": "Kota Bandung", "addressRegion": "Jawa Barat", "addressCountry": "ID"},
    },
    "baseSalary": {
        "@type": "MonetaryAmount",
        "currency": "IDR",
        "value": {"@type": "QuantitativeValue", "minValue": 3000000, "maxValue": 3500000, "unitText": "MONTH"},
    },
    "employmentType": ["FULL_TIME", "CONTRACTOR"],
    "educationRequirements": {"credentialCategory": "high school"},
    "experienceRequirements": {"monthsOfExperience": 6},
    "datePosted": "2026-11-01",
    "validThrough": "2026-12-01T23:59:59+07:00",
    "totalJobOpenings": 4,
    "industry": "Garmen",
    "skills": "menjahit, memotong kain; obras",
    "url": "https://contoh.id/km-17",
}


def test_a_full_posting_gives_every_cell() -> None:
    cells = {name: value for name, value in posting_cells(FULL).items() if value is not None}
    assert cells == {
        "vacancy_id": "KM-17",
        "title": "Operator Mesin Jahit",
        "employer": "Konveksi Melati",
        "description": "Menjahit kemeja & celana.\nShift pagi\nUsia bebas",
        "province": "Jawa Barat",
        "district": "Kota Bandung",
        "education_min": "SMA/SMK",
        "employment_type": "full_time",
        "salary_min_idr_month": 3000000,
        "salary_max_idr_month": 3500000,
        "n_openings": 4,
        "posted_at": "2026-11-01",
        "expires_at": "2026-12-01T23:59:59+07:00",
        "category": "Garmen",
        "skills": ["menjahit", " memotong kain", " obras"],
        "min_experience_years": 0.5,
        "url": "https://contoh.id/km-17",
    }


def test_an_empty_posting_makes_nothing_up() -> None:
    assert set(posting_cells({"@type": "JobPosting"}).values()) == {None}


@pytest.mark.parametrize(
    ("part", "name", "value"),
    [
        ({"identifier": "K-1"}, "vacancy_id", "K-1"),
        ({"@id": "https://contoh.id/9", "url": "https://contoh.id/10"}, "vacancy_id", "https://contoh.id/9"),
        ({"url": "https://contoh.id/10"}, "vacancy_id", "https://contoh.id/10"),
        ({"hiringOrganization": "Warung Sari"}, "employer", "Warung Sari"),
        ({"jobLocationType": "TELECOMMUTE"}, "is_remote", True),
        ({"jobLocation": [{"address": "Kota Solo"}, {"address": "Kota Tegal"}]}, "district", "Kota Solo"),
        ({"jobLocation": {"address": {"addressCountry": {"name": "Malaysia"}}}}, "is_abroad", True),
        ({"educationRequirements": "no requirements"}, "education_min", "none"),
        ({"educationRequirements": "S1"}, "education_min", "S1"),
        ({"employmentType": "OTHER"}, "employment_type", None),
        ({"employmentType": "INTERN"}, "employment_type", "internship"),
        ({"employmentType": "VOLUNTEER"}, "employment_type", "VOLUNTEER"),
        ({"experienceRequirements": "no requirements"}, "min_experience_years", 0),
        ({"experienceRequirements": "dua tahun di hotel"}, "min_experience_years", None),
        ({"occupationalCategory": {"name": "Penjahit"}}, "category", "Penjahit"),
        ({"skills": [{"name": "obras"}, "bordir"]}, "skills", ["obras", "bordir"]),
        ({"description": "Usia < 30 tahun"}, "description", "Usia < 30 tahun"),
    ],
)
def test_other_forms_are_understood(part: dict[str, Any], name: str, value: object) -> None:
    assert posting_cells({"@type": "JobPosting", **part}).get(name) == value


@pytest.mark.parametrize(
    ("salary", "low"),
    [
        ({"currency": "IDR", "value": {"value": 60_000_000, "unitText": "YEAR"}}, 5_000_000),
        ({"currency": "IDR", "value": 4_000_000, "unitText": "MONTH"}, 4_000_000),
        ({"currency": "IDR", "value": {"value": "nego", "unitText": "YEAR"}}, "nego per 12 months"),
        ({"currency": "IDR", "value": {"value": 25_000, "unitText": "HOUR"}}, None),
        ({"currency": "IDR", "value": {"value": 4_000_000}}, None),
        ({"currency": "SGD", "value": {"value": 900, "unitText": "MONTH"}}, None),
        ("4 juta", None),
    ],
)
def test_pay_counts_in_rupiah_by_month_or_year_only(salary: object, low: object) -> None:
    assert posting_cells({"@type": "JobPosting", "baseSalary": salary}).get("salary_min_idr_month") == low


@pytest.mark.parametrize("kind", ["JobPosting", ["Thing", "JobPosting"], "https://schema.org/JobPosting"])
def test_a_posting_is_known_by_its_type(kind: object) -> None:
    assert is_posting({"@type": kind})


@pytest.mark.parametrize("item", [{"@type": "Organization"}, {}, "JobPosting", None])
def test_other_things_are_no_postings(item: object) -> None:
    assert not is_posting(item)


def test_objects_are_found_in_lists_and_graphs_in_order() -> None:
    document = [{"n": 1}, {"@graph": [{"n": 2}, [{"n": 3}]]}, "teks", {"@graph": {"n": 4}}]
    assert [item["n"] for item in objects_of(document)] == [1, 2, 3, 4]
