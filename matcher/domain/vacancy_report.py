"""Takes an employer's vacancies; gives the rows of the report on openings and their filling that the state asks for.

Sends nothing and writes no file; what an advert does not state stays empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta, timezone
from types import MappingProxyType

from matcher.domain.advert_rules import check_advert
from matcher.domain.errors import InvalidInput
from matcher.domain.qualifications import require_zone
from matcher.domain.records import Vacancy
from matcher.domain.regions import districts, provinces

Cell = str | int | float | date | None
"""What a cell of the report holds; dates are those of Western Indonesia Time."""

REPORT_COLUMNS = (
    "Nomor Lowongan",
    "Nama Pemberi Kerja",
    "Nama Jabatan",
    "Kode KBJI 2014",
    "Jumlah Tenaga Kerja Dibutuhkan",
    "Berlaku Sejak",
    "Berlaku Sampai",
    "Usia",
    "Jenis Kelamin",
    "Pendidikan",
    "Keterampilan atau Kompetensi",
    "Pengalaman Kerja (tahun)",
    "Upah Terendah (Rp per bulan)",
    "Upah Tertinggi (Rp per bulan)",
    "Provinsi",
    "Kabupaten/Kota",
    "Informasi Lain",
    "Status",
    "Jumlah Terisi",
    "Tanggal Terisi",
)
"""The titles of the columns, in order.

Employer, position, headcount, validity and the facts of the position are those of Perpres 57/2023, article 5; status,
number and date of filling those of its article 6.
"""

_WESTERN_TIME = timezone(timedelta(hours=7), "WIB")
_EMPLOYMENT: Mapping[str, str] = MappingProxyType(
    {
        "full_time": "Penuh waktu",
        "part_time": "Paruh waktu",
        "contract": "Kontrak",
        "daily": "Harian",
        "freelance": "Lepas",
        "internship": "Magang",
        "seasonal": "Musiman",
    }
)


def vacancy_report(
    vacancies: Iterable[Vacancy], *, now: datetime, n_hired: Mapping[str, int] | None = None
) -> list[dict[str, Cell]]:
    """Return one row a vacancy, in the order given: every title of ``REPORT_COLUMNS`` with its cell.

    Parameters
    ----------
    vacancies : iterable of Vacancy
        What one employer, or several, has to report.
    now : datetime
        Aware instant that decides whether a vacancy still holds.
    n_hired : mapping, optional
        Vacancy id -> people hired on it so far, 0 or more. A vacancy that is filled and not named here counts all its
        openings as filled.

    Raises
    ------
    InvalidInput
        When `now` has no time zone, or a number of people hired is negative.

    Notes
    -----
    Perpres 57/2023, articles 4 to 6, obliges employers to report; article 17 holds the sanctions. Age and sex are among
    its fields: they are given in the words of the advert where it has such words, for officers to read, and nothing
    here filters or ranks by them.
    """
    require_zone(now)
    hired = n_hired or {}
    return [dict(zip(REPORT_COLUMNS, _cells(vacancy, now, hired), strict=True)) for vacancy in vacancies]


def _cells(vacancy: Vacancy, now: datetime, n_hired: Mapping[str, int]) -> tuple[Cell, ...]:
    return (
        vacancy.vacancy_id,
        vacancy.employer,
        vacancy.title,
        vacancy.occupation_code,
        vacancy.n_openings,
        _day(vacancy.posted_at),
        _day(vacancy.expires_at),
        _as_worded(vacancy, "age"),
        _as_worded(vacancy, "sex"),
        vacancy.education_min,
        _listed((*vacancy.skills, *vacancy.required_certificates)),
        vacancy.min_experience_years,
        vacancy.salary_min_idr_month,
        vacancy.salary_max_idr_month,
        provinces()[vacancy.province_code].name if vacancy.province_code else None,
        districts()[vacancy.district_code].name if vacancy.district_code else None,
        _listed(_more(vacancy)),
        _status(vacancy, now),
        _n_filled(vacancy, now, n_hired),
        _day(vacancy.filled_at) if _is_filled(vacancy, now) else None,
    )


def _day(instant: datetime | None) -> date | None:
    return None if instant is None else instant.astimezone(_WESTERN_TIME).date()


def _as_worded(vacancy: Vacancy, code: str) -> str | None:
    """Return what the advert says under one rule, in its own words."""
    flags = check_advert(vacancy, least_pay_idr_month=None)
    return _listed(" ".join(flag.phrase.split()) for flag in flags if flag.rule.code == code)


def _listed(words: Iterable[str]) -> str | None:
    return "; ".join(dict.fromkeys(words)) or None


def _more(vacancy: Vacancy) -> list[str]:
    told = [_EMPLOYMENT[vacancy.employment_type]] if vacancy.employment_type else []
    told += ["Dapat dikerjakan dari mana saja"] if vacancy.is_remote else []
    told += ["Di luar negeri"] if vacancy.is_abroad else []
    told += [f"Ramah disabilitas: {name}" for name in vacancy.accessible_for]
    return told


def _is_filled(vacancy: Vacancy, now: datetime) -> bool:
    return vacancy.filled_at is not None and vacancy.filled_at <= now


def _status(vacancy: Vacancy, now: datetime) -> str:
    if _is_filled(vacancy, now):
        return "Terisi"
    return "Berakhir" if vacancy.expires_at is not None and vacancy.expires_at < now else "Terbuka"


def _n_filled(vacancy: Vacancy, now: datetime, n_hired: Mapping[str, int]) -> int | None:
    known = n_hired.get(vacancy.vacancy_id)
    if known is not None and known < 0:
        raise InvalidInput(f"vacancy '{vacancy.vacancy_id}' has {known} people hired; pass 0 or more")
    return vacancy.n_openings if known is None and _is_filled(vacancy, now) else known
