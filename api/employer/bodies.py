"""Takes nothing; gives the shapes of what is sent to and comes from ``/v1/employer``. Computes nothing.

A field that is not here is refused: nobody can ask for an age, a sex or a disability.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from api.pages.texts import Language
from matcher.domain.records import Vacancy

_CLEAN = r"^[^\x00]*$"
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=200, pattern=_CLEAN)]
Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=32, pattern=_CLEAN)]
Lines = Annotated[list[Line], Field(max_length=30)]
Pay = Annotated[int, Field(ge=0, le=1_000_000_000)]
Pseudonym = Annotated[str, StringConstraints(min_length=1, max_length=512, pattern=r"^[A-Za-z0-9_-]+$")]
Evidence = Literal["attended", "passed", "competence"]
AnswerKind = Literal["interviewed", "offered", "hired", "rejected"]


class _Sent(BaseModel):
    """What is sent: nothing beside the fields."""

    model_config = ConfigDict(extra="forbid")


class AdvertBody(_Sent):
    """An advert as its employer writes it; what is not stated stays unknown."""

    title: Line
    description: Annotated[str, StringConstraints(max_length=20_000, pattern=_CLEAN)] | None = None
    province_code: Code | None = None
    district_code: Code | None = None
    is_remote: bool | None = None
    education_min: Code | None = None
    fields_of_study: Lines = []
    required_certificates: Lines = []
    occupation_code: Code | None = None
    employment_type: (
        Literal["full_time", "part_time", "contract", "daily", "freelance", "internship", "seasonal"] | None
    ) = None
    salary_min_idr_month: Pay | None = None
    salary_max_idr_month: Pay | None = None
    n_openings: Annotated[int, Field(ge=1, le=100_000)] | None = None
    expires_at: AwareDatetime | None = None
    apply_how: Literal["link", "walk_in", "phone", "officer"] | None = None
    apply_at: Line | None = None
    category: Line | None = None
    skills: Lines = []
    min_experience_years: Annotated[float, Field(ge=0, le=60)] | None = None
    is_internship: bool | None = None
    is_abroad: bool | None = None
    accessible_for: Lines = []


class EditBody(AdvertBody):
    """The whole advert again, in place of the version that was read."""

    version: int = Field(ge=1, le=2**31 - 1)


class CheckBody(AdvertBody):
    """An advert that is only checked; with `vacancy_id` as the next version of that one."""

    vacancy_id: Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"^[\x21-\x7e]+$")] | None = None


class AdvertNote(BaseModel):
    """One doubt about an advert: the phrase, the rule it may break, and what to write instead."""

    rule: str
    severity: Literal["blocks", "warns"]
    field: str
    start: int = Field(description="First character of the phrase in the field, 0-based")
    end: int
    phrase: str
    sources: list[str] = Field(description="Laws; empty where the rule is a sign of fraud")
    name: dict[Language, str]
    remedy: dict[Language, str]


class CheckedAdvert(BaseModel):
    """What the check says of an advert that is not stored."""

    state: str = Field(description="What posting it would make of it: open, in_review or draft")
    flags: list[AdvertNote]
    minimum_wage_year: int | None = Field(description="Year of the wage that the pay was held against")
    duplicate_of: str | None = Field(description="An advert of yours that says the same; edit that one")


class PostedAdvert(BaseModel):
    """An advert as stored, and what the check found."""

    vacancy_id: str
    state: str = Field(description="open, in_review, draft, withdrawn, filled or expired")
    version: int
    flags: list[AdvertNote] = []
    minimum_wage_year: int | None = Field(default=None, description="Year of the wage that the pay was held against")
    duplicate_of: str | None = Field(default=None, description="An advert of yours that says the same; edit that one")
    vacancy: Vacancy


class PostedAdverts(BaseModel):
    """One page of the employer's own adverts, by id."""

    items: list[PostedAdvert]
    next_after: str | None


class ImportedAdvert(BaseModel):
    """An accepted row: the employer's own id of it, the id it has here, and what the check found."""

    row: int = Field(description="1-based, the header not counted")
    reference: str = Field(description="The vacancy_id of the file; the same one again edits the same advert")
    outcome: Literal["posted", "edited", "repeated"]
    vacancy_id: str
    state: str
    version: int
    flags: list[AdvertNote] = []
    minimum_wage_year: int | None = None
    duplicate_of: str | None = None


