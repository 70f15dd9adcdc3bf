"""Takes an audit; gives it as lines in Bahasa Indonesia and as plain records. Computes no figure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from types import MappingProxyType
from typing import Any

from matcher.measure.audit import Audit, GroupTable
from matcher.measure.group_gaps import GroupFigure
from matcher.measure.outcome_words import number
from matcher.measure.rates import Rate

MOST_COURSES = 10
"""Courses told on paper; the records hold all."""

_ATTRIBUTES: Mapping[str, str] = MappingProxyType(
    {
        "sex": "Jenis kelamin",
        "has_disability": "Disabilitas",
        "education": "Pendidikan",
        "province_code": "Provinsi",
        "is_returned_migrant": "Purna PMI",
        "employer_size": "Besar perusahaan (lowongan yang diiklankan)",
    }
)
_MEASURES: Mapping[str, str] = MappingProxyType(
    {
        "reach": "mendapat daftar",
        "suitable": "melihat yang cocok",
        "exposure": "dilihat",
        "application": "lamaran",
        "hire": "diterima",
        "quality": "nDCG@10",
    }
)


def audit_lines(audit: Audit) -> Iterator[str]:
    """Yield the audit in Bahasa Indonesia, withheld groups marked, a gap beyond chance with a star. Raises nothing."""
    weighed = "diukur dari penjelajahan" if audit.is_measured else "1 / log2(urutan + 1), belum terukur"
    period = f"{audit.since:%Y-%m-%d} sampai {audit.now:%Y-%m-%d}"
    yield f"Daftar {period}: {number(audit.n_slates)}; bobot urutan {weighed}."
    yield _starved_line(audit)
    for table in (*audit.people, audit.employers):
        yield ""
        yield from _table_lines(table)
    yield ""
    yield from _course_lines(audit)
    yield ""
    yield "* berbeda dari kelompok lain di luar kebetulan (alarm palsu paling banyak 5 % dari semua tanda)."
    yield f"Disisihkan: {number(audit.n_set_aside)} baris peristiwa. Kelompok dengan hitungan 1-9 disembunyikan."


def audit_records(audit: Audit) -> dict[str, Any]:
    """Return the whole audit as plain records; withheld figures are ``None``. Raises nothing."""
    return {
        "since": f"{audit.since:%Y-%m-%d}",
        "as_of": f"{audit.now:%Y-%m-%d}",
        "n_slates": audit.n_slates,
        "n_set_aside": audit.n_set_aside,
        "examination": audit.examination,
        "is_examination_measured": audit.is_measured,
        "is_relevance_judged": audit.is_relevance_judged,
        "starved": asdict(audit.starved) | {"rate": _rate(audit.starved.rate)} if audit.starved else None,
        "people": [_table_record(table) for table in audit.people],
        "employers": _table_record(audit.employers),
        "courses": [asdict(one) | {"share": _rate(one.share)} for one in audit.courses],
    }


def _starved_line(audit: Audit) -> str:
    starved = audit.starved
    if starved is None:
        return "Yang tidak melihat lowongan cocok: disembunyikan, ada hitungan 1-9."
    rate = starved.rate
    if rate is None:
        return "Belum ada alumni: tidak ada yang dapat dibandingkan."
    share = f"{_percent(rate.value)} % [{_percent(rate.low)}; {_percent(rate.high)}]"
    return (
        f"Dari {number(starved.n_people)} alumni, {number(starved.n_starved)} ({share}) tidak melihat satu pun "
        f"lowongan yang cocok: {number(starved.n_never_shown)} tidak pernah mendapat daftar, bagi "
        f"{number(starved.n_without_supply)} memang tidak ada yang terbuka."
    )


def _table_lines(table: GroupTable) -> Iterator[str]:
    heads = "".join(f"{_MEASURES[name]:>22}" for name in table.figures)
    yield f"{_ATTRIBUTES[table.attribute]}"
    yield f"{'':<16}{'n':>9}{heads}"
    for group, n in table.n.items():
        label = f"{group or 'tidak diketahui':<16}"
        if n is None:
            yield f"{label}{'disembunyikan':>18}"
            continue
        cells = "".join(
            _cell(_of(family, group), name in ("reach", "suitable")) for name, family in table.figures.items()
        )
        yield f"{label}{number(n):>9}{cells}"
    if table.parity:
        yield f"  jarak terlayani-terabaikan (demographic parity): {_percent(table.parity.selection_difference)} poin %"


def _course_lines(audit: Audit) -> Iterator[str]:
    yield "Pelatihan yang lulusannya paling sedikit mendapat kerja, sejauh ada kabar"
    told = [one for one in audit.courses if one.share is not None and one.course_id is not None]
    for one in told[:MOST_COURSES]:
        rate = one.share
        if rate is not None:
            share = f"{_percent(rate.value)} % [{_percent(rate.low)}; {_percent(rate.high)}]"
            star = " *" if one.is_low else ""
            yield f"  {one.course_id}: {number(one.n_found or 0)} dari {number(one.n_heard or 0)}, {share}{star}"
    if not told:
        yield "  tidak ada pelatihan dengan cukup lulusan"


def _cell(figure: GroupFigure | None, is_share: bool) -> str:
    if figure is None or figure.value is None:
        return f"{'-':>22}"
    scale = 100 if is_share else 1
    decimals = 1 if is_share else 3
    ends = [number(scale * end, decimals=decimals) for end in (figure.low, figure.high) if end is not None]
    interval = f" [{'; '.join(ends)}]" if ends else ""
    return f"{number(scale * figure.value, decimals=decimals)}{interval}{'*' if figure.is_gap else ''}".rjust(22)


def _of(family: tuple[GroupFigure, ...], group: str) -> GroupFigure | None:
    return next((figure for figure in family if figure.group == group), None)


def _table_record(table: GroupTable) -> dict[str, Any]:
    rows = [
        {"group": group or None, "n": n, "is_suppressed": n is None}
        | {name: _figure_record(_of(family, group)) for name, family in table.figures.items()}
        for group, n in table.n.items()
    ]
    parity = asdict(table.parity) if table.parity else None
    return {"attribute": table.attribute, "groups": rows, "parity": parity}


def _figure_record(figure: GroupFigure | None) -> dict[str, Any] | None:
    if figure is None:
        return None
    return {name: value for name, value in asdict(figure).items() if name != "group"}


def _rate(rate: Rate | None) -> dict[str, float] | None:
    return asdict(rate) if rate else None


def _percent(share: float) -> str:
    return number(100 * share, decimals=1)
