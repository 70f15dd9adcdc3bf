"""Takes what anybody's browser asks; gives the front page, the sample people, the list of calls and the style page.

Stores nothing."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import HTMLResponse

from api.dependencies import Now, SamplePeople, ServedArtifact, require
from api.errors import PROBLEMS
from api.pages.cards import cards, notices, person, relaxations
from api.pages.demo import demo_alumnus
from api.pages.endpoints import endpoints_of
from api.pages.frame import home_of
from api.pages.style import sample_card
from api.pages.texts import texts_in
from api.routes.pages.desk import PageDesk, go
from api.routes.responses import refusals

router = APIRouter(
    tags=["pages"], default_response_class=HTMLResponse, dependencies=[require("anyone")], responses=refusals(429)
)


@router.get("/", response_model=None, responses=refusals(422))
def home(desk: PageDesk) -> Response:
    """Show what this is and where to sign in; who is signed in goes on to where their role begins."""
    begins = home_of(desk.frame.role)
    if begins != "/":
        return go(f"{begins}?{desk.request.url.query}")
    return desk.page("home.html")


@router.get("/coba", responses=refusals(404, 422, 503))
def try_out(
    desk: PageDesk,
    samples: SamplePeople,
    artifact: ServedArtifact,
    now: Now,
    alumnus: Annotated[str, Query(description="Whose vacancies; none shows the chooser alone")] = "",
) -> HTMLResponse:
    """Show the vacancies of a sample alumnus, or the chooser."""
    texts = texts_in(desk.language)
    people = [person(one, texts) for one in samples.values()]
    if not alumnus:
        return desk.page("chooser.html", {"people": people})
    chosen = demo_alumnus(samples, alumnus)
    slate = artifact.recommender.recommend(chosen, now=now)
    shown = cards(slate, artifact.adverts([item.vacancy_id for item in slate.items]), texts=texts, now=now)
    about = {
        "person": person(chosen, texts),
        "notices": notices(slate, texts),
        "relaxations": relaxations(slate, texts),
        "slate": slate,
        "cards": shown,
    }
    return desk.page("slate.html", {"people": people, **about})


@router.get("/docs", responses=refusals(422))
def docs(desk: PageDesk) -> HTMLResponse:
    """List what is served, from /openapi.json."""
    context = {"endpoints": endpoints_of(desk.request.app.openapi()), "problems": PROBLEMS.values()}
    return desk.page("docs.html", context)


@router.get("/gaya", include_in_schema=False)
def style(desk: PageDesk) -> HTMLResponse:
    """Show every component of the pages with its states."""
    return desk.page("style.html", {"card": sample_card(texts_in(desk.language))})
