"""Takes what an employer does about people in a browser; gives the pages and the way on after a form.

Calls the same rooms as ``/v1/employer`` and decides nothing itself.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Query, Response
from fastapi.responses import HTMLResponse

from api.dependencies import CurrentAccount, Now, OpenedSecurity, Reading, ServedArtifact, Session, WallNow, require
from api.employer.bodies import HireBody, InvitationBody, TalentPage
from api.employer.inbox import answer, hire, inbox
from api.employer.inviting import invite, invited, sent_invitations
from api.employer.overview import advert, open_titles, overview, titles
from api.employer.posting import end
from api.employer.talent_search import removals, search
from api.pages.advert_form import place_groups
from api.pages.filters import LEVELS
from api.pages.rendering import Told
from api.pages.talent_form import EVIDENCE, FIELDS, TalentForm
from api.pages.texts import texts_in
from api.routes.pages.desk import Desk, PageDesk, go
from matcher.domain.errors import InvalidInput
from matcher.domain.regions import place_name

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, dependencies=[require("employer")])
PEOPLE = 20
"""Applicants, or people found, on one page."""

Asked = Annotated[TalentForm, Depends()]
Pseudonym = Annotated[str, Form(max_length=512, pattern=r"^[A-Za-z0-9_-]*$")]
VacancyId = Annotated[str, Form(max_length=128, pattern=r"^[\x21-\x7e]+$")]


@router.get("/perusahaan/lowongan/{vacancy_id}/pelamar")
def show_applicants(
    vacancy_id: str,
    desk: PageDesk,
    account: CurrentAccount,
    session: Session,
    security: OpenedSecurity,
    now: Now,
    wall_now: WallNow,
    cursor: Annotated[str | None, Query(max_length=512)] = None,
) -> HTMLResponse:
    """Show who applied for an own vacancy, with the answers one tap away; each look is noted."""
    own = advert(session, account, vacancy_id, now=now)
    page = inbox(session, security.keys, account, vacancy_id, cursor=cursor, limit=PEOPLE, now=wall_now)
    onward = page.next_cursor and f"{desk.request.url.path}?cursor={quote(page.next_cursor)}"
    context = {"own": own, "people": page.items, "onward": onward, "place_name": place_name}
    return desk.page("employer_applicants.html", context)


@router.post("/perusahaan/lowongan/{vacancy_id}/pelamar")
def answer_or_end(
    vacancy_id: str,
    account: CurrentAccount,
    session: Session,
    security: OpenedSecurity,
    now: Now,
    act: Annotated[Literal["interviewed", "offered", "hired", "rejected", "filled", "withdrawn"], Form()],
    pseudonym: Pseudonym = "",
) -> Response:
    """Answer an applicant, or say that the vacancy is filled or withdrawn."""
    if act in {"filled", "withdrawn"}:
        end(session, account, vacancy_id, act, now=now)
        return go(f"/perusahaan?beres=vacancy_{act}")
    answer(session, security.keys, account, vacancy_id, pseudonym, kind=act, now=now)
    return go(f"/perusahaan/lowongan/{quote(vacancy_id, safe='')}/pelamar?beres=answer_{act}")


@router.get("/perusahaan/alumni")
def show_talent(
    desk: PageDesk,
    account: CurrentAccount,
    session: Session,
    security: OpenedSecurity,
    view: ServedArtifact,
    now: Now,
    asked: Asked,
) -> HTMLResponse:
    """Show people who agreed to be found, under pseudonyms, and what each filter left out."""
    own = overview(session, account, now=now)
    vacancies = open_titles(session, account, now=now)
    context: dict[str, Any] = {"asked": asked, "vacancies": vacancies, "own": own, "answer": None, "refused": None}
    try:
        if asked.is_asked and own.is_verified:
            sent = asked.body()
            removed = removals(session, view, account, sent, now=now)
            found = search(session, security.keys, view, account, sent, now=now)
            context |= {"answer": found, "removed": _removed(desk, asked, removed), "onward": _onward(asked, found)}
    except InvalidInput:
        context |= {"refused": Told("error", texts_in(desk.language)("talent_refused"), "query")}
    return desk.page("employer_talent.html", context | _choices(desk), status=422 if context["refused"] else 200)


@router.post("/perusahaan/alumni")
def send_invitation(
    account: CurrentAccount,
    session: Session,
    security: OpenedSecurity,
    world_now: Now,
    now: WallNow,
    vacancy_id: VacancyId,
    pseudonym: Annotated[str, Form(min_length=1, max_length=512, pattern=r"^[A-Za-z0-9_-]+$")],
) -> Response:
    """Invite somebody to apply for an own open vacancy."""
    body = InvitationBody(vacancy_id=vacancy_id, pseudonym=pseudonym)
    invite(session, security.keys, account, body, now=now, world_now=world_now)
    return go("/perusahaan/undangan?beres=invited")


@router.get("/perusahaan/undangan")
def show_invitations(
    desk: PageDesk,
    account: CurrentAccount,
    reading: Reading,
    security: OpenedSecurity,
    now: WallNow,
    after: Annotated[str | None, Query(max_length=128)] = None,
) -> HTMLResponse:
    """Show the own invitations and what became of each; nothing of a person."""
    page = sent_invitations(reading, security.keys, account, after=after, now=now)
    context = {
        "invitations": sorted(page.items, key=lambda one: (one.state != "accepted", one.state != "sent")),
        "titles": titles(reading, account, {one.vacancy_id for one in page.items}),
        "onward": page.next_after and f"/perusahaan/undangan?after={quote(page.next_after)}",
    }
    return desk.page("employer_invitations.html", context)


@router.get("/perusahaan/undangan/{invitation_id}")
def show_invited(
    invitation_id: str,
    desk: PageDesk,
    account: CurrentAccount,
    session: Session,
    security: OpenedSecurity,
    now: WallNow,
) -> HTMLResponse:
    """Show one invitation; once it is accepted with name and telephone, which stands in the person's trail."""
    one = invited(session, security.keys, account, invitation_id, now=now)
    named = titles(session, account, [one.vacancy_id])
    return desk.page(
        "employer_invited.html", {"one": one, "title": named.get(one.vacancy_id), "place_name": place_name}
    )


