"""Takes schema.org JobPosting objects (JSON-LD); gives the raw cells of a vacancy. Guesses nothing that is not stated.

The vocabulary is that of https://schema.org/JobPosting.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

_EMPLOYMENT_TYPES = {
    "FULL_TIME": "full_time",
    "PART_TIME": "part_time",
    "CONTRACTOR": "contract",
    "TEMPORARY": "contract",
    "INTERN": "internship",
    "PER_DIEM": "daily",
    "OTHER": None,
}
_CREDENTIALS = {
    "high school": "SMA/SMK",
    "associate degree": "D3",
    "bachelor degree": "S1",
    "postgraduate degree": "S2",
    "professional certificate": None,
    "no requirements": "none",
}
_MONTHS = {"MONTH": 1, "YEAR": 12}
_COUNTRY = {"ID", "IDN", "INDONESIA"}
_BLOCKS = frozenset({"p", "div", "br", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "table"})


def is_posting(item: object) -> bool:
    """Return whether a JSON value is an object of type JobPosting.

    Notes
    -----
    Raises nothing.
    """
    if not isinstance(item, Mapping):
        return False
    return any(str(kind).rpartition("/")[2].rpartition(":")[2] == "JobPosting" for kind in _listed(item.get("@type")))


def objects_of(document: object) -> list[dict[str, Any]]:
    """Return the objects of a JSON-LD document in order: itself, those of its lists, those of every ``@graph``.

    Notes
    -----
    Raises nothing; values that are no objects are passed over.
    """
    found: list[dict[str, Any]] = []
    waiting = [document]
    while waiting:
        item = waiting.pop(0)
        if isinstance(item, list):
            waiting[:0] = item
        elif isinstance(item, dict) and "@graph" in item:
            waiting[:0] = _listed(item["@graph"])
        elif isinstance(item, dict):
            found.append(item)
    return found


def posting_cells(posting: Mapping[str, Any]) -> dict[str, Any]:
    """Return the cells of the vacancy that a JobPosting describes, under the column names of the vacancy table.

    Notes
    -----
    Raises nothing; the cells are checked with those of every other source. The id is ``identifier``, else ``@id``, else
    ``url``. Pay counts where it is in rupiah by month or year; the first of several places or employment types counts.
    """
    cells: dict[str, Any] = {
        "vacancy_id": _identifier(posting),
        "title": posting.get("title"),
        "employer": _name(posting.get("hiringOrganization")),
        "description": _plain(posting.get("description")),
        "is_remote": True if "TELECOMMUTE" in _listed(posting.get("jobLocationType")) else None,
        "education_min": _education(posting.get("educationRequirements")),
        "employment_type": _employment_type(posting.get("employmentType")),
        "n_openings": posting.get("totalJobOpenings"),
        "posted_at": posting.get("datePosted"),
        "expires_at": posting.get("validThrough"),
        "category": _name(_first(posting.get("occupationalCategory"))) or _name(_first(posting.get("industry"))),
        "skills": _skills(posting.get("skills")),
        "min_experience_years": _experience_years(posting.get("experienceRequirements")),
        "url": posting.get("url"),
    }
    return cells | _place(posting.get("jobLocation")) | _pay(posting.get("baseSalary"))


def _identifier(posting: Mapping[str, Any]) -> Any:
    stated = _first(posting.get("identifier"))
    value = stated.get("value") if isinstance(stated, Mapping) else stated
    return value or posting.get("@id") or posting.get("url")


def _place(location: Any) -> dict[str, Any]:
    place = _first(location)
    address = _first(place.get("address")) if isinstance(place, Mapping) else place
    if not isinstance(address, Mapping):
        return {"district": address} if address else {}
    country = str(_name(address.get("addressCountry")) or "ID").strip().upper()
    if country not in _COUNTRY:
        return {"is_abroad": True}
    return {"province": address.get("addressRegion"), "district": address.get("addressLocality")}


def _pay(salary: Any) -> dict[str, Any]:
    if not isinstance(salary, Mapping) or str(salary.get("currency")).upper() != "IDR":
        return {}
    value = salary.get("value")
    stated = value if isinstance(value, Mapping) else {"value": value, "unitText": salary.get("unitText")}
    unit = str(stated.get("unitText")).upper()
    low, high = (stated.get(bound, stated.get("value")) for bound in ("minValue", "maxValue"))
    if unit not in _MONTHS:
        return {}
    return {
        "salary_min_idr_month": _monthly(low, _MONTHS[unit]),
        "salary_max_idr_month": _monthly(high, _MONTHS[unit]),
    }


def _monthly(amount: Any, months: int) -> Any:
    """Return a pay by the month; what cannot be divided is handed on with its unit, to be rejected by name."""
    if months == 1 or amount is None:
        return amount
    try:
        return round(float(amount) / months)
    except (TypeError, ValueError, OverflowError):
        return f"{amount} per {months} months"


def _education(requirement: Any) -> Any:
    stated = _first(requirement)
    named = stated.get("credentialCategory") if isinstance(stated, Mapping) else stated
    return _CREDENTIALS.get(str(named).strip().casefold(), named)


def _employment_type(stated: Any) -> Any:
    first = _first(stated)
    return _EMPLOYMENT_TYPES.get(first, first) if isinstance(first, str) else first


def _experience_years(stated: Any) -> Any:
    if isinstance(stated, Mapping):
        months = stated.get("monthsOfExperience")
        return months / 12 if isinstance(months, (int, float)) else months
    return 0 if str(stated).strip().casefold() == "no requirements" else None


def _skills(stated: Any) -> Any:
    names = [_name(skill) for skill in _listed(stated)]
    return [part for name in names if isinstance(name, str) for part in re.split(r"[;,]", name)] or None


def _name(item: Any) -> Any:
    return item.get("name") if isinstance(item, Mapping) else item


def _first(value: Any) -> Any:
    return next(iter(_listed(value)), None)


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _plain(text: Any) -> Any:
    """Return the words of an HTML description, one block a line; anything but text is left as it is."""
    if not isinstance(text, str):
        return text
    reader = _WordCollector()
    reader.feed(text)
    reader.close()
    return "\n".join(line for line in (" ".join(line.split()) for line in "".join(reader.words).splitlines()) if line)


class _WordCollector(HTMLParser):
    """Collects the text between tags, and ends a line at every block."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag in _BLOCKS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        self.words.append(data)
