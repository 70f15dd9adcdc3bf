"""Takes what a browser asks; gives the pages. Decides nothing that the data services do not decide alike."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from api.dependencies import Now, PageLanguage, ServedArtifact, require
from api.errors import PROBLEMS
from api.pages.cards import cards, notices, person, relaxations
from api.pages.demo import demo_alumni, demo_alumnus
from api.pages.endpoints import endpoints_of
from api.pages.rendering import page
from api.pages.texts import texts_in
from api.routes.responses import refusals

router = APIRouter(
    tags=["pages"], default_response_class=HTMLResponse, dependencies=[require("anyone")], responses=refusals(429)
)


@router.get("/", responses=refusals(404, 422, 503))
def home(
    request: Request,
    artifact: ServedArtifact,
    now: Now,
    alumnus: Annotated[str, Query(description="Whose vacancies; none shows the chooser alone")] = "",
    lang: PageLanguage = "id",
) -> HTMLResponse:
    """Show the vacancies of a sample alumnus, or the chooser."""
    texts = texts_in(lang)
    people = [person(one, texts) for one in demo_alumni(artifact.artifact).values()]
    if not alumnus:
        return page(request, "home.html", lang, context={"people": people})
    chosen = demo_alumnus(artifact.artifact, alumnus)
    slate = artifact.recommender.recommend(chosen, now=now)
    shown = cards(slate, artifact.adverts([item.vacancy_id for item in slate.items]), texts=texts, now=now)
    about = {
        "person": person(chosen, texts),
        "notices": notices(slate, texts),
        "relaxations": relaxations(slate, texts),
        "slate": slate,
        "cards": shown,
    }
    return page(request, "slate.html", lang, context={"people": people, **about})


@router.get("/docs", responses=refusals(422))
def docs(request: Request, lang: PageLanguage = "id") -> HTMLResponse:
    """List what is served, from /openapi.json."""
    context = {"endpoints": endpoints_of(request.app.openapi()), "problems": PROBLEMS.values()}
    return page(request, "docs.html", lang, context=context)
