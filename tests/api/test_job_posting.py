"""JobPosting: what schema.org readers get, and that our own door reads it back."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from api.job_posting import job_posting
from matcher.domain.records import Vacancy
from matcher.ingest.job_posting import posting_cells

FULL = Vacancy(
    vacancy_id="v-1",
    title="Juru Masak",
    employer="Warung Sari Rasa",
    description="Memasak untuk lima puluh tamu.\nUmur <40 & lebih, <b>semua</b> boleh.",
    category="Makanan dan Minuman",
    occupation_code="5120",
    province_code="32",
    district_code="32.73",
    education_min="SMP",
    employment_type="full_time",
    salary_min_idr_month=3_000_000,
    salary_max_idr_month=3_500_000,
    n_openings=2,
    posted_at=datetime(2026, 11, 20, tzinfo=UTC),
    expires_at=datetime(2026, 12, 20, tzinfo=UTC),
    min_experience_years=1.5,
    url="https://kerja.example/1",
)


def test_full_vacancy_is_told_in_the_words_of_schema_org() -> None:
    posting = job_posting(FULL)
    assert posting["baseSalary"]["value"] == {
        "@type": "QuantitativeValue", "minValue": 3_000_000, "maxValue": 3_500_000, "unitText": "MONTH",
    }  # fmt: skip
    assert (posting["employmentType"], posting["validThrough"]) == ("FULL_TIME", "2026-12-20T00:00:00+00:00")
    assert posting["experienceRequirements"]["monthsOfExperience"] == 18


def test_what_is_unknown_is_left_out() -> None:
    posting = job_posting(Vacancy("v-2", "Satpam", url="javascript:alert(1)"))
    assert set(posting) == {"@context", "@type", "identifier", "title"}
    assert json.loads(json.dumps(posting)) == posting


def test_the_door_reads_back_what_was_told() -> None:
    cells = posting_cells(job_posting(FULL))
    told = (
        "vacancy_id",
        "title",
        "employer",
        "description",
        "education_min",
        "employment_type",
        "n_openings",
        "category",
        "url",
    )
    pay = ("salary_min_idr_month", "salary_max_idr_month", "min_experience_years")
    assert {name: cells[name] for name in told + pay} == {name: getattr(FULL, name) for name in told + pay}
    assert (cells["province"], cells["district"]) == ("Jawa Barat", "Kota Bandung")
