"""Takes what keeps a row of an employer's file out; gives it as a code that stays, and in the words of a language.

Decides about no row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from api.employer.bodies import RefusedAdvert
from api.employer.posting import LONGEST_DAYS
from api.pages.texts import Texts
from matcher.ingest.intake import RowProblem
from matcher.ingest.values import is_blank, shown

COLUMN_CODES: Mapping[str, str] = MappingProxyType(
    {
        "vacancy_id": "not_an_id", "employer_id": "not_an_id", "province_code": "unknown_province",
        "district_code": "unknown_district", "education_min": "unknown_schooling",
        "education_hint": "unknown_schooling", "occupation_code": "unknown_occupation",
        "employment_type": "unknown_employment_type", "apply_how": "unknown_way_to_apply",
        "salary_min_idr_month": "not_an_amount", "salary_max_idr_month": "not_an_amount",
        "n_openings": "not_a_count", "n_applicants": "not_a_count",
        "min_experience_years": "not_years", "is_remote": "not_yes_no", "is_internship": "not_yes_no",
        "is_abroad": "not_yes_no", "posted_at": "not_a_date", "expires_at": "not_a_date", "filled_at": "not_a_date",
    }
)  # fmt: skip
"""Column -> what is wrong with a cell that is no value of it; every other column holds words."""

_CONTRADICTIONS = {
    "district": "unknown_district",
    "salary_min_idr_month": "pay_disorder",
    "posted_at": "days_disorder",
    "district_code": "outside_province",
    "expires_at": "not_ahead",
}
"""Column that a contradiction names -> what is wrong."""

_BODY_CODES = {
    "string_too_short": "too_short",
    "string_too_long": "too_long",
    "too_long": "too_many",
    "greater_than_equal": "out_of_range",
    "less_than_equal": "out_of_range",
}
"""What the shape of an advert refuses -> what is wrong."""

CODES = frozenset(
    {
        *COLUMN_CODES.values(), *_CONTRADICTIONS.values(), *_BODY_CODES.values(),
        "not_text", "ended", "unreadable", "empty", "repeated",
    }
)  # fmt: skip
"""Everything that may keep a row out."""


@dataclass(frozen=True, slots=True)
class RefusalDesk:
    """Tells in one language why rows are refused."""

    texts: Texts

    def at_the_door(self, row: int, problem: RowProblem) -> RefusedAdvert:
        """Return what the reader of files found. Raises nothing."""
        code = problem.fault
        if problem.fault == "contradictory":
            code = _CONTRADICTIONS.get(problem.column or "", "not_text")
        elif problem.fault == "unparsed":
            code = COLUMN_CODES.get(problem.column or "", "not_text")
        return self.refused(row, code, problem.spelled, problem.value)

    def as_an_advert(self, row: int, problem: Mapping[str, Any]) -> RefusedAdvert:
        """Return what the shape of an advert does not take, as pydantic tells it. Raises nothing."""
        column = str(problem["loc"][0]) if problem["loc"] else None
        code = _BODY_CODES.get(problem["type"]) or COLUMN_CODES.get(column or "", "not_text")
        return self.refused(row, code, column, problem["input"])

    def as_a_whole(self, row: int, column: str, value: object) -> RefusedAdvert:
        """Return what cells of an advert contradict, by the column that is named first. Raises nothing."""
        code = _CONTRADICTIONS.get(column) or COLUMN_CODES.get(column, "not_text")
        return self.refused(row, code, column, value)

    def refused(self, row: int, code: str, column: str | None, value: object) -> RefusedAdvert:
        """Return one refusal with its words.

        Raises
        ------
        KeyError
            When `code` is none of `CODES`: a fault of the code.
        """
        told = {"value": "" if is_blank(value) else shown(value), "days": self.texts.number(LONGEST_DAYS)}
        reason, remedy = (self.texts(f"import_{part}_{code}", **told) for part in ("wrong", "do"))
        return RefusedAdvert(row=row, column=column, code=code, reason=reason, remedy=remedy)
