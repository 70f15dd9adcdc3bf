"""Takes what is asked about a sample alumnus; gives their recommendations. Answers where nobody else reaches it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from api.dependencies import Now, SamplePeople, ServedArtifact, require
from api.pages.demo import demo_alumnus
from api.pages.texts import LANGUAGES, Language
from api.routes.responses import refusals
from api.schemas import DemoAlumni, DemoAlumnus, RecommendationAnswer, slate_answer

router = APIRouter(prefix="/v1/demo/alumni", tags=["alumni"], dependencies=[require("anyone")], responses=refusals(429))


@router.get("", responses=refusals(404, 503))
def list_demo_alumni(people: SamplePeople) -> DemoAlumni:
    """List the sample people who hold a certificate."""
    return DemoAlumni(items=[DemoAlumnus.of(person) for person in people.values()])


@router.get("/{alumnus_id}/recommendations", response_model=RecommendationAnswer, responses=refusals(404, 422, 503))
def recommend(
    alumnus_id: str,
    people: SamplePeople,
    artifact: ServedArtifact,
    now: Now,
    response: Response,
    k: Annotated[int, Query(ge=1, le=100, description="Most vacancies in the slate")] = 10,
    lang: Annotated[Language | None, Query(description="Give texts in this language only; none gives both")] = None,
) -> dict[str, Any]:
    """Recommend open vacancies to one sample alumnus, with reasons and the proof that all were scored."""
    slate = artifact.recommender.recommend(demo_alumnus(people, alumnus_id), k=k, now=now)
    adverts = artifact.adverts([item.vacancy_id for item in slate.items])
    response.headers["Cache-Control"] = "no-store"
    return slate_answer(slate, adverts, languages=LANGUAGES if lang is None else (lang,))
