"""The report of openings and their filling: one row a vacancy, nothing made up, the words of the advert kept."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.errors import InvalidInput
from matcher.domain.records import Vacancy
from matcher.domain.vacancy_report import REPORT_COLUMNS, vacancy_report

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
FULL = Vacancy(
    "v-1", "Operator Jahit", employer="Konveksi Melati", occupation_code="8153", n_openings=4, province_code="32",
    district_code="32.04", description="Wanita, usia maks. 30 tahun.", education_min="SMP", skills=("Obras", "Jahit"),
    required_certificates=("BNSP Menjahit",), min_experience_years=1.0, salary_min_idr_month=2_500_000,
    salary_max_idr_month=3_000_000, posted_at=datetime(2026, 11, 1, 18, tzinfo=UTC), employment_type="full_time",
    expires_at=datetime(2026, 12, 1, tzinfo=UTC), accessible_for=("tuli",), is_remote=False,
)  # fmt: skip


def test_row_states_every_field() -> None:
    (row,) = vacancy_report([FULL], now=NOW, n_hired={"v-1": 1})
    assert row == {
        "Nomor Lowongan": "v-1",
        "Nama Pemberi Kerja": "Konveksi Melati",
        "Nama Jabatan": "Operator Jahit",
        "Kode KBJI 2014": "8153",
        "Jumlah Tenaga Kerja Dibutuhkan": 4,
        "Berlaku Sejak": date(2026, 11, 2),
        "Berlaku Sampai": date(2026, 12, 1),
        "Usia": "usia maks. 30 tahun",
        "Jenis Kelamin": "Wanita",
        "Pendidikan": "SMP",
        "Keterampilan atau Kompetensi": "Obras; Jahit; BNSP Menjahit",
        "Pengalaman Kerja (tahun)": 1.0,
        "Upah Terendah (Rp per bulan)": 2_500_000,
        "Upah Tertinggi (Rp per bulan)": 3_000_000,
        "Provinsi": "Jawa Barat",
        "Kabupaten/Kota": "Kabupaten Bandung",
        "Informasi Lain": "Penuh waktu; Ramah disabilitas: tuli",
        "Status": "Terbuka",
        "Jumlah Terisi": 1,
        "Tanggal Terisi": None,
    }


def test_what_is_unknown_stays_empty() -> None:
    (row,) = vacancy_report([Vacancy("v-2", "Kasir")], now=NOW)
    stated = {title for title, cell in row.items() if cell is not None}
    assert stated == {"Nomor Lowongan", "Nama Jabatan", "Status"} and tuple(row) == REPORT_COLUMNS


@pytest.mark.parametrize(
    ("filled_at", "expires_at", "status", "n_filled"),
    [
        (NOW, None, "Terisi", 3),
        (NOW, NOW - timedelta(days=1), "Terisi", 3),
        (NOW + timedelta(days=1), None, "Terbuka", None),
        (None, NOW - timedelta(seconds=1), "Berakhir", None),
        (None, NOW, "Terbuka", None),
        (None, None, "Terbuka", None),
    ],
)
def test_status_follows_the_instant(
    filled_at: datetime | None, expires_at: datetime | None, status: str, n_filled: int | None
) -> None:
    vacancy = Vacancy("v-3", "Kasir", n_openings=3, filled_at=filled_at, expires_at=expires_at)
    (row,) = vacancy_report([vacancy], now=NOW)
    assert (row["Status"], row["Jumlah Terisi"]) == (status, n_filled)
    assert (row["Tanggal Terisi"] is None) is (status != "Terisi")


def test_hires_told_win_over_the_openings() -> None:
    (row,) = vacancy_report([Vacancy("v-4", "Kasir", n_openings=3, filled_at=NOW)], now=NOW, n_hired={"v-4": 2})
    assert row["Jumlah Terisi"] == 2


def test_both_sexes_are_no_condition() -> None:
    (row,) = vacancy_report([Vacancy("v-5", "Kasir", description="Pria/wanita, jujur")], now=NOW)
    assert row["Jenis Kelamin"] is None


def test_an_instant_without_zone_is_refused() -> None:
    with pytest.raises(InvalidInput, match="time zone"):
        vacancy_report([], now=datetime(2026, 11, 22))


def test_a_negative_number_of_hires_is_refused() -> None:
    with pytest.raises(InvalidInput, match="-1"):
        vacancy_report([Vacancy("v-6", "Kasir")], now=NOW, n_hired={"v-6": -1})


@given(st.lists(st.builds(Vacancy, st.text(max_size=5), st.text(max_size=30)), max_size=5))
def test_rows_keep_number_and_order(vacancies: list[Vacancy]) -> None:
    rows = vacancy_report(vacancies, now=NOW)
    assert [row["Nomor Lowongan"] for row in rows] == [vacancy.vacancy_id for vacancy in vacancies]
