"""Takes an advert as a form sends it; gives it as the JSON call takes it, and the form of a stored one.

Checks no advert. What the form has no field for stays as it was stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.employer.bodies import AdvertBody
from api.pages.texts import JAKARTA
from matcher.domain.errors import InvalidInput
from matcher.domain.records import Vacancy
from matcher.domain.regions import districts, provinces

Short = Annotated[str, Field(max_length=200)]
_LISTS = ("skills", "required_certificates")
_NUMBERS = ("salary_min_idr_month", "salary_max_idr_month", "n_openings")
_PLAIN = ("title", "description", "education_min", "employment_type", "apply_how", "apply_at")


class AdvertForm(BaseModel):
    """The fields as typed; ``act`` checks, posts where nothing is doubtful, or posts all the same."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    title: Short = ""
    description: Annotated[str, Field(max_length=20_000)] = ""
    place: Annotated[str, Field(max_length=16)] = ""
    is_remote: Annotated[str, Field(max_length=8)] = ""
    education_min: Short = ""
    employment_type: Short = ""
    salary_min_idr_month: Short = ""
    salary_max_idr_month: Short = ""
    n_openings: Short = ""
    expires_on: Annotated[str, Field(max_length=10)] = ""
    apply_how: Short = ""
    apply_at: Short = ""
    skills: Annotated[str, Field(max_length=2000)] = ""
    required_certificates: Annotated[str, Field(max_length=2000)] = ""
    version: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0
    act: Literal["check", "post", "anyway"] = "check"
    csrf_token: Annotated[str, Field(max_length=256)] = ""

    def cells(self) -> dict[str, Any]:
        """Return the cells of an advert; a blank one is not stated.

        Raises
        ------
        InvalidInput
            When an amount or a day cannot be read; the message begins with the field.
        """
        told: dict[str, Any] = {name: getattr(self, name).strip() or None for name in _PLAIN}
        told |= {name: _whole(name, getattr(self, name)) for name in _NUMBERS}
        told |= {name: [one.strip() for one in getattr(self, name).split(",") if one.strip()] for name in _LISTS}
        return told | {
            "province_code": self.place[:2] or None,
            "district_code": self.place if len(self.place) > 2 else None,
            "is_remote": True if self.is_remote else None,
            "expires_at": _end_of(self.expires_on),
        }


def form_of(advert: Vacancy, version: int) -> AdvertForm:
    """Return the form of a stored advert. Raises nothing."""
    told = {name: getattr(advert, name) or "" for name in _PLAIN}
    told |= {name: "" if getattr(advert, name) is None else str(getattr(advert, name)) for name in _NUMBERS}
    told |= {name: ", ".join(getattr(advert, name)) for name in _LISTS}
    ends = advert.expires_at
    return AdvertForm.model_construct(
        None,
        **told,
        place=advert.district_code or advert.province_code or "",
        is_remote="yes" if advert.is_remote else "",
        expires_on="" if ends is None else ends.astimezone(JAKARTA).date().isoformat(),
        version=version,
    )


def unasked(advert: Vacancy) -> dict[str, Any]:
    """Return the cells of a stored advert, as a base for what the form asks. Raises nothing."""
    kept = {name: getattr(advert, name) for name in AdvertBody.model_fields}
    return {name: list(cell) if isinstance(cell, tuple) else cell for name, cell in kept.items()}


def place_groups() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return every province with itself and its districts: name, then pairs of code and name. Raises nothing."""
    within: Mapping[str, list[tuple[str, str]]] = {code: [(code, one.name)] for code, one in provinces().items()}
    for code, one in districts().items():
        within[code[:2]].append((code, one.name))
    return [(one.name, within[code]) for code, one in provinces().items()]


def _whole(name: str, text: str) -> int | None:
    """Return a number as people write it: 3.000.000, 3000000, Rp 3.000.000."""
    bare = text.strip().removeprefix("Rp").replace(".", "").replace(" ", "")
    if not bare:
        return None
    if not (bare.isascii() and bare.isdecimal() and len(bare) < 12):
        raise InvalidInput(f"{name}: not a whole number; write digits, for example 3.000.000")
    return int(bare)


def _end_of(day: str) -> datetime | None:
    if not day:
        return None
    try:
        return datetime.combine(date.fromisoformat(day) + timedelta(days=1), time(), JAKARTA) - timedelta(seconds=1)
    except (ValueError, OverflowError) as problem:
        raise InvalidInput("expires_at: not a day; write it as 2026-12-31") from problem
