"""Takes nothing; gives the shapes of what is sent to and comes from ``/v1/counter``. Computes nothing.

A field that is not here is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from api.security.bodies import Name, Opaque, Phone, Purpose
from matcher.domain.errors import MatcherError
from matcher.domain.qualifications import parse_education
from matcher.domain.regions import parse_district_code, parse_province_code


def _read(parse: Callable[[str], str]) -> AfterValidator:
    """Return the check of a field that `parse` brings into home form; the refusal names the field, not a page."""

    def checked(text: str) -> str:
        try:
            return parse(text)
        except MatcherError as problem:
            raise ValueError(str(problem)) from None

    return AfterValidator(checked)


_Word = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]*$")
]
Told = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=2000, pattern=r"^[^\x00]*$")]
Receipt = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9./-]{3,39}$", description="Number of the receipt the person signed")
]
Nik = Annotated[str, Field(min_length=16, max_length=24, pattern=r"^[\d .-]+$", description="Hashed at once")]
CertificateNo = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=120)]
ProvinceCode = Annotated[str, Field(max_length=8), _read(parse_province_code)]
DistrictCode = Annotated[str, Field(max_length=8), _read(parse_district_code)]
Education = Annotated[str, Field(max_length=64, examples=["SMA"]), _read(parse_education)]
NoteCode = Literal[
    "reached", "no_answer", "wrong_number", "found_work", "comes_to_counter", "does_not_want", "moved_away"
]  # fmt: skip


class _Sent(BaseModel):
    """What is sent: nothing beside the fields, and nothing of it is repeated in an error."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class PersonCard(BaseModel):
    """The least that tells one person from another: no whole name, no telephone, no number."""

    alumnus_id: str
    masked_name: str | None = Field(description="First letter of each word; null where no name is known")
    birth_year: int | None
    place: str = Field(description="District and province by name")
    has_account: bool


class FindBody(_Sent):
    """Whom an officer looks for: by certificate number, by name and birth date, or by identity number."""

    certificate_no: CertificateNo | None = None
    name: Name | None = None
    birth_on: date | None = None
    nik: Nik | None = None

    @model_validator(mode="after")
    def _is_one_way(self) -> FindBody:
        by_name = self.name is not None and self.birth_on is not None
        ways = [self.certificate_no is not None, by_name, self.nik is not None]
        if sum(ways) != 1 or (not by_name and (self.name is not None or self.birth_on is not None)):
            raise ValueError("give certificate_no, or name and birth_on, or nik, and nothing beside")
        return self


class Found(BaseModel):
    """Who that may be; ask the person which one they are."""

    items: list[PersonCard]


class HeldCertificate(_Sent):
    """A certificate the person shows."""

    title: _Word
    course_id: Opaque | None = None
    evidence: Literal["attended", "passed", "competence"] = "attended"
    scheme: Literal["course", "bnsp", "other"] = "course"
    certificate_no: CertificateNo | None = None
    issued_on: date | None = None
    expires_on: date | None = None


class ShownCertificate(_Sent):
    """A certificate that a person who is here already shows; of a course, or under its title alone."""

    certificate_no: CertificateNo
    course_id: Opaque | None = None
    title: _Word | None = Field(default=None, description="As printed; none is the title of the course")
    evidence: Literal["attended", "passed", "competence"] = "attended"
    scheme: Literal["course", "bnsp", "other"] = "course"
    issued_on: date | None = None
    expires_on: date | None = None


class EnrolBody(_Sent):
    """A person registers at the counter; without a telephone they have no account and come to the counter again."""

    name: Name
    birth_on: date
    receipt_no: Receipt
    consents: list[Purpose] = Field(max_length=5, description="What the person signed on the receipt")
    phone: Phone | None = None
    nik: Nik | None = None
    province_code: ProvinceCode
    district_code: DistrictCode | None = None
    education: Education | None = None
    certificates: list[HeldCertificate] = Field(default=[], max_length=20)
    is_another: bool = Field(
        default=False, description="Somebody else has this name and birth date, and it is not them"
    )

    @model_validator(mode="after")
    def _is_one_place(self) -> EnrolBody:
        if self.district_code is not None and not self.district_code.startswith(self.province_code):
            raise ValueError("district_code: lies in another province than province_code")
        return self


class Enrolled(BaseModel):
    """Who was registered; with a telephone the code with which they choose a PIN at POST /v1/auth/reset."""

    alumnus_id: str
    code: str | None = None
    code_expires_at: datetime | None = None


class BeginBody(_Sent):
    """An officer begins to act for a person who signed a receipt."""

    alumnus_id: Opaque
    receipt_no: Receipt
    consents: list[Purpose] = Field(default=[], max_length=5, description="What the receipt gives consent to")


