"""Takes what alumni ask about work, under ``/v1/me``; gives recommendations, courses, lists, invitations and questions.

An answer that ranks is stored as an impression before it leaves.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse

from api.alumni.advice import next_courses
from api.alumni.bodies import (
    Id,
    InteractionsBody,
    InvitationNote,
    Invitations,
    MarkedVacancies,
    NextCourses,
    NotedEvents,
    NotedOutcome,
    OutcomeBody,
    OwnRecommendations,
    QuestionBody,
    QuestionNote,
    Questions,
)
from api.alumni.cases import answer, ask, invitations, questions
from api.alumni.events import marked_page, note_interactions, note_outcome
from api.alumni.objection import objects_to_ranking
from api.alumni.oneself import NOTED, alumnus_id_of, channel_of, myself
from api.alumni.recommending import Question, is_prefetch, own_answer, require_consent
from api.alumni.vacancy_filters import Wanted, district_of
from api.dependencies import (
    CurrentAccount,
    EducationFilter,
    Group,
    Now,
    ProvinceFilter,
    Reading,
    ServedArtifact,
    Session,
    WallNow,
    require,
)
from api.page_cursor import next_cursor, read_cursor
from api.repeats import OnceOnly
from api.routes.auth import never_stored
from api.routes.responses import refusals

router = APIRouter(prefix="/v1/me", tags=["me"], dependencies=[require("alumnus"), NOTED, Depends(never_stored)])
_READ = refusals(401, 403, 422, 429, 503)
_WRITTEN = refusals(401, 403, 404, 409, 422, 429, 503)

EmploymentType = Literal["full_time", "part_time", "contract", "daily", "freelance", "internship", "seasonal"]


async def _wanted(
    province_code: ProvinceFilter,
    education: EducationFilter,
    district: Annotated[str | None, Query(description="Official district code, like 32.73", max_length=16)] = None,
    salary_min_idr_month: Annotated[
        int | None, Query(ge=0, le=1_000_000_000, description="Keep what pays this much; pay not stated does not count")
    ] = None,
    employment_type: EmploymentType | None = None,
) -> Wanted:
    return Wanted(province_code, district_of(district), education, salary_min_idr_month, employment_type)


@router.get(
    "/recommendations",
    response_model=OwnRecommendations,
    responses=refusals(401, 403, 409, 422, 429, 503) | {204: {"description": "A prefetch: nothing is shown or stored"}},
)
def recommend(
    request: Request,
    account: CurrentAccount,
    reading: Reading,
    group: Group,
    view: ServedArtifact,
    now: Now,
    wanted: Annotated[Wanted, Depends(_wanted)],
    k: Annotated[int, Query(ge=1, le=100, description="Most vacancies in the slate")] = 10,
) -> Response:
    """Recommend open vacancies, with reasons and the proof that all were scored; its impression is stored first."""
    if is_prefetch(request.headers):
        return Response(status_code=204, headers={"Cache-Control": "no-store"})
    question = Question(k, wanted, channel_of(account))
    with reading:
        alumnus = myself(reading, account).alumnus
        return _unstored(own_answer(reading, group, view, alumnus, question, now=now))


@router.get("/next-courses", responses=_READ)
def advise_courses(
    account: CurrentAccount,
    reading: Reading,
    artifact: ServedArtifact,
    now: Now,
    n: Annotated[int, Query(ge=1, le=20, description="Most courses")] = 5,
) -> NextCourses:
    """Give the courses that would open most vacancies to the person, with exact counts. No job is promised."""
    alumnus = myself(reading, account).alumnus
    require_consent(alumnus, "recommend")
    if objects_to_ranking(reading, alumnus.alumnus_id):
        return NextCourses(items=[])
    return NextCourses(items=next_courses(artifact, alumnus, n=n, now=now))


@router.post("/interactions", status_code=201, response_model=NotedEvents, responses=_WRITTEN)
def tell_interactions(
    body: InteractionsBody, account: CurrentAccount, once: OnceOnly, session: Session, view: ServedArtifact, now: Now
) -> Response:
    """Tell what the person did with vacancies, all or none; a mistake is put right by an event that corrects it."""
    return once.answer(
        lambda: NotedEvents(items=note_interactions(session, view, account, body.items, now=now)),
        alumnus_id=account.alumnus_id,
    )


@router.post("/outcomes", status_code=201, response_model=NotedOutcome, responses=_WRITTEN)
def tell_outcome(body: OutcomeBody, account: CurrentAccount, once: OnceOnly, session: Session, now: Now) -> Response:
    """Tell of a job, a business, or neither; a mistake is put right by a report that corrects it."""
    return once.answer(lambda: note_outcome(session, account, body, now=now), alumnus_id=account.alumnus_id)


def _listed(kind: str) -> Any:
    def listed(
        account: CurrentAccount,
        reading: Reading,
        view: ServedArtifact,
        now: Now,
        cursor: Annotated[str | None, Query(max_length=512, description="next_cursor of the page before")] = None,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
    ) -> MarkedVacancies:
        before = None if cursor is None else read_cursor(cursor, datetime.fromisoformat)
        items, last = marked_page(reading, view, alumnus_id_of(account), kind, before=before, limit=limit, now=now)
        return MarkedVacancies(items=items, next_cursor=next_cursor(last))

    return Depends(listed)


@router.get("/saved", responses=_READ)
def list_saved(page: Annotated[MarkedVacancies, _listed("saved")]) -> MarkedVacancies:
    """List what the person saved, the last one first, and what of it is still open."""
    return page


@router.get("/applied", responses=_READ)
def list_applied(page: Annotated[MarkedVacancies, _listed("applied")]) -> MarkedVacancies:
    """List what the person applied to, what came of it, and what has lapsed since."""
    return page


@router.get("/invitations", responses=_READ)
def list_invitations(account: CurrentAccount, reading: Reading, view: ServedArtifact, now: WallNow) -> Invitations:
    """List who invites the person to apply, and what each would learn."""
    return Invitations(items=invitations(reading, view, alumnus_id_of(account), now=now))


@router.post("/invitations/{invitation_id}/accept", response_model=InvitationNote, responses=_WRITTEN)
def accept_invitation(
    invitation_id: Id, account: CurrentAccount, once: OnceOnly, session: Session, view: ServedArtifact, now: WallNow
) -> Response:
    """Accept: from now on this employer, and no other, reads the person's name and telephone number."""
    mine = alumnus_id_of(account)
    return once.answer(
        lambda: answer(session, view, mine, invitation_id, "accepted", now=now), status=200, alumnus_id=mine
    )


