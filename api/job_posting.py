"""Takes a vacancy; gives its schema.org JobPosting as JSON-LD. States only what the vacancy states."""

from __future__ import annotations

from html import escape
from typing import Any

from api.pages.links import web_link
from matcher.domain.records import Vacancy
from matcher.domain.regions import districts, provinces

_EMPLOYMENT_TYPES = {
    "full_time": "FULL_TIME",
    "part_time": "PART_TIME",
    "contract": "CONTRACTOR",
    "daily": "PER_DIEM",
    "freelance": "CONTRACTOR",
    "internship": "INTERN",
    "seasonal": "TEMPORARY",
}


def job_posting(vacancy: Vacancy) -> dict[str, Any]:
    """Return `vacancy` as a schema.org ``JobPosting``; what is unknown is left out.

    Notes
    -----
    Raises nothing for a vacancy in home form. Vocabulary: https://schema.org/JobPosting.
    """
    posting = {
        "@context": "https://schema.org",
        "@type": "JobPosting",
        "identifier": {"@type": "PropertyValue", "propertyID": "vacancy_id", "value": vacancy.vacancy_id},
        "title": vacancy.title,
        "description": _as_html(vacancy.description),
        "hiringOrganization": _organisation(vacancy),
        "jobLocation": _location(vacancy),
        "jobLocationType": "TELECOMMUTE" if vacancy.is_remote else None,
        "employmentType": _EMPLOYMENT_TYPES.get(vacancy.employment_type or ""),
        "baseSalary": _pay(vacancy),
        "totalJobOpenings": vacancy.n_openings,
        "datePosted": vacancy.posted_at.isoformat() if vacancy.posted_at else None,
        "validThrough": vacancy.expires_at.isoformat() if vacancy.expires_at else None,
        "educationRequirements": vacancy.education_min,
        "experienceRequirements": _experience(vacancy),
        "qualifications": ", ".join(vacancy.required_certificates) or None,
        "skills": ", ".join(vacancy.skills) or None,
        "industry": vacancy.category,
        "occupationalCategory": _occupation(vacancy),
        "url": link.href if (link := web_link(vacancy.url)) else None,
    }
    return {name: value for name, value in posting.items() if value is not None}


def _as_html(text: str | None) -> str | None:
    """Readers of JobPosting take a description for HTML: escaped, an advert's own brackets stay text."""
    return "<br>\n".join(escape(line, quote=False) for line in text.splitlines()) if text else None


def _occupation(vacancy: Vacancy) -> dict[str, Any] | None:
    if vacancy.occupation_code is None:
        return None
    return {"@type": "CategoryCode", "codeValue": vacancy.occupation_code, "inCodeSet": "KBJI 2014 (ISCO-08)"}


def _organisation(vacancy: Vacancy) -> dict[str, Any] | None:
    return {"@type": "Organization", "name": vacancy.employer} if vacancy.employer else None


def _location(vacancy: Vacancy) -> dict[str, Any] | None:
    if vacancy.province_code is None:
        return None
    address = {
        "@type": "PostalAddress",
        "addressCountry": "ID",
        "addressRegion": provinces()[vacancy.province_code].name,
    }
    if vacancy.district_code is not None:
        address["addressLocality"] = districts()[vacancy.district_code].name
    return {"@type": "Place", "address": address}


def _pay(vacancy: Vacancy) -> dict[str, Any] | None:
    bounds = {"minValue": vacancy.salary_min_idr_month, "maxValue": vacancy.salary_max_idr_month}
    stated = {name: value for name, value in bounds.items() if value is not None}
    if not stated:
        return None
    amount = {"@type": "QuantitativeValue", **stated, "unitText": "MONTH"}
    return {"@type": "MonetaryAmount", "currency": "IDR", "value": amount}


def _experience(vacancy: Vacancy) -> dict[str, Any] | None:
    if vacancy.min_experience_years is None:
        return None
    return {
        "@type": "OccupationalExperienceRequirements",
        "monthsOfExperience": round(vacancy.min_experience_years * 12),
    }