class RefusedAdvert(BaseModel):
    """One cell, or one row, that keeps its row out, and what to do."""

    row: int = Field(description="1-based, the header not counted")
    column: str | None = Field(description="As the file spells it; null where the row itself cannot be read")
    code: str = Field(description="What is wrong, as a word that stays the same in every language")
    reason: str = Field(description="What is wrong, in the asked language")
    remedy: str = Field(description="What to do, in the asked language")


class ImportedAdverts(BaseModel):
    """What became of a file; the accepted rows are all stored, the refused ones are not."""

    rows: int
    posted: int
    edited: int
    repeated: int = Field(description="Rows that stand here already, word for word")
    refused: int
    items: list[ImportedAdvert]
    problems: list[RefusedAdvert]


class HeldCertificate(BaseModel):
    """A certificate with what it proves."""

    title: str
    evidence: str | None
    expires_on: date | None


class PersonCard(BaseModel):
    """What an employer sees of a person: never age, sex, disability; a name only where the person agreed."""

    pseudonym: str = Field(description="Another employer gets another one")
    certificates: list[HeldCertificate]
    education: str | None
    field_of_study: str | None
    province_code: str | None
    district_code: str | None


class ApplicantCard(PersonCard):
    """Somebody who applied; ``answer`` is null while the employer is silent."""

    applied_at: datetime
    answer: str | None
    answered_at: datetime | None
    name: str | None = Field(description="Only with the consent `contact`, or after an accepted invitation")
    phone: str | None


class ApplicantPage(BaseModel):
    """One page of the inbox, the first applicant first."""

    items: list[ApplicantCard]
    next_cursor: str | None


class AnswerBody(_Sent):
    """One tap; an answer given by mistake is put right by the next one."""

    kind: AnswerKind


class AnswerNote(BaseModel):
    """The answer as stored."""

    pseudonym: str
    kind: str
    at: datetime


class HireBody(_Sent):
    """A hire: of somebody who applied, or who accepted an invitation."""

    vacancy_id: Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"^[\x21-\x7e]+$")]
    pseudonym: Pseudonym
    kind: Literal["hired", "retained_90d"] = "hired"
    started_on: date | None = None


class TalentFiltersBody(_Sent):
    """Who may be found. There is no age, no sex and no disability to ask for."""

    province_code: Code | None = None
    district_code: Code | None = None
    education: Code | None = None
    certificates: Lines = []
    evidence: Evidence | None = None
    only_available: bool = Field(default=False, description="Leave out who says not to look or began a job lately")


class TalentBody(_Sent):
    """Search by an own vacancy, or by words."""

    vacancy_id: Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=_CLEAN)] | None = None
    query: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=400)] | None = None
    filters: TalentFiltersBody = TalentFiltersBody()
    limit: int = Field(default=10, ge=1, le=50)
    cursor: Annotated[str, StringConstraints(max_length=512)] | None = None


class TalentCard(PersonCard):
    """Somebody who agreed to be found, and the certificate that fits best."""

    position: int
    score: int = Field(description="Points of fit, standing, recency, a second course and nearness")
    certificate: str
    standing: str | None = Field(description="What it is worth today: attended, passed, competence; null has lapsed")
    distance_km: float | None


class TalentPage(BaseModel):
    """One page of people, the best first; ``exact`` says that nobody left out scores as high."""

    items: list[TalentCard]
    eligible: int
    scored: int
    exact: bool
    next_cursor: str | None


class InvitationBody(_Sent):
    """Whom to invite, as talent search named them, and for which own vacancy."""

    vacancy_id: Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"^[\x21-\x7e]+$")]
    pseudonym: Pseudonym


class InvitationCard(BaseModel):
    """An invitation as its employer sees it; one that is declined stays ``sent`` until it lapses."""

    invitation_id: str
    vacancy_id: str
    pseudonym: str
    state: Literal["sent", "accepted", "lapsed"]
    sent_at: datetime
    lapses_at: datetime
    accepted_at: datetime | None


class InvitedCard(InvitationCard):
    """One invitation; person, name and telephone only once it is accepted."""

    person: PersonCard | None = None
    name: str | None = None
    phone: str | None = None


class InvitationPage(BaseModel):
    """One page of the employer's invitations, by id."""

    items: list[InvitationCard]
    next_after: str | None


class ReportAnswer(BaseModel):
    """The report on vacancies and fillings that Perpres 57/2023 asks for."""

    since: datetime
    until: datetime
    rows: list[dict[str, Any]]
