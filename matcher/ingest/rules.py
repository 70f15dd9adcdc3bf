"""Takes one row; gives it settled: places agreed, contradictions refused. Reads no file."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from matcher.domain.errors import InvalidInput
from matcher.domain.regions import resolve_place
from matcher.domain.text import normalise
from matcher.ingest.values import shown

Row = dict[str, Any]

_MAJORS = re.compile(r"\s*program studi\s*:\s*", re.IGNORECASE)
_FORM_OF_COMPANY = re.compile(r"\b(?:pt|tbk|persero|perusahaan perseroan)\b")
_ANONYMOUS = frozenset(
    {
        "anonim", "anonymous", "client", "company", "company confidential", "confidential", "confidential company",
        "dirahasiakan", "employer", "hidden", "klien", "klien kami", "nama perusahaan dirahasiakan", "our client",
        "pengiklan anonim", "perusahaan", "perusahaan anonim", "perusahaan dirahasiakan", "perusahaan rahasia",
        "private", "private advertiser", "private company", "rahasia", "tidak disebutkan", "undisclosed", "n a", "na",
    }
)  # fmt: skip


def sort_cells(name: str, cells: Row, spelled: dict[str, str]) -> Row:
    """Return the cells with those of the door columns moved to the stored column they belong to.

    A place by name stands in for a missing code; schooling whose source is ``text`` is a hint; majors written among the
    skills ("Program studi: ...") are fields of study. `spelled`, our column -> the file's, moves along.

    Notes
    -----
    Raises nothing; a cell of a stored column is never overwritten.
    """
    is_guess = str(cells.pop("education_source", "")).strip().casefold() == "text"
    level = "education" if name == "alumni" else "education_hint" if is_guess else "education_min"
    moves = {"province": "province_code", "district": "district_code", "education_level": level}
    skills = cells.get("skills")
    if name == "vacancies" and isinstance(skills, str) and (majors := _MAJORS.match(skills)):
        stated = cells.get("fields_of_study", [])
        listed = stated if isinstance(stated, list) else str(stated).split(";")
        cells["fields_of_study"] = [*listed, *skills[majors.end() :].split(";")]
        spelled.setdefault("fields_of_study", spelled.get("skills", "skills"))
        del cells["skills"]
    for door, stored in moves.items():
        if door in cells and stored not in cells:
            cells[stored] = cells.pop(door)
            spelled[stored] = spelled.get(door, door)
    return cells


def employer_id_of(employer: str | None) -> str | None:
    """Return a lasting id made from an employer's name, or ``None`` where the name is missing or hides who it is.

    Notes
    -----
    Raises nothing. Spelling, punctuation and the marks of a limited company (PT, Tbk, Persero) do not matter; two
    employers with the same name share an id. The id is "e:" and the first 12 hex digits of the SHA-256 of the name.

    Examples
    --------
    >>> employer_id_of("PT. Sinar Dapur, Tbk") == employer_id_of("Sinar Dapur")
    True
    """
    written = normalise(employer or "")
    name = " ".join(_FORM_OF_COMPANY.sub(" ", written).split()) or written
    if not name or name in _ANONYMOUS or written in _ANONYMOUS:
        return None
    return f"e:{hashlib.sha256(name.encode()).hexdigest()[:12]}"


def _settle_vacancy(row: Row) -> list[str]:
    flags = _settle_place(row)
    if row["employer_id"] is None:
        row["employer_id"] = employer_id_of(row["employer"])
    _refuse_disorder(row, "salary_min_idr_month", "salary_max_idr_month")
    _refuse_disorder(row, "posted_at", "expires_at")
    return flags


def _settle_certificate(row: Row) -> list[str]:
    _refuse_disorder(row, "issued_on", "expires_on")
    return []


def _settle_place(row: Row) -> list[str]:
    """Put the code of the district in place of what was written, and beside it the province it lies in."""
    written, province_code = row["district_code"], row["province_code"]
    if written is None:
        return []
    code, flag = (written, None) if written[:1].isdigit() else _district_by_name(written, province_code)
    own_province = code[:2] if code else province_code or resolve_place(written).province_code
    if code and province_code not in (None, own_province):
        flag = f"district {code} lies in province {own_province}, not {province_code}; the district wins"
    row["district_code"], row["province_code"] = code, own_province
    return [flag] if flag else []


def _district_by_name(written: str, province_code: str | None) -> tuple[str | None, str | None]:
    """Return the code that a name stands for, within the province where it can, and what to say about it."""
    match = resolve_place(written, province_code=province_code)
    if match.district_code is None:
        match = resolve_place(written)
    if match.district_code is not None:
        others = ", ".join(match.candidates)
        flag = f"'{shown(written)}' is read as {match.district_code}, one of {others}" if match.is_ambiguous else None
        return match.district_code, flag
    if match.province_code is None and province_code is None:
        raise InvalidInput(f"column 'district': '{shown(written)}' is unknown; write its Kemendagri code, as 32.73")
    is_province = match.candidates == (match.province_code,)
    return None, None if is_province else f"'{shown(written)}' names no single district; the province alone is kept"


def _refuse_disorder(row: Row, low: str, high: str) -> None:
    if row[low] is not None and row[high] is not None and row[low] > row[high]:
        raise InvalidInput(f"column '{low}': {row[low]} is above {high} {row[high]}; correct one of them")


SETTLE: Mapping[str, Callable[[Row], list[str]]] = MappingProxyType(
    {
        "courses": lambda _: [],
        "vacancies": _settle_vacancy,
        "alumni": _settle_place,
        "certificates": _settle_certificate,
        "licences": lambda _: [],
    }
)
"""Table -> what is settled once every cell is parsed; gives flags, raises InvalidInput for values that contradict."""
