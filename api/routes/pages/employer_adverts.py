"""Takes what an employer does with its adverts in a browser; gives the pages and the way on after a form.

Calls the same rooms as ``/v1/employer`` and decides nothing itself.
"""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Form, Response
from fastapi.responses import HTMLResponse
from pydantic import ValidationError

from api.dependencies import CurrentAccount, Now, Reading, Session, require
from api.employer.bodies import CheckBody, CheckedAdvert, EditBody
from api.employer.overview import advert, changeable, overview
from api.employer.posting import ENDED, check, edit, post
from api.pages.advert_form import AdvertForm, form_of, place_groups, unasked
from api.pages.filters import KINDS, LEVELS
from api.pages.rendering import Told
from api.pages.texts import texts_in
from api.routes.pages.desk import Desk, PageDesk, go
from matcher.domain.errors import InvalidInput
from matcher.domain.records import Vacancy

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, dependencies=[require("employer")])
WAYS_TO_APPLY = ("link", "walk_in", "phone", "officer")


class _Asked(NamedTuple):
    """One sent form: the advert it would replace, and who fills it in."""

    form: AdvertForm
    before: Vacancy | None

    def body(self) -> CheckBody:
        """Return the advert to check.

        Raises
        ------
        InvalidInput
            When a field cannot be used; the message begins with it.
        """
        kept = {} if self.before is None else unasked(self.before) | {"vacancy_id": self.before.vacancy_id}
        try:
            return CheckBody.model_validate(kept | self.form.cells())
        except ValidationError as problem:
            raise InvalidInput(f"{problem.errors()[0]['loc'][0]}: cannot be used; correct it") from problem


@router.get("/perusahaan")
def show_overview(desk: PageDesk, account: CurrentAccount, reading: Reading, now: Now) -> HTMLResponse:
    """Show the own adverts with their states, who waits, and what to do next."""
    return desk.page("employer_home.html", {"own": overview(reading, account, now=now)})


@router.get("/perusahaan/lowongan/baru")
def show_blank_advert(desk: PageDesk, account: CurrentAccount, reading: Reading, now: Now) -> HTMLResponse:
    """Show the form of a fresh advert."""
    overview(reading, account, now=now)
    return _form_page(desk, AdvertForm())


@router.post("/perusahaan/lowongan/baru")
def post_advert(
    desk: PageDesk, account: CurrentAccount, session: Session, now: Now, form: Annotated[AdvertForm, Form()]
) -> Response:
    """Check an advert, and post it where nothing is doubtful or the employer wants it all the same."""
    asked = _Asked(form, None)
    try:
        checked = check(session, account, asked.body(), now=now)
        if _stays(form, checked):
            return _form_page(desk, form, checked=checked)
        posted = post(session, account, asked.body(), now=now)
    except InvalidInput as problem:
        return _refused_page(desk, asked, problem)
    return go(f"/perusahaan?beres=advert_{posted.state}")


@router.get("/perusahaan/lowongan/{vacancy_id}")
def show_advert(vacancy_id: str, desk: PageDesk, account: CurrentAccount, reading: Reading, now: Now) -> HTMLResponse:
    """Show an own advert in the form, with what the check says of it."""
    own = advert(reading, account, vacancy_id, now=now)
    checked = CheckedAdvert.model_validate(own.model_dump(include=set(CheckedAdvert.model_fields)))
    return _form_page(desk, form_of(own.vacancy, own.version), checked=checked, before=own.vacancy)


@router.post("/perusahaan/lowongan/{vacancy_id}")
def edit_advert(
    vacancy_id: str,
    desk: PageDesk,
    account: CurrentAccount,
    session: Session,
    now: Now,
    form: Annotated[AdvertForm, Form()],
) -> Response:
    """Check a changed advert, and put it in place of the version that was read."""
    asked = _Asked(form, changeable(session, account, vacancy_id, now=now).vacancy)
    try:
        checked = check(session, account, asked.body(), now=now)
        if _stays(form, checked):
            return _form_page(desk, form, checked=checked, before=asked.before)
        cells = asked.body().model_dump(exclude={"vacancy_id"})
        edited = edit(session, account, vacancy_id, EditBody(**cells, version=max(form.version, 1)), now=now)
    except InvalidInput as problem:
        return _refused_page(desk, asked, problem)
    return go(f"/perusahaan?beres=advert_{edited.state}")


def _stays(form: AdvertForm, checked: CheckedAdvert) -> bool:
    """Return whether the form is shown again: it was only to be checked, or its doubts were not seen yet."""
    return form.act == "check" or (form.act == "post" and bool(checked.flags or checked.duplicate_of))


def _refused_page(desk: Desk, asked: _Asked, problem: InvalidInput) -> HTMLResponse:
    """Return the form as it was filled in, with what is to be put right: nothing typed is lost."""
    texts = texts_in(desk.language)
    name = str(problem).partition(":")[0].partition(" ")[0]
    field = {"province_code": "place", "district_code": "place", "expires_at": "expires_on"}.get(name, name)
    key = f"field_{field}" if f"field_{field}" in texts.texts else "refused_other"
    anchor = {"place": "place-choice"}.get(field, field if field in AdvertForm.model_fields else "")
    refused = Told("error", texts(key), anchor)
    return _form_page(desk, asked.form, before=asked.before, refused=refused)


def _form_page(
    desk: Desk,
    form: AdvertForm,
    *,
    checked: CheckedAdvert | None = None,
    before: Vacancy | None = None,
    refused: Told | None = None,
) -> HTMLResponse:
    texts = texts_in(desk.language)
    context: dict[str, Any] = {
        "form": form, "checked": checked, "before": before, "refused": refused,
        "is_ended": checked is not None and checked.state in ENDED,
        "places": place_groups(),
        "levels": [(level, level) for level in dict.fromkeys([*LEVELS, form.education_min]) if level],
        "kinds": [(kind, texts(f"type_{kind}")) for kind in KINDS],
        "ways": [(way, texts(f"way_{way}")) for way in WAYS_TO_APPLY],
    }  # fmt: skip
    return desk.page("employer_advert.html", context, status=422 if refused else 200)
