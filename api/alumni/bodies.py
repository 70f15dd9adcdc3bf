"""Takes nothing; gives the shapes of what is sent to and comes from ``/v1/me``. A field that is not here is refused.

Computes nothing.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from api.pages.texts import Language
from api.schemas import Line, RecommendedVacancy
from api.security.bodies import Pin
from matcher.domain.records import Certificate, Licence, Vacancy

Id = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"^[\x21-\x7e]+$")]
FreshId = Annotated[str, StringConstraints(min_length=8, max_length=128, pattern=r"^[A-Za-z0-9_.:-]+$")]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=1000)]
Code = Annotated[str, Field(max_length=16)]
OccupationCode = Annotated[str, Field(pattern=r"^\d{1,4}(\.\d{1,2})?$")]
Told = dict[Language, str]

AlumnusKind = Literal["viewed", "saved", "applied", "hidden", "interviewed", "offered", "hired", "rejected", "no_reply"]
"""What a person tells of; whether a job lasted 90 days is the employer's and the survey's to tell."""


class _Sent(BaseModel):
    """What is sent: nothing beside the fields, and nothing of it is repeated in an error."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class Profile(BaseModel):
    """What is stored about the person themselves; names and telephone are theirs to read."""

    alumnus_id: str
    version: int = Field(description="Goes back with the next change")
    name: str | None
    phone: str | None
    birth_on: date | None
    province_code: str | None
    district_code: str | None
    place: str | None = Field(description="Official name")
    education: str | None
    field_of_study: str | None
    willing_province_codes: list[str]
    accepts_remote: bool | None
    wanted_occupation_codes: list[str]
    experience_occupation_codes: list[str]
    salary_min_idr_month: int | None
    sex: str | None
    has_disability: bool | None
    is_returned_migrant: bool | None
    completed_on: date | None
    consents: list[str]
    objects_to_ranking: bool
    certificates: list[Certificate]
    licences: list[Licence]


class ProfileChange(_Sent):
    """What a person may change alone; what is not sent stays, null is unknown. The rest is asked as a correction."""

    version: int = Field(ge=1, le=2**31 - 1, description="As last read; 409 where somebody else was faster")
    province_code: Code | None = None
    district_code: Code | None = None
    education: Annotated[str, Field(max_length=64)] | None = None
    field_of_study: Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)] | None = None
    willing_province_codes: list[Code] | None = Field(default=None, max_length=38)
    accepts_remote: bool | None = None
    wanted_occupation_codes: list[OccupationCode] | None = Field(default=None, max_length=10)
    experience_occupation_codes: list[OccupationCode] | None = Field(default=None, max_length=10)
    salary_min_idr_month: int | None = Field(default=None, ge=0, le=1_000_000_000)
    sex: Literal["female", "male"] | None = None
    has_disability: bool | None = Field(default=None, description="Only with the consent disability_use")
    is_returned_migrant: bool | None = None


class Changed(BaseModel):
    """The change is stored."""

    version: int


class ErasureBody(_Sent):
    """The PIN once more, so that a telephone left lying about erases nobody."""

    pin: Pin


class ConsentBody(_Sent):
    """A yes or a no."""

    is_given: bool


class ConsentNote(BaseModel):
    """One yes or no, as it was given."""

    purpose: str
    is_given: bool
    at: datetime
    via: str
    receipt_no: str | None = Field(description="Number on the receipt of a counter")


class Consents(BaseModel):
    """What holds now, and how it came about, the last one first."""

    given: list[str]
    history: list[ConsentNote]


class ObjectionBody(_Sent):
    """An objection to the automatic order, or its end."""

    objects: bool
    text: Words | None = None


class Objection(BaseModel):
    """Whether the person objects to the automatic order; an officer then answers instead."""

    objects: bool
    officer: Told


class AvailabilityBody(_Sent):
    """Whether the person looks for work."""

    is_looking: bool


class OwnAvailability(BaseModel):
    """What the person said of looking for work, and until when employers who ask for people who look pass them over."""

    is_looking: bool | None = Field(description="Null who said nothing")
    busy_until: date | None = Field(description="Null who looks now; 9999-12-31 has no end")


class MessagesBody(_Sent):
    """Over what the person wants short messages; null wants none."""

    channel: Literal["sms", "whatsapp"] | None


class OwnMessages(BaseModel):
    """Over what the person gets short messages, null who wants none, and when vacancies were sent last."""

    channel: str | None = None
    told_at: datetime | None = None


class AccessNote(BaseModel):
    """Somebody looked or acted: their role and organisation, when, and why."""

    role: str
    organisation: str | None
    at: datetime
    act: str
    why: Told


class AccessTrail(BaseModel):
    """A page of the trail, the last access first."""

    items: list[AccessNote]
    next_cursor: str | None


class RemovedByFilter(BaseModel):
    """What one filter alone leaves out of what is open to the person."""

    name: str
    value: str
    n_removed: int
    n_not_stated: int = Field(description="Of these, how many adverts say nothing about it")


