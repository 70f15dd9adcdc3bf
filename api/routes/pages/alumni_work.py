"""Takes what alumni ask about work in a browser; gives the pages and the way on after a form.

Calls the same rooms as ``/v1/me`` and decides nothing itself.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Response
from fastapi.responses import HTMLResponse

from api.alumni.advice import next_courses
from api.alumni.bodies import Id, InteractionBody, OutcomeBody, OwnRecommendations, QuestionBody
from api.alumni.cases import answer, ask, invitations, questions
from api.alumni.events import adverts, marked_page, note_interactions, note_outcome
from api.alumni.objection import objects_to_ranking
from api.alumni.oneself import NOTED, alumnus_id_of, channel_of, myself
from api.alumni.recommending import Question, is_prefetch, own_answer
from api.alumni.vacancy_filters import Wanted, district_of
from api.dependencies import CurrentAccount, Group, Now, Reading, ServedArtifact, Session, WallNow, require
from api.pages.cards import advert_card, answer_cards
from api.pages.filters import filter_form
from api.pages.forms import MarkForm
from api.pages.texts import texts_in
from api.routes.pages.desk import PageDesk, go
from api.security.sessions import own_path
from matcher.domain.errors import UnknownIdentifier
from matcher.domain.qualifications import parse_education
from matcher.domain.regions import parse_province_code

router = APIRouter(
    include_in_schema=False, default_response_class=HTMLResponse, dependencies=[require("alumnus"), NOTED]
)
MARKED = 50
"""Most saved and applied vacancies on one page."""


async def _wanted(province: str = "", district: str = "", education: str = "", pay: str = "", kind: str = "") -> Wanted:
    """Return the filters of the form; a blank one filters nothing, and a district holds within its province only."""
    province_code = parse_province_code(province) if province else None
    district_code = district_of(district) if district else None
    if province_code and district_code and not district_code.startswith(f"{province_code}."):
        district_code = None
    least = int(pay) if pay.isdecimal() and len(pay) < 10 else None
    return Wanted(province_code, district_code, parse_education(education) if education else None, least, kind or None)


@router.get("/lowongan", response_model=None)
def show_vacancies(
    desk: PageDesk,
    account: CurrentAccount,
    reading: Reading,
    group: Group,
    view: ServedArtifact,
    now: Now,
    wanted: Annotated[Wanted, Depends(_wanted)],
) -> Response:
    """Show ten vacancies; their impression is stored before the page leaves, and a reload shows the same."""
    if is_prefetch(desk.request.headers):
        return Response(status_code=204, headers={"Cache-Control": "no-store"})
    person, texts = myself(reading, account).alumnus, texts_in(desk.language)
    filters = filter_form(person, wanted, texts)
    if "recommend" not in person.consents and not objects_to_ranking(reading, person.alumnus_id):
        return desk.page("no_consent.html")
    given = own_answer(reading, group, view, person, Question(10, wanted, channel_of(account)), now=now)
    told = OwnRecommendations.model_validate(given)
    shown = answer_cards(told.items, texts=texts, now=now, home=person.district_code)
    return desk.page("vacancies.html", {"answer": told, "cards": shown, "filters": filters, "back": _here(desk)})


@router.post("/lowongan")
def mark_vacancy(
    account: CurrentAccount,
    session: Session,
    view: ServedArtifact,
    now: Now,
    form: Annotated[MarkForm, Form()],
) -> Response:
    """Store what the person did with a vacancy, and why one is put aside, which leads to what may help."""
    day = now.date().isoformat()
    event = InteractionBody(
        interaction_id=_event_id(account.account_id, form.kind, form.vacancy_id, form.impression_id or day),
        vacancy_id=form.vacancy_id,
        kind=form.kind,
        impression_id=form.impression_id or None,
        reason=(form.why or None) if form.kind == "hidden" else None,
    )
    note_interactions(session, view, account, [event], now=now)
    return go(_with(form.back, beres=f"hidden_{form.why}" if form.why in {"far", "pay"} else form.kind))


@router.get("/lowongan/{vacancy_id}")
def show_vacancy(
    vacancy_id: str,
    desk: PageDesk,
    account: CurrentAccount,
    reading: Reading,
    view: ServedArtifact,
    now: Now,
    dari: str = "",
) -> HTMLResponse:
    """Show one vacancy whole, with how to apply and what one may tell of it; `dari` is the impression it came from."""
    person = myself(reading, account).alumnus
    advert = adverts(reading, view, [vacancy_id]).get(vacancy_id)
    if advert is None:
        raise UnknownIdentifier(f"vacancy '{vacancy_id}': not here; check the id")
    card = advert_card(advert, texts=texts_in(desk.language), now=now, home=person.district_code)
    return desk.page("vacancy.html", {"card": card, "impression_id": dari[:128], "back": _here(desk)})


@router.get("/tersimpan")
def show_marked(
    desk: PageDesk, account: CurrentAccount, reading: Reading, view: ServedArtifact, now: Now
) -> HTMLResponse:
    """Show what the person saved and applied to, and what of it is still open."""
    mine = alumnus_id_of(account)
    marked = {
        kind: marked_page(reading, view, mine, kind, before=None, limit=MARKED, now=now)[0]
        for kind in ("saved", "applied")
    }
    return desk.page("marked.html", {"marked": marked})


@router.get("/kursus")
def show_courses(
    desk: PageDesk, account: CurrentAccount, reading: Reading, view: ServedArtifact, now: Now
) -> HTMLResponse:
    """Show the courses that would open most vacancies, with exact counts."""
    person = myself(reading, account).alumnus
    if "recommend" not in person.consents or objects_to_ranking(reading, person.alumnus_id):
        return desk.page("no_consent.html")
    return desk.page("courses.html", {"courses": next_courses(view, person, n=8, now=now)})


@router.get("/undangan")
def show_invitations(
    desk: PageDesk, account: CurrentAccount, reading: Reading, view: ServedArtifact, now: WallNow
) -> HTMLResponse:
    """Show who invites the person, and what each would learn."""
    found = invitations(reading, view, alumnus_id_of(account), now=now)
    return desk.page("invitations.html", {"invitations": found})


@router.post("/undangan")
def answer_invitation(
    account: CurrentAccount,
    session: Session,
    view: ServedArtifact,
    now: WallNow,
    invitation_id: Annotated[Id, Form()],
    state: Annotated[Literal["accepted", "declined"], Form()],
) -> Response:
    """Accept or decline an invitation."""
    answer(session, view, alumnus_id_of(account), invitation_id, state, now=now)
    return go(f"/undangan?beres=invitation_{state}")


@router.get("/tanya")
def show_questions(desk: PageDesk, account: CurrentAccount, reading: Reading, lowongan: str = "") -> HTMLResponse:
    """Show the form for a question to an officer, and the replies so far."""
    return desk.page(
        "ask.html", {"questions": questions(reading, alumnus_id_of(account)), "vacancy_id": lowongan[:128]}
    )


@router.post("/tanya")
def ask_officer(
    account: CurrentAccount,
    session: Session,
    now: WallNow,
    text: Annotated[str, Form(min_length=2, max_length=1000)],
    vacancy_id: Annotated[str, Form(max_length=128)] = "",
) -> Response:
    """Ask an officer."""
    ask(session, alumnus_id_of(account), QuestionBody(text=text, vacancy_id=vacancy_id or None), now=now)
    return go("/tanya?beres=asked")


@router.get("/kabar")
def show_outcome_form(desk: PageDesk) -> HTMLResponse:
    """Show the forms to tell of a job, a business, or neither."""
    return desk.page("outcome.html")


@router.get("/usaha")
def show_business(desk: PageDesk) -> HTMLResponse:
    """Show what helps who wants a business of their own."""
    return desk.page("business.html")


@router.post("/kabar")
def tell_outcome(
    account: CurrentAccount,
    session: Session,
    now: Now,
    kind: Annotated[Literal["employed", "self_employed", "not_working"], Form()],
    started_on: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Store what the person tells of their work."""
    told = {"kind": kind, "started_on": started_on or None}
    outcome_id = _event_id(account.account_id, kind, started_on, now.date().isoformat())
    note_outcome(session, account, OutcomeBody.model_validate({"outcome_id": outcome_id, **told}), now=now)
    return go(f"/kabar?beres={kind}")


def _event_id(*parts: str) -> str:
    """Return the same id for the same press, so that a form sent twice is one event."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def _here(desk: PageDesk) -> str:
    kept = [(name, text) for name, text in desk.request.query_params.multi_items() if name not in {"beres", "salah"}]
    return f"{desk.request.url.path}?{urlencode(kept)}" if kept else desk.request.url.path


def _with(back: str, **told: str) -> str:
    path = own_path(back)
    return f"{path}{'&' if '?' in path else '?'}{urlencode(told)}"
