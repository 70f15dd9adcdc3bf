"""Takes nothing; gives the shapes of the forms of a counter's pages. A blank field is as none. Computes nothing."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.counter.bodies import (
    BeginBody,
    CertificateNo,
    DistrictCode,
    Education,
    EnrolBody,
    FindBody,
    HeldCertificate,
    Nik,
    NoteCode,
    PackBody,
    Receipt,
    ShownCertificate,
    Told,
)
from api.security.bodies import Name, Opaque, Phone, Purpose

_Title = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f]*$")]


class FindForm(FindBody):
    """One of the three ways to find a person."""

    csrf_token: Opaque = ""


class BeginForm(BeginBody):
    """The receipt a person signed, and what it gives consent to."""

    csrf_token: Opaque = ""


class PackForm(PackBody):
    """What an officer takes along."""

    csrf_token: Opaque = ""


class EnrolForm(BaseModel):
    """A person registers at the counter, with the certificate they show."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    name: Name
    birth_on: date
    district_code: DistrictCode
    receipt_no: Receipt
    consents: Annotated[list[Purpose], Field(max_length=5)] = []
    nik: Nik | None = None
    phone: Phone | None = None
    education: Education | None = None
    certificate_title: _Title = ""
    certificate_no: CertificateNo | None = None
    evidence: Literal["attended", "passed", "competence"] = "attended"
    is_another: bool = False
    csrf_token: Opaque = ""

    def body(self) -> EnrolBody:
        """Return what ``/v1/counter/people`` takes. Raises nothing: the fields are those that were checked."""
        about = self.model_dump(exclude={"certificate_title", "certificate_no", "evidence", "csrf_token"})
        title = self.certificate_title.strip()
        shown = (
            HeldCertificate(title=title, certificate_no=self.certificate_no, evidence=self.evidence) if title else None
        )
        return EnrolBody(**about, province_code=self.district_code[:2], certificates=[shown] if shown else [])


class CertificateForm(BaseModel):
    """A certificate that a person in session shows; a title counts where no course of the list is chosen."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    certificate_no: CertificateNo
    course_id: Annotated[str, Field(max_length=256)] = ""
    certificate_title: _Title = ""
    evidence: Literal["attended", "passed", "competence"] = "attended"
    issued_on: date | None = None
    expires_on: date | None = None
    csrf_token: Opaque = ""

    def body(self) -> ShownCertificate:
        """Return what ``/v1/counter/sessions/{session_id}/certificates`` takes. Raises nothing for what was checked."""
        kept = self.model_dump(exclude={"course_id", "certificate_title", "csrf_token"})
        title = self.certificate_title.strip() or None
        course_id = self.course_id or None
        return ShownCertificate(**kept, course_id=course_id, title=None if course_id else title)


class CallForm(BaseModel):
    """How a call ended, in one press."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    callback_id: Opaque
    note_code: NoteCode
    csrf_token: Opaque = ""


class ReplyForm(BaseModel):
    """An answer in words, or one of those that stand ready."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    question_id: Opaque
    reply: Told | None = None
    ready: Literal["come", "call", "done"] | None = None
    csrf_token: Opaque = ""


class CorrectionForm(BaseModel):
    """Whether what a person said is wrong was put right."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    correction_id: Opaque
    state: Literal["done", "refused"]
    csrf_token: Opaque = ""
