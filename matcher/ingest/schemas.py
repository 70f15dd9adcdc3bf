"""Takes nothing; gives the columns of every table: name, type, meaning, whether obligatory. Reads no table."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import pyarrow as pa

TEXT = pa.string()
WORDS = pa.list_(pa.string())
WHOLE = pa.int64()
REAL = pa.float64()
FLAG = pa.bool_()
DAY = pa.date32()
INSTANT = pa.timestamp("us", tz="UTC")


class _Column(NamedTuple):
    name: str
    type: pa.DataType
    note: str
    is_obligatory: bool = False


_ALUMNUS = _Column("alumnus_id", TEXT, "The person, by the id of the alumni table", True)

_TABLES: dict[str, tuple[_Column, ...]] = {
    "courses": (
        _Column("course_id", TEXT, "Identity of the course", True),
        _Column("title", TEXT, "Title as the catalogue prints it", True),
        _Column("provider", TEXT, "Who teaches it"),
        _Column("platform", TEXT, "Where it is sold or held"),
        _Column("category", TEXT, "Category of the catalogue, in its own words"),
        _Column("description", TEXT, "What is taught, in the provider's words"),
        _Column("mode", TEXT, "online, offline, blended or webinar"),
        _Column("hours", REAL, "Length in hours, above 0"),
        _Column("price_idr", WHOLE, "Price in rupiah, 0 or more"),
        _Column("occupation_code", TEXT, "KBJI 2014 / ISCO-08 code of the occupation it prepares for"),
        _Column("skills", WORDS, "Skills taught"),
    ),
    "vacancies": (
        _Column("vacancy_id", TEXT, "Identity of the vacancy", True),
        _Column("title", TEXT, "Title of the advert", True),
        _Column("employer_id", TEXT, "Identity of the employer; null where the employer is unknown or anonymous"),
        _Column("employer", TEXT, "Employer as the advert names it"),
        _Column("description", TEXT, "Text of the advert"),
        _Column("province_code", TEXT, "Kemendagri code of the province, two digits"),
        _Column("district_code", TEXT, "Kemendagri code of the district, as 32.73"),
        _Column("is_remote", FLAG, "Whether the work can be done from anywhere"),
        _Column("education_min", TEXT, "Least schooling the employer asks; excludes; null is not stated"),
        _Column("education_hint", TEXT, "Schooling guessed from the advert's text; ranks and is shown, never excludes"),
        _Column("fields_of_study", WORDS, "Majors asked for"),
        _Column("required_certificates", WORDS, "Certificates and licences without which nobody is taken"),
        _Column("occupation_code", TEXT, "KBJI 2014 / ISCO-08 code of the work"),
        _Column("employment_type", TEXT, "full_time, part_time, contract, daily, freelance, internship or seasonal"),
        _Column("salary_min_idr_month", WHOLE, "Least pay in rupiah a month"),
        _Column("salary_max_idr_month", WHOLE, "Most pay in rupiah a month, not below the least"),
        _Column("n_openings", WHOLE, "People wanted, 1 or more"),
        _Column("n_applicants", WHOLE, "People who applied so far, 0 or more"),
        _Column("posted_at", INSTANT, "When the advert appeared; null is unknown"),
        _Column("expires_at", INSTANT, "When the advert ends; null is unknown and counts as open"),
        _Column("filled_at", INSTANT, "When the last opening was filled; null is not known to be filled"),
        _Column("apply_how", TEXT, "link, walk_in, phone or officer"),
        _Column("apply_at", TEXT, "Address, link or number that belongs to apply_how"),
        _Column("category", TEXT, "Category of the portal, in its own words"),
        _Column("skills", WORDS, "Skills asked for"),
        _Column("min_experience_years", REAL, "Least years of experience, 0 or more"),
        _Column("is_internship", FLAG, "Whether it belongs to an internship programme"),
        _Column("is_abroad", FLAG, "Whether the work is outside Indonesia"),
        _Column("accessible_for", WORDS, "Disabilities the workplace says it is fit for"),
        _Column("source", TEXT, "Where the advert was gathered"),
        _Column("url", TEXT, "Page of the advert"),
    ),
    "alumni": (
        _Column("alumnus_id", TEXT, "Identity of the person, a pseudonym", True),
        _Column("province_code", TEXT, "Kemendagri code of the home province; null opens every province"),
        _Column("district_code", TEXT, "Kemendagri code of the home district, as 32.73"),
        _Column("education", TEXT, "Highest schooling completed; null counts as SD where it excludes"),
        _Column("field_of_study", TEXT, "Major of the highest schooling"),
        _Column("birth_year", WHOLE, "Year of birth; never filters and never ranks"),
        _Column("sex", TEXT, "female or male; never filters and never ranks"),
        _Column("has_disability", FLAG, "Given with consent only; null is not told"),
        _Column("is_returned_migrant", FLAG, "Whether the person came back from work abroad"),
        _Column("employment_at_entry", TEXT, "not_working, employee or self_employed when the course began"),
        _Column("wave", TEXT, "Intake of the programme"),
        _Column("completed_on", DAY, "Day the first course was completed; every clock counts from it"),
        _Column("willing_province_codes", WORDS, "Provinces the person would move to"),
        _Column("accepts_remote", FLAG, "Whether remote work is wanted; null was never asked and counts as yes"),
        _Column("wanted_occupation_codes", WORDS, "KBJI 2014 / ISCO-08 codes of the work wanted"),
        _Column("experience_occupation_codes", WORDS, "KBJI 2014 / ISCO-08 codes of work done before"),
        _Column("salary_min_idr_month", WHOLE, "Least pay the person would take, rupiah a month"),
        _Column("consents", WORDS, "Purposes agreed to: recommend, discoverable, contact, research, disability_use"),
    ),
    "certificates": (
        _ALUMNUS,
        _Column("course_id", TEXT, "The course, by the id of the course table; null for one gained elsewhere"),
        _Column("title", TEXT, "Title on the certificate", True),
        _Column("scheme", TEXT, "course, bnsp or other; null counts as course"),
        _Column("evidence", TEXT, "attended, passed or competence; null counts as attended"),
        _Column("certificate_no", TEXT, "Number printed on the certificate"),
        _Column("issued_on", DAY, "Day of issue"),
        _Column("expires_on", DAY, "Last day it is valid; null does not expire"),
    ),
    "licences": (
        _ALUMNUS,
        _Column("kind", TEXT, "SIM A, SIM B1, SIM B2, SIM C, STR, SIO, K3 and the like", True),
        _Column("class", TEXT, "Class or field within the kind"),
        _Column("expires_on", DAY, "Last day it is valid; null does not expire"),
    ),
    "impressions": (
        _Column("impression_id", TEXT, "Identity of one slate that was shown", True),
        _Column("shown_at", INSTANT, "Written before the slate is shown", True),
        _ALUMNUS,
        _Column("channel", TEXT, "web, counter, batch or message"),
        _Column("policy", TEXT, "Name and artifact version of the policy that chose", True),
        _Column("eligible", WHOLE, "Vacancies that pass every hard constraint"),
        _Column("scored", WHOLE, "Vacancies whose scores were compared"),
    ),
    "impression_entries": (
        _Column("impression_id", TEXT, "The slate this entry stood in", True),
        _Column("vacancy_id", TEXT, "The vacancy shown", True),
        _Column("position", WHOLE, "Place in the slate, from 1", True),
        _Column("score", REAL, "Score within this slate; larger is better"),
        _Column("propensity", REAL, "Chance that the policy showed it at this position, above 0 up to 1"),
    ),
    "interactions": (
        _Column("interaction_id", TEXT, "Identity of the event", True),
        _Column("impression_id", TEXT, "The slate that caused it; null is organic"),
        _ALUMNUS,
        _Column("vacancy_id", TEXT, "The vacancy acted on", True),
        _Column(
            "kind",
            TEXT,
            "viewed, saved, applied, interviewed, offered, hired, retained_90d, hidden, rejected or no_reply",
            True,
        ),
        _Column("at", INSTANT, "When it happened", True),
        _Column("source", TEXT, "Who reported it"),
        _Column("corrects_id", TEXT, "The earlier event this one corrects"),
    ),
    "hidden_reasons": (
        _Column("interaction_id", TEXT, "The event by which the vacancy was put aside", True),
        _ALUMNUS,
        _Column("reason", TEXT, "far, pay or other", True),
    ),
    "outcomes": (
        _Column("outcome_id", TEXT, "Identity of the report", True),
        _ALUMNUS,
        _Column("kind", TEXT, "employed, self_employed, not_working or no_response", True),
        _Column("source", TEXT, "employer, self, officer, survey or administrative"),
        _Column("asked_at", INSTANT, "When the person or the register was asked"),
        _Column("observed_on", DAY, "Day the state was observed"),
        _Column("started_on", DAY, "First day of the job or business"),
        _Column("ended_on", DAY, "Last day of the job or business; null is not known to have ended"),
        _Column("employer_id", TEXT, "The employer, where known"),
        _Column("vacancy_id", TEXT, "The vacancy that led to it, where known"),
        _Column("corrects_id", TEXT, "The earlier report this one corrects"),
    ),
}

SCHEMAS: Mapping[str, pa.Schema] = MappingProxyType(
    {
        name: pa.schema([pa.field(column.name, column.type, nullable=not column.is_obligatory) for column in columns])
        for name, columns in _TABLES.items()
    }
)
"""The Arrow schema of every table; a column that is not nullable is obligatory."""

COLUMN_NOTES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {name: MappingProxyType({column.name: column.note for column in columns}) for name, columns in _TABLES.items()}
)
"""One line of meaning for every column of every table."""
