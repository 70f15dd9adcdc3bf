"""Takes what anyone asks about vacancies; gives pages of open ones and single ones. Ranks nothing for anyone."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import JSONResponse

from api.dependencies import EducationFilter, Now, ProvinceFilter, ServedArtifact, require
from api.job_posting import job_posting
from api.negotiation import preferred
from api.routes.responses import refusals
from api.schemas import VacancyPage
from api.vacancy_list import VacancyQuery, vacancy_page
from matcher.domain.records import Vacancy

LD_JSON = "application/ld+json"

router = APIRouter(
    prefix="/v1/vacancies", tags=["vacancies"], dependencies=[require("anyone")], responses=refusals(429)
)


@router.get("", responses=refusals(422, 503))
def list_vacancies(
    artifact: ServedArtifact,
    now: Now,
    province_code: ProvinceFilter,
    education: EducationFilter,
    cursor: Annotated[str | None, Query(description="next_cursor of the page before", max_length=512)] = None,
    limit: Annotated[int, Query(ge=1, le=100, description="Most vacancies on a page")] = 20,
) -> VacancyPage:
    """List the vacancies that are open now, by vacancy_id."""
    return vacancy_page(artifact, VacancyQuery(province_code, education, cursor, limit), now=now)


@router.get(
    "/{vacancy_id}",
    response_model=Vacancy,
    responses={200: {"content": {LD_JSON: {"schema": {"type": "object"}}}}, **refusals(404, 422, 503)},
)
def one_vacancy(
    vacancy_id: str, artifact: ServedArtifact, response: Response, accept: Annotated[str, Header()] = "*/*"
) -> Vacancy | JSONResponse:
    """Give one vacancy, open or not; as schema.org JobPosting where Accept prefers application/ld+json."""
    vacancy = artifact.adverts([vacancy_id])[0]
    if preferred(accept, ["application/json", LD_JSON]) == LD_JSON:
        return JSONResponse(job_posting(vacancy), media_type=LD_JSON, headers={"Vary": "Accept"})
    response.headers["Vary"] = "Accept"
    return vacancy