@router.post("/invitations/{invitation_id}/decline", response_model=InvitationNote, responses=_WRITTEN)
def decline_invitation(
    invitation_id: Id, account: CurrentAccount, once: OnceOnly, session: Session, view: ServedArtifact, now: WallNow
) -> Response:
    """Decline: this employer learns nothing of the person."""
    mine = alumnus_id_of(account)
    return once.answer(
        lambda: answer(session, view, mine, invitation_id, "declined", now=now), status=200, alumnus_id=mine
    )


@router.get("/questions", responses=_READ)
def list_questions(account: CurrentAccount, reading: Reading) -> Questions:
    """List what the person asked officers, with the replies."""
    return Questions(items=questions(reading, alumnus_id_of(account)))


@router.post("/questions", status_code=201, response_model=QuestionNote, responses=_WRITTEN)
def ask_officer(
    body: QuestionBody, account: CurrentAccount, once: OnceOnly, session: Session, now: WallNow
) -> Response:
    """Ask an officer, about a vacancy or anything else."""
    mine = alumnus_id_of(account)
    return once.answer(lambda: ask(session, mine, body, now=now), alumnus_id=mine)


def _unstored(answer: dict[str, Any]) -> JSONResponse:
    """Return an answer that no cache keeps. Checking what we made ourselves would take as long as ranking it."""
    return JSONResponse(answer, headers={"Cache-Control": "no-store"})
