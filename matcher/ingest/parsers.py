"""Takes a table's name; gives the parser of each of its columns. Looks at one cell at a time, never at a row."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import pyarrow as pa

from matcher.domain.errors import InvalidInput
from matcher.domain.qualifications import parse_education, parse_minimum_education
from matcher.domain.regions import parse_district_code, parse_province_code, resolve_place
from matcher.ingest import allowed
from matcher.ingest.schemas import SCHEMAS
from matcher.ingest.values import (
    Parser,
    at_least,
    cached,
    day,
    flag,
    identity,
    instant,
    line,
    list_of,
    occupation,
    one_of,
    real,
    rupiah,
    text,
    whole,
    within,
)


def _province(words: str) -> str:
    """Return the code of a province given by code or by name."""
    if words[:1].isdigit():
        return parse_province_code(words)
    code = resolve_place(words).province_code
    if code is None:
        raise InvalidInput(f"'{words}' is no province; write its name or its Kemendagri code, as 32")
    return code


def _district(words: str) -> str:
    """Return the code of a district given by code; a name is left for the province beside it to narrow."""
    return parse_district_code(words) if words[:1].isdigit() else words


_province_of = cached(_province)
_education, _education_min = cached(parse_education), cached(parse_minimum_education)
_pay = at_least(rupiah, 0)

_BY_TYPE: Mapping[pa.DataType, Parser] = {
    pa.string(): line,
    pa.list_(pa.string()): list_of(line),
    pa.int64(): whole,
    pa.float64(): real,
    pa.bool_(): flag,
    pa.date32(): day,
    pa.timestamp("us", tz="UTC"): instant,
}

_BY_NAME: Mapping[str, Parser] = {
    "course_id": identity,
    "vacancy_id": identity,
    "alumnus_id": identity,
    "employer_id": identity,
    "province_code": _province_of,
    "district_code": cached(_district),
    "willing_province_codes": list_of(_province_of),
    "education": _education,
    "education_min": _education_min,
    "education_hint": _education_min,
    "occupation_code": occupation,
    "wanted_occupation_codes": list_of(occupation),
    "experience_occupation_codes": list_of(occupation),
    "description": text,
    "skills": list_of(line, separators=";,"),
    "mode": one_of(allowed.MODES),
    "employment_type": one_of(allowed.EMPLOYMENT_TYPES),
    "apply_how": one_of(allowed.APPLY_HOW),
    "sex": one_of(allowed.SEXES),
    "employment_at_entry": one_of(allowed.EMPLOYMENT_AT_ENTRY),
    "scheme": one_of(allowed.SCHEMES),
    "evidence": one_of(allowed.EVIDENCE),
    "consents": list_of(one_of(allowed.CONSENTS)),
    "hours": at_least(real, 0, is_open=True),
    "price_idr": _pay,
    "salary_min_idr_month": _pay,
    "salary_max_idr_month": _pay,
    "n_openings": at_least(whole, 1),
    "n_applicants": at_least(whole, 0),
    "min_experience_years": within(real, 0, 60),
    "birth_year": within(whole, 1900, 2100),
}

PARSERS: Mapping[str, Mapping[str, Parser]] = MappingProxyType(
    {
        name: MappingProxyType({field.name: _BY_NAME.get(field.name, _BY_TYPE[field.type]) for field in SCHEMAS[name]})
        for name in ("courses", "vacancies", "alumni", "certificates", "licences")
    }
)
"""Table -> column -> parser, for the tables that come from outside."""