class CounterVisit(BaseModel):
    """The open session, and the token that makes the alumni calls on the person's behalf."""

    session_id: str
    access_token: str
    expires_in: int = Field(description="Seconds; the same call with the same receipt gives the next token")
    ends_at: datetime
    person: PersonCard


class CallbackBody(_Sent):
    """Whom to call back, and when."""

    alumnus_id: Opaque
    due_on: date


class CallbackCard(BaseModel):
    """A call that is due."""

    callback_id: str
    due_on: date
    person: PersonCard


class CallbackPage(BaseModel):
    """One page of due calls, by day."""

    items: list[CallbackCard]
    next_cursor: str | None


class CallbackAdded(BaseModel):
    """The call that was put on the list."""

    callback_id: str


class CallbackContact(BaseModel):
    """Whom to call, shown for one call; the person's trail tells of it."""

    name: str
    phone: str


class CloseBody(_Sent):
    """How a call ended."""

    state: Literal["done", "dropped"]
    note_code: NoteCode


class QuestionCard(BaseModel):
    """What a person asks."""

    question_id: str
    asked_at: datetime
    vacancy_id: str | None
    text: str | None
    person: PersonCard


class QuestionPage(BaseModel):
    """One page of questions that wait, the oldest first."""

    items: list[QuestionCard]
    next_cursor: str | None


class ReplyBody(_Sent):
    """What the officer answers."""

    reply: Told


class CorrectionCard(BaseModel):
    """What a person says is wrong."""

    correction_id: str
    field: str
    told: str
    at: datetime
    person: PersonCard


class CorrectionPage(BaseModel):
    """One page of corrections that wait."""

    items: list[CorrectionCard]
    next_cursor: str | None


class CorrectionChanges(_Sent):
    """What an officer changes of a person after looking at their papers."""

    province_code: ProvinceCode | None = None
    district_code: DistrictCode | None = None
    education: Education | None = None
    field_of_study: _Word | None = None


class DecideCorrectionBody(_Sent):
    """Done with what was changed, or refused."""

    state: Literal["done", "refused"]
    changes: CorrectionChanges | None = None

    @model_validator(mode="after")
    def _changes_only_when_done(self) -> DecideCorrectionBody:
        if self.state == "refused" and self.changes is not None:
            raise ValueError("changes: go with the state done only")
        return self


class PackBody(_Sent):
    """What an officer takes along where there is no network."""

    passphrase: str = Field(min_length=12, max_length=200, description="Opens the pack; kept nowhere here")
    district_code: DistrictCode
    days: int = Field(default=3, ge=1, le=7, description="Days until the pack asks to be replaced")


class SealedPack(BaseModel):
    """AES-256-GCM of the pack's JSON under scrypt of the passphrase; binary parts in Base64.

    The additional data is ``pack_id``.
    """

    pack_id: str
    expires_at: datetime
    kdf: Literal["scrypt"] = "scrypt"
    n: int
    r: int
    p: int
    salt: str
    nonce: str
    sealed: str


class QueuedEvent(_Sent):
    """What an officer noted offline about a person of the pack."""

    event_id: str = Field(pattern=r"^[A-Za-z0-9-]{16,64}$", description="A random id made on the officer's machine")
    person: str = Field(max_length=200, description="The name the pack has for the person")
    at: AwareDatetime = Field(ge=datetime(2020, 1, 1, tzinfo=UTC), description="When it happened, not when it is sent")
    kind: Literal["call_closed", "saved", "applied", "hidden", "employed", "self_employed", "not_working"]
    vacancy_id: Opaque | None = None
    callback_id: Opaque | None = None
    state: Literal["done", "dropped"] | None = None
    note_code: NoteCode | None = None
    started_on: date | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> QueuedEvent:
        is_call = self.callback_id is not None and self.state is not None and self.note_code is not None
        if self.kind == "call_closed" and not is_call:
            raise ValueError("call_closed: give callback_id, state and note_code")
        if self.kind in {"saved", "applied", "hidden"} and self.vacancy_id is None:
            raise ValueError(f"{self.kind}: give vacancy_id")
        return self


class SyncBody(_Sent):
    """The queue of one pack."""

    pack_id: str = Field(max_length=64)
    events: list[QueuedEvent] = Field(max_length=500)


class SyncedEvent(BaseModel):
    """What became of one event."""

    event_id: str
    state: Literal["entered", "repeated", "refused"]
    problem: str | None = None


class SyncAnswer(BaseModel):
    """What became of each event, in the order sent."""

    items: list[SyncedEvent]
    entered: int
    repeated: int
    refused: int