@router.post("/perusahaan/undangan/{invitation_id}")
def hire_invited(
    invitation_id: str,
    account: CurrentAccount,
    session: Session,
    security: OpenedSecurity,
    world_now: Now,
    now: WallNow,
) -> Response:
    """Tell that somebody who accepted an invitation was hired."""
    one = invited(session, security.keys, account, invitation_id, now=now)
    body = HireBody(vacancy_id=one.vacancy_id, pseudonym=one.pseudonym)
    hire(session, security.keys, account, body, now=world_now)
    return go(f"/perusahaan/undangan/{quote(invitation_id, safe='')}?beres=answer_hired")


def _choices(desk: Desk) -> dict[str, Any]:
    texts = texts_in(desk.language)
    return {
        "places": place_groups(),
        "levels": [(level, level) for level in LEVELS],
        "grades": [(grade, texts(f"evidence_{grade}")) for grade in EVIDENCE],
        "place_name": place_name,
    }


def _removed(desk: Desk, asked: TalentForm, removed: dict[str, int]) -> list[tuple[str, int, str]]:
    """Return each chosen filter in words, how many people it left out, and the address without it."""
    texts = texts_in(desk.language)
    told = {
        "place": place_name(asked.place[:2], asked.place if len(asked.place) > 2 else None) if asked.place else "",
        "education": asked.education,
        "evidence": texts(f"evidence_{asked.evidence}") if asked.evidence else "",
        "certificate": asked.certificate,
        "only_available": texts("talent_available"),
    }
    # A district stands within its province: what both leave out is told once.
    by_field: dict[str, int] = {}
    for name, number in removed.items():
        by_field[FIELDS[name]] = max(number, by_field.get(FIELDS[name], 0))
    return [(told[field], number, asked.address(field)) for field, number in by_field.items()]


def _onward(asked: TalentForm, found: TalentPage) -> str | None:
    return asked.address(cursor=found.next_cursor) if found.next_cursor else None
