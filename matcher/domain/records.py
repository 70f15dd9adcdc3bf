"""Takes plain values; gives the nouns of the labour market as frozen records. Holds no rule, no I/O and no clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Course:
    """What is taught: one course of the catalogue. Unknown is ``None``, never a made-up value."""

    course_id: str
    title: str
    provider: str | None = None
    platform: str | None = None
    category: str | None = None
    description: str | None = None
    mode: str | None = None
    hours: float | None = None
    price_idr: int | None = None
    occupation_code: str | None = None
    skills: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Certificate:
    """One person's proof of a course (``course_id``) or of a scheme passed elsewhere (``course_id`` is ``None``).

    ``scheme`` is one of course, bnsp, other; ``evidence`` one of attended, passed, competence.
    """

    title: str
    course_id: str | None = None
    scheme: str = "course"
    evidence: str = "attended"
    certificate_no: str | None = None
    issued_on: date | None = None
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class Licence:
    """A legal permission a person holds: SIM A, STR, SIO, K3 and the like."""

    kind: str
    licence_class: str | None = None
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class Alumnus:
    """The trained person; what we know of them. Names, contacts and identity numbers never stand here.

    ``education`` ``None`` means unknown schooling: treated as SD where it excludes, and the person is told so.
    ``province_code`` ``None`` means no place was given: every province is open. ``accepts_remote`` ``None`` means the
    person was never asked, and counts as yes.
    """

    alumnus_id: str
    province_code: str | None = None
    district_code: str | None = None
    education: str | None = None
    field_of_study: str | None = None
    birth_year: int | None = None
    sex: str | None = None
    has_disability: bool | None = None
    is_returned_migrant: bool | None = None
    employment_at_entry: str | None = None
    wave: str | None = None
    completed_on: date | None = None
    willing_province_codes: tuple[str, ...] = ()
    accepts_remote: bool | None = None
    wanted_occupation_codes: tuple[str, ...] = ()
    experience_occupation_codes: tuple[str, ...] = ()
    salary_min_idr_month: int | None = None
    consents: tuple[str, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    licences: tuple[Licence, ...] = ()


@dataclass(frozen=True, slots=True)
class Vacancy:
    """One advertised opening (with ``n_openings``). Unknown is ``None``: not stated, never guessed.

    ``education_min`` excludes; ``education_hint`` (a level guessed from the advert's text) ranks and is shown, but
    never excludes.
    """

    vacancy_id: str
    title: str
    employer_id: str | None = None
    employer: str | None = None
    description: str | None = None
    province_code: str | None = None
    district_code: str | None = None
    is_remote: bool | None = None
    education_min: str | None = None
    education_hint: str | None = None
    fields_of_study: tuple[str, ...] = ()
    required_certificates: tuple[str, ...] = ()
    occupation_code: str | None = None
    employment_type: str | None = None
    salary_min_idr_month: int | None = None
    salary_max_idr_month: int | None = None
    n_openings: int | None = None
    n_applicants: int | None = None
    posted_at: datetime | None = None
    expires_at: datetime | None = None
    filled_at: datetime | None = None
    apply_how: str | None = None
    apply_at: str | None = None
    category: str | None = None
    skills: tuple[str, ...] = ()
    min_experience_years: float | None = None
    is_internship: bool | None = None
    is_abroad: bool | None = None
    accessible_for: tuple[str, ...] = ()
    source: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a vacancy is not open to a person: a ``code`` and the two values that clashed."""

    code: str
    required: str | None = None
    held: str | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """One line beside an item. ``feature`` names the column of the feature matrix that carries it."""

    code: str
    feature: str
    contribution: float
    text_id: str
    text_en: str


@dataclass(frozen=True, slots=True)
class SlateItem:
    """One place of a slate. ``position`` is 1-based; ``score`` compares within this slate; larger is better."""

    vacancy_id: str
    position: int
    score: float
    propensity: float
    certificate_title: str | None = None
    reasons: tuple[Reason, ...] = ()
    gaps: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Slate:
    """The ordered list shown to one person, with the proof of how it was found.

    ``eligible`` counts the vacancies that pass every hard constraint, from the vacancy table; ``scored`` counts the
    scores that were compared, from the index. ``exhaustive`` is true when the two agree.
    """

    alumnus_id: str
    policy: str
    eligible: int
    scored: int
    items: tuple[SlateItem, ...] = ()
    notices: tuple[Reason, ...] = ()
    relaxations: tuple[Reason, ...] = field(default=())

    @property
    def exhaustive(self) -> bool:
        """Whether every eligible vacancy was scored."""
        return self.scored == self.eligible


@dataclass(frozen=True, slots=True)
class Impression:
    """One slate as it was shown, written before it is. ``channel`` is one of web, counter, batch, message.

    Of an entry only ``vacancy_id``, ``position``, ``score`` and ``propensity`` are kept.
    """

    impression_id: str
    shown_at: datetime
    alumnus_id: str
    policy: str
    channel: str | None = None
    eligible: int | None = None
    scored: int | None = None
    entries: tuple[SlateItem, ...] = ()


@dataclass(frozen=True, slots=True)
class Interaction:
    """What a person or an employer did with a vacancy. Without ``impression_id`` it is organic.

    ``kind`` is one of viewed, saved, applied, interviewed, offered, hired, retained_90d, hidden, rejected, no_reply. An
    event that corrects an earlier one names it in ``corrects_id``; the earlier one stays.
    """

    interaction_id: str
    alumnus_id: str
    vacancy_id: str
    kind: str
    at: datetime
    impression_id: str | None = None
    source: str | None = None
    corrects_id: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """A report of a job, a business or neither. ``kind`` is one of employed, self_employed, not_working, no_response.

    ``source`` is one of employer, self, officer, survey, administrative.
    """

    outcome_id: str
    alumnus_id: str
    kind: str
    source: str | None = None
    asked_at: datetime | None = None
    observed_on: date | None = None
    started_on: date | None = None
    ended_on: date | None = None
    employer_id: str | None = None
    vacancy_id: str | None = None
    corrects_id: str | None = None
