"""Takes nothing; gives the shapes of what is sent to and comes from ``/v1/operator``. Computes nothing.

A field that is not here is refused.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Note = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=2000, pattern=r"^[^\x00]*$")]
EmployerState = Literal["unverified", "verified", "refused"]


class _Sent(BaseModel):
    """What is sent: nothing beside the fields."""

    model_config = ConfigDict(extra="forbid")


class RefusedRow(BaseModel):
    """One row that did not enter."""

    row: int | None = Field(description="1-based, the header not counted; null where the reason names the id")
    reason: str


class ImportAnswer(BaseModel):
    """What an import did. With a refused row and without ``accept_rest`` nothing entered."""

    table: str
    rows: int
    entered: int
    repeated: int = Field(description="Rows that were here already, word for word")
    refused: int = Field(description="Rows that cannot be read, and people whose rows may not enter")
    matched: dict[str, int] = Field(default={}, description="Outcomes only: rows by the rule that found the person")
    unmatched: int = Field(default=0, description="Outcomes only: rows whose person is not here")
    ambiguous: int = Field(default=0, description="Outcomes only: rows that fit several people")
    problems: list[RefusedRow] = Field(description="The first 100 rows that did not enter, with the reason")


class TrailEntry(BaseModel):
    """Who looked or acted, at whom."""

    access_id: int
    account_id: str
    role: str
    alumnus_id: str
    act: str
    at: datetime


class TrailPage(BaseModel):
    """One page of the trail, the last entry first."""

    items: list[TrailEntry]
    next_before: int | None = Field(description="Gives the next page as `before`; null on the last")


class ReviewCard(BaseModel):
    """An advert in doubt: what it says, and each phrase with the rule it may break."""

    review_id: str
    vacancy_id: str
    title: str | None
    employer: str | None
    description: str | None
    vacancy_state: str | None
    flags: list[dict[str, Any]]
    state: str
    opened_at: datetime
    note: str | None
    appeal_text: str | None
    appealed_at: datetime | None


class ReviewPage(BaseModel):
    """One page of adverts that wait, the oldest first."""

    items: list[ReviewCard]
    next_cursor: str | None


class DecideReviewBody(_Sent):
    """A cleared advert opens; a refused one goes back to its employer, with the reason."""

    state: Literal["cleared", "refused"]
    note: Note


class OwnReview(BaseModel):
    """What an employer sees of a review of its advert."""

    review_id: str
    vacancy_id: str
    flags: list[dict[str, Any]]
    state: str
    opened_at: datetime
    note: str | None
    appealed_at: datetime | None


class OwnReviews(BaseModel):
    """Every review of one vacancy, the last one first."""

    items: list[OwnReview]


class AppealBody(_Sent):
    """Why an employer thinks that its advert is lawful."""

    text: Note


class EmployerBody(_Sent):
    """An employer that the operator adds."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=200)]


class EmployerCard(BaseModel):
    """An employer and its verification."""

    employer_id: str
    name: str
    state: EmployerState
    decided_by: str | None = None
    decided_at: datetime | None = None


class EmployerPage(BaseModel):
    """One page of employers, by id."""

    items: list[EmployerCard]
    next_after: str | None = Field(description="Gives the next page as `after`; null on the last")


class DecideEmployerBody(_Sent):
    """What the operator found."""

    state: Literal["verified", "refused"]


class TakeBody(_Sent):
    """How many messages a sender takes; they are then its own to deliver."""

    limit: int = Field(default=100, ge=1, le=500)


class TakenMessage(BaseModel):
    """A message to deliver: the template's name, and what goes into it, ``to`` among it."""

    message_id: str
    channel: str
    template: str
    values: dict[str, Any]
    created_at: datetime


class TakenMessages(BaseModel):
    """Messages taken, the oldest first; no other sender gets them."""

    items: list[TakenMessage]
