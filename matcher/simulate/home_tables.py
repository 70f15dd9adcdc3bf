"""Takes the arrays of a market; gives its tables in home form, row numbers turned into ids. Draws only what is written.

A market may be one of several parts of a whole; offsets then keep the ids of its parts apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import compute

from matcher.domain.regions import districts, provinces
from matcher.ingest.schemas import WORDS
from matcher.simulate import events as event
from matcher.simulate import reporting
from matcher.simulate.arrow_columns import days, ids, in_home_form, instants, named
from matcher.simulate.catalogue import Courses, course_texts, provider_names, trades
from matcher.simulate.content import employers, phrases
from matcher.simulate.events import Events
from matcher.simulate.experiment import Assignment
from matcher.simulate.history import History
from matcher.simulate.months import Months
from matcher.simulate.population import DISABILITIES, EDUCATIONS, ENTRIES
from matcher.simulate.reporting import NO_DAY, Reports
from matcher.simulate.run_market import CHANNEL_SHARES
from matcher.simulate.supply import LEVELS, TYPES, Vacancies, adverts

POLICY_NAMES = ("holdout", "ranked")
"""What the log calls the policy of the held out and of the treated."""

_COUNTED = ("alumni", "vacancies", "employers", "spells", "impressions", "interactions", "outcomes")
_PURPOSES = ("recommend", "contact", "research", "disability_use")
_PURPOSE_SHARES = (0.97, 0.75, 0.5)
_MODES = ("online", "webinar", "offline", "blended")


@dataclass(frozen=True, slots=True)
class Numbering:
    """Where the ids of a part begin, by what is counted."""

    first: Mapping[str, int] = field(default_factory=lambda: MappingProxyType(dict.fromkeys(_COUNTED, 0)))

    def after(self, sizes: Mapping[str, int]) -> Numbering:
        """Return the numbering of the next part, given what this one held.

        Notes
        -----
        Raises nothing.
        """
        return Numbering(MappingProxyType({name: self.first[name] + sizes[name] for name in _COUNTED}))

    def ids(self, prefix: str, name: str, rows: NDArray[np.integer], *, nullable: bool = False) -> pa.Array:
        """Return the ids of 0-based rows of this part; null for a row below 0 where `nullable`.

        Notes
        -----
        Raises nothing.
        """
        return ids(prefix, rows.astype(np.int64) + self.first[name], is_there=rows >= 0 if nullable else None)


@dataclass(frozen=True, slots=True)
class Part:
    """A market as it is written: what happened, who was treated, what was reported, and where its ids begin."""

    history: History
    assignment: Assignment
    events: Events
    reports: Reports
    numbering: Numbering

    def sizes(self) -> dict[str, int]:
        """Return how many ids of each kind the part uses up.

        Notes
        -----
        Raises nothing.
        """
        history = self.history
        return {
            "alumni": history.people.n,
            "vacancies": history.vacancies.n,
            "employers": int(history.vacancies.employer.max(initial=-1)) + 1,
            "spells": len(history.spells.person),
            "impressions": len(history.slates.person),
            "interactions": len(self.events.day),
            "outcomes": len(self.reports.person),
        }


def course_table(courses: Courses) -> pa.Table:
    """Return the course table in home form.

    Notes
    -----
    Raises nothing.
    """
    texts = [text for text, _, _ in course_texts()]
    columns = {
        "course_id": ids("c", np.arange(len(texts))),
        "title": [text.title for text in texts],
        "provider": named(courses.provider, provider_names()),
        "platform": named(courses.platform, phrases()["catalogue"]["platforms"]),
        "category": [category for _, _, category in course_texts()],
        "description": [text.about for text in texts],
        "mode": named(courses.mode, _MODES),
        "hours": courses.hours,
        "price_idr": courses.price_idr,
        "occupation_code": named(courses.occupation, trades().codes),
        "skills": [list(text.skills) for text in texts],
    }
    return in_home_form("courses", columns, len(texts))


def event_tables(part: Part, months: Months, *, rng: np.random.Generator) -> dict[str, pa.Table]:
    """Return all other tables of a part in home form, by name.

    Notes
    -----
    Raises nothing.
    """
    return {
        "alumni": _alumni(part, months, rng),
        "certificates": _certificates(part, months),
        "vacancies": _vacancies(part, months),
        "impressions": _impressions(part, months),
        "impression_entries": _entries(part),
        "interactions": _interactions(part, months),
        "outcomes": _outcomes(part, months),
    }


def _alumni(part: Part, months: Months, rng: np.random.Generator) -> pa.Table:
    people = part.history.people
    n = people.n
    consent = (rng.random((n, 3)) < _PURPOSE_SHARES) @ np.array([1, 2, 4]) + 8 * (people.disability < 2)
    listed = [[name for bit, name in enumerate(_PURPOSES) if code >> bit & 1] for code in range(16)]
    wanted = [[code] for code in trades().codes] + [[]]
    occupation = np.array([occupation for _, occupation, _ in course_texts()])[people.course]
    columns = {
        "alumnus_id": part.numbering.ids("a", "alumni", np.arange(n)),
        "province_code": named(people.area, list(provinces())),
        "district_code": named(people.district, list(districts())),
        "education": named(people.education, EDUCATIONS),
        "birth_year": people.birth_year.astype(np.int64),
        "sex": named(people.is_female.astype(np.int8), ("male", "female")),
        "has_disability": named(people.disability, DISABILITIES, pa.bool_()),
        "is_returned_migrant": people.is_migrant,
        "employment_at_entry": named(people.entry, ENTRIES),
        "wave": named(people.wave, [f"{months.starts_on.year}-{number:02d}" for number in range(50)]),
        "completed_on": days(people.completed, months),
        "willing_province_codes": named(np.zeros(n, dtype=np.int8), [[]], WORDS),
        "wanted_occupation_codes": named(np.where(rng.random(n) < 0.6, occupation, len(wanted) - 1), wanted, WORDS),
        "experience_occupation_codes": named(np.zeros(n, dtype=np.int8), [[]], WORDS),
        "consents": named(consent, listed, WORDS),
    }
    return in_home_form("alumni", columns, n)


def _certificates(part: Part, months: Months) -> pa.Table:
    held = part.history.certificates
    n = len(held.person)
    columns = {
        "alumnus_id": part.numbering.ids("a", "alumni", held.person),
        "course_id": ids("c", held.course.astype(np.int64)),
        "title": named(held.course, [text.title for text, _, _ in course_texts()]),
        "scheme": named(np.zeros(n, dtype=np.int8), ["course"]),
        "evidence": named(held.has_passed.astype(np.int8), ("attended", "passed")),
        "issued_on": days(held.issued, months),
    }
    return in_home_form("certificates", columns, n)


def _vacancies(part: Part, months: Months) -> pa.Table:
    offered = part.history.vacancies
    written, n = adverts(), offered.n
    advert = written.advert[offered.title]
    texts = written.texts
    columns = {
        "vacancy_id": part.numbering.ids("v", "vacancies", np.arange(n)),
        "title": named(offered.title, written.titles),
        "employer_id": part.numbering.ids("e", "employers", offered.employer),
        "employer": _employer_names(offered, part.numbering),
        "description": named(advert, [one.text for one in texts]),
        "province_code": named(offered.area, list(provinces())),
        "district_code": named(offered.district, list(districts())),
        "education_min": named(offered.level, [None, *LEVELS[1:]]),
        "fields_of_study": named(advert, [list(one.fields) for one in texts], WORDS),
        "required_certificates": named(np.zeros(n, dtype=np.int8), [[]], WORDS),
        "occupation_code": named(offered.occupation, trades().codes),
        "employment_type": named(offered.type, TYPES),
        "salary_min_idr_month": offered.pay_idr_month,
        "n_openings": offered.openings,
        "n_applicants": np.bincount(part.history.applications.vacancy, minlength=n),
        "posted_at": instants(offered.posted, months),
        "expires_at": instants(offered.expires, months),
        "filled_at": _filled_at(part.history, months),
        "category": named(offered.sector, trades().sectors),
        "skills": named(np.zeros(n, dtype=np.int8), [[]], WORDS),
        "accessible_for": named(np.zeros(n, dtype=np.int8), [[]], WORDS),
    }
    return in_home_form("vacancies", columns, n)


def _employer_names(offered: Vacancies, numbering: Numbering) -> pa.Array:
    words = employers()["words"]
    number = np.arange(int(offered.employer.max(initial=-1)) + 1) + numbering.first["employers"]
    names = [f"Usaha {words[one % len(words)]} {one // len(words) + 1}" for one in number.tolist()]
    return named(offered.employer, names)


def _filled_at(history: History, months: Months) -> pa.Array:
    hired = np.flatnonzero(history.answers.is_hired)
    vacancy, started = history.applications.vacancy[hired], history.answers.started[hired]
    last = np.zeros(history.vacancies.n)
    np.maximum.at(last, vacancy, started)
    is_filled = np.bincount(vacancy, minlength=history.vacancies.n) >= history.vacancies.openings
    is_filled &= last < months.edges[-1]
    return instants(last, months, is_there=is_filled)


def _impressions(part: Part, months: Months) -> pa.Table:
    slates, numbering = part.history.slates, part.numbering
    n = len(slates.person)
    columns = {
        "impression_id": numbering.ids("i", "impressions", np.arange(n)),
        "shown_at": instants(slates.day, months),
        "alumnus_id": numbering.ids("a", "alumni", slates.person),
        "channel": named(slates.channel, list(CHANNEL_SHARES)),
        "policy": named(part.assignment.is_treated[slates.person].astype(np.int8), POLICY_NAMES),
        "eligible": slates.n_eligible,
        "scored": slates.n_eligible,
    }
    return in_home_form("impressions", columns, n)


def _entries(part: Part) -> pa.Table:
    entries, logged, numbering = part.history.entries, part.history.logged, part.numbering
    columns = {
        "impression_id": numbering.ids("i", "impressions", entries.slate),
        "vacancy_id": numbering.ids("v", "vacancies", entries.vacancy),
        "position": entries.position,
        "score": logged.features[:, 0].astype(np.float64),
        "propensity": logged.propensity,
    }
    return in_home_form("impression_entries", columns, len(entries.slate))


def _interactions(part: Part, months: Months) -> pa.Table:
    events, numbering = part.events, part.numbering
    n = len(events.day)
    columns = {
        "interaction_id": numbering.ids("x", "interactions", np.arange(n)),
        "impression_id": numbering.ids("i", "impressions", events.slate, nullable=True),
        "alumnus_id": numbering.ids("a", "alumni", events.person),
        "vacancy_id": numbering.ids("v", "vacancies", events.vacancy),
        "kind": named(events.kind, event.KINDS),
        "at": instants(events.day, months),
        "source": named(events.source, event.SOURCES),
    }
    return in_home_form("interactions", columns, n)


def _outcomes(part: Part, months: Months) -> pa.Table:
    reports, numbering = part.reports, part.numbering
    n = len(reports.person)
    columns = {
        "outcome_id": numbering.ids("o", "outcomes", np.arange(n)),
        "alumnus_id": numbering.ids("a", "alumni", reports.person),
        "kind": named(reports.kind, reporting.KINDS),
        "source": named(reports.source, reporting.SOURCES),
        "asked_at": instants(reports.asked + 0.25, months, is_there=reports.asked != NO_DAY),
        "observed_on": days(reports.observed, months, is_there=reports.observed != NO_DAY),
        "started_on": days(reports.started, months, is_there=reports.started != NO_DAY),
        "ended_on": days(reports.ended, months, is_there=reports.ended != NO_DAY),
        "employer_id": _employer_ids(part),
        "vacancy_id": numbering.ids("v", "vacancies", reports.vacancy, nullable=True),
        "corrects_id": numbering.ids("o", "outcomes", reports.corrects, nullable=True),
    }
    return in_home_form("outcomes", columns, n)


def _employer_ids(part: Part) -> pa.Array:
    """Name the employer of a spell found through a slate by its id, and any other by an id of its own."""
    history, spell = part.history, part.reports.spell
    application = np.where(spell >= 0, history.spells.application[spell], -1)
    is_ours = application >= 0
    employer = history.vacancies.employer[history.applications.vacancy[application[is_ours]]]
    outside = part.numbering.ids("w", "spells", spell, nullable=True)
    ours = np.full(len(spell), -1)
    ours[is_ours] = employer
    known = part.numbering.ids("e", "employers", ours, nullable=True)
    return compute.call_function("if_else", [pa.array(is_ours), known, outside])
