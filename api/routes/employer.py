"""Takes what an employer sends; gives adverts posted and ended, the inbox, hires and the report. Decides nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import AwareDatetime

from api.dependencies import (
    CurrentAccount,
    Now,
    OpenedSecurity,
    PageLanguage,
    Reading,
    ServedArtifact,
    Session,
    WallNow,
    require,
)
from api.employer.bodies import (
    AdvertBody,
    AnswerBody,
    AnswerNote,
    ApplicantPage,
    CheckBody,
    CheckedAdvert,
    EditBody,
    HireBody,
    ImportedAdverts,
    InvitationBody,
    InvitationCard,
    InvitationPage,
    InvitedCard,
    PostedAdvert,
    PostedAdverts,
    ReportAnswer,
    TalentBody,
    TalentPage,
)
from api.employer.bulk import import_adverts
from api.employer.inbox import answer, as_csv, hire, inbox, report
from api.employer.inviting import invite, invited, sent_invitations
from api.employer.posting import check, edit, end, own_adverts, post
from api.employer.talent_search import search
from api.operator.upload import FILE_BODY, UploadedFile
from api.repeats import OnceOnly
from api.routes.auth import never_stored
from api.routes.responses import refusals

router = APIRouter(
    prefix="/v1/employer",
    tags=["employer"],
    dependencies=[require("employer"), Depends(never_stored)],
    responses=refusals(401, 403, 404, 409, 422, 429, 503),
)
VacancyId = Annotated[str, Path(max_length=128, pattern=r"^[\x21-\x7e]+$")]
Pseudonym = Annotated[str, Path(max_length=512, pattern=r"^[A-Za-z0-9_-]+$", description="From the applicants")]
Cursor = Annotated[str | None, Query(max_length=512, description="next_cursor of the page before")]
After = Annotated[str | None, Query(max_length=128, pattern=r"^[\x21-\x7e]+$", description="next_after before")]
Limit = Annotated[int, Query(ge=1, le=100)]


@router.post("/vacancies", status_code=201, response_model=PostedAdvert)
def post_vacancy(body: AdvertBody, account: CurrentAccount, once: OnceOnly, now: Now) -> Response:
    """Post an advert: it opens at once, or an officer looks at it first; every doubt comes with its remedy."""
    return once.answer(lambda: post(once.session, account, body, now=now))


@router.post("/vacancies/check")
def check_vacancy(body: CheckBody, account: CurrentAccount, reading: Reading, now: Now) -> CheckedAdvert:
    """Check an advert before it is posted; nothing is stored."""
    return check(reading, account, body, now=now)


@router.post("/vacancies/import", response_model=ImportedAdverts, openapi_extra=FILE_BODY)
def import_vacancies(
    account: CurrentAccount, once: OnceOnly, file: UploadedFile, language: PageLanguage, now: Now
) -> Response:
    """Import up to 1,000 adverts from CSV, XLSX, JSON lines or JSON-LD; each row is posted or told why not."""
    return once.answer(lambda: import_adverts(once.session, account, file, language=language, now=now), status=200)


@router.get("/vacancies")
def list_vacancies(account: CurrentAccount, reading: Reading, now: Now, after: After = None) -> PostedAdverts:
    """List the own vacancies in any state, by id."""
    return own_adverts(reading, account, after=after, now=now)


@router.put("/vacancies/{vacancy_id}", response_model=PostedAdvert)
def edit_vacancy(vacancy_id: VacancyId, body: EditBody, account: CurrentAccount, once: OnceOnly, now: Now) -> Response:
    """Put an advert in place of the `version` that was read; it is checked again."""
    return once.answer(lambda: edit(once.session, account, vacancy_id, body, now=now), status=200)


@router.post("/vacancies/{vacancy_id}/filled", response_model=PostedAdvert)
def fill_vacancy(vacancy_id: VacancyId, account: CurrentAccount, once: OnceOnly, now: Now) -> Response:
    """Say that a vacancy is filled: within a second it is shown to nobody."""
    return once.answer(lambda: end(once.session, account, vacancy_id, "filled", now=now), status=200)


@router.post("/vacancies/{vacancy_id}/withdraw", response_model=PostedAdvert)
def withdraw_vacancy(vacancy_id: VacancyId, account: CurrentAccount, once: OnceOnly, now: Now) -> Response:
    """Withdraw a vacancy: within a second it is shown to nobody."""
    return once.answer(lambda: end(once.session, account, vacancy_id, "withdrawn", now=now), status=200)


@router.get("/vacancies/{vacancy_id}/applicants")
def list_applicants(
    vacancy_id: VacancyId,
    account: CurrentAccount,
    session: Session,
    security: OpenedSecurity,
    wall_now: WallNow,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> ApplicantPage:
    """List who applied, the first one first; a name stands there only where the person agreed."""
    return inbox(session, security.keys, account, vacancy_id, cursor=cursor, limit=limit, now=wall_now)


@router.post("/vacancies/{vacancy_id}/applicants/{pseudonym}/answer", status_code=201, response_model=AnswerNote)
def answer_applicant(
    vacancy_id: VacancyId,
    pseudonym: Pseudonym,
    body: AnswerBody,
    account: CurrentAccount,
    once: OnceOnly,
    now: Now,
) -> Response:
    """Answer an applicant with one tap: interviewed, offered, hired or rejected."""
    keys, session = once.keys, once.session
    return once.answer(lambda: answer(session, keys, account, vacancy_id, pseudonym, kind=body.kind, now=now))


@router.post("/hires", status_code=201, response_model=AnswerNote)
def report_hire(body: HireBody, account: CurrentAccount, once: OnceOnly, now: Now) -> Response:
    """Tell of a hire, and later that the person is still there after 90 days."""
    return once.answer(lambda: hire(once.session, once.keys, account, body, now=now))


@router.post("/talent-search")
def search_talent(
    body: TalentBody,
    account: CurrentAccount,
    session: Session,
    security: OpenedSecurity,
    view: ServedArtifact,
    now: Now,
) -> TalentPage:
    """Find people who agreed to be found, by an own vacancy or by words; who they are stays unknown."""
    return search(session, security.keys, view, account, body, now=now)


@router.post("/invitations", status_code=201, response_model=InvitationCard)
def send_invitation(
    body: InvitationBody, account: CurrentAccount, once: OnceOnly, world_now: Now, now: WallNow
) -> Response:
    """Invite somebody whom talent search found to apply for an own open vacancy; it waits 14 days for the answer."""
    keys, session = once.keys, once.session
    return once.answer(lambda: invite(session, keys, account, body, now=now, world_now=world_now))


@router.get("/invitations")
def list_invitations(
    account: CurrentAccount, reading: Reading, security: OpenedSecurity, now: WallNow, after: After = None
) -> InvitationPage:
    """List the own invitations, by id; nothing of a person but the pseudonym."""
    return sent_invitations(reading, security.keys, account, after=after, now=now)


@router.get("/invitations/{invitation_id}")
def read_invitation(
    invitation_id: VacancyId, account: CurrentAccount, session: Session, security: OpenedSecurity, now: WallNow
) -> InvitedCard:
    """Read one invitation; once it is accepted with name and telephone, which stands in the person's trail."""
    return invited(session, security.keys, account, invitation_id, now=now)


@router.get(
    "/report",
    response_model=ReportAnswer,
    responses={200: {"content": {"text/csv": {}}, "description": "JSON, or CSV with format=csv"}},
)
def report_vacancies(
    account: CurrentAccount,
    reading: Reading,
    now: Now,
    since: Annotated[AwareDatetime, Query(description="Shown at some time from here")],
    until: Annotated[AwareDatetime | None, Query(description="To before here; now where left out")] = None,
    file_format: Annotated[Literal["json", "csv"], Query(alias="format")] = "json",
) -> ReportAnswer | Response:
    """Give the report on vacancies and fillings that Perpres 57/2023 asks employers for."""
    last: datetime = now if until is None else until
    told = report(reading, account, since=since, until=last, now=now)
    if file_format == "json":
        return told
    held = {"Content-Disposition": 'attachment; filename="laporan-lowongan.csv"'}
    return Response(as_csv(told), media_type="text/csv; charset=utf-8", headers=held)
