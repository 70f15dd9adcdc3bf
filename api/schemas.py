"""Takes domain records; gives the bodies that leave the service and the command line, and their shapes.

Computes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from api.pages.texts import LANGUAGES, Language
from matcher.domain.records import Alumnus, Reason, Slate, Vacancy


class FieldProblem(BaseModel):
    """One input that was refused."""

    place: str = Field(description="Where it stands: query, path, and its name")
    problem: str


class Problem(BaseModel):
    """A refusal after RFC 9457."""

    type: str = Field(description="Names the problem; /docs explains it")
    title: str
    status: int
    detail: str
    request_id: str = Field(description="Also in the header X-Request-ID and in the log")
    errors: list[FieldProblem] = []


class Alive(BaseModel):
    """The process answers."""

    status: Literal["alive"] = "alive"


class Ready(BaseModel):
    """The artifact is loaded and served."""

    status: Literal["ready"] = "ready"
    artifact_id: str
    created_at: datetime
    encoder: str
    counts: dict[str, int] = Field(description="Rows by table")
    feed_seq: int = Field(description="Number of the last change of a vacancy that is served")
    warnings: list[str] = Field(description="What to mend although it serves")


class VacancyPage(BaseModel):
    """One page of open vacancies, by vacancy_id."""

    items: list[Vacancy]
    total: int = Field(description="Open vacancies that pass the filters, over all pages")
    next_cursor: str | None = Field(description="Gives the next page; null on the last")


class DemoAlumnus(BaseModel):
    """A sample person who holds a certificate."""

    alumnus_id: str
    province_code: str | None
    district_code: str | None
    education: str | None
    certificates: list[str] = Field(description="Titles")

    @classmethod
    def of(cls, alumnus: Alumnus) -> DemoAlumnus:
        """Return what is shown of `alumnus`. Raises nothing."""
        return cls(
            alumnus_id=alumnus.alumnus_id,
            province_code=alumnus.province_code,
            district_code=alumnus.district_code,
            education=alumnus.education,
            certificates=[certificate.title for certificate in alumnus.certificates],
        )


class DemoAlumni(BaseModel):
    """The sample people one may ask recommendations for."""

    items: list[DemoAlumnus]


class Line(BaseModel):
    """A reason, gap or notice; ``contribution`` is its part of the item's score, of a relaxation what it adds."""

    code: str
    feature: str
    contribution: float
    text: dict[Language, str] = Field(description="The same sentence by language")


class RecommendedVacancy(BaseModel):
    """One place of the slate, 1-based."""

    vacancy_id: str
    position: int
    score: float = Field(description="Larger is better; compares within this answer only")
    certificate: str | None = Field(
        description="Title of the certificate that fits best; null where work wanted or done fits better"
    )
    reasons: list[Line]
    gaps: list[Line]
    vacancy: Vacancy


class RecommendationAnswer(BaseModel):
    """The ordered slate of one alumnus, with the proof of how it was found."""

    impression_id: str | None = Field(description="null until impressions are stored")
    policy: str
    eligible: int = Field(description="Vacancies that pass every hard constraint")
    scored: int = Field(description="Vacancies whose score was compared")
    exhaustive: bool = Field(description="Whether every eligible vacancy was scored")
    notices: list[Line]
    relaxations: list[Line]
    items: list[RecommendedVacancy]


def slate_answer(
    slate: Slate, adverts: Sequence[Vacancy], *, languages: Sequence[Language] = LANGUAGES
) -> dict[str, Any]:
    """Return the recommendation answer of docs/CONTRACT.md, ready for JSON.

    `adverts` are the slate's vacancies in its order; texts come in each of `languages`.

    Notes
    -----
    Raises nothing. ``impression_id`` is null until impressions are stored.
    """
    return {
        "impression_id": None,
        "policy": slate.policy,
        "eligible": slate.eligible,
        "scored": slate.scored,
        "exhaustive": slate.exhaustive,
        "notices": _lines(slate.notices, languages),
        "relaxations": _lines(slate.relaxations, languages),
        "items": [
            {
                "vacancy_id": item.vacancy_id,
                "position": item.position,
                "score": item.score,
                "certificate": item.certificate_title,
                "reasons": _lines(item.reasons, languages),
                "gaps": _lines(item.gaps, languages),
                "vacancy": vacancy_answer(advert),
            }
            for item, advert in zip(slate.items, adverts, strict=True)
        ],
    }


def vacancy_answer(vacancy: Vacancy) -> dict[str, Any]:
    """Return one vacancy with the columns of the vacancy table, ready for JSON; unknown is null.

    Notes
    -----
    Raises nothing.
    """
    return {one.name: _plain(getattr(vacancy, one.name)) for one in fields(vacancy)}


def _lines(reasons: Sequence[Reason], languages: Sequence[Language]) -> list[dict[str, Any]]:
    return [_line(reason, languages) for reason in reasons]


def _line(reason: Reason, languages: Sequence[Language]) -> dict[str, Any]:
    text: Mapping[Language, str] = {"id": reason.text_id, "en": reason.text_en}
    return {
        "code": reason.code,
        "feature": reason.feature,
        "contribution": reason.contribution,
        "text": {language: text[language] for language in languages},
    }


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return list(value)
    return value.isoformat() if isinstance(value, date | datetime) else value