class OwnRecommendations(BaseModel):
    """The recommendation answer; with an ``officer`` offer nothing was ranked, and the offer says why."""

    impression_id: str | None = Field(description="Goes with what the person does next; stored before the answer left")
    policy: str = Field(
        description="Order, artifact and declared share of exploration; officer where nothing is ranked"
    )
    eligible: int | None = Field(description="Vacancies that pass every hard constraint and filter")
    scored: int | None = Field(description="Vacancies whose score was compared")
    exhaustive: bool | None = Field(description="Whether every eligible vacancy was scored")
    notices: list[Line]
    relaxations: list[Line] = Field(description="Where fewer than k are eligible: what would open more, counted")
    items: list[RecommendedVacancy]
    filters: list[RemovedByFilter] = Field(default=[], description="Each filter of the question, with what it costs")
    closed: list[str] = Field(default=[], description="Vacancies of this impression that closed since; left out")
    officer: Line | None = Field(default=None, description="An officer answers instead: POST /v1/me/questions")


class EarlierTakersBody(BaseModel):
    """What became of those who took a course before; no promise, and not what the course did for them."""

    value: float = Field(description="Share at work, 0 to 1, of those heard of; few are drawn to courses alike")
    low: float = Field(description="Lower end of the 95 % interval")
    high: float = Field(description="Upper end")
    n: int = Field(description="Takers heard of")


class NextCourse(BaseModel):
    """A course to take next."""

    course_id: str
    title: str
    provider: str | None
    n_opened: int = Field(description="Vacancies open to the person that this course fits, and no certificate yet")
    vacancy_ids: list[str] = Field(description="The best fitting of them")
    earlier_takers: EarlierTakersBody | None = Field(description="Null where they are too few to tell, or not known")


class NextCourses(BaseModel):
    """Courses by how many vacancies each would open, most first."""

    items: list[NextCourse]


class InteractionBody(_Sent):
    """What a person did with a vacancy. Without ``impression_id`` they found it elsewhere."""

    interaction_id: FreshId = Field(description="Chosen by the sender; the same id twice is one event")
    vacancy_id: Id
    kind: AlumnusKind
    impression_id: Id | None = None
    at: AwareDatetime | None = Field(default=None, description="Where it happened before it is told")
    corrects_id: FreshId | None = Field(default=None, description="The earlier event that this one stands for")
    reason: Literal["far", "pay", "other"] | None = Field(default=None, description="Why it is hidden, where it is")

    @model_validator(mode="after")
    def _has_a_reason_only_when_hidden(self) -> InteractionBody:
        if self.reason is not None and self.kind != "hidden":
            raise ValueError("reason: goes with the kind hidden only")
        return self


class InteractionsBody(_Sent):
    """Up to 100 events, stored all or none."""

    items: list[InteractionBody] = Field(min_length=1, max_length=100)


class NotedEvent(BaseModel):
    """One event as stored."""

    event_id: str
    is_organic: bool = Field(description="Found outside any recommendation; never trains or judges the order")
    is_repeat: bool


class NotedEvents(BaseModel):
    """The events as stored, in the order sent."""

    items: list[NotedEvent]


class OutcomeBody(_Sent):
    """What a person tells of their work."""

    outcome_id: FreshId = Field(description="Chosen by the sender; the same id twice is one report")
    kind: Literal["employed", "self_employed", "not_working"]
    observed_on: date | None = Field(default=None, description="Today where it is left out")
    started_on: date | None = None
    ended_on: date | None = None
    employer_id: Id | None = None
    vacancy_id: Id | None = None
    corrects_id: FreshId | None = None


class NotedOutcome(BaseModel):
    """A report as stored."""

    outcome_id: str
    source: str
    is_repeat: bool


class MarkedVacancy(BaseModel):
    """A vacancy that the person saved or applied to."""

    vacancy_id: str
    at: datetime
    latest: str = Field(description="The last thing that happened with it")
    is_open: bool = Field(description="false where it was filled, withdrawn or lapsed since")
    vacancy: Vacancy | None = Field(description="null where it is not kept any more")


class MarkedVacancies(BaseModel):
    """A page of what is saved or applied to, the last one first."""

    items: list[MarkedVacancy]
    next_cursor: str | None


class CorrectionBody(_Sent):
    """What is wrong and what it should be. Name, birth date and telephone are put right at a counter."""

    field: Literal["place", "schooling", "certificate", "licence", "work", "completion"]
    told: Words


class CorrectionNote(BaseModel):
    """A correction as asked; open, done or refused."""

    correction_id: str
    field: str
    told: str
    state: str
    at: datetime


class Corrections(BaseModel):
    """What the person said is wrong, the last one first."""

    items: list[CorrectionNote]


class QuestionBody(_Sent):
    """A question to an officer."""

    text: Words
    vacancy_id: Id | None = None


class QuestionNote(BaseModel):
    """A question, and the reply once there is one."""

    question_id: str
    asked_at: datetime
    vacancy_id: str | None
    text: str | None
    state: str
    answered_at: datetime | None
    reply: str | None


class Questions(BaseModel):
    """What the person asked, the last one first."""

    items: list[QuestionNote]


class InvitationNote(BaseModel):
    """An employer asks the person to apply."""

    invitation_id: str
    employer: str | None
    is_verified: bool = Field(description="Whether an officer checked this employer")
    vacancy_id: str
    vacancy: Vacancy | None
    sent_at: datetime
    state: str
    answered_at: datetime | None
    reveals: list[str] = Field(description="What this employer reads of the person, or will on acceptance")
    told: Told


class Invitations(BaseModel):
    """The person's invitations, the last one first."""

    items: list[InvitationNote]
